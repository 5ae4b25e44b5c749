// The scanner of a paired browser: one date, one person after the other, with or without a network.

import { codeIn } from "../codes.js";
import { closeByButtons, copyOf, openSheet, partsOf, show } from "./dom.js";
import { ask } from "./api.js";
import { Eye } from "./eye.js";
import { Flow } from "./flow.js";
import { Lists, Slips } from "./lists.js";
import { Queue, StorageFull } from "./queue.js";
import { Roster } from "./roster.js";
import { Screen } from "./screen.js";
import { Sheets } from "./sheets.js";
import { Sounds } from "./sounds.js";
import { Stage } from "./stage.js";
import { Sync } from "./sync.js";
import { Vault } from "./vault.js";
import { View } from "./view.js";
import { listenToWedge } from "./wedge.js";
import { Words } from "./words.js";

const DAY = 86_400_000;

export class Door {
  device = null;
  date = null;
  leaving = false;
  #offset = 0;
  /** When the list of this date was last fetched. */
  takenAt = 0;

  constructor(root, vault) {
    this.root = root;
    this.vault = vault;
    this.parts = partsOf(root);
    this.words = new Words(root);
    this.queue = new Queue(vault);
    this.roster = new Roster(vault);
    this.sync = new Sync(this.queue, vault);
    this.sounds = new Sounds();
    this.stage = new Stage(this.parts, this.sounds);
    this.view = new View(this);
    this.flow = new Flow(this);
    this.sheets = new Sheets(this);
    this.lists = new Lists(this);
    this.slips = new Slips(this);
    this.screen = new Screen(this);
    this.eye = Eye.isPossible() ? new Eye(this.parts, root.dataset.worker) : null;
  }

  /** The instant by the server's clock, as of the last contact. */
  now() {
    return Date.now() + this.#offset;
  }

  get mayFind() {
    return Boolean(this.device?.rights?.includes("search"));
  }

  async start() {
    this.#listen();
    await this.queue.load();
    this.#offset = (await this.vault.get("notes", "offset")) ?? 0;
    const kept = await this.vault.get("notes", "device");
    this.device = kept ? await this.vault.unseal(kept) : null;
    await this.#forgetOld();
    this.sync.onChange = () => this.refresh();
    this.sync.onContact = (device) => this.#meet(device);
    this.parts.plain.hidden = true;
    const wanted = new URLSearchParams(location.search).get("at") ?? (await this.vault.get("notes", "chosen"));
    if (this.device) await this.#open(wanted);
    await this.sync.start();
    if (!this.date) await this.#open(wanted);
    this.refresh();
  }

  #listen() {
    const { parts } = this;
    closeByButtons(this.root);
    const tap = (part, act) => parts[part].addEventListener("click", act);
    tap("openType", () => this.sheets.type());
    tap("openSearch", () => this.sheets.search());
    tap("openNew", () => this.sheets.walkIn());
    tap("openMenu", () => openSheet(parts.menuSheet));
    tap("openHelp", () => openSheet(parts.helpSheet));
    for (const part of ["unsentChip", "refusedChip"]) tap(part, () => this.lists.open());
    tap("menuList", () => this.lists.open());
    tap("menuDates", () => this.#pick());
    tap("menuOffline", () => (this.sync.isOffline ? this.sync.now() : this.sync.goOffline()));
    tap("menuSound", () => this.#switchSound());
    for (const radio of parts.direction.querySelectorAll("input")) radio.addEventListener("change", () => (this.leaving = radio.value === "out" && radio.checked));
    if (this.eye) this.eye.onCode = (code) => this.take(code);
    listenToWedge((text) => this.take(codeIn(text)));
    this.stage.onNext = () => this.refresh();
  }

  /** A code from the camera or a hardware scanner; null is not one of ours and goes nowhere. */
  take(code) {
    const isBlocked = this.flow.isBusy || (this.stage.isOpen && !this.stage.isPassable) || !this.date || this.root.querySelector("dialog[open]");
    if (isBlocked) return this.sounds.play("busy");
    if (!code) {
      show(this.parts.said, this.words.say("foreign"));
      return this.eye?.sayForeign(true);
    }
    return this.flow.checkIn({ code });
  }

  async #meet(device) {
    this.device = device;
    this.#offset = Date.parse(device.server_time) - Date.now() || 0;
    await this.vault.note("device", await this.vault.seal("roster", device)).catch(() => {});
    await this.vault.note("offset", this.#offset).catch(() => {});
    await this.#forgetOld();
    if (this.date) await this.#learn();
  }

  /** Lists whose time is over go, with or without a network, and with them what was answered there. */
  async #forgetOld() {
    await this.queue.forgetOld(await this.roster.dropOld(this.now()));
  }

