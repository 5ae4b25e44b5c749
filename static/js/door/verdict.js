// From the server's answer about a scan to what the door is shown: one of the looks ok, known, refused.

const KNOWN = new Set(["already_checked_in", "already_checked_out"]);
const OVERRIDABLE = new Set(["occurrence_full", "waitlisted", "not_registered"]);
const FACTS = ["points", "display_name", "card_serial", "first_checked_in_at", "opens_at", "closes_at", "minimum_age", "message", "id"];

/** What of an answer is kept; nothing else of it is. */
export function readAnswer(status, body) {
  const facts = Object.fromEntries(FACTS.filter((name) => body[name] !== undefined && body[name] !== null).map((name) => [name, body[name]]));
  const code = body.code;
  const isSuccess = status < 300;
  return {
    look: isSuccess ? "ok" : KNOWN.has(code) ? "known" : "refused",
    code,
    facts,
    asksAge: !isSuccess && code === "under_age" && Boolean(body.ask),
    mayLetIn: !isSuccess && OVERRIDABLE.has(code) && Boolean(body.display_name),
    hasSlip: isSuccess && Boolean(body.claim_code),
  };
}
