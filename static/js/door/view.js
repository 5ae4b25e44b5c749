// What the door sees of each answer, in words. Shapes and colours follow from the look (stage.js).

const DONE_WORDS = { check_in: "ok", check_out: "left", annul: "annulled" };
/** A device may annul its own scans for so long. */
export const ANNUL_TIME = 15 * 60_000;

export class View {
  #door;
  #words;

  constructor(door) {
    this.#door = door;
    this.#words = door.words;
  }

  #show(scan, result) {
    const { date, stage, sync, queue } = this.#door;
    const waiting = queue.waiting.filter(({ asking }) => !asking).length;
    const unsent = waiting || sync.isOffline ? this.#words.count("unsent", waiting) : "";
    stage.show({ place: date.title, unsent, who: scan?.name ?? "", buttons: [this.#next()], ...result });
    return scan;
  }

  #next(label = "next") {
    return { label: this.#words.say(label), symbol: "scan" };
  }

  #search() {
    const door = this.#door;
    const act = () => {
      door.stage.close();
      door.sheets.search();
    };
    return door.mayFind ? [{ label: this.#words.say("search"), symbol: "search", act }] : [];
  }

  #annul(scan) {
    const isOwn = scan.event.type === "check_in" && Date.now() - scan.at < ANNUL_TIME;
    return isOwn ? [{ label: this.#words.say("annul"), symbol: "undo", act: () => this.#door.sheets.annul(scan) }] : [];
  }

  asking(scan) {
    this.#show(scan, { look: "asking", word: this.#words.say("asking"), buttons: [], sticky: true });
  }

  /** No answer yet: one tap goes on without the network. */
  offerOffline(stored, act) {
    const { stage } = this.#door;
    if (!stage.isOpen) return;
    const why = this.#words.say(stored ? "slow" : "slow_full");
    stage.offer(why, stored ? [{ label: this.#words.say("go_offline"), symbol: "offline", act }] : []);
  }

  /** The server's final word. */
  answered(scan, ways) {
    const { look, facts, code } = scan.answer;
    if (look === "ok") return this.#good(scan);
    if (look === "known") return this.#already(scan, facts.first_checked_in_at, code);
    const because = () => this.#door.sheets.because((reason) => ways.letIn(reason));
    const buttons = [
      ...(scan.answer.asksAge ? [{ label: this.#words.say("old_enough"), symbol: "check", act: () => ways.old(true) }] : []),
      this.#next("again"),
      ...(scan.answer.mayLetIn ? [{ label: this.#words.say("let_in"), symbol: "check", act: because }] : []),
      ...this.#search(),
    ];
    const why = facts.message ?? this.#words.reason(code, this.#facts(facts));
    return this.#show(scan, { look: "refused", word: this.#words.say("refused"), why, advice: this.#words.advice(code), code, buttons, sticky: true });
  }

  #facts(facts) {
    const time = (name) => (facts[name] ? this.#words.time(facts[name]) : "");
    return { opens: time("opens_at"), closes: time("closes_at"), age: facts.minimum_age };
  }

  #good(scan) {
    const { facts, code, hasSlip } = scan.answer;
    const word = this.#words.say(DONE_WORDS[scan.event.type]);
    const isCard = Boolean(facts.card_serial);
    const slip = { label: this.#words.say("slip"), symbol: "print", act: () => this.#door.slips.open(scan) };
    const note = isCard ? this.#words.say("compare", { serial: facts.card_serial }) : hasSlip ? this.#words.say("give_slip") : code === "checked_in" ? this.#words.say("points_follow") : "";
    return this.#show(scan, {
      look: "ok", word, note, points: scan.event.type === "check_in" && facts.points ? this.#words.count("points", facts.points) : "",
      buttons: [...(hasSlip ? [slip] : []), this.#next(isCard ? "name_fits" : "next"), ...this.#annul(scan)],
      sticky: isCard || hasSlip,
    });
  }

  #already(scan, since, code) {
    const why = since ? this.#words.say(code === "already_checked_out" ? "left_since" : "since", { time: this.#words.time(since) }) : "";
    return this.#show(scan, { look: "known", word: this.#words.say(code === "already_checked_out" ? "left" : "known"), why, advice: this.#words.advice("already_checked_in") });
  }

  /** What this device says by itself. */
  local(scan, said, ways) {
    const { date } = this.#door;
    if (said.look === "known") return this.#already(scan, said.since, said.code);
    if (said.look === "stored") return this.#stored(scan, said);
    const because = () => this.#door.sheets.because((reason) => ways.letIn(reason));
    const buttons = [this.#next("again"), ...(said.mayLetIn && ways.letIn ? [{ label: this.#words.say("let_in"), symbol: "check", act: because }] : []), ...this.#search()];
    const why = this.#words.reason(said.code, this.#facts({ ...date, ...this.#door.roster.occurrence }));
    return this.#show(scan, { look: "refused", word: this.#words.say("refused"), why, advice: this.#words.advice(said.code), note: this.#words.say("refused_offline"), code: said.code, buttons, sticky: true });
  }

  #stored(scan, said) {
    const event = scan.event.type === "check_in" ? "" : this.#words.say(`stored_${scan.event.type}`);
    const unknown = said.code === "no_roster" ? "stored_no_roster" : said.isUnknown ? "stored_unknown" : "";
    const note = [event, scan.card ? this.#words.say("compare_short") : "", unknown ? this.#words.say(unknown) : ""].filter(Boolean).join(" ");
    return this.#show(scan, {
      look: "stored", word: this.#words.say("stored"), why: this.#words.say("stored_why"), note,
      buttons: [this.#next(scan.card ? "name_fits" : "next"), ...this.#annul(scan)], sticky: Boolean(scan.card),
    });
  }

  /** The server has answered, but not about this scan: it stays stored. */
  held(scan, { standing, status, body }) {
    const name = standing ?? (status === 429 ? "busy" : "no_answer");
    const why = (status === 429 && body?.message) || this.#words.say(`held_${name}`);
    this.#door.sync.now();
    return this.#show(scan, { look: "stored", word: this.#words.say("stored"), why, sticky: true });
  }

  /** Nothing could be stored, and there is no network to ask over: the only scan that is not kept, and it says so. */
  full(scan) {
    const { queue } = this.#door;
    const why = this.#words.count("full", queue.waiting.length);
    return this.#show(scan, { look: "refused", word: this.#words.say("not_stored"), why, advice: this.#words.say("full_advice"), code: "storage_full", sticky: true });
  }

  askAge(date, act, name) {
    const buttons = [
      { label: this.#words.say("old_enough"), symbol: "check", act: () => act(true) },
      { label: this.#words.say("too_young"), act: () => act(false) },
    ];
    return this.#show({ name }, { look: "known", word: this.#words.say("age"), why: this.#words.say("ask_age", { age: date.minimum_age ?? this.#door.roster.occurrence.minimum_age }), buttons, sticky: true });
  }

  /** A code of ours that stands for no person: never sent. */
  foreignKind() {
    return this.#show(null, { look: "refused", word: this.#words.say("refused"), why: this.#words.reason("other_code"), advice: this.#words.advice("other_code"), sticky: true });
  }
}