  /** Bring the list of this date up to now. */
  async #learn(isWhole = !this.roster.counter) {
    const answer = await ask("GET", `/occurrences/${this.date.id}/roster${isWhole ? "" : `?since=${this.roster.counter}`}`, { patience: 15_000 });
    if (!answer.ok) return;
    // A key was changed: only the whole list makes sense again.
    if (!isWhole && !answer.body.whole && this.roster.isForeign(answer.body)) return this.#learn(true);
    this.takenAt = Date.now();
    await this.roster.take(answer.body, isWhole).catch(() => {}); // a full disk: the list stays in memory
    this.date = answer.body.occurrence;
    this.refresh();
  }

  /** Go to a date, or to the choice where there is none to go to. */
  async #open(wanted) {
    const dates = this.device?.occurrences ?? [];
    const only = dates.length === 1 ? dates[0] : null;
    const date = dates.find(({ id }) => id === wanted) ?? only;
    if (!date) return this.#pick();
    this.date = date;
    await this.vault.note("chosen", date.id).catch(() => {});
    if (await this.roster.load(date.id)) this.date = this.roster.occurrence;
    this.takenAt = 0;
    this.words.zone = date.timezone;
    this.parts.pick.hidden = true;
    this.parts.scan.hidden = false;
    this.refresh();
    this.eye?.begin();
    if (!this.sync.isOffline && this.sync.standing === "paired") await this.#learn();
    return undefined;
  }

  #pick() {
    this.parts.menuSheet.close();
    this.parts.scan.hidden = true;
    this.parts.pick.hidden = false;
    this.eye?.close();
    const dates = this.device?.occurrences ?? [];
    const isOn = (date) => this.now() > Date.parse(date.starts_at) - DAY / 24 && this.now() < Date.parse(date.ends_at) + DAY / 24;
    const running = dates.filter(isOn);
    this.parts.dates.replaceChildren(
      ...[...running, ...dates.filter((date) => !isOn(date))].map((date) => {
        const line = copyOf(this.parts.dateLine, { title: date.title, when: this.words.span(date), where: date.place, now: isOn(date) ? this.words.say("running") : "" });
        line.querySelector("button").addEventListener("click", () => this.#open(date.id));
        return line;
      }),
    );
    this.parts.noDates.hidden = dates.length > 0 || this.sync.standing !== "paired";
    this.refresh();
  }

  #switchSound() {
    this.sounds.on = !this.sounds.on;
    this.parts.menuSound.setAttribute("aria-pressed", String(this.sounds.on));
  }

  /** Store something; where the disk is full, make room with what can be fetched again. */
  async makeRoom(store) {
    try {
      return await store();
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      await this.queue.forget();
      return store();
    }
  }

  refresh() {
    if (this.sync.standing === "revoked") this.roster.empty();
    if (this.roster.isOver(this.now())) this.#forgetOld().then(() => this.refresh());
    this.screen.refresh();
    this.lists.showLast();
    if (this.parts.listSheet.open) this.lists.draw();
  }
}

export async function open(root) {
  const door = new Door(root, await Vault.open());
  await door.start();
  return door;
}
