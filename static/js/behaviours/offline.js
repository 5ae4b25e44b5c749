// Lets this page open without a network: the service worker keeps it, as the server allows.
//   <main data-behaviour="offline">
//   parts: update (hidden button: a new version is ready), anywhere in the page
//
// On the page: "engage:offline-ready" once it would open without a network. A new version waits until the
// button is pressed or the page is opened anew, so that it never comes between two people at a door.

const WORKER = "/service-worker.js";

export async function enhance(root) {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(WORKER);
  if (!registration) return; // blocked by the browser
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.type === "kept") root.dispatchEvent(new CustomEvent("engage:offline-ready", { bubbles: true }));
  });
  offerUpdate(root, registration);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ type: "keep", path: location.pathname });
}

function offerUpdate(root, registration) {
  const button = root.querySelector('[data-part="update"]');
  let asked = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => asked && location.reload());
  const change = () => {
    asked = true;
    registration.waiting?.postMessage({ type: "activate" });
  };
  const offer = () => {
    if (registration.waiting && button) button.hidden = false;
  };
  button?.addEventListener("click", change);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => navigator.serviceWorker.controller && offer());
  });
  if (registration.waiting && navigator.serviceWorker.controller) change(); // nothing has begun on this page yet
}
