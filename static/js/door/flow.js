// One person after the other: stored under a number of its own, asked of the server, shown. Where the server does
// not answer in time, one tap goes on without it, and the same scan with the same number is sent later.

import { ask, isFinal, standing } from "./api.js";
import { isPersonal, judge } from "./judge.js";
import { makeNonce } from "./nonce.js";
import { StorageFull } from "./queue.js";
import { readAnswer } from "./verdict.js";

/** From here on the way without a network is offered, in milliseconds. */
const OFFER_AFTER = 2000;
const ASK_AGAIN = 1500;

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

export class Flow {
  #door;
  #busy = false;

  constructor(door) {
    this.#door = door;
  }

  get isBusy() {
    return this.#busy;
  }

  /** Check somebody in. whom: {code} | {person, name} | {walk_in}; decided: {age, letIn} by the door. */
  async checkIn(whom, decided = {}) {
    if (this.#busy || this.#door.sync.standing === "revoked") return null;
    this.#busy = true;
    try {
      return await this.#checkIn(whom, decided);
    } finally {
      this.#busy = false;
    }
  }

  async #checkIn(whom, decided) {
    const door = this.#door;
    if (whom.code && !isPersonal(whom.code)) return door.view.foreignKind();
    const known = whom.code ? await door.roster.findPass(whom.code) : whom.person ? await door.roster.findPerson(whom.person) : null;
    if (door.leaving && !whom.walk_in) return this.#checkOut(whom, known);
    const scan = this.#scanOf(whom, known, decided);
    if (door.sync.isOffline) return this.#withoutNetwork(scan, whom, known, decided);
    const stored = await this.#store(scan);
    return this.#askServer(scan, whom, known, decided, stored);
  }

