// A result on the whole screen: word, shape, colour, sound, name; and one way on. Green only for what the
// server has answered for good.
//   parts: result (the screen), shape, word, who, points, why, advice, note, code, place, unsent, foot, said

import { show } from "./dom.js";

/** How long a result stays if nobody touches anything, in milliseconds. Others stay until they are answered. */
const STAYS = { ok: 2600, known: 3600, stored: 2600 };
/** A tap that was meant for the camera does not close a result that has just come. */
const SETTLES = 350;

export class Stage {
  #parts;
  #sounds;
  #timer = 0;
  #opened = 0;
  #buttons = [];
  sticky = false;
  /** The next scan may take the place of this result. */
  isPassable = true;

  /** Called when the screen is free for the next person. */
  onNext = () => {};

  constructor(parts, sounds) {
    this.#parts = parts;
    this.#sounds = sounds;
    parts.result.addEventListener("click", (event) => {
      if (event.target.closest("button, a, input, label") || this.sticky) return;
      if (performance.now() - this.#opened > SETTLES) this.close();
    });
  }

  get isOpen() {
    return !this.#parts.result.hidden;
  }

  /**
   * Show a result.
   *   look: ok, known, stored, refused or asking · word, who, why, advice, note, code: texts · points: text
   *   said: what a screen reader says · buttons: [{label, symbol, kind, act}], the first is the loud one
   *   sticky: stays until a button is pressed
   */
  show({ look, word, who = "", points = "", why = "", advice = "", note = "", code = "", place = "", unsent = "", buttons, sticky = false, silent = false }) {
    const { result } = this.#parts;
    result.className = `e-result e-door__result is-${look}`;
    for (const shape of this.#parts.shapes.children) shape.toggleAttribute("hidden", shape.dataset.look !== look);
    for (const [name, text] of Object.entries({ word, who, points, why, advice, note, code, place, unsent })) show(this.#parts[name], text);
    this.#offer(buttons);
    this.sticky = sticky;
    this.isPassable = !sticky || look === "ok" || look === "stored";
    this.#opened = performance.now();
    result.hidden = false;
    this.#parts.said.textContent = [word, who, points, why, note, advice].filter(Boolean).join(". ");
    if (!silent && look !== "asking") this.#sounds.play(look);
    clearTimeout(this.#timer);
    if (!sticky && STAYS[look]) this.#timer = setTimeout(() => this.close(), STAYS[look]);
    if (sticky) this.#parts.foot.querySelector("button")?.focus({ preventScroll: true });
  }

  #offer(buttons) {
    const templates = this.#parts.buttons.content;
    this.#parts.foot.replaceChildren(
      ...buttons.map(({ label, symbol, act }, place) => {
        const button = templates.querySelector(`[data-kind="${place ? "secondary" : "primary"}"]`).cloneNode(true);
        const icon = symbol && templates.querySelector(`[data-symbol="${symbol}"]`);
        if (icon) button.prepend(icon.firstElementChild.cloneNode(true));
        button.querySelector(".kern-label").textContent = label;
        button.addEventListener("click", act ?? (() => this.close()));
        return button;
      }),
    );
  }

  /** The server takes long: offer one tap to go on without it. */
  offer(why, buttons) {
    show(this.#parts.why, why);
    this.#offer(buttons);
    this.#parts.said.textContent = why;
  }

  close() {
    if (!this.isOpen) return;
    clearTimeout(this.#timer);
    this.#parts.result.hidden = true;
    this.sticky = false;
    this.onNext();
  }
}
