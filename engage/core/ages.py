"""Who is old enough. The whole date of birth is never known. Rules AGE-1 to AGE-4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Alone from this age, and from the younger one with a guardian's consent (AGE-1).
ALONE, WITH_CONSENT = 16, 14

#: What a declared adult is at least.
ADULT = 18


@dataclass(frozen=True, slots=True)
class Age:
    """What a citizen told about their age, and what the scanner was answered.

    born:   year and month of birth, of the younger ones.
    age_ok: the person at the door said so; the answer stays with the attendance.
    """

    adult: bool = False
    born: tuple[int, int] | None = None
    guardian_consent: bool = False
    age_ok: bool = False


@dataclass(frozen=True, slots=True)
class AgeNeed:
    """What a date or a reward asks for. ``minimum`` 0 asks for nothing."""

    minimum: int = 0
    alone: int = ALONE
    with_consent: int = WITH_CONSENT


def years_old(born: tuple[int, int], on: date) -> int:
    """Full years on a day; a birthday counts from the month after it (AGE-2).

    The day of birth is unknown, and nobody is to be let in too young.
    """
    year, month = born
    return on.year - year - (on.month <= month)


def least_age(age: Age, on: date) -> int | None:
    """The age that is certain, or None if nothing is known."""
    if age.born is not None:
        return years_old(age.born, on)
    return ADULT if age.adult else None


def ask_for_age(age: Age, need: AgeNeed, on: date) -> dict[str, object] | None:
    """None if old enough, else the facts of ``under_age`` (AGE-3).

    ``ask`` is set where the age is unknown and may be asked for, ``guardian_needed``
    where only the consent is missing.
    """
    years = least_age(age, on)
    if years is None or (age.adult and age.born is None and years < need.minimum):
        unknown = need.minimum > 0 and not age.age_ok
        return {"minimum_age": need.minimum, "ask": "age"} if unknown else None
    lowest = max(need.minimum, need.with_consent)
    if years < lowest:
        return {"minimum_age": lowest}
    if years < need.alone and not age.guardian_consent:
        return {"minimum_age": lowest, "guardian_needed": True}
    return None
