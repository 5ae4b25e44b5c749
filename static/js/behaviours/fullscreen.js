// A button that fills the screen with the page, and gives it back.
//   <button data-behaviour="fullscreen" hidden>  parts: on, off (the words)
// Stays hidden where the browser cannot.

export function enhance(button) {
  if (!document.fullscreenEnabled) return;
  const show = () => {
    const full = document.fullscreenElement !== null;
    button.querySelector('[data-part="on"]').hidden = full;
    button.querySelector('[data-part="off"]').hidden = !full;
  };
  button.addEventListener("click", async () => {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    } catch {
      button.hidden = true; // refused by the system: it stays as it is
    }
  });
  document.addEventListener("fullscreenchange", show);
  show();
  button.hidden = false;
}
