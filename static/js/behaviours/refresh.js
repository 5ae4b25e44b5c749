// Keeps a part of a page fresh: asks for the page every few seconds and puts the new part in place.
//   <section id="board" data-behaviour="refresh" data-every="5" [data-src="/…"]>
//   parts: content (what is replaced; the answer has the same element with the same id around it),
//          away (hidden, shown while the server cannot be reached)
//
// Rests while nobody looks at the page. Without JavaScript the page shows what was true when it was made.

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const PATIENCE = 8000;

async function fetchContent(source, id) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const reply = await fetch(source, { headers: { Accept: "text/html" }, cache: "no-store", credentials: "same-origin", signal: limit.signal });
    if (reply.redirected) location.assign(reply.url); // signed out, or switched off, meanwhile
    if (!reply.ok) throw new Error(`${reply.status}`);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const content = page.getElementById(id)?.querySelector('[data-part="content"]');
    if (!content) location.reload(); // it is another page by now
    if (!content) throw new Error("nothing fresh in the answer");
    return document.importNode(content, true);
  } finally {
    clearTimeout(timer);
  }
}

function put(root, fresh) {
  const old = part(root, "content");
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(fresh);
  if (focused) [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  fresh.dispatchEvent(new CustomEvent("engage:new-content", { bubbles: true }));
}

export function enhance(root) {
  const every = 1000 * Number(root.dataset.every || 5);
  let timer = 0;
  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return; // taken up again when somebody looks
    try {
      put(root, await fetchContent(root.dataset.src || location.href, root.id));
      if (part(root, "away")) part(root, "away").hidden = true;
    } catch {
      if (part(root, "away")) part(root, "away").hidden = false;
    }
    timer = setTimeout(look, every);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  timer = setTimeout(look, every);
}
