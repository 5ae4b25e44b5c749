// Before somebody signs out where this browser is a scanner: what waits is sent if the server answers, what still waits is said
// to stay here, and the list of names goes if the scanner was this person's own phone.
//   <div data-behaviour="sign-out" [data-own] data-one="{number} scan …" data-many="…">  with forms inside
//   parts: ask (a dialog), left (its words), leave, stay (its buttons)

import { Queue } from "../door/queue.js";
import { Sync } from "../door/sync.js";
import { Vault } from "../door/vault.js";

const PATIENCE = 4000;

async function openQueue() {
  const bases = await indexedDB.databases?.();
  if (bases && !bases.some(({ name }) => name === "engage-door")) return null;
  const vault = await Vault.open();
  const queue = new Queue(vault);
  await queue.load();
  return { vault, queue };
}

async function sendAll({ queue, vault }) {
  if (!queue.waiting.length) return;
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([new Sync(queue, vault).now(), patience]);
}

/** Whether to go on: at once when nothing waits, else as the person says. */
function ask(root, number) {
  if (!number) return true;
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  part("left").textContent = root.dataset[number === 1 ? "one" : "many"].replace("{number}", number);
  part("ask").showModal();
  return new Promise((resolve) => {
    part("leave").onclick = () => resolve(true);
    part("ask").onclose = () => resolve(false);
    part("stay").onclick = () => part("ask").close();
  });
}

async function leave(root, form, stored) {
  await sendAll(stored);
  if (!(await ask(root, stored.queue.waiting.length))) return;
  if ("own" in root.dataset) {
    await stored.queue.forget();
    await stored.vault.wipe();
  }
  form.submit();
}

export function enhance(root) {
  const stored = window.indexedDB ? openQueue().catch(() => null) : null;
  root.addEventListener(
    "submit",
    async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const found = await stored;
      if (found) await leave(root, event.target, found);
      else event.target.submit();
    },
    { capture: true },
  );
}
