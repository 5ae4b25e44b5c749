"""What is kept of people, why, on which ground and for how long. Rules PRI-1 to PRI-3.

The privacy page shows this table, and the retention job works through it: one source
for what the city says and what it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from engage.core.errors import N_
from engage.core.periods import Period, add_months, bounds, day_of, day_start


class Ground(StrEnum):
    """Legal grounds of the General Data Protection Regulation."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    PUBLIC_TASK = "public_task"


#: How a ground is named on the privacy page.
GROUNDS: dict[Ground, str] = {
    Ground.CONSENT: N_("Your consent (Art. 6 (1) a GDPR)"),
    Ground.CONTRACT: N_("Taking part in Engage at your wish (Art. 6 (1) b GDPR)"),
    Ground.LEGAL_DUTY: N_("A duty in law, such as bookkeeping (Art. 6 (1) c GDPR)"),
    Ground.PUBLIC_TASK: N_("A public task of the city (Art. 6 (1) e GDPR)"),
}


@dataclass(frozen=True, slots=True)
class Keep:
    """How long something is kept, counted from the event that ``after`` names.

    from_year_end: the time runs from the end of the calendar year of that event.
    for_good:      kept as long as the account, then emptied with it.
    """

    after: str
    days: int = 0
    months: int = 0
    from_year_end: bool = False
    for_good: bool = False

    def until(self, event_at: datetime, tz: tzinfo) -> datetime | None:
        """When it is deleted; None for what is kept as long as the account (PRI-2)."""
        if self.for_good:
            return None
        if self.from_year_end:
            year = bounds(Period.YEAR, event_at, tz)
            event_at = year[1] if year else event_at
        if self.months:
            return day_start(add_months(day_of(event_at, tz), self.months), tz)
        return event_at + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class DataClass:
    """One row of the privacy page and one task of the retention job."""

    code: str
    what: str
    purpose: str
    ground: Ground
    keep: Keep


_AS_ACCOUNT = Keep(N_("as long as the account"), for_good=True)

