"""What a line of a file is once it is understood, or why it could not be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from engage.activities.drafts import Details
from engage.core.errors import ENGLISH, N_, Sentence, Tongue, put


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason or a note, ready to be said in any language."""

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def say(self, tongue: Tongue = ENGLISH) -> str:
        return put(Sentence(self.text), self.facts, tongue)


#: Why a line is refused.
NO_TITLE = N_("The title is missing.")
NO_TIME = N_("The time of day is missing.")
NO_DATE = N_("The date is missing.")
NOT_A_DATE = N_("“%(given)s” is not a date that can be read.")
NOT_A_TIME = N_("“%(given)s” is not a time that can be read.")
NOT_A_NUMBER = N_("“%(given)s” is not a number of places.")
ENDS_BEFORE = N_("The end (%(ends)s) is not after the start (%(starts)s).")
IS_OVER = N_("All dates are over.")
TWICE = N_("The same entry as in line %(first)s.")
TOO_MANY_CELLS = N_("The line has more cells than the heading.")
BROKEN = N_("This entry cannot be read: %(why)s")
NOT_WRITTEN = N_("Not written: %(why)s")

#: What an accepted line is told beside.
NO_END_NOTE = N_("No end is given: %(minutes)s minutes are assumed.")
NO_TIME_NOTE = N_("No time of day is given: %(starts)s is assumed.")
PERIOD_NOTE = N_("Only a period without times of day is given: please add dates.")
NO_DATES_NOTE = N_("No dates are given: please add them.")
OVER_NOTE = N_("%(count)s dates are over and left out.")
MISSING_NOTE = N_("%(count)s offers are no longer in the file. They stay as they are.")
ENDLESS_NOTE = N_("The series has no end: the dates of eight weeks are taken.")
UNKNOWN_DISTRICT = N_("There is no district “%(given)s” here.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that is not taken, with its number and why."""

    line: int
    title: str
    reason: Remark


@dataclass(frozen=True, slots=True)
class When:
    """One date of an entry; the key stays when the file moves it."""

    key: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One offer of a file.

    key:       its identity in the file, the same in a later version of it.
    capacity:  None for as many as come.
    """

    line: int
    key: str
    details: Details
    timezone: str
    dates: tuple[When, ...] = ()
    place: str = ""
    address: str = ""
    district_code: str | None = None
    capacity: int | None = None
    notes: tuple[Remark, ...] = ()

    def fingerprint(self) -> str:
        """Equal for equal content, so that a repeat changes nothing."""
        said: dict[str, Any] = asdict(self)
        del said["line"], said["notes"]
        text = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


Found = list[Entry | Refusal]


class FileUnreadable(Exception):
    """The whole file is nothing we know; the text is for the person who gave it."""

    def __init__(self, text: str, **facts: object) -> None:
        self.remark = Remark(text, facts)
        super().__init__(self.remark.say())


UNKNOWN_KIND = N_("This kind of file is not known. CSV, Excel, iCalendar, JSON-LD and XML are.")
NO_HEADING = N_("No heading was recognised. Please choose the kind of file or give a mapping.")
EMPTY_FILE = N_("The file is empty.")
