// What this device can say about a person without a network. It knows the list of the date, the
// window and its own scans; whether a code is fresh, limits and age only the server knows. So the
// best answer is "stored", never "checked in".

const MAY_BE_LET_IN = new Set(["not_registered", "waitlisted"]);

/** The kinds of codes that stand for a person: rotating pass, printed card. */
export const isPersonal = (code) => code[0] === "P" || code[0] === "K";

/**
 * The look and reason of a scan judged here.
 *   date: the roster's occurrence, or null where there is no roster
 *   known: {state, since} of the roster, or null · earlier: this device's own scan of the person
 *   now: the instant by the server's clock · decided: {age, letIn, isNew} what the door has decided already
 */
export function judge({ date, known, earlier, now, decided = {} }) {
  const since = known?.state === "in" ? known.since : (earlier?.at ?? null);
  if (since && !decided.isNew) return { look: "known", code: "already_checked_in", since };
  if (!date) return { look: "stored", code: "no_roster" };
  if (date.status === "cancelled") return { look: "refused", code: "occurrence_cancelled" };
  if (now < Date.parse(date.opens_at)) return { look: "refused", code: "too_early" };
  if (now > Date.parse(date.closes_at)) return { look: "refused", code: "too_late" };
  const place = placeOf(date, known, decided);
  if (place) return { look: "refused", code: place, mayLetIn: MAY_BE_LET_IN.has(place) };
  if (date.minimum_age > 0 && decided.age === undefined) return { look: "ask", code: "under_age" };
  if (decided.age === false) return { look: "refused", code: "under_age" };
  return { look: "stored", code: "stored", isUnknown: known?.state === "unknown" || known?.state === "gone" };
}

function placeOf(date, known, decided) {
  if (decided.letIn || decided.isNew || !known || known.state === "registered" || known.state === "in") return null;
  if (date.walk_ins) return null;
  return known.state === "waitlisted" ? "waitlisted" : "not_registered";
}
