// The scanner app of a paired browser; see static/js/door/app.js. Where it cannot start, the plain page below it stays.
//   <main data-behaviour="door" data-words="{…}" data-worker="…" data-zone="Europe/Berlin">

export async function enhance(root) {
  if (!window.indexedDB || !crypto.subtle) return;
  const { open } = await import("../door/app.js");
  await open(root);
}
