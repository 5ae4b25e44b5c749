// Gives every [data-behaviour] element its behaviours. A page without
// JavaScript, or with a behaviour that fails, still works as plain HTML.
//
//   <div data-behaviour="countdown"> or several: data-behaviour="confirm submit-once"

const behaviours = {
  "auto-submit": () => import("./behaviours/auto-submit.js"),
  confirm: () => import("./behaviours/confirm.js"),
  copy: () => import("./behaviours/copy.js"),
  countdown: () => import("./behaviours/countdown.js"),
  door: () => import("./behaviours/door.js"),
  focus: () => import("./behaviours/focus.js"),
  "kept-scans": () => import("./behaviours/kept-scans.js"),
  "keep-typed": () => import("./behaviours/keep-typed.js"),
  fullscreen: () => import("./behaviours/fullscreen.js"),
  offline: () => import("./behaviours/offline.js"),
  pass: () => import("./behaviours/pass.js"),
  print: () => import("./behaviours/print.js"),
  refresh: () => import("./behaviours/refresh.js"),
  "reveal-password": () => import("./behaviours/reveal-password.js"),
  "rotating-code": () => import("./behaviours/rotating-code.js"),
  scanner: () => import("./behaviours/scanner.js"),
  "sign-out": () => import("./behaviours/sign-out.js"),
  "submit-once": () => import("./behaviours/submit-once.js"),
  till: () => import("./behaviours/till.js"),
  "try-again": () => import("./behaviours/try-again.js"),
  "wake-lock": () => import("./behaviours/wake-lock.js"),
  "watch-state": () => import("./behaviours/watch-state.js"),
};

/** Start the behaviours of an element and of everything in it; once each. */
export function enhanceAll(root) {
  const found = root.querySelectorAll("[data-behaviour]");
  for (const element of root.matches?.("[data-behaviour]") ? [root, ...found] : found) {
    const started = new Set((element.dataset.started ?? "").split(" "));
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      if (!name || started.has(name)) continue;
      started.add(name);
      behaviours[name]?.()
        .then(({ enhance }) => enhance(element))
        .catch((error) => console.error(name, error));
    }
    element.dataset.started = [...started].filter(Boolean).join(" ");
  }
}

document.addEventListener("engage:new-content", ({ target }) => enhanceAll(target));
enhanceAll(document);
