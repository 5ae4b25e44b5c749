// Keeps the screen awake while a code is shown or a camera is open.
//   <main data-behaviour="wake-lock">

export function enhance() {
  if (!("wakeLock" in navigator)) return;
  const hold = () => {
    if (!document.hidden) navigator.wakeLock.request("screen").catch(() => {}); // refused on a low battery
  };
  document.addEventListener("visibilitychange", hold);
  hold();
}
