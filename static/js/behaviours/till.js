// A till that stays on one page: what is sent and opened is put in its place. So a lost answer can be asked for
// again under the same number, the result may be heard and felt, and the camera stays open.
//   <div data-behaviour="till" data-till="/till" data-probe="/healthz">  (on each of the till's pages)
//   parts: away (no server: nothing was sent), unsure (sent, but no answer) with again (button), anywhere in the page;
//          sound (hidden switch for sound and vibration with soundOn and soundOff, remembered on this device)
//
// Nothing is ever kept to be sent later: without the server the page says so and does nothing. Without JavaScript
// forms and links work as they stand.

import { codeIn } from "../codes.js";
import { Sounds } from "../door/sounds.js";
import { listenToWedge } from "../door/wedge.js";
import { ask, isThere } from "../till/calls.js";

const QUIET = "engage-till-quiet";
const CAMERA = '[data-behaviour~="scanner"]';

const find = (name) => document.querySelector(`[data-part="${name}"]`);

let root = null;
let sounds = null;
let camera = null;
/** What was sent without an answer: {action, body}. Only this may be sent until it is answered. */
let pending = null;
let busy = false;

const isOurs = (address) => {
  const { origin, pathname } = new URL(address, location.href);
  return origin === location.origin && (pathname === root.dataset.till || pathname.startsWith(`${root.dataset.till}/`));
};

/** Show one of the notes, or none. */
function say(name) {
  for (const one of ["away", "unsure"]) if (find(one)) find(one).hidden = one !== name;
  find(name)?.focus();
}

const scanOn = () => document.querySelector(CAMERA)?.dispatchEvent(new CustomEvent("engage:scan-on"));

function put(page) {
  camera = document.querySelector(CAMERA) ?? camera;
  const body = document.importNode(page.body, true);
  const place = body.querySelector(CAMERA);
  if (place && camera) place.replaceWith(camera); // an open one is kept: some phones ask at each opening
  document.title = page.title;
  document.body.replaceChildren(...body.childNodes);
  scrollTo(0, 0);
  document.body.dispatchEvent(new CustomEvent("engage:new-content", { bubbles: true }));
  if (place && camera) scanOn();
}

/** The result is heard and felt, unless this device is to be quiet. */
function sound() {
  const result = document.querySelector("main.e-result");
  const look = ["ok", "known", "refused"].find((one) => result?.classList.contains(`is-${one}`));
  if (look && !isQuiet()) sounds.play(look);
}

async function show(answer, { opened }) {
  if (answer.redirected && !isOurs(answer.url)) return location.assign(answer.url); // signed out, or switched off
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  pending = null;
  if (opened || answer.redirected) history.pushState(null, "", answer.url);
  put(page);
  return sound();
}

async function open(address) {
  try {
    await show(await ask(address), { opened: true });
  } catch {
    location.assign(address); // the browser says what is wrong
  }
}

async function send(what) {
  if (!pending && !(await isThere(root.dataset.probe))) {
    say("away");
    return scanOn();
  }
  if (!pending) say(null);
  pending = what;
  try {
    return await show(await ask(what.action, { method: "POST", body: what.body }), { opened: false });
  } catch {
    for (const form of document.querySelectorAll("form.e-till")) form.hidden = true;
    return say("unsure");
  }
}

async function once(act) {
  if (busy) return;
  busy = true;
  const buttons = [...document.querySelectorAll("form.e-till button, [data-part='again']")];
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    busy = false;
    for (const button of buttons) button.removeAttribute("aria-disabled");
  }
}

function submitted(event) {
  const form = event.target;
  if (form.method !== "post" || !isOurs(form.action)) return;
  event.preventDefault();
  event.stopPropagation();
  if (pending) return;
  const fields = new FormData(form);
  if (event.submitter?.name) fields.append(event.submitter.name, event.submitter.value);
  once(() => send({ action: form.action, body: new URLSearchParams(fields) }));
}

function clicked(event) {
  if (event.target.closest('[data-part="again"]')) return void once(() => send(pending));
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.hash || !isOurs(link.href)) return;
  event.preventDefault();
  once(() => open(link.href));
}

/** The next code from a hardware scanner, also while a result is on the screen. */
async function scanned(code) {
  if (!code || busy || pending) return sounds.play("busy");
  if (document.querySelector("main.e-result")) await once(() => open(root.dataset.till));
  const field = document.getElementById("code");
  if (!field) return;
  field.value = code;
  field.form.requestSubmit();
}

function isQuiet() {
  try {
    return localStorage.getItem(QUIET) === "yes";
  } catch {
    return false; // storage is blocked
  }
}

function offerSwitch(button) {
  if (!button) return;
  const tell = () => {
    find("soundOn").hidden = isQuiet();
    find("soundOff").hidden = !isQuiet();
    document.querySelector(CAMERA)?.toggleAttribute("data-quiet", isQuiet());
  };
  button.hidden = false;
  tell();
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(QUIET, isQuiet() ? "no" : "yes");
    } catch {
      return;
    }
    tell();
    if (!isQuiet()) sounds.play("ok");
  });
}

function begin() {
  sounds = new Sounds();
  document.addEventListener("submit", submitted, { capture: true });
  document.addEventListener("click", clicked);
  addEventListener("popstate", () => location.reload());
  listenToWedge((text) => scanned(codeIn(text)));
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {}); // blocked by the browser
}

export function enhance(element) {
  root = element;
  if (!sounds) begin();
  offerSwitch(find("sound"));
  // With a keyboard the next code is typed at once; on a phone the field would open one over the camera.
  if (matchMedia("(pointer: fine)").matches && !document.querySelector(".e-note.is-refused")) document.getElementById("code")?.focus();
}
