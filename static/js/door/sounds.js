// What a result sounds and feels like. Browsers play sound only after a tap or key, so the first one opens it.

const TONES = {
  ok: [[880, 0, 0.09], [1320, 0.1, 0.14]],
  known: [[660, 0, 0.12], [660, 0.18, 0.12]],
  stored: [[520, 0, 0.1], [520, 0.14, 0.1], [700, 0.28, 0.12]],
  refused: [[196, 0, 0.32]],
  busy: [[300, 0, 0.06]],
};
const PULSES = { ok: [60], known: [50, 80, 50], stored: [30, 50, 30, 50, 30], refused: [300], busy: [20] };

export class Sounds {
  #audio = null;
  on = true;

  constructor() {
    // Making the first sound device of a browser holds the page up for 100 ms, at the first result. Asking which devices
    // there are starts the same machinery beside the page, and needs no permission.
    navigator.mediaDevices?.enumerateDevices?.().catch(() => {});
    const listen = { capture: true, passive: true };
    document.addEventListener("pointerdown", () => this.#open(), listen);
    // Opening takes a moment: not between the keys of a hardware scanner, but at its Enter.
    document.addEventListener("keydown", ({ key }) => key.length > 1 && this.#open(), listen);
  }

  #open() {
    const Audio = window.AudioContext ?? window.webkitAudioContext;
    if (!this.#audio && Audio) this.#audio = new Audio();
    if (this.#audio?.state === "suspended") this.#audio.resume().catch(() => {});
  }

  play(look) {
    if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(PULSES[look]);
    if (!this.on || this.#audio?.state !== "running") return;
    const begin = this.#audio.currentTime + 0.01;
    for (const [pitch, after, length] of TONES[look]) this.#tone(pitch, begin + after, length, look === "refused" ? "sawtooth" : "sine");
  }

  #tone(pitch, at, length, shape) {
    const tone = this.#audio.createOscillator();
    const loudness = this.#audio.createGain();
    tone.type = shape;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.35, at + 0.01);
    loudness.gain.linearRampToValueAtTime(0, at + length);
    tone.connect(loudness).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + length + 0.02);
  }
}
