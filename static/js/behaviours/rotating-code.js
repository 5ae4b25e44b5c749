// Keeps a changing code fresh: fetches the element's own fragment at each step and puts it in place.
//   <div data-behaviour="rotating-code" data-src="/pass/code" data-until="2027-05-15T10:00:30Z" data-now="…">
//   parts: offline (hidden, shown while the server cannot be reached), code (hidden meanwhile)
//
// data-src answers the same element again, with a new data-until. Without JavaScript the page's own refresh does it.

import { offsetOf } from "./countdown.js";

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const RETRY = 4000;
/** A pass that its browser cannot make itself is fetched like any other code. */
const PLACES = '[data-behaviour~="rotating-code"], [data-behaviour~="pass"]';

async function fetchElement(source) {
  const reply = await fetch(source, { headers: { Accept: "text/html" }, cache: "no-store", credentials: "same-origin" });
  if (reply.redirected) location.assign(reply.url); // signed out meanwhile
  if (!reply.ok) throw new Error(`${reply.status}`);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const element = page.querySelector(PLACES);
  if (!element) throw new Error("no code in the answer");
  return document.importNode(element, true);
}

function showReachable(root, reachable) {
  if (part(root, "offline")) part(root, "offline").hidden = reachable;
  if (part(root, "code")) part(root, "code").hidden = !reachable;
}

export function enhance(root) {
  const until = Date.parse(root.dataset.until);
  if (Number.isNaN(until) || !root.dataset.src) return;
  const offset = offsetOf(root.dataset.now);
  let timer = 0;

  const renew = async () => {
    clearTimeout(timer);
    if (document.hidden) return; // asked again when somebody looks
    try {
      const fresh = await fetchElement(root.dataset.src);
      document.removeEventListener("visibilitychange", onLook);
      const at = root.parentElement;
      root.replaceWith(fresh);
      delete fresh.dataset.started;
      at.dispatchEvent(new CustomEvent("engage:new-content", { bubbles: true }));
    } catch {
      showReachable(root, Date.now() + offset < until);
      timer = setTimeout(renew, RETRY);
    }
  };
  const onLook = () => {
    if (!document.hidden && Date.now() + offset >= until) renew();
  };
  document.addEventListener("visibilitychange", onLook);
  timer = setTimeout(renew, Math.max(500, until - Date.now() - offset));
}
