"""Which mails a person may switch off, and which come only on request. Rules MSG-1, MSG-2.

Not among them, so that they always come: what keeps the account safe, a cancelled or changed
date, decisions about a person's hours, points or rights, and what others did in their name or
will take from them: check-ins they did not scan, uses of their card, points about to expire.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engage.core.errors import N_


@dataclass(frozen=True, slots=True)
class News:
    """One kind of mail.

    words: what it is called on the settings page · more: when it comes
    at_first: whether it comes until the person says otherwise
    """

    words: str
    more: str = ""
    at_first: bool = True


EVENTS: dict[str, News] = {
    "reminders": News(N_("Reminders before a date")),
    "places": News(
        N_("My places"),
        N_("A place is yours, you moved up from the waiting list, a place is offered to you"),
    ),
    "reservation_ending": News(
        N_("A reservation that ends soon"), N_("The day before, if it is kept for days")
    ),
    "reservation_ended": News(
        N_("A reservation that has ended"), N_("Not collected in time: the points are back")
    ),
    "favourite": News(
        N_("A favourite reward can be had"),
        N_("Your points are enough now, or it is there again"),
        at_first=False,
    ),
}


def wants(event: str, muted: Collection[str], wished: Collection[str]) -> bool:
    """Whether a mail of this kind is sent (MSG-1); an unknown kind always is (MSG-2).

    muted: what the person switched off · wished: what they switched on
    """
    news = EVENTS.get(event)
    if news is None:
        return True
    return event not in muted if news.at_first else event in wished


def chosen(wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """What to keep of a choice: the kinds switched off, and the ones switched on."""
    muted = [event for event, news in EVENTS.items() if news.at_first and event not in wanted]
    wished = [event for event, news in EVENTS.items() if not news.at_first and event in wanted]
    return muted, wished
