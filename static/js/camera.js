// A camera whose picture is read for QR codes by a worker, one frame at a time.

const PAUSE = 60;
const SIDE = 900;

export class Camera {
  #view;
  #source;
  #worker = null;
  #stream = null;
  #reading = false;
  #frame = 0;
  #torch = false;
  #canvas = document.createElement("canvas");

  /** Called with the text of each code seen. */
  onText = () => {};

  /** Called when the camera was taken away. */
  onLost = () => {};

  constructor(view, worker) {
    this.#view = view;
    this.#source = worker;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  async open(deviceId) {
    this.close();
    const choice = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
    this.#stream = await navigator.mediaDevices.getUserMedia({
      video: { ...choice, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    this.#track.addEventListener("ended", () => this.onLost());
    this.#view.srcObject = this.#stream;
    await this.#view.play();
    if (!this.#worker) this.#startWorker();
    this.resume();
  }

  #startWorker() {
    this.#worker = new Worker(this.#source, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#answer(data));
  }

  close() {
    this.pause();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#torch = false;
  }

  pause() {
    this.#reading = false;
  }

  resume() {
    if (this.#reading || !this.#stream) return;
    this.#reading = true;
    this.#look();
  }

  async list() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  }

  /** The id of the camera after the one in use. */
  async next() {
    const ids = (await this.list()).map(({ deviceId }) => deviceId);
    return ids[(ids.indexOf(this.#track?.getSettings().deviceId) + 1) % ids.length];
  }

  /** Light on or off; answers whether it is on now. */
  async toggleTorch() {
    const wanted = !this.#torch;
    await this.#track.applyConstraints({ advanced: [{ torch: wanted }] }).then(
      () => {
        this.#torch = wanted;
      },
      () => {},
    );
    return this.#torch;
  }

  #look() {
    if (!this.#reading) return;
    const { videoWidth: width, videoHeight: height } = this.#view;
    if (!width || document.hidden) {
      setTimeout(() => this.#look(), 250);
      return;
    }
    const side = Math.min(width, height);
    this.#canvas.width = this.#canvas.height = Math.min(side, SIDE);
    const pen = this.#canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.#view, (width - side) / 2, (height - side) / 2, side, side, 0, 0, pen.canvas.width, pen.canvas.height);
    const image = pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);
    this.#frame += 1;
    this.#worker.postMessage({ id: this.#frame, image }, [image.data.buffer]);
  }

  #answer({ id, text }) {
    if (id !== this.#frame || !this.#reading) return;
    if (text) this.onText(text);
    setTimeout(() => this.#look(), text ? 400 : PAUSE);
  }
}
