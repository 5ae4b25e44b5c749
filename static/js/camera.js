// A camera whose picture is read for QR codes by a worker, one frame at a time.
// The worker starts with the object and is warm before the camera opens.

import { askForCamera, take } from "./frames.js";

/** From one look to the next at the least, in milliseconds: more is heat without a result. */
const PACE = 60;
/** How long to wait for the next picture of a camera that stutters. */
const PATIENCE = 300;
/** A code that stays in view is told once; after so long out of view it is a new one. */
const OUT_OF_VIEW = 1500;

export class Camera {
  #view;
  #source;
  #worker = null;
  #stream = null;
  #opening = 0;
  #reading = false;
  #frame = 0;
  #asked = 0;
  #torch = false;
  #last = { text: null, seen: 0 };

  /** Called with the text of each code seen; a code that stays in view is told once. */
  onText = () => {};

  /** Called when the camera was taken away, or when nothing can read its picture. */
  onLost = () => {};

  constructor(view, worker) {
    this.#view = view;
    this.#source = worker;
    this.#startWorker();
    document.addEventListener("visibilitychange", () => this.#comeBack());
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get #abilities() {
    return this.#track?.getCapabilities?.() ?? {};
  }

  get isOpen() {
    return this.#track?.readyState === "live";
  }

  /** The id of the camera in use. */
  get deviceId() {
    return this.#track?.getSettings().deviceId ?? null;
  }

  get hasTorch() {
    return Boolean(this.#abilities.torch);
  }

  /** How far this camera can go near: {min, max, step, value}; null where it cannot. */
  get zoom() {
    const { zoom } = this.#abilities;
    if (!zoom || !(zoom.max > zoom.min)) return null;
    return { min: zoom.min, max: zoom.max, step: zoom.step || 0.1, value: this.#track.getSettings().zoom ?? zoom.min };
  }

  /** Go near or far; answers where it is now. */
  async setZoom(value) {
    const zoom = this.zoom;
    if (!zoom) return null;
    const wanted = Math.min(zoom.max, Math.max(zoom.min, value));
    await this.#apply({ zoom: wanted });
    return this.zoom?.value ?? null;
  }

  /** Open this camera, or one that looks away from the person. An open one is kept: some phones ask at each opening. */
  async open(deviceId) {
    if (this.isOpen && (!deviceId || deviceId === this.deviceId)) {
      this.resume();
      return;
    }
    this.close();
    const turn = this.#opening;
    const stream = await askForCamera(deviceId);
    if (turn !== this.#opening) {
      for (const track of stream.getTracks()) track.stop(); // closed or opened anew meanwhile
      return;
    }
    this.#stream = stream;
    this.#track.addEventListener("ended", () => this.onLost());
    this.#view.srcObject = stream;
    this.resume();
    await this.#view.play();
    if (this.#abilities.focusMode?.includes("continuous")) this.#apply({ focusMode: "continuous" });
  }

  #startWorker() {
    this.#worker = new Worker(this.#source, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#answer(data));
    this.#worker.addEventListener("error", () => {
      this.close();
      this.onLost();
    });
    this.#worker.postMessage({ warm: true });
  }

  close() {
    this.pause();
    this.#opening += 1;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#torch = false;
  }

  pause() {
    this.#reading = false;
  }

  /** Look again; a code that is still in view counts as new. */
  resume() {
    if (this.#reading || !this.#stream) return;
    this.#reading = true;
    this.#last = { text: null, seen: 0 };
    this.#await(0);
  }

  async list() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  }

  /** The id of the camera after the one in use. */
  async next() {
    const ids = (await this.list()).map(({ deviceId }) => deviceId);
    return ids[(ids.indexOf(this.deviceId) + 1) % ids.length];
  }

  /** Light on or off; answers whether it is on now. */
  async toggleTorch() {
    if (await this.#apply({ torch: !this.#torch })) this.#torch = !this.#torch;
    return this.#torch;
  }

  async #apply(setting) {
    try {
      await this.#track.applyConstraints({ advanced: [setting] });
      return true;
    } catch {
      return false;
    }
  }

  /** iOS stops the picture of a page that nobody sees. */
  #comeBack() {
    if (document.hidden || !this.isOpen) return;
    this.#view.play().catch(() => {});
    if (this.#reading) this.#await(0);
  }

  /** Look at the next picture, not before ``pause`` milliseconds are over. */
  #await(pause) {
    this.#frame += 1;
    const turn = this.#frame;
    const look = () => {
      if (turn !== this.#frame || !this.#reading || document.hidden) return;
      if (this.#view.videoWidth) this.#look();
      else this.#await(PACE);
    };
    setTimeout(() => {
      if (!this.#view.requestVideoFrameCallback) return look();
      this.#view.requestVideoFrameCallback(look);
      setTimeout(look, PATIENCE);
    }, pause);
  }

  async #look() {
    this.#frame += 1; // whoever else waits for this picture is late
    const id = this.#frame;
    this.#asked = performance.now();
    const { message, moved } = await take(this.#view);
    if (id !== this.#frame) message.frame?.close();
    else this.#worker.postMessage({ id, ...message }, moved);
  }

  #answer({ id, text }) {
    if (id !== this.#frame || !this.#reading) return;
    const now = performance.now();
    this.#await(Math.max(0, PACE - (now - this.#asked)));
    if (!text) return;
    const isNew = text !== this.#last.text || now - this.#last.seen > OUT_OF_VIEW;
    this.#last = { text, seen: now };
    if (isNew) this.onText(text);
  }
}
