// The ways without a camera, each a sheet over the scanner: type a code, search a name, somebody new; and the two that
// ask for a reason.

import { codeIn } from "../codes.js";
import { ask } from "./api.js";
import { copyOf, openSheet, show } from "./dom.js";

const LETTERS = 3;

export class Sheets {
  #door;
  #parts;
  #because = () => {};
  #annulled = null;

  constructor(door) {
    this.#door = door;
    this.#parts = door.parts;
    const on = (form, act) =>
      this.#parts[form].addEventListener("submit", (event) => {
        event.preventDefault();
        act(new FormData(event.currentTarget));
      });
    on("typeForm", (data) => this.#typed(String(data.get("code"))));
    on("searchForm", (data) => this.#find(String(data.get("q"))));
    on("hitsForm", (data) => this.#checkInAll(data.getAll("person").map(String)));
    on("newForm", (data) => this.#walkIn(data));
    on("becauseForm", (data) => this.#reasoned(String(data.get("reason")).trim()));
    on("annulForm", (data) => this.#annul(String(data.get("why"))));
  }

  #open(sheet, form) {
    this.#parts[form]?.reset();
    for (const fault of this.#parts[sheet].querySelectorAll("[data-fault]")) fault.hidden = true;
    openSheet(this.#parts[sheet]);
  }

  type() {
    this.#open("typeSheet", "typeForm");
  }

  #typed(text) {
    const code = codeIn(text);
    show(this.#parts.typeFault, code ? "" : this.#door.words.say("no_code"));
    if (!code) return;
    this.#parts.typeSheet.close();
    this.#door.flow.checkIn({ code });
  }

  search() {
    this.#parts.hits.replaceChildren();
    this.#parts.hitsForm.hidden = true;
    this.#open("searchSheet", "searchForm");
  }

  /** Online the server searches and writes down that somebody looked; without it this device's own list is searched. */
  async #find(words) {
    const { date, roster, sync } = this.#door;
    const isShort = words.trim().length < LETTERS;
    show(this.#parts.searchFault, isShort ? this.#door.words.say("three_letters") : "");
    if (isShort) return;
    let hits = null;
    if (!sync.isOffline) {
      const answer = await ask("GET", `/occurrences/${date.id}/people?q=${encodeURIComponent(words.trim())}`, { patience: 4000 });
      if (answer.ok) hits = answer.body.items;
      else if (answer.body) return show(this.#parts.searchFault, answer.body.message);
    }
    const ownList = !hits;
    this.#showHits(hits ?? roster.search(words), ownList);
  }

  #showHits(hits, ownList) {
    const { words } = this.#door;
    show(this.#parts.searchNote, ownList ? words.say("own_list") : "");
    show(this.#parts.searchFault, hits.length ? "" : words.say("nobody"));
    this.#parts.hits.replaceChildren(
      ...hits.map(({ person, display_name, state }) => {
        const hint = { in: words.say("is_in"), waitlisted: words.say("waits") }[state] ?? "";
        const hit = copyOf(this.#parts.hit, { name: display_name, hint });
        const box = hit.querySelector("input");
        box.value = person;
        box.dataset.name = display_name;
        box.checked = hits.length === 1;
        return hit;
      }),
    );
    this.#parts.hitsForm.hidden = !hits.length;
  }

  /** One person is shown like a scan; several get a line each, and one refusal undoes no other. */
  async #checkInAll(people) {
    const nameOf = (person) => this.#parts.hits.querySelector(`input[value="${CSS.escape(person)}"]`).dataset.name;
    show(this.#parts.searchFault, people.length ? "" : this.#door.words.say("choose"));
    if (!people.length) return;
    const chosen = people.map((person) => ({ person, name: nameOf(person) }));
    this.#parts.searchSheet.close();
    const scans = [];
    for (const one of chosen) {
      const scan = await this.#door.flow.checkIn(one);
      if (scan) scans.push(scan);
      if (chosen.length > 1 && scan?.answer?.asksAge) break; // a question comes first
    }
    if (scans.length > 1) this.#door.lists.several(scans);
  }

  walkIn() {
    const age = this.#door.roster.occurrence?.minimum_age ?? 0;
    this.#parts.newAge.hidden = !age;
    for (const radio of this.#parts.newAge.querySelectorAll("input")) radio.required = age > 0;
    show(this.#parts.newAgeWords, this.#door.words.say("ask_age", { age }));
    this.#open("newSheet", "newForm");
  }

  #walkIn(data) {
    const name = String(data.get("name")).trim();
    const age = data.get("age");
    const asks = !this.#parts.newAge.hidden;
    show(this.#parts.newFault, !name ? this.#door.words.say("name_missing") : asks && !age ? this.#door.words.say("age_missing") : "");
    if (!name || (asks && !age)) return;
    this.#parts.newSheet.close();
    this.#door.flow.checkIn({ walk_in: { display_name: name, ...(asks ? { age_ok: age === "yes" } : {}) } });
  }

  because(act) {
    this.#because = act;
    this.#open("becauseSheet", "becauseForm");
  }

  #reasoned(reason) {
    show(this.#parts.becauseFault, reason ? "" : this.#door.words.say("reason_missing"));
    if (!reason) return;
    this.#parts.becauseSheet.close();
    this.#because(reason);
  }

  annul(scan) {
    this.#annulled = scan;
    show(this.#parts.annulWho, scan.name);
    this.#open("annulSheet", "annulForm");
  }

  #annul(why) {
    this.#parts.annulSheet.close();
    this.#door.flow.annul(this.#annulled, why);
  }
}