TABLE: tuple[DataClass, ...] = (
    DataClass(
        "unconfirmed_sign_up",
        N_("E-mail address that was typed and never confirmed"),
        N_("To open the account you asked for"),
        Ground.CONTRACT,
        Keep(N_("7 days; an account that has nothing else goes with it"), days=7),
    ),
    DataClass(
        "unclaimed_walk_in",
        N_("Display name of somebody who came without an account"),
        N_("So that you can take over the points later"),
        Ground.CONTRACT,
        Keep(N_("12 months after the last attendance"), months=12),
    ),
    DataClass(
        "account",
        N_(
            "Display name, e-mail address, language, district if you chose one, age as adult or "
            "month and year of birth"
        ),
        N_("To run your account"),
        Ground.CONTRACT,
        Keep(N_("24 months after the last use, with two warnings"), months=24),
    ),
    DataClass(
        "attendances",
        N_("When and where you took part"),
        N_("To credit your points and to prove your engagement to you"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "names_for_organisations",
        N_("Your display name on the attendance lists of organisations"),
        N_("So that the organisation can prove and correct who took part"),
        Ground.CONTRACT,
        Keep(N_("12 months after the end of the year"), months=12, from_year_end=True),
    ),
    DataClass(
        "device_rosters",
        N_("Your place at a date with your name, encrypted on the scanners of its organisation"),
        N_("So that the door knows your pass without a network"),
        Ground.CONTRACT,
        Keep(N_("24 hours after the end of the date"), days=1),
    ),
    DataClass(
        "registrations",
        N_("Your registrations and places on waiting lists"),
        N_("To keep your place and to tell you of changes"),
        Ground.CONTRACT,
        Keep(N_("12 months after the end of the year"), months=12, from_year_end=True),
    ),
    DataClass(
        "hours_claims",
        N_("Hours you reported and points you said were missing, with notes and answers"),
        N_("To have them confirmed and credited"),
        Ground.CONTRACT,
        Keep(N_("12 months after the end of the year"), months=12, from_year_end=True),
    ),
    DataClass(
        "transfers",
        N_("Movements of points, by account number alone"),
        N_("To keep the points correct for everybody"),
        Ground.LEGAL_DUTY,
        _AS_ACCOUNT,
    ),
    DataClass(
        "redemptions",
        N_("Rewards you reserved or redeemed"),
        N_("To hand over rewards and to settle with partners"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "reward_values",
        N_("What your rewards of a year were worth, as a sum and as a statement"),
        N_("So that rewards stay a thank-you and no pay"),
        Ground.PUBLIC_TASK,
        _AS_ACCOUNT,
    ),
    DataClass(
        "voucher_codes",
        N_("A partner's voucher code that you got with a reward, encrypted"),
        N_("So that you can read it again"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "gifts",
        N_("Points you gave to good causes; a cause learns sums and no names"),
        N_("So that the cause gets them"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "favourites",
        N_("What you marked with a heart, to take part or to redeem"),
        N_("So that you find them again and, if you wish, hear of them"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "calendar",
        N_("The secret address of your calendar, if you opened one"),
        N_("So that your calendar program shows your dates"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "failed_scans",
        N_("Scans and redemptions that were refused"),
        N_("To help at the door and to notice misuse"),
        Ground.PUBLIC_TASK,
        Keep(N_("30 days after the scan"), days=30),
    ),
    DataClass(
        "reviews",
        N_("Reasons and answers of reviews"),
        N_("To decide fairly, with a person's judgement"),
        Ground.PUBLIC_TASK,
        Keep(N_("12 months after the end of the year"), months=12, from_year_end=True),
    ),
    DataClass(
        "passes",
        N_("Your phones with name and last use, and your cards as a hash"),
        N_("To recognise your pass at the door"),
        Ground.CONTRACT,
        _AS_ACCOUNT,
    ),
    DataClass(
        "sign_in_attempts",
        N_("Failed attempts to sign in"),
        N_("To protect your account"),
        Ground.PUBLIC_TASK,
        Keep(N_("30 days after the attempt"), days=30),
    ),
    DataClass(
        "mails",
        N_("Mails sent to you"),
        N_("To tell you what happens in your account"),
        Ground.CONTRACT,
        Keep(N_("30 days after sending"), days=30),
    ),
    DataClass(
        "mail_links",
        N_("Links in mails, as a hash"),
        N_("So that a link works once"),
        Ground.CONTRACT,
        Keep(N_("28 days after sending"), days=28),
    ),
    DataClass(
        "staff_reads",
        N_("Which member of staff read your data, and when"),
        N_("So that nobody looks without a reason"),
        Ground.PUBLIC_TASK,
        Keep(N_("12 months after the end of the year"), months=12, from_year_end=True),
    ),
    DataClass(
        "office_record",
        N_("What the programme office did with your account, and why"),
        N_("So that nothing is done without a name and a reason"),
        Ground.PUBLIC_TASK,
        _AS_ACCOUNT,
    ),
    DataClass(
        "server_log",
        N_("Network address and page in the server log"),
        N_("To keep the service running and to fend off attacks"),
        Ground.PUBLIC_TASK,
        Keep(N_("7 days after the visit"), days=7),
    ),
    DataClass(
        "erased_mail_hash",
        N_("A keyed hash of your address after you erased the account"),
        N_("So that welcome rewards are given once"),
        Ground.PUBLIC_TASK,
        Keep(N_("12 months after the erasure"), months=12),
    ),
)

#: The table by the code of the data class.
BY_CLASS: dict[str, DataClass] = {row.code: row for row in TABLE}

#: Somebody who does not use the account is told this long before it is erased (PRI-3).
INACTIVITY_WARNINGS = (timedelta(days=60), timedelta(days=14))


def is_over(code: str, event_at: datetime, now: datetime, tz: tzinfo) -> bool:
    """Whether the time of a data class has passed since the event it counts from (PRI-2)."""
    until = BY_CLASS[code].keep.until(event_at, tz)
    return until is not None and now >= until


def kept_since(code: str, now: datetime, tz: tzinfo) -> datetime | None:
    """Events before this instant are due now: what the retention job asks a table for.

    None for what is kept as long as the account. Source: PRI-2.
    """
    keep = BY_CLASS[code].keep
    if keep.for_good:
        return None
    earliest = now - timedelta(days=keep.days)
    if keep.months:
        earliest = day_start(add_months(day_of(now, tz), -keep.months), tz)
    if keep.from_year_end:
        year = bounds(Period.YEAR, earliest, tz)
        return year[0] if year else earliest
    return earliest
