"""How limits, lives and states of rewards are said."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from engage.core.errors import Outcome
from engage.core.periods import Limit, Period


def limit_words(limit: Limit | None) -> str:
    """ "Once a week", "2 times a month"; empty for a reward without a limit."""
    if limit is None:
        return ""
    count = limit.count
    said = {
        Period.DAY: lambda: ngettext("Once a day", "%(num)s times a day", count),
        Period.WEEK: lambda: ngettext("Once a week", "%(num)s times a week", count),
        Period.MONTH: lambda: ngettext("Once a month", "%(num)s times a month", count),
        Period.QUARTER: lambda: ngettext("Once a quarter", "%(num)s times a quarter", count),
        Period.YEAR: lambda: ngettext("Once a year", "%(num)s times a year", count),
        Period.EVER: lambda: ngettext("Once for each person", "%(num)s times in all", count),
    }
    return str(said[limit.period]())


def life_words(life: timedelta) -> str:
    """ "15 minutes", "2 hours", "3 days": how long a code is good."""
    minutes = int(life.total_seconds() // 60)
    if minutes % 1440 == 0:
        return str(ngettext("%(num)s day", "%(num)s days", minutes // 1440))
    if minutes % 60 == 0:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def ended_words(state: str, because: str) -> str:
    """Why a reservation came to nothing, in a sentence."""
    if state == "expired":
        return str(_("Not collected in time. The points came back by themselves."))
    if state == "refunded":
        return str(_("The till has undone it. The points are back."))
    return str(
        {
            "reversal": _("Cancelled because an attendance was annulled."),
            "partner_suspended": _("The partner does not take part any more. The points are back."),
            "account": _("Cancelled together with the account."),
        }.get(because, _("You have cancelled it. The points are back."))
    )


def way_on(refusal: Outcome) -> tuple[str, str, str]:
    """Where somebody goes whom a reward was refused: words, address, symbol."""
    earn = (_("Find something to do"), url_for("activities.show_activities"), "join")
    open_ones = (_("To my reservations"), url_for("rewards.show_redemptions"), "pass")
    return {
        "points_short": earn,
        "attendance_needed": earn,
        "scanned_attendance_needed": earn,
        "mail_or_card_needed": (_("To my account"), url_for("accounts.show_account"), "person"),
        "too_many_reservations": open_ones,
        "already_reserved": open_ones,
        "value_cap_reached": (_("What counts"), url_for("rewards.show_value"), "list"),
    }.get(refusal.code, (_("Other rewards"), url_for("rewards.show_rewards"), "gift"))
