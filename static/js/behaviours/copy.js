// Puts a text on the clipboard and says so in the button itself.
//   <button type="button" data-behaviour="copy" data-text="…" data-done="Copied" hidden><span data-part="label">

export function enhance(button) {
  if (!navigator.clipboard) return;
  const label = button.querySelector('[data-part="label"]') ?? button;
  const words = label.textContent;
  label.setAttribute("aria-live", "polite");
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.text);
    label.textContent = button.dataset.done;
    setTimeout(() => {
      label.textContent = words;
    }, 3000);
  });
}
