"""Who may have an account, which password is good, how guessing is slowed. Rules ACC-1 to ACC-4."""

from __future__ import annotations

from datetime import date, timedelta

from engage.core.ages import ADULT, ALONE, WITH_CONSENT, Age, years_old
from engage.core.errors import GuardianConsentNeeded, InvalidInput, PasswordWeak, TooYoung
from engage.core.fairness import FREE_TRIES

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

#: Characters of a display name, at most.
LONGEST_NAME = 60

#: Tries from one network address are many people's: they count from here on (ACC-4).
FREE_TRIES_OF_A_NETWORK = 50

#: How far back tries count.
TRIES_COUNT_FOR = timedelta(hours=24)


def counted_tries(wrong: int, free: int) -> int:
    """Wrong tries as the pauses of FAI-7 count them, where more than a few are free (ACC-4)."""
    return max(0, wrong - max(0, free - FREE_TRIES))


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


def ensure_may_join(age: Age, on: date, *, has_guardian: bool = False) -> None:
    """Refuse an account to children; from 14 to 15 a guardian is asked by mail (ACC-2).

    has_guardian: the address of a parent or guardian was given; they say yes by mail.

    Raises TooYoung, GuardianConsentNeeded.
    """
    if age.born is None:
        return
    years = years_old(age.born, on)
    if years < WITH_CONSENT:
        raise TooYoung(minimum_age=WITH_CONSENT)
    if years < ALONE and not (age.guardian_consent or has_guardian):
        raise GuardianConsentNeeded()


def is_birth_worth_keeping(born: tuple[int, int], on: date) -> bool:
    """Month and year of birth are kept of the younger only; an adult is just an adult (ACC-3)."""
    return years_old(born, on) < ADULT
