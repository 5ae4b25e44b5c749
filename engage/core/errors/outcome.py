"""An answer that is kept: what happened to a scan or a voucher, for every replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from engage.core.errors.kinds import ANSWERS, BY_CODE, IN_AREA, Answer, DomainError
from engage.core.errors.sentences import ENGLISH, Tongue


def answer_of(code: str, area: str = "") -> Answer:
    """The status and words of a code, in the words of an area if it has its own."""
    return ANSWERS.get((area, code)) or ANSWERS["", code]


def status_of(code: str, area: str = "") -> int:
    """The HTTP status that a code has in the published interface."""
    return answer_of(code, area).status


def _kept(fact: object) -> object:
    if isinstance(fact, datetime):
        return fact.astimezone(UTC).isoformat()
    if isinstance(fact, date):
        return fact.isoformat()
    return str(fact) if isinstance(fact, UUID) else fact


def _read(name: str, kept: object) -> object:
    if isinstance(kept, str) and name.endswith("_at"):
        return datetime.fromisoformat(kept)
    if isinstance(kept, str) and name.endswith("_on"):
        return date.fromisoformat(kept)
    return kept


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result or a remembered refusal; it commits, an exception would roll back.

    facts:    instants under names that end in ``_at``, days in ``_on``.
    replayed: the same nonce came again; facts and code are the first ones.
    area:     "redemption" where that area has words or a status of its own.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    replayed: bool = False
    area: str = ""

    @classmethod
    def of(cls, refusal: DomainError) -> Outcome:
        return cls(refusal.code, refusal.facts, area=refusal.area)

    @property
    def is_success(self) -> bool:
        return answer_of(self.code, self.area).is_success

    @property
    def status(self) -> int:
        """The first status; a replay of a success answers 200 (NON-2)."""
        first = status_of(self.code, self.area)
        return 200 if self.replayed and first < 400 else first

    def as_replay(self) -> Outcome:
        return replace(self, replayed=True)

    def say(self, tongue: Tongue = ENGLISH) -> str:
        return answer_of(self.code, self.area).say(self.facts, tongue)

    def say_advice(self, tongue: Tongue = ENGLISH) -> str:
        return answer_of(self.code, self.area).say_advice(self.facts, tongue)

    def as_error(self) -> DomainError:
        """The refusal as an exception, for a caller that has nothing to remember."""
        refusal = IN_AREA.get((self.area, self.code)) or BY_CODE[self.code]
        return refusal(**self.facts)

    def to_json(self) -> dict[str, object]:
        facts = {name: _kept(fact) for name, fact in self.facts.items()}
        return {"code": self.code, "area": self.area, "facts": facts}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Outcome:
        facts = kept.get("facts")
        read = (
            {str(name): _read(str(name), fact) for name, fact in facts.items()}
            if isinstance(facts, Mapping)
            else {}
        )
        return cls(str(kept["code"]), read, area=str(kept.get("area", "")))
