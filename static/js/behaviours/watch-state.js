// Notices by itself that a reservation was redeemed, undone or extended somewhere else, and loads the page anew.
//   <div data-behaviour="watch-state" data-src="/…/state" data-state="reserved" data-until="…" hidden>

const EVERY = 3000;
const SLOWEST = 30000;

export function enhance(root) {
  const { src, state, until } = root.dataset;
  let pause = EVERY;
  let timer = 0;

  const look = async () => {
    if (document.visibilityState === "visible") {
      try {
        const reply = await fetch(src, { cache: "no-store", headers: { Accept: "application/json" } });
        if (reply.status === 401 || reply.status === 404 || reply.redirected) return;
        const now = await reply.json();
        if (now.state !== state || Date.parse(now.expires_at) !== Date.parse(until)) {
          location.reload();
          return;
        }
        pause = EVERY;
      } catch {
        pause = Math.min(pause * 2, SLOWEST); // no network: the code on the page stays good
      }
    }
    timer = setTimeout(look, pause);
  };

  // A page out of the browser's memory may be old: the way back shows what is true now.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    clearTimeout(timer);
    look();
  });
  timer = setTimeout(look, pause);
}
