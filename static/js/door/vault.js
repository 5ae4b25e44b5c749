// The scanner's own store in this browser. What it holds is encrypted under two separate keys that
// no script can read out: one for scans that wait to be sent, one for the roster and everything with names that
// came from it. Deleting a key makes what it sealed unreadable for good.
//
//   keys: CryptoKey by name · scans: by running number · rosters: by occurrence · notes: small plain values

const NAME = "engage-door";
const KINDS = ["waiting", "roster"];

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const base = request.result;
    base.createObjectStore("keys");
    base.createObjectStore("rosters");
    base.createObjectStore("notes");
    base.createObjectStore("scans", { keyPath: "seq", autoIncrement: true }).createIndex("nonce", "nonce", { unique: true });
  };
  return done(request);
}

export class Vault {
  #base;
  #keys = new Map();

  constructor(base) {
    this.#base = base;
    base.onversionchange = () => base.close();
  }

  static async open() {
    return new Vault(await open());
  }

  /** Run steps on stores in one transaction; answers what they gave once all of it is safe on the disk. */
  change(stores, steps) {
    return new Promise((resolve, reject) => {
      const transaction = this.#base.transaction(stores, "readwrite", { durability: "strict" });
      let given;
      transaction.oncomplete = () => resolve(given?.result ?? given);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
      given = steps(...[stores].flat().map((name) => transaction.objectStore(name)));
    });
  }

  all(store) {
    return done(this.#base.transaction(store).objectStore(store).getAll());
  }

  get(store, key) {
    return done(this.#base.transaction(store).objectStore(store).get(key));
  }

  note(name, value) {
    return this.change("notes", (notes) => void notes.put(value, name));
  }

  /** The key of a kind; made and stored when it is first needed. */
  async #key(kind) {
    if (!this.#keys.has(kind)) this.#keys.set(kind, this.#findKey(kind));
    return this.#keys.get(kind);
  }

  async #findKey(kind) {
    const kept = await this.get("keys", kind);
    if (kept) return kept;
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another window may have been faster: the first key stays.
    await this.change("keys", (keys) => {
      keys.get(kind).onsuccess = ({ target }) => target.result ?? keys.put(fresh, kind);
    });
    return this.get("keys", kind);
  }

  async seal(kind, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return { kind, iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.#key(kind), plain) };
  }

  /** What was sealed; null once its key is gone. */
  async unseal({ kind, iv, data }) {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await this.#key(kind), data);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }

  /** Forget names and rosters; with ``all`` also the key of scans, which by then must be empty. */
  async wipe({ all = false } = {}) {
    const kinds = all ? KINDS : ["roster"];
    for (const kind of kinds) this.#keys.delete(kind);
    await this.change(["keys", "rosters"], (keys, rosters) => {
      for (const kind of kinds) keys.delete(kind);
      rosters.clear();
    });
  }
}
