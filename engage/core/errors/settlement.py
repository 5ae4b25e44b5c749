"""Refusals of the month-end."""

from __future__ import annotations

from engage.core.errors.kinds import Conflict
from engage.core.errors.sentences import N_, Sentence


class MonthNotOver(Conflict):
    """Until the 3rd of the next month a month may still change."""

    code = "month_not_over"
    message = N_("This month cannot be closed yet.")
    variants = (Sentence(N_("This month can be closed from: %(closes_at)s.")),)


class StatementClosed(Conflict):
    code = "statement_closed"
    message = N_("This month is closed already.")
    advice = N_("What comes later stands in the statement of a later month.")


class EarlierMonthOpen(Conflict):
    code = "earlier_month_open"
    message = N_("An earlier month of this partner is still open.")
    advice = N_("Close the months in their order.")


class NothingToSettle(Conflict):
    code = "nothing_to_settle"
    message = N_("There is nothing to settle in this month.")


class CauseExists(Conflict):
    """Its words are changed on its own page, not by adding it again."""

    code = "cause_exists"
    message = N_("There is a good cause of this name already.")
