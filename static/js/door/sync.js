// Keeps this device and the server together: sends what waits, in order and never twice, and notices by itself when the
// network goes and comes. The browser's own word for being online is not trusted; only our server's answer counts.

import { ask, isFinal, standing } from "./api.js";
import { readAnswer } from "./verdict.js";

const MOST = 500;
const OFFLINE_PACE = 5_000;
const ONLINE_PACE = 30_000;
const ROUND = 60_000;

export class Sync {
  #queue;
  #vault;
  #timer = 0;
  #running = null;
  #again = false;
  isOffline = false;
  standing = "paired"; // or "unpaired", "revoked"

  /** Called whenever something may have changed on the screen. */
  onChange = () => {};

  /** Called with what the server says of this device, before new scans go to it directly again. */
  onContact = async () => {};

  constructor(queue, vault) {
    this.#queue = queue;
    this.#vault = vault;
  }

  async start() {
    this.isOffline = (await this.#vault.get("notes", "offline")) === true;
    for (const event of ["online", "focus", "pageshow"]) window.addEventListener(event, () => this.now());
    document.addEventListener("visibilitychange", () => !document.hidden && this.now());
    return this.now();
  }

  /** Scans are stored from here on, until the server answers. */
  async goOffline() {
    this.isOffline = true;
    await this.#vault.note("offline", true);
    this.#wait();
    this.onChange();
  }

  #wait() {
    clearTimeout(this.#timer);
    const pace = this.isOffline || this.#queue.waiting.length ? OFFLINE_PACE : ONLINE_PACE;
    this.#timer = setTimeout(() => this.now(), pace);
  }

  /** Be in touch now. One round at a time, in all windows of this browser. */
  now() {
    if (this.#running) this.#again = true;
    this.#running ??= this.#once().finally(() => {
      this.#running = null;
      const again = this.#again && this.#queue.waiting.length > 0;
      this.#again = false;
      if (again) return this.now();
      this.#wait();
      this.onChange();
      return undefined;
    });
    return this.#running;
  }

  async #once() {
    const round = () => this.#round().catch((error) => console.warn("sync", error));
    return navigator.locks ? navigator.locks.request("engage-scans", round) : round();
  }

  async #round() {
    const until = Date.now() + ROUND;
    await this.#queue.load();
    let reached = false;
    do {
      const before = this.#due.length;
      if (!(await this.#send(this.#due.slice(0, MOST)))) break;
      reached = true;
      this.onChange();
      if (this.#due.length >= before) break;
    } while (this.#due.length && Date.now() < until);
    if (reached) await this.#meet();
  }

  /** What waits and is not being asked about at this moment. */
  get #due() {
    return this.#queue.waiting.filter(({ asking }) => !asking);
  }

  /** The server is there: learn what this device may do now. */
  async #meet() {
    const answer = await ask("GET", "/device");
    if (!answer.body) return;
    this.standing = standing(answer) ?? "paired";
    if (this.standing === "paired") await this.onContact(answer.body);
    if (this.standing === "revoked") await this.#end();
    if (this.isOffline && this.#due.every(({ held }) => held)) await this.#goOnline();
  }

  async #goOnline() {
    this.isOffline = false;
    await this.#vault.note("offline", false);
  }

  /** One upload, also an empty one: it tells the server how our clock runs and what still waits here. */
  async #send(scans) {
    const body = { events: scans.map((scan) => eventOf(scan)), sent_at: new Date().toISOString(), unsent: this.#queue.waiting.length };
    const answer = await ask("POST", "/scans", { body, patience: 20_000 });
    this.standing = standing(answer) ?? this.standing;
    if (!answer.ok || !Array.isArray(answer.body?.results)) return null;
    for (const one of answer.body.results) await this.#settle(one);
    return answer;
  }

  async #settle(result) {
    const scan = this.#queue.find(result?.nonce);
    if (!scan || scan.state !== "waiting") return;
    if (isFinal(result.status, result.code)) await this.#queue.settle(scan, readAnswer(result.status, result), { late: true });
    else scan.held = true; // asked again later; it does not keep this device from working with the network
  }

  /** Switched off: what waited has gone up, so the list of names and the keys go. */
  async #end() {
    await this.#queue.forget();
    await this.#vault.wipe({ all: !this.#queue.waiting.length && !this.#queue.refused.length });
  }
}

/** What is sent later was made without an answer: the time of the scan decides, not the time of sending. */
const eventOf = ({ event }) => ({ ...event, offline: true });
