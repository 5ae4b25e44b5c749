// Shows how much time is left until an instant of the server's clock.
//   <div data-behaviour="countdown" data-until="2027-05-15T10:14:32Z" data-now="2027-05-15T10:00:00Z"
//        [data-unit="seconds"] [data-reload]>
//   parts: bar (progress, in seconds), left (text: "14:32", or "18" with data-unit="seconds"),
//          over (hidden, shown at the end), running (hidden at the end)
//
// Says "over" to the page by the event "engage:over"; data-reload then asks the server for the page's new state.

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

/** How far this device's clock is from the server's, in milliseconds. */
export function offsetOf(serverNow) {
  const server = Date.parse(serverNow);
  return Number.isNaN(server) ? 0 : server - Date.now();
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

export function enhance(root) {
  const until = Date.parse(root.dataset.until);
  if (Number.isNaN(until)) return;
  const offset = offsetOf(root.dataset.now);
  let timer = 0;

  const show = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now() - offset) / 1000));
    const [bar, left] = [part(root, "bar"), part(root, "left")];
    if (bar) bar.value = seconds;
    if (left) left.textContent = root.dataset.unit === "seconds" ? String(seconds) : clock(seconds);
    if (seconds > 0) return;
    clearInterval(timer);
    for (const [name, hidden] of [["running", true], ["over", false]]) {
      if (part(root, name)) part(root, name).hidden = hidden;
    }
    root.dispatchEvent(new CustomEvent("engage:over", { bubbles: true }));
    if ("reload" in root.dataset) setTimeout(() => location.reload(), 1500);
  };

  if (until - Date.now() - offset <= 0) return; // the server has already said so
  timer = setInterval(show, 1000);
  show();
  document.addEventListener("engage:new-content", () => root.isConnected || clearInterval(timer));
}
