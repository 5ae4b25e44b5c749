// Says that scans of an earlier pairing are still stored in this browser; they wait for the next one.
//   <div data-behaviour="kept-scans" data-one="{number} scan …" data-many="…" hidden>
//   parts: count

import { Vault } from "../door/vault.js";

export async function enhance(root) {
  const bases = await indexedDB.databases?.();
  if (bases && !bases.some(({ name }) => name === "engage-door")) return;
  const vault = await Vault.open();
  const waiting = (await vault.all("scans")).filter(({ state }) => state === "waiting").length;
  if (!waiting) return;
  root.querySelector('[data-part="count"]').textContent = root.dataset[waiting === 1 ? "one" : "many"].replace("{number}", waiting);
  root.hidden = false;
}
