// Whom this device may expect at a date, to judge without a network. A name opens only with the
// pass it belongs to; a list by name is there only for devices that may search.

const HASH_BYTES = 12;
const REF_BYTES = 6;
const SIXTY_YEARS = 60 * 366 * 86_400_000;

const fromBase64 = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function mac(salt, text) {
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

async function openName(salt, number, sealed) {
  try {
    const bytes = fromBase64(sealed);
    const key = await crypto.subtle.importKey("raw", await mac(salt, `name:${number}`), "AES-GCM", false, ["decrypt"]);
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, key, bytes.slice(12));
    return new TextDecoder().decode(plain);
  } catch {
    return "";
  }
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").toLowerCase();

export class Roster {
  #vault;
  #passes = new Map(); // hash → [sealed, state, ref, since]
  #people = new Map(); // person → [name, state, since]
  #salt = null;
  occurrence = null;
  counter = 0;
  dropAt = 0;

  constructor(vault) {
    this.#vault = vault;
  }

  /** How many people are expected here; and how many came, as of the last contact. */
  get figures() {
    const states = new Map();
    for (const [, state, ref] of this.#passes.values()) states.set(ref, state);
    const people = [...this.#people.values()].map(([, state]) => state);
    const all = (this.isSearchable ? people : [...states.values()]).filter((state) => state !== "gone");
    return { expected: all.filter((state) => state !== "waitlisted").length, came: all.filter((state) => state === "in").length };
  }

  get isSearchable() {
    return this.#people.size > 0;
  }

  /** Read what this device has of a date; nothing if there is none or its time is over. */
  async load(occurrenceId) {
    const kept = await this.#vault.get("rosters", occurrenceId);
    const inside = kept && (await this.#vault.unseal(kept.box));
    this.#fill(inside ?? null);
    return Boolean(inside);
  }

  #fill(inside) {
    this.occurrence = inside?.occurrence ?? null;
    this.counter = inside?.counter ?? 0;
    this.dropAt = inside?.dropAt ?? 0;
    this.#salt = inside ? fromBase64(inside.salt) : null;
    this.#passes = new Map(inside?.passes ?? []);
    this.#people = new Map(inside?.people ?? []);
  }

  /** Whether an answer hides its people otherwise than what we have: its changes would fit nothing. */
  isForeign(body) {
    return toBase64(this.#salt ?? []) !== body.salt;
  }

  /** Take what the server has answered: everything, or the changes since our counter. */
  async take(body, whole) {
    if (whole || body.whole || this.isForeign(body)) this.#fill({ salt: body.salt });
    for (const [hash, ...row] of body.passes) this.#passes.set(hash, row);
    for (const [person, ...row] of body.people ?? []) this.#people.set(person, row);
    this.occurrence = body.occurrence;
    this.counter = body.counter;
    this.dropAt = Date.parse(body.drop_at) || Date.now() + SIXTY_YEARS;
    const inside = {
      occurrence: this.occurrence, counter: this.counter, dropAt: this.dropAt, salt: body.salt,
      passes: [...this.#passes], people: [...this.#people],
    };
    const box = await this.#vault.seal("roster", inside);
    await this.#vault.change("rosters", (rosters) => void rosters.put({ dropAt: this.dropAt, box }, body.occurrence.id));
  }

  /** Who has this pass, as far as this device knows; ref is the same for all passes of a person. */
  async findPass(code) {
    if (!this.#salt) return null;
    const number = code.slice(1, 9);
    const hash = toBase64((await mac(this.#salt, `id:${number}`)).slice(0, HASH_BYTES));
    const row = this.#passes.get(hash);
    if (!row) return { ref: hash, name: "", state: "unknown", since: null };
    const [sealed, state, ref, since] = row;
    return { ref, name: await openName(this.#salt, number, sealed), state, since };
  }

  async findPerson(person) {
    if (!this.#salt) return null;
    const ref = toBase64((await mac(this.#salt, `person:${person}`)).slice(0, REF_BYTES));
    const [name, state, since] = this.#people.get(person) ?? ["", "unknown", null];
    return { ref, name, state, since };
  }

  /** At most five people whose name holds the words. */
  search(words, most = 5) {
    const wanted = fold(words.trim());
    return [...this.#people]
      .filter(([, [name, state]]) => state !== "gone" && fold(name).includes(wanted))
      .slice(0, most)
      .map(([person, [display_name, state]]) => ({ person, display_name, state }));
  }

  /** Whether the time of the list that is open here is over. */
  isOver(now) {
    return this.occurrence !== null && this.dropAt <= now;
  }

  /** Drop the rosters whose time is over; answers their dates. */
  async dropOld(now) {
    const keys = await this.#vault.change("rosters", (rosters) => rosters.getAllKeys());
    const old = new Set();
    for (const key of keys) if ((await this.#vault.get("rosters", key)).dropAt <= now) old.add(key);
    if (old.size) await this.#vault.change("rosters", (rosters) => void [...old].forEach((key) => rosters.delete(key)));
    if (this.isOver(now)) this.#fill(null);
    return old;
  }

  empty() {
    this.#fill(null);
  }
}
