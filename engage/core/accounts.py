"""Who may have an account, which password is good, how guessing is slowed. Rules ACC-1 to ACC-5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from engage.core.ages import ADULT, ALONE, WITH_CONSENT, Age, years_old
from engage.core.errors import GuardianConsentNeeded, InvalidInput, PasswordWeak, TooYoung

#: Characters of a password, at least and at most (ACC-1).
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128

#: What guessers try first, among passwords that are long enough.
GUESSED_FIRST = frozenset(
    {
        "1234567890",
        "0123456789",
        "12345678910",
        "123456789012",
        "qwertzuiop",
        "qwertyuiop",
        "passwort123",
        "passwort1234",
        "password123",
        "password1234",
        "passwortpasswort",
        "passwordpassword",
        "hallohallo",
        "ichliebedich",
        "schatzschatz",
        "borussia09",
        "borussia1909",
        "dortmund09",
        "dortmund1909",
        "engagedortmund",
        "ehrenamt123",
        "willkommen1",
        "willkommen123",
        "administrator",
        "iloveyou123",
    }
)

#: Wrong tries that cost no pause, and the pause after each further one (ACC-4).
FREE_TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)

#: Tries from one network address are many people's: they count more generously (ACC-5).
FREE_TRIES_OF_A_NETWORK = 50

#: How far back tries count.
TRIES_COUNT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in a row of one address, card or network within the last 24 hours."""

    wrong: int = 0
    last_at: datetime | None = None


def ensure_password(password: str) -> None:
    """Refuse a password that is guessed first: too short, one character, or on every list (ACC-1).

    Raises PasswordWeak.
    """
    plain = "".join(password.lower().split())
    varied = len(set(plain)) >= 4
    if len(password) < SHORTEST_PASSWORD or not varied or plain in GUESSED_FIRST:
        raise PasswordWeak(at_least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput(fields={"password": "too_long"}, at_most=LONGEST_PASSWORD)


def ensure_may_join(age: Age, on: date) -> None:
    """Refuse an account to children; from 14 to 15 a guardian has to agree first (ACC-2).

    Raises TooYoung, GuardianConsentNeeded.
    """
    if age.born is None:
        return
    years = years_old(age.born, on)
    if years < WITH_CONSENT:
        raise TooYoung(minimum_age=WITH_CONSENT)
    if years < ALONE and not age.guardian_consent:
        raise GuardianConsentNeeded()


def is_birth_worth_keeping(born: tuple[int, int], on: date) -> bool:
    """Month and year of birth are kept of the younger only; an adult is just an adult (ACC-3)."""
    return years_old(born, on) < ADULT


def seconds_to_wait(tries: Tries, now: datetime, *, free: int = FREE_TRIES) -> int:
    """How long the next try has to wait; 0 if not at all (ACC-4, ACC-5).

    The pause doubles with each wrong try beyond the free ones, up to half an hour, so that a person
    who mistyped is not locked out and a machine learns next to nothing.
    """
    if tries.wrong < free or tries.last_at is None:
        return 0
    doublings = min(tries.wrong - free, 10)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return max(0, ceil((tries.last_at + pause - now).total_seconds()))
