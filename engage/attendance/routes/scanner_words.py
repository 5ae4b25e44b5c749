"""Every text of the scanner app, in the language of the page. The browser fills in {names}."""

from __future__ import annotations

from flask_babel import gettext as _

from engage.core.errors import Outcome
from engage.web.errors import advice, sentence

#: Answers whose advice the app shows beside the server's sentence or its own.
ADVISED = (
    "already_checked_in",
    "code_expired",
    "code_unknown",
    "code_replayed",
    "pass_revoked",
    "not_permitted",
    "organisation_suspended",
    "too_early",
    "too_late",
    "occurrence_cancelled",
    "occurrence_full",
    "not_registered",
    "waitlisted",
    "under_age",
    "own_occurrence",
    "paid_duty",
    "limit_reached",
)


def scanner_words() -> dict[str, str]:
    """By the names that ``static/js/door`` uses."""
    return _results() | _stored() | _reasons() | _screen() | _sheets() | _lists()


def _results() -> dict[str, str]:
    return {
        "ok": _("Checked in"),
        "known": _("Already in"),
        "refused": _("Not possible"),
        "left": _("Has left"),
        "annulled": _("Annulled"),
        "asking": _("One moment"),
        "since": _("Already in since {time}."),
        "left_since": _("Has left at {time}."),
        "compare": _("Please compare the name. This is a printed card, number {serial}."),
        "compare_short": _("This is a printed card: please compare the name."),
        "name_fits": _("The name fits"),
        "give_slip": _("Give the person the slip: with it the points become theirs."),
        "points_follow": _("The points follow."),
        "points_one": _("{number} point"),
        "points_many": _("{number} points"),
        "next": _("Next person"),
        "again": _("Scan again"),
        "search": _("Search name"),
        "annul": _("Annul"),
        "slip": _("Show the slip"),
        "let_in": _("Let in all the same"),
        "old_enough": _("Yes, old enough"),
        "too_young": _("No, too young"),
        "age": _("Please ask"),
        "ask_age": _("Is the person at least {age}?"),
    }


def _stored() -> dict[str, str]:
    return {
        "stored": _("Stored"),
        "stored_why": _("Not yet confirmed; this device sends it by itself. The person may go in."),
        "stored_unknown": _("Not on this device's list; the server checks later."),
        "stored_no_roster": _(
            "This device has no list for this date yet; the server checks later."
        ),
        "stored_check_out": _("Noted: the person has left."),
        "stored_annul": _("Noted: annulled."),
        "refused_offline": _("As of this device's list. It is sent and checked once more."),
        "slow": _("The server does not answer. This scan is stored; nothing is lost."),
        "slow_full": _(
            "The server does not answer, and this device is full. Please wait, or note the name."
        ),
        "go_offline": _("Work without network"),
        "held_unpaired": _(
            "This browser is no longer paired. The scan is kept until it is paired again."
        ),
        "held_revoked": _("This device has been switched off. The scan is kept and sent."),
        "held_busy": _("That was too often. The scan is stored and sent in a moment."),
        "held_no_answer": _("The server could not take it now. The scan is stored and sent later."),
        "not_stored": _("Not stored"),
        "full_one": _("This device is full. {number} earlier scan is kept, this one is not."),
        "full_many": _("This device is full. {number} earlier scans are kept, this one is not."),
        "full_advice": _("Please note the name on paper, free some space, or find a network."),
    }


def _reasons() -> dict[str, str]:
    own = {
        "why_too_early": _("Check-in opens at {opens}."),
        "why_too_late": _("Check-in closed at {closes}."),
        "why_occurrence_cancelled": _("This date has been cancelled."),
        "why_not_registered": _("Not registered for this date, as far as this device knows."),
        "why_waitlisted": _("On the waiting list, as far as this device knows."),
        "why_under_age": _("This is open from the age of {age}."),
        "why_other_code": _("That is a code of ours, but no pass and no card."),
        "do_other_code": _("Ask the person for their pass, or search the name."),
    }
    return {f"do_{code}": advice(Outcome(code)) for code in ADVISED} | own


def _screen() -> dict[str, str]:
    return {
        "of": _("{came} of {all}"),
        "open_until": _("open until {time}"),
        "span": _("{day}, {from} to {to}"),
        "running": _("now"),
        "unsent_one": _("{number} not sent yet"),
        "unsent_many": _("{number} not sent yet"),
        "later_refused_one": _("{number} refused afterwards"),
        "later_refused_many": _("{number} refused afterwards"),
        "kept_one": _("{number} scan is kept here."),
        "kept_many": _("{number} scans are kept here."),
        "standing_unpaired": _("This browser is no longer paired."),
        "standing_revoked": sentence(Outcome("device_revoked")),
        "foreign": _("That is not one of our codes."),
        "just_now": _("just now"),
        "minutes_ago_one": _("{number} minute ago"),
        "minutes_ago_many": _("{number} minutes ago"),
        "at_time": _("at {time}"),
    }


def _sheets() -> dict[str, str]:
    return {
        "no_code": _("That is not one of our codes. Please compare it once more."),
        "three_letters": _("Please type at least 3 letters."),
        "nobody": _("Nobody of this date has this name."),
        "own_list": _("Without network: from this device's list."),
        "is_in": _("Already in"),
        "waits": _("On the waiting list"),
        "choose": _("Please choose somebody."),
        "name_missing": _("How shall we call the person?"),
        "age_missing": _("Please ask, and say what the person answered."),
        "reason_missing": _("Please give a reason."),
    }


def _lists() -> dict[str, str]:
    return {
        "not_sent": _("Stored, not sent yet"),
        "seen": _("Seen"),
        "pass_number": _("Pass {number}"),
        "no_name": _("Without a name"),
        "slip_later": _("The slip can be shown as soon as there is a network."),
    }
