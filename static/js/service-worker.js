// Keeps what a browser needs to go on without a network: the files of this version, an
// offline page, and the named pages below once they have been opened here. Nothing else that a
// signed-in person sees is ever stored. Scans live in the browser's database, which no
// version of this file touches.
//
// SHELL (every file but the heavy ones), HEAVY (what reads codes) and VERSION come from static/build.mjs.
// Pages say {type: "keep", path} once they are open, {type: "activate"} to change versions, {type: "forget"}.

/* global SHELL, HEAVY, VERSION */

const CACHE = `engage-${VERSION}`;
const FILES = "/static/dist/";
const OFFLINE = "/offline";

/** A till does nothing without the server, and says so: no page of it is ever kept. */
const TILL = /^\/(till|partner\/[^/]+\/till)(\/|$)/;
const TILL_AWAY = "/offline/till";

/** Pages that open without a network. The server's answer says by this header that it may be kept. */
const NAMED = ["/scanner", "/pass"];
const MAY_BE_KEPT = "Engage-Offline";

/** Pages of one account: gone from this browser when somebody signs out. */
const PERSONAL = ["/pass"];
const LEAVING = ["/sign-out", "/me/account/sign-out-everywhere"];

/** How long a named page waits for the server before it opens as it was. */
const PATIENCE = 3000;

const IN_STORE = { ignoreVary: true };

async function keepPage(cache, path) {
  const answer = await fetch(path, { cache: "no-store", redirect: "follow", headers: { Accept: "text/html" } });
  await keepAnswer(cache, path, answer);
}

async function keepAnswer(cache, path, answer) {
  if (!answer.ok || answer.redirected || !answer.headers.has(MAY_BE_KEPT)) return;
  await cache.put(path, answer);
  await keepHeavy(cache);
}

async function keepHeavy(cache) {
  const missing = [];
  for (const name of HEAVY) if (!(await cache.match(FILES + name, IN_STORE))) missing.push(FILES + name);
  await cache.addAll(missing);
}

/** The named pages that an earlier version kept: this one needs them with its own files. */
async function keptBefore() {
  const found = new Set();
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const path of NAMED) if (await cache.match(path, IN_STORE)) found.add(path);
  }
  return found;
}

async function install() {
  const paths = await keptBefore();
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((name) => FILES + name));
  for (const path of [OFFLINE, TILL_AWAY]) await cache.put(path, await fetch(path, { cache: "no-store", credentials: "omit" }));
  for (const path of paths) await keepPage(cache, path);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("engage-") && name !== CACHE) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function forget() {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const path of PERSONAL) await cache.delete(path, IN_STORE);
  }
  await forgetPass();
}

/** The key of the pass, kept by pass-store.js. A scanner's unsent scans are in another database. */
function forgetPass() {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase("engage-pass");
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
}

const kept = async (path) => (await caches.open(CACHE)).match(path, IN_STORE);

async function file(request) {
  return (await kept(new URL(request.url).pathname)) ?? fetch(request);
}

async function page(event) {
  const path = new URL(event.request.url).pathname;
  const isNamed = NAMED.includes(path);
  const stored = isNamed ? await kept(path) : null;
  const asked = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  try {
    const answer = await (stored ? Promise.race([asked, patience()]) : asked);
    if (isNamed) event.waitUntil(keepCopy(path, answer.clone()));
    return answer;
  } catch {
    asked.catch(() => {});
    return stored ?? (await kept(TILL.test(path) ? TILL_AWAY : OFFLINE)) ?? Response.error();
  }
}

const patience = () => new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE));

const keepCopy = async (path, answer) => keepAnswer(await caches.open(CACHE), path, answer).catch(() => {});

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== self.location.origin) return;
  if (event.request.method !== "GET") {
    if (LEAVING.includes(pathname)) event.waitUntil(forget());
    return;
  }
  if (pathname.startsWith(FILES)) event.respondWith(file(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event));
});

self.addEventListener("message", (event) => {
  const { type, path } = event.data ?? {};
  if (type === "activate") self.skipWaiting();
  if (type === "forget") event.waitUntil(forget());
  if (type === "keep" && NAMED.includes(path)) {
    const keep = async () => keepPage(await caches.open(CACHE), path);
    event.waitUntil(keep().then(() => event.source?.postMessage({ type: "kept", path }), () => {}));
  }
});
