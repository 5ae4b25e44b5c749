// Small steps on the page that all parts of the scanner share.

/** All parts of an element by name: {view: …, start: …}. */
export function partsOf(root) {
  const found = {};
  for (const element of root.querySelectorAll("[data-part]")) found[element.dataset.part] ??= element;
  return found;
}

/** Put a text in place; an empty one takes the element off the screen. */
export function show(element, text) {
  if (!element) return;
  const words = element.querySelector("[data-text]") ?? element;
  words.textContent = text;
  element.hidden = !text;
}

/** A copy of the only element in a template, its slots filled: {name: text}. */
export function copyOf(template, texts = {}) {
  const copy = template.content.firstElementChild.cloneNode(true);
  for (const [name, text] of Object.entries(texts)) {
    const slot = copy.querySelector(`[data-slot="${name}"]`);
    if (slot) {
      slot.textContent = text;
      slot.hidden = !text;
    }
  }
  return copy;
}

/** Open a dialog and focus its first field. */
export function openSheet(dialog) {
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("[autofocus], input, textarea") ?? dialog.querySelector("button"))?.focus();
}

/** Every button marked data-close closes the dialog it stands in. */
export function closeByButtons(root) {
  for (const button of root.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
}