  #scanOf(whom, known, decided) {
    const { name, ...subject } = whom;
    const event = {
      type: "check_in", nonce: makeNonce(), occurrence_id: this.#door.date.id, scanned_at: new Date().toISOString(), ...subject,
      ...(decided.age === undefined || whom.walk_in ? {} : { age_ok: decided.age }),
      ...(decided.letIn ? { overridden_because: decided.letIn } : {}),
    };
    return {
      nonce: event.nonce, occurrence: event.occurrence_id, at: Date.now(), event, seen: "asking",
      name: known?.name || name || whom.walk_in?.display_name || "", ref: known?.ref ?? null, card: whom.code?.[0] === "K",
    };
  }

  /** Whether it could be stored; if not, it is still asked, and the page says what that means. */
  async #store(scan) {
    try {
      await this.#door.makeRoom(() => this.#door.queue.add(scan));
      return true;
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      return false;
    }
  }

  async #withoutNetwork(scan, whom, known, decided) {
    const door = this.#door;
    const said = this.#judge(scan, whom, known, decided);
    if (said.look === "ask") return door.view.askAge(door.date, (age) => this.checkIn(whom, { ...decided, age }), scan.name);
    scan.seen = said.look;
    scan.event.offline = true;
    if (said.look === "refused") scan.event.refused = said.code;
    if (!(await this.#store(scan))) return door.view.full(scan);
    door.sync.onChange();
    return door.view.local(scan, said, { letIn: (because) => this.checkIn(whom, { ...decided, letIn: because }) });
  }

  #judge(scan, whom, known, decided) {
    const { date, queue, roster } = this.#door;
    const earlier = queue.lastOf(date.id, scan.ref);
    const given = whom.walk_in ? { isNew: true, age: whom.walk_in.age_ok } : decided;
    const before = earlier?.nonce === scan.nonce ? null : earlier;
    scan.name ||= before?.name ?? "";
    return judge({ date: roster.occurrence, known, earlier: before, now: this.#door.now(), decided: given });
  }

  /** Ask until there is a final answer, or until somebody taps "work without network". */
  async #askServer(scan, whom, known, decided, stored) {
    const door = this.#door;
    const leave = new AbortController();
    scan.asking = true;
    door.view.asking(scan);
    let offered = false;
    const offer = () => {
      if (!offered) door.view.offerOffline(stored, () => leave.abort());
      offered = true; // the button stays the same under the finger
    };
    const timer = setTimeout(offer, OFFER_AFTER);
    const answer = await this.#untilAnswered(scan, leave.signal, offer);
    clearTimeout(timer);
    scan.asking = false;
    if (leave.signal.aborted) return this.#goOn(scan, whom, known, decided, stored);
    if (!answer.final) return door.view.held(scan, answer);
    const verdict = readAnswer(answer.status, answer.body);
    scan.name = verdict.facts.display_name ?? scan.name;
    if (stored) await door.queue.settle(scan, verdict);
    else door.queue.hold(Object.assign(scan, { answer: verdict }));
    door.sync.onChange();
    return door.view.answered(scan, {
      letIn: (because) => this.checkIn(whom, { ...decided, letIn: because }),
      old: (age) => this.checkIn(whom, { ...decided, age }),
    });
  }

  async #untilAnswered(scan, left, offer) {
    for (;;) {
      const answer = await this.#once(scan, left);
      if (left.aborted) return answer;
      if (answer.body && isFinal(answer.status, answer.body.code)) return { ...answer, final: true };
      if (standing(answer)) return { ...answer, standing: standing(answer) };
      if (answer.status === 429) return answer;
      offer();
      await pause(ASK_AGAIN);
      if (left.aborted) return answer;
    }
  }

  async #once({ event }, signal) {
    if (event.type === "check_in") return ask("POST", "/check-ins", { body: { ...event, sent_at: new Date().toISOString() }, signal });
    const answer = await ask("POST", "/scans", { body: { events: [event], sent_at: new Date().toISOString() }, signal });
    const result = answer.body?.results?.[0];
    return result ? { ok: result.status < 300, status: result.status, body: result } : answer;
  }

  /** The tap: from now on without the server; this scan too, under its own number. */
  async #goOn(scan, whom, known, decided, stored) {
    const door = this.#door;
    await door.sync.goOffline();
    if (!stored) return door.view.full(scan);
    const said = scan.event.type === "check_in" ? this.#judge(scan, whom, known, decided) : { look: "stored", code: "stored" };
    const look = said.look === "ask" ? "stored" : said.look; // the server asks for the age, as it has already begun to
    await door.queue.update(scan, { seen: look, event: { ...scan.event, offline: true } });
    return door.view.local(scan, { ...said, look }, {});
  }

  /** Somebody leaves: named by this device's own scan of them, else by their pass or as found by name. */
  #checkOut(whom, known) {
    const { queue, date } = this.#door;
    const { name = "", ...subject } = whom;
    const came = queue.lastOf(date.id, known?.ref);
    if (came) return this.later("check_out", came);
    return this.later("check_out", { occurrence: date.id, name: known?.name || name, ref: known?.ref ?? null }, "", subject);
  }

  /** Take one of this device's own scans back. */
  async annul(scan, reason) {
    if (this.#busy) return null;
    this.#busy = true;
    try {
      return await this.later("annul", scan, reason);
    } finally {
      this.#busy = false;
    }
  }

  /** Something that happens to an earlier scan: check_out or annul. */
  async later(type, came, reason = "", subject = { of_nonce: came.nonce }) {
    const door = this.#door;
    const event = { type, nonce: makeNonce(), ...subject, occurrence_id: came.occurrence, scanned_at: new Date().toISOString(), ...(reason ? { reason } : {}) };
    const scan = { nonce: event.nonce, occurrence: came.occurrence, at: Date.now(), event, seen: "asking", name: came.name, ref: came.ref };
    const stored = await this.#store(scan);
    if (!door.sync.isOffline) return this.#askServer(scan, {}, null, {}, stored);
    if (!stored) return door.view.full(scan);
    await door.queue.update(scan, { seen: "stored" });
    door.sync.onChange();
    return door.view.local(scan, { look: "stored", code: "stored" }, {});
  }
}
