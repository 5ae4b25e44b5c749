// Opens this address anew as soon as the server is there again.
//   <div data-behaviour="try-again" data-probe="/healthz">

import { isThere } from "../till/calls.js";

const EVERY = 3000;

export function enhance(root) {
  const look = async () => {
    if (document.visibilityState === "visible" && (await isThere(root.dataset.probe))) return location.reload();
    return setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
