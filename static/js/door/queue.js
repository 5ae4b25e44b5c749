// Every scan of this device, stored before it is sent.
//
//   waiting: not answered yet · refused: answered with a no after the fact, shown until somebody has seen it
//   done:    answered; kept until the roster goes, to know who is in, to annul and to check out
//
// A scan: {seq, nonce, state, at, occurrence, event, name, ref, seen, answer}. Only nonce, state and running number are
// stored in the clear.

const isFull = (error) => error?.name === "QuotaExceededError" || error?.name === "AbortError" || error?.name === "UnknownError";

/** Answered scans are known for so long where no list says when their date is over. */
const ANSWERED_FOR = 3 * 86_400_000;

export class StorageFull extends Error {}

export class Queue {
  #vault;
  #scans = new Map(); // by nonce

  constructor(vault) {
    this.#vault = vault;
  }

  /** Read what is stored, also by another window of this browser. */
  async load() {
    const found = new Map();
    for (const kept of await this.#vault.all("scans")) {
      const known = this.#scans.get(kept.nonce);
      if (known?.state === kept.state) found.set(kept.nonce, known);
      else {
        const inside = await this.#vault.unseal(kept.box);
        if (inside) found.set(kept.nonce, { ...inside, nonce: kept.nonce, seq: kept.seq, state: kept.state });
      }
    }
    for (const scan of this.#scans.values()) if (scan.unstored) found.set(scan.nonce, scan);
    this.#scans = found;
  }

  #in(state) {
    return [...this.#scans.values()].filter((scan) => scan.state === state).sort((one, other) => one.seq - other.seq);
  }

  get waiting() {
    return this.#in("waiting");
  }

  get refused() {
    return this.#in("refused");
  }

  get done() {
    return this.#in("done");
  }

  find(nonce) {
    return this.#scans.get(nonce);
  }

  /** Store a new scan. Raises StorageFull: then nothing is stored, and whoever asked has to say so. */
  async add(scan) {
    const box = await this.#vault.seal("waiting", scan);
    try {
      scan.seq = await this.#vault.change("scans", (scans) => scans.add({ nonce: scan.nonce, state: "waiting", box }));
    } catch (error) {
      if (isFull(error)) throw new StorageFull();
      throw error;
    }
    scan.state = "waiting";
    this.#scans.set(scan.nonce, scan);
    return scan;
  }

  /** A scan that could not be stored and that the server has answered: known until this page closes. */
  hold(scan) {
    Object.assign(scan, { state: "done", unstored: true, seq: Date.now() });
    this.#scans.set(scan.nonce, scan);
  }

  /** Keep what is known of a scan now, such as that it was made without a network. */
  async update(scan, changes, state = scan.state) {
    const { seq, nonce, state: _, unstored, ...inside } = { ...scan, ...changes };
    Object.assign(scan, changes, { state });
    if (unstored) return;
    const box = await this.#vault.seal(state === "done" ? "roster" : "waiting", inside);
    await this.#vault.change("scans", (scans) => scans.put({ seq, nonce, state, box }));
  }

  /** The server's final answer. late: it came after the person had gone on, so a no has to be looked at. */
  settle(scan, answer, { late = false } = {}) {
    const missed = late && !["ok", "known"].includes(answer.look) && scan.seen !== "refused";
    const name = answer.facts.display_name ?? scan.name;
    return this.update(scan, { answer, name }, missed ? "refused" : "done");
  }

  /** Somebody has read about this refusal. */
  read(scan) {
    return this.update(scan, {}, "done");
  }

  /** The newest scan of a person here that still stands. */
  lastOf(occurrence, ref, type = "check_in") {
    const annulled = new Set([...this.#scans.values()].filter(({ event }) => event.type === "annul").map(({ event }) => event.of_nonce));
    return this.#in("waiting")
      .concat(this.done)
      .filter((scan) => scan.event.type === type && scan.occurrence === occurrence && ref && scan.ref === ref)
      .filter((scan) => !annulled.has(scan.nonce) && (scan.answer ? scan.answer.look === "ok" : scan.seen === "stored"))
      .pop();
  }

  /** Remove answered scans of dates that are over, and of those where somebody was scanned some days ago. */
  async forgetOld(over) {
    const old = this.done.filter((scan) => scan.at < Date.now() - ANSWERED_FOR).map((scan) => scan.occurrence);
    if (over.size + old.length) await this.forget(new Set([...over, ...old]));
  }

  /** Remove answered scans: all, or those of some occurrences. */
  async forget(occurrences = null) {
    const gone = this.done.filter((scan) => !occurrences || occurrences.has(scan.occurrence));
    for (const { nonce } of gone) this.#scans.delete(nonce);
    const numbers = gone.filter(({ unstored }) => !unstored).map(({ seq }) => seq);
    await this.#vault.change("scans", (scans) => void numbers.forEach((seq) => scans.delete(seq)));
  }
}
