"""What the city says when something worked, one sentence for each code."""

from __future__ import annotations

from engage.core.errors.kinds import Answer, register
from engage.core.errors.sentences import N_, NN_, Sentence


def _result(code: str, status: int, *sentences: Sentence | str, advice: str = "") -> Answer:
    said = tuple(one if isinstance(one, Sentence) else Sentence(one) for one in sentences)
    return register(Answer(code, status, said, advice))


CREDITED = _result(
    "credited",
    201,
    NN_(
        "Checked in. %(points)s point for %(display_name)s.",
        "Checked in. %(points)s points for %(display_name)s.",
        "points",
    ),
    NN_(
        "You are checked in. %(points)s point for you.",
        "You are checked in. %(points)s points for you.",
        "points",
    ),
    N_("Checked in."),
)
CHECKED_IN = _result(
    "checked_in",
    201,
    N_("Checked in: %(display_name)s. The points follow."),
    N_("Checked in. The points follow."),
)
CHECKED_OUT = _result(
    "checked_out",
    200,
    N_("%(display_name)s has left. The time present counts."),
    N_("Checked out. Thank you."),
)
ANNULLED = _result("annulled", 200, N_("Annulled. The record stays, with your reason."))
CORRECTED = _result(
    "corrected", 200, N_("Put right. The old entry stays on record, with your reason.")
)
REGISTERED = _result("registered", 201, N_("You have a place."))
ON_WAITING_LIST = _result(
    "on_waiting_list",
    201,
    N_("You are number %(position)s on the waiting list."),
    N_("You are on the waiting list."),
    advice=N_("We write to you as soon as a place is free."),
)
LEFT = _result("left", 200, N_("Your place is free for somebody else now."))
CLAIM_SENT = _result("claim_sent", 201, N_("Reported. The organisation will answer."))
CLAIM_CONFIRMED = _result("claim_confirmed", 200, N_("Confirmed. The points are booked."))
CLAIM_REFUSED = _result("claim_refused", 200, N_("Refused. The person sees your reason."))
RESERVED = _result("reserved", 201, N_("Kept for you until %(expires_at)s."), N_("Kept for you."))
GIVEN = _result(
    "given", 201, N_("Thank you. The points have gone to the good cause."), N_("Thank you.")
)
EXTENDED = _result("extended", 200, N_("Extended until %(expires_at)s."), N_("Extended."))
RESERVATION_CANCELLED = _result(
    "reservation_cancelled",
    200,
    NN_(
        "Cancelled. Your %(points)s point is back.",
        "Cancelled. Your %(points)s points are back.",
        "points",
    ),
    N_("Cancelled. Your points are back."),
)
REDEEMED = _result("redeemed", 200, N_("Valid. Please hand over: %(hand_over)s."), N_("Valid."))
REFUNDED = _result("refunded", 200, N_("Undone. Points and stock are back."))
PAIRED = _result("paired", 201, N_("This device is paired."))
