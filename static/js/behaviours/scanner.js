// Reads a QR code with the camera. The code goes to the page as the event "engage:code"
// ({detail: {code, text}}, bubbling, cancelable); unless that is prevented, it is put
// into the field named by data-field and the field's form is sent.
//   <div data-behaviour="scanner" data-worker="…/scan-worker.js" data-field="ID OF THE FIELD" hidden>
//   parts: view (video), start, torch, switch (buttons), live (shown while the camera runs),
//          idle (shown while it does not), refused, missing (help, hidden), foreign (hidden, "not our code")
//
// Stays hidden where there is no camera to ask for. data-quiet: never vibrates. "engage:scan-on" on the element takes up scanning again.

import { codeIn } from "../codes.js";
import { Camera } from "../camera.js";

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const show = (root, name, shown) => {
  const element = part(root, name);
  if (element) element.hidden = !shown;
};

async function mayStartAlone() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false; // browsers that do not tell are asked by a tap
  }
}

function deliver(root, code, text) {
  const event = new CustomEvent("engage:code", { bubbles: true, cancelable: true, detail: { code, text } });
  if (!root.dispatchEvent(event)) return;
  const field = document.getElementById(root.dataset.field);
  if (!field) return;
  field.value = code;
  field.form.requestSubmit();
}

export async function enhance(root) {
  if (!navigator.mediaDevices?.getUserMedia || !window.Worker || !window.isSecureContext) return;
  const camera = new Camera(part(root, "view"), root.dataset.worker);
  root.hidden = false;

  const running = (yes) => {
    show(root, "live", yes);
    show(root, "idle", !yes);
  };
  const start = async (deviceId) => {
    show(root, "refused", false);
    show(root, "missing", false);
    try {
      await camera.open(deviceId);
      running(true);
      show(root, "torch", camera.hasTorch);
      show(root, "switch", (await camera.list()).length > 1);
    } catch (error) {
      running(false);
      show(root, error.name === "NotAllowedError" ? "refused" : "missing", true);
    }
  };

  camera.onText = (text) => {
    const code = codeIn(text);
    show(root, "foreign", !code);
    if (!code) return;
    camera.pause();
    if (navigator.userActivation?.hasBeenActive && !("quiet" in root.dataset)) navigator.vibrate?.(60);
    deliver(root, code, text);
  };
  camera.onLost = () => running(false);

  part(root, "start")?.addEventListener("click", () => start());
  part(root, "switch")?.addEventListener("click", async () => start(await camera.next()));
  part(root, "torch")?.addEventListener("click", async ({ currentTarget }) => {
    currentTarget.setAttribute("aria-pressed", String(await camera.toggleTorch()));
  });
  root.addEventListener("engage:scan-on", () => {
    if (camera.isOpen) part(root, "view").play().catch(() => {}); // a page that was put around it has stopped the picture
    camera.resume();
  });
  window.addEventListener("pagehide", () => camera.close());
  window.addEventListener("pageshow", ({ persisted }) => persisted && running(false));

  running(false);
  if (await mayStartAlone()) await start();
}
