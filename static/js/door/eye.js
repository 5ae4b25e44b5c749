// The camera of the scanner: start, light, other camera, zoom, and help where there is none.
//   parts: cam, view, idle, start, live, torch, switch, zoom, hint, foreign, refused, missing, taken, help

import { Camera } from "../camera.js";
import { codeIn } from "../codes.js";

/** The same pass in view is one scan; it counts anew after so long out of sight. */
const FORGETS = 3500;

async function mayStartAlone() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false; // browsers that do not tell are asked by a tap
  }
}

export class Eye {
  #parts;
  #camera;
  #last = { number: "", at: 0 };
  #foreign = 0;

  /** Called with each code of ours that comes into view. */
  onCode = () => {};

  static isPossible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.Worker && window.isSecureContext);
  }

  constructor(parts, worker) {
    this.#parts = parts;
    parts.cam.hidden = false;
    this.#camera = new Camera(parts.view, worker);
    this.#camera.onText = (text) => this.#see(text);
    this.#camera.onLost = () => {
      this.#running(false);
      this.#help("taken");
    };
    parts.start.addEventListener("click", () => this.open());
    parts.switch.addEventListener("click", async () => {
      await this.open(await this.#camera.next());
    });
    parts.torch.addEventListener("click", async () => parts.torch.setAttribute("aria-pressed", String(await this.#camera.toggleTorch())));
    parts.zoom.addEventListener("input", () => this.#camera.setZoom(Number(parts.zoom.value)));
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.begin());
    this.#running(false);
  }

  async begin() {
    if (await mayStartAlone()) await this.open();
  }

  async open(deviceId = localStorage.getItem("scanner-camera")) {
    this.#help(null);
    try {
      await this.#camera.open(deviceId ?? undefined);
      this.#running(true);
      await this.#showTools();
    } catch (error) {
      if (deviceId && error.name !== "NotAllowedError") {
        localStorage.removeItem("scanner-camera");
        return this.open(null);
      }
      this.#running(false);
      this.#help({ NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "taken", AbortError: "taken" }[error.name] ?? "missing");
    }
    return undefined;
  }

  async #showTools() {
    const { torch, switch: other, zoom, view } = this.#parts;
    torch.hidden = !this.#camera.hasTorch;
    other.hidden = (await this.#camera.list()).length < 2;
    const id = view.srcObject?.getVideoTracks()[0]?.getSettings().deviceId;
    if (id) localStorage.setItem("scanner-camera", id);
    const near = this.#camera.zoom ?? null;
    zoom.parentElement.hidden = !near;
    if (near) Object.assign(zoom, { min: near.min, max: near.max, step: near.step, value: near.value });
  }

  close() {
    this.#camera.close();
    this.#running(false);
  }

  #running(yes) {
    this.#parts.live.hidden = !yes;
    this.#parts.idle.hidden = yes;
    this.#parts.hint.hidden = !yes;
  }

  /** Say what is wrong with the camera: refused, missing or taken; null for nothing. */
  #help(what) {
    for (const name of ["refused", "missing", "taken"]) this.#parts[name].hidden = name !== what;
    this.#parts.help.hidden = !what;
    this.#parts.start.querySelector(".kern-label").textContent = what ? this.#parts.start.dataset.again : this.#parts.start.dataset.first;
  }

  #see(text) {
    const code = codeIn(text);
    this.sayForeign(!code);
    if (!code) return;
    const number = code.slice(0, 9);
    const now = Date.now();
    const isSame = number === this.#last.number && now - this.#last.at < FORGETS;
    this.#last = { number, at: now };
    if (!isSame) this.onCode(code);
  }

  /** "That is not one of our codes", for a moment. */
  sayForeign(yes) {
    clearTimeout(this.#foreign);
    this.#parts.foreign.hidden = !yes;
    if (yes) this.#foreign = setTimeout(() => this.sayForeign(false), 2500);
  }
}
