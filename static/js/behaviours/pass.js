// The pass of this phone, made on the phone: it works without a network.
//   <div data-behaviour="pass" data-pass="ID" data-number="…" data-link="HTTPS://HOST/Q/" data-src="/pass"
//        data-clock="/pass/now" data-secret="/pass/secret" data-token="CSRF" data-until="…" data-now="…">
//   parts: code (with the server's <svg>), bar (progress), running, left, timer; hidden: alone (made here, without a network),
//          old, jumped (why there is no code), offline (for a browser that can make none)
//
// The secret comes once, is kept as a key that no script can read, and is asked for again if the browser lost it. A browser
// without such keys fetches the code at each step, as rotating-code does.

import { codeAt, importSecret, STEP, stepOf } from "../pass-code.js";
import { timeFor, Watch } from "../pass-clock.js";
import { change, keep, load } from "../pass-store.js";
import { drawn } from "../qr-path.js";

const ASK_AGAIN = 60_000;
const PATIENCE = 8000;

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

class Gone extends Error {}

/** Signed out, or this phone no longer shows the pass: nothing of it stays, and the server says what is next. */
function leave() {
  navigator.serviceWorker?.controller?.postMessage({ type: "forget" });
  location.reload();
}

/** Asks the server, and measures how far this phone's clock is from the server's. */
async function ask(address, options = {}) {
  const start = Date.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const reply = await fetch(address, { cache: "no-store", redirect: "manual", signal: limit.signal, ...options });
    if (reply.type === "opaqueredirect" || reply.status === 404) throw new Gone(); // signed out, or no phone any more
    if (!reply.ok) throw new Error(`${reply.status}`);
    const facts = await reply.json();
    const server = Date.parse(facts.now) + (Date.now() - start) / 2;
    return { ...facts, contact: server, offset: server - Date.now() };
  } finally {
    clearTimeout(timer);
  }
}

async function fetchSecret({ dataset }) {
  const headers = { "X-CSRFToken": dataset.token };
  const { secret, contact, offset } = await ask(dataset.secret, { method: "POST", headers });
  const bytes = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
  const key = await importSecret(bytes);
  bytes.fill(0);
  const { pass: id, number, link } = dataset;
  const record = { id, number, link, key, contact, offset, seen: Date.now(), jumped: false };
  await keep(record);
  return record;
}

class Pass {
  #root;
  #record;
  #watch = new Watch();
  #shown = null;
  #alone = false;
  #asked = 0;

  constructor(root, record) {
    this.#root = root;
    this.#record = record;
  }

  start() {
    const look = () => {
      if (document.hidden) this.#watch.rest();
      else this.#tick();
    };
    setInterval(look, 1000);
    document.addEventListener("visibilitychange", () => document.hidden || this.#askServer());
    window.addEventListener("online", () => this.#askServer());
    window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // signed out meanwhile?
    this.#tick();
    return this.#askServer();
  }

  async #askServer() {
    this.#asked = Date.now();
    try {
      const { pass, contact, offset } = await ask(this.#root.dataset.clock);
      if (pass !== this.#record.id) throw new Gone();
      this.#learn({ contact, offset, seen: Date.now(), jumped: false });
      this.#alone = false;
    } catch (error) {
      if (error instanceof Gone) leave();
      else this.#alone = true;
    }
    this.#tick();
  }

  #learn(facts) {
    Object.assign(this.#record, facts);
    change(this.#record.id, facts).catch(() => {}); // a full disk: the page goes on with what it knows
  }

  #tick() {
    const now = Date.now();
    if (this.#watch.jumped(now, performance.now())) {
      this.#learn({ jumped: true });
      this.#askServer();
    }
    if (Math.abs(now - this.#asked) > ASK_AGAIN) this.#askServer();
    const { at, why } = timeFor(this.#record, now);
    if (!why) this.#seen(now);
    this.#say(why);
    if (!why) this.#show(at);
  }

  /** Now and then is enough: it only has to notice a clock that was put back. */
  #seen(now) {
    if (now - this.#record.seen > 20_000) this.#learn({ seen: now });
  }

  #say(why) {
    part(this.#root, "code").hidden = Boolean(why);
    part(this.#root, "alone").hidden = !this.#alone || Boolean(why);
    for (const reason of ["old", "jumped"]) part(this.#root, reason).hidden = why !== reason;
  }

  async #show(at) {
    const step = stepOf(at);
    const left = Math.ceil(((step + 1) * STEP - at) / 1000);
    part(this.#root, "bar").value = left;
    part(this.#root, "left").textContent = String(left);
    if (step === this.#shown) return;
    this.#shown = step;
    const { key, number, link } = this.#record;
    const { side, path } = drawn(link + (await codeAt(key, number, step)));
    const svg = part(this.#root, "code").querySelector("svg");
    svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
    svg.querySelector("path:last-of-type").setAttribute("d", path);
    svg.dataset.step = step;
  }
}

/** Without keys or a database the server draws each code. */
function letServerDraw(root) {
  part(root, "timer").dataset.behaviour = "countdown";
  root.dataset.behaviour = "rotating-code";
  root.dispatchEvent(new CustomEvent("engage:new-content", { bubbles: true }));
}

export async function enhance(root) {
  try {
    const record = (await load(root.dataset.pass)) ?? (await fetchSecret(root));
    await new Pass(root, record).start();
  } catch (error) {
    if (error instanceof Gone) leave();
    else letServerDraw(root);
  }
}
