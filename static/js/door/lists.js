// What lies on this device: scans not sent yet, refusals that came afterwards, the last people; and the claim slips.

import { copyOf, openSheet, show } from "./dom.js";
import { ANNUL_TIME } from "./view.js";

const LAST = 8;

export class Lists {
  #door;
  #parts;

  constructor(door) {
    this.#door = door;
    this.#parts = door.parts;
  }

  /** The look of a scan as it stands now. */
  lookOf(scan) {
    if (scan.state === "waiting") return scan.seen === "refused" ? "refused" : "stored";
    return scan.answer?.look ?? "stored";
  }

  #wordOf(scan) {
    const { words } = this.#door;
    if (scan.state === "waiting") return words.say("not_sent");
    if (scan.answer?.look === "ok") return words.say({ check_in: "ok", check_out: "left", annul: "annulled" }[scan.event.type]);
    return scan.answer?.facts.message ?? words.say(scan.answer?.look === "known" ? "known" : "refused");
  }

  #nameOf(scan) {
    return scan.name || (scan.event.code ? this.#door.words.say("pass_number", { number: scan.event.code.slice(1, 9) }) : this.#door.words.say("no_name"));
  }

  #line(scan, buttons = []) {
    const { words } = this.#door;
    const copy = copyOf(this.#parts.line, { name: this.#nameOf(scan), text: `${this.#wordOf(scan)} · ${words.at(scan.at)}` });
    copy.classList.add(`is-${this.lookOf(scan)}`);
    for (const shape of copy.querySelectorAll("[data-look]")) shape.toggleAttribute("hidden", shape.dataset.look !== this.lookOf(scan));
    for (const { label, act } of buttons) {
      const button = this.#parts.lineButton.content.firstElementChild.cloneNode(true);
      button.textContent = label;
      button.setAttribute("aria-label", `${label}: ${this.#nameOf(scan)}`);
      button.addEventListener("click", act);
      copy.append(button);
    }
    return copy;
  }

  /** The sheet with everything that is not settled, and the last people of this date. */
  open() {
    this.draw();
    openSheet(this.#parts.listSheet);
  }

  draw() {
    const { queue, date, words } = this.#door;
    const { waiting, refused } = queue;
    const read = (scan) => ({ label: words.say("seen"), act: () => queue.read(scan).then(() => this.#door.refresh()) });
    this.#parts.refusedList.replaceChildren(...refused.map((scan) => this.#line(scan, [read(scan)])));
    this.#parts.waitingList.replaceChildren(...waiting.map((scan) => this.#line(scan)));
    const last = [...queue.done].filter((scan) => scan.occurrence === date?.id).slice(-LAST).reverse();
    this.#parts.doneList.replaceChildren(...last.map((scan) => this.#line(scan, this.#waysOf(scan))));
    this.#parts.refusedPart.hidden = !refused.length;
    this.#parts.waitingPart.hidden = !waiting.length;
    this.#parts.donePart.hidden = !last.length;
    this.#parts.emptyPart.hidden = Boolean(refused.length + waiting.length + last.length);
  }

  #waysOf(scan) {
    const { words, sheets, slips } = this.#door;
    const isOwn = scan.event.type === "check_in" && scan.answer?.look === "ok" && Date.now() - scan.at < ANNUL_TIME;
    return [
      ...(scan.answer?.hasSlip ? [{ label: words.say("slip"), act: () => slips.open(scan) }] : []),
      ...(isOwn ? [{ label: words.say("annul"), act: () => sheets.annul(scan) }] : []),
    ];
  }

  /** What became of several people in one go. */
  several(scans) {
    this.#door.stage.close();
    this.#parts.severalList.replaceChildren(...scans.map((scan) => this.#line(scan)));
    openSheet(this.#parts.severalSheet);
  }

  /** The last person, below the camera. */
  showLast() {
    const { queue, date } = this.#door;
    const mine = [...queue.waiting, ...queue.done].filter((scan) => scan.occurrence === date?.id && !scan.asking);
    const newest = mine.sort((one, other) => one.at - other.at).pop();
    this.#parts.last.replaceChildren(...(newest ? [this.#line(newest)] : []));
    this.#parts.last.hidden = !newest;
  }
}

/** The claim slip of somebody new, drawn by the server, to show or to print. */
export class Slips {
  #door;
  #parts;

  constructor(door) {
    this.#door = door;
    this.#parts = door.parts;
    this.#parts.slipPrint.addEventListener("click", () => window.print());
  }

  async open(scan) {
    const { words } = this.#door;
    this.#parts.slip.replaceChildren();
    show(this.#parts.slipFault, "");
    openSheet(this.#parts.slipSheet);
    try {
      const reply = await fetch(`/scanner/slip/${scan.nonce}`, { cache: "no-store" });
      if (!reply.ok || reply.redirected) throw new Error(String(reply.status));
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      this.#parts.slip.replaceChildren(document.importNode(page.querySelector(".e-slip"), true));
    } catch {
      show(this.#parts.slipFault, words.say("slip_later"));
    }
  }
}
