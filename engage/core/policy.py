"""The city's settings of the rules, versioned, each from a date on. Rules POL-1 to POL-4."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo

from engage.core.activities import Kind
from engage.core.errors import ENGLISH, N_, PolicyInPast, PolicyInvalid, Sentence, Tongue, put
from engage.core.periods import day_of
from engage.core.points import DEFAULT_BANDS, DEFAULT_PARTICIPATION, Caps, PointsRule

#: Whole numbers of a policy with the least and the most that makes sense.
RANGES: Mapping[str, tuple[int, int]] = {
    "points_per_day": (1, 10_000),
    "points_per_year": (1, 1_000_000),
    "expiry_months": (1, 120),
    "age_alone": (0, 21),
    "age_with_consent": (0, 21),
    "claim_hours": (1, 24),
    "claim_days_back": (1, 366),
    "value_cap_cents": (0, 10_000_000),
    "review_value_cents": (0, 10_000_000),
    "organisation_budget": (0, 100_000_000),
}


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field, ready to be said in any language."""

    field: str
    sentence: Sentence
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def say(self, tongue: Tongue = ENGLISH) -> str:
        return put(self.sentence, self.facts, tongue)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the points rules. Every credit names the version that made it.

    starts_on:           the first day of the work to which it applies.
    age_alone, age_with_consent: full years; the younger need a guardian's consent.
    review_value_cents: face values above it wait for the office's look (RED-17).
    organisation_budget: points a year of a newly verified organisation.
    """

    version: int = 1
    starts_on: date = date(2000, 1, 1)
    volunteering: PointsRule = DEFAULT_BANDS
    participation: PointsRule = DEFAULT_PARTICIPATION
    points_per_day: int = 100
    points_per_year: int = 1500
    expiry_months: int = 24
    age_alone: int = 16
    age_with_consent: int = 14
    claim_hours: int = 12
    claim_days_back: int = 60
    value_cap_cents: int = 24_000
    review_value_cents: int = 3_000
    organisation_budget: int = 50_000

    @property
    def caps(self) -> Caps:
        return Caps(self.points_per_day, self.points_per_year)

    def rule_for(self, kind: Kind) -> PointsRule:
        """The points rule of an activity that has none of its own."""
        return self.volunteering if kind is Kind.VOLUNTEERING else self.participation

    def to_json(self) -> dict[str, object]:
        numbers = {name: getattr(self, name) for name in RANGES}
        return {
            "version": self.version,
            "starts_on": self.starts_on.isoformat(),
            "volunteering": self.volunteering.to_json(),
            "participation": self.participation.to_json(),
            **numbers,
        }

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> Policy:
        """Read a stored or typed policy; what is left out has its default (POL-1).

        Raises PolicyInvalid with ``faults``, one `FieldFault` for each wrong field.
        """
        faults = [*_unknown(given), *_wrong_numbers(given), *_wrong_ages(given)]
        read: dict[str, object] = {name: given[name] for name in RANGES if name in given}
        for name, reader in _READERS.items():
            if name in given:
                try:
                    read[name] = reader(given[name])
                except (TypeError, ValueError):
                    faults.append(FieldFault(name, _WORDS[name]))
        if faults:
            raise PolicyInvalid(faults=tuple(faults))
        return cls(**read)  # type: ignore[arg-type]  # every field was read and checked above


def _read_rule(given: object) -> PointsRule:
    if not isinstance(given, Mapping):
        raise TypeError
    return PointsRule.from_json(given)


def _read_day(given: object) -> date:
    return given if isinstance(given, date) else date.fromisoformat(str(given))


def _read_version(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError
    return given


_READERS = {
    "version": _read_version,
    "starts_on": _read_day,
    "volunteering": _read_rule,
    "participation": _read_rule,
}

_WORDS = {
    "version": Sentence(N_("A version is a whole number from 1.")),
    "starts_on": Sentence(N_("Please give a day.")),
    "volunteering": Sentence(N_("Please give points as flat, in rising bands, or per hour.")),
    "participation": Sentence(N_("Please give points as flat, in rising bands, or per hour.")),
}


def _unknown(given: Mapping[str, object]) -> list[FieldFault]:
    known = {one.name for one in fields(Policy)}
    said = Sentence(N_("There is no such setting."))
    return [FieldFault(name, said) for name in given if name not in known]


def _wrong_numbers(given: Mapping[str, object]) -> list[FieldFault]:
    said = Sentence(N_("Please give a whole number from %(least)s to %(most)s."))
    faults: list[FieldFault] = []
    for name, (least, most) in RANGES.items():
        number = given.get(name, least)
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole or not least <= number <= most:  # type: ignore[operator]  # whole comes first
            faults.append(FieldFault(name, said, {"least": least, "most": most}))
    return faults


def _wrong_ages(given: Mapping[str, object]) -> list[FieldFault]:
    younger = given.get("age_with_consent", DEFAULT.age_with_consent)
    older = given.get("age_alone", DEFAULT.age_alone)
    said = Sentence(N_("The age with consent is not above the age alone."))
    both = isinstance(younger, int) and isinstance(older, int)
    return [FieldFault("age_with_consent", said)] if both and younger > older else []  # type: ignore[operator]  # both are whole


#: What holds in a city that has set nothing.
DEFAULT = Policy()


def policy_at(policies: Iterable[Policy], work_starts_at: datetime, tz: tzinfo) -> Policy:
    """The version that applies: the newest that had started at the start of the work (POL-2)."""
    day = day_of(work_starts_at, tz)
    begun = [one for one in policies if one.starts_on <= day]
    return max(begun, key=lambda one: (one.starts_on, one.version), default=DEFAULT)


def ensure_not_in_past(starts_on: date, today: date) -> None:
    """Nobody changes what yesterday's work was worth. Raises PolicyInPast (POL-3)."""
    if starts_on < today:
        raise PolicyInPast()


def differences(before: Policy, after: Policy) -> tuple[str, ...]:
    """The settings in which two versions differ, for the public list of versions."""
    compared = (one.name for one in fields(Policy) if one.name not in {"version", "starts_on"})
    return tuple(name for name in compared if getattr(before, name) != getattr(after, name))
