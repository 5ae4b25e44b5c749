// Which time a phone without a network may make its code for, or why it makes none (case 19).
//
// A record remembers the last contact: {contact: the server's time then, offset: how far this phone's clock was
// from it, seen: the phone's time when somebody last looked}. All in milliseconds.

const DAY = 86_400_000;
export const LONGEST_ALONE = 8 * DAY;
/** Less than this is a clock that is set by the network, or a phone that was busy. */
const TOLERANCE = 10_000;

/** {at} the server's time by this phone's clock, or {why}: "old" or "jumped". */
export function timeFor(record, now) {
  const at = now + record.offset;
  if (record.jumped || now < record.seen - TOLERANCE || at < record.contact - TOLERANCE) return { why: "jumped" };
  if (at - record.contact > LONGEST_ALONE) return { why: "old" };
  return { at };
}

/** Notices a clock that is set while the page is open: it goes another way than the time that really passes. */
export class Watch {
  #last = null;

  /** Whether the clock jumped since the last look. */
  jumped(now, passed) {
    const last = this.#last;
    this.#last = { now, passed };
    return last !== null && Math.abs(now - last.now - (passed - last.passed)) > TOLERANCE;
  }

  /** Nobody looked for a while; phones asleep count time in ways of their own. */
  rest() {
    this.#last = null;
  }
}
