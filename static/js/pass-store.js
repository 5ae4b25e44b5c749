// What this phone knows of its pass, in the database "engage-pass": one record by the pass's id,
//   {id, number, link, key: a CryptoKey that cannot be read, contact, offset, seen, jumped}
// Signing out deletes the database (service-worker.js); the scans of a scanner are in another one.

const NAME = "engage-pass";
const SHELF = "passes";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF, { keyPath: "id" });
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close(); // somebody signs out in another window
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
}

async function use(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(SHELF, mode);
      const answer = work(transaction.objectStore(SHELF));
      transaction.oncomplete = () => resolve(answer?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const load = (id) => use("readonly", (shelf) => shelf.get(id));

/** Keep this pass and no other: a browser shows one person's pass at a time. */
export const keep = (record) =>
  use("readwrite", (shelf) => {
    shelf.clear();
    shelf.put(record);
  });

/** Change what is kept of a pass, unless it was deleted meanwhile. */
export const change = (id, facts) =>
  use("readwrite", (shelf) => {
    const asked = shelf.get(id);
    asked.onsuccess = () => asked.result && shelf.put({ ...asked.result, ...facts });
  });
