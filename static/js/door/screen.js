// The scanner's own screen: where we are, how many are there, what waits to be sent, and with or without a network.

import { show } from "./dom.js";

export class Screen {
  #door;
  #parts;

  constructor(door) {
    this.#door = door;
    this.#parts = door.parts;
  }

  refresh() {
    this.#showPlace();
    this.#showQueue();
    this.#showNetwork();
    this.#showTools();
  }

  #showPlace() {
    const { date, words, roster } = this.#door;
    if (!date) return;
    this.#parts.title.textContent = date.title;
    const closes = roster.occurrence?.closes_at;
    this.#parts.under.textContent = [words.day(date.starts_at), closes ? words.say("open_until", { time: words.time(closes) }) : ""].filter(Boolean).join(" · ");
    const { expected, came } = this.#figures();
    this.#parts.count.textContent = expected ? words.say("of", { came, all: Math.max(expected, came) }) : String(came);
  }

  /** As the server knew it, and what this device has added since. */
  #figures() {
    const { queue, roster, date, takenAt } = this.#door;
    const { expected, came } = roster.figures;
    const isHere = (scan) => scan.occurrence === date.id && scan.event.type === "check_in";
    const stored = queue.waiting.filter((scan) => isHere(scan) && scan.seen === "stored").length;
    const since = queue.done.filter((scan) => isHere(scan) && scan.answer?.look === "ok" && scan.at > takenAt).length;
    return { expected, came: came + stored + since };
  }

  #showQueue() {
    const { queue, words } = this.#door;
    const waiting = queue.waiting.filter(({ asking }) => !asking).length;
    for (const part of ["unsentChip", "unsentPlain"]) {
      show(this.#parts[part], words.count("unsent", waiting));
      this.#parts[part].classList.toggle("is-none", !waiting);
    }
    show(this.#parts.refusedChip, queue.refused.length ? words.count("later_refused", queue.refused.length) : "");
  }

  #showNetwork() {
    const { sync, words, queue } = this.#door;
    this.#parts.offlineBar.hidden = !sync.isOffline;
    this.#parts.menuOffline.setAttribute("aria-pressed", String(sync.isOffline));
    const waiting = queue.waiting.length;
    const text = sync.standing === "paired" ? "" : words.say(`standing_${sync.standing}`) + (waiting ? ` ${words.count("kept", waiting)}` : "");
    show(this.#parts.standing, text);
    this.#parts.pairAgain.hidden = sync.standing === "paired";
    this.#parts.scan.classList.toggle("is-offline", sync.isOffline);
  }

  #showTools() {
    const { roster, device } = this.#door;
    const date = roster.occurrence;
    this.#parts.openSearch.hidden = !this.#door.mayFind;
    this.#parts.openNew.hidden = date ? !date.walk_ins : false;
    this.#parts.direction.hidden = !date?.uses_check_out;
    show(this.#parts.deviceName, device?.name ?? "");
  }
}
