// The texts of the scanner in the language of the page. They come with the page, as JSON in data-words;
// {names in braces} are filled in.

export class Words {
  #words;
  #language;
  zone;

  constructor(root) {
    this.#words = JSON.parse(root.dataset.words);
    this.#language = document.documentElement.lang || "de";
    this.zone = root.dataset.zone;
  }

  has(name) {
    return name in this.#words;
  }

  say(name, facts = {}) {
    return (this.#words[name] ?? "").replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");
  }

  /** A text that depends on a number: NAME_one, NAME_many. */
  count(name, number, facts = {}) {
    return this.say(`${name}_${number === 1 ? "one" : "many"}`, { ...facts, number });
  }

  #format(instant, options) {
    // As on all pages: "en" alone would mean months first and twelve hours.
    const language = this.#language === "en" ? "en-GB" : this.#language;
    return new Intl.DateTimeFormat(language, { timeZone: this.zone, ...options }).format(new Date(instant));
  }

  time(instant) {
    const time = this.#format(instant, { hour: "numeric", minute: "2-digit" });
    return this.#language.startsWith("de") ? time.replace(":", ".") : time; // as on all pages: 9.52 Uhr
  }

  day(instant) {
    return this.#format(instant, { weekday: "short", day: "numeric", month: "long" });
  }

  /** Day, begin and end of a date, in its own zone. */
  span({ starts_at: starts, ends_at: ends, timezone }) {
    this.zone = timezone;
    return this.say("span", { day: this.day(starts), from: this.time(starts), to: this.time(ends) });
  }

  /** At what time, and on which day if it was not today. */
  at(instant) {
    const time = this.say("at_time", { time: this.time(instant) });
    return Date.now() - instant < 12 * 3_600_000 ? time : `${this.day(instant)}, ${time}`;
  }

  /** How long ago, in plain words. */
  ago(instant) {
    const minutes = Math.floor((Date.now() - instant) / 60_000);
    return minutes < 1 ? this.say("just_now") : minutes < 60 ? this.count("minutes_ago", minutes) : this.say("at_time", { time: this.time(instant) });
  }

  /** The sentence of a refusal or other answer that this device gives itself. */
  reason(code, facts) {
    return this.say(`why_${code}`, facts);
  }

  /** What to do about it. */
  advice(code) {
    return this.say(`do_${code}`);
  }
}
