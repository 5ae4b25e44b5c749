"""What a date gives, by its own rule or by the policy at its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from engage.core.activities import Kind
from engage.core.points import PointsRule, minutes_between
from engage.core.policy import DEFAULT, Policy
from engage.policies import queries as policies


class Timed(Protocol):
    """Anything with the planned time of a date."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Worths:
    """All versions of the points rules, read once for a whole list.

    versions: pairs of first instant and policy, newest first.
    """

    versions: tuple[tuple[datetime, Policy], ...]

    def policy_at(self, instant: datetime) -> Policy:
        """The policy of work that starts then (POL-2)."""
        begun = (policy for since, policy in self.versions if since <= instant)
        return next(begun, DEFAULT)

    def rule(self, own: dict[str, object] | None, kind: str, starts_at: datetime) -> PointsRule:
        """The activity's own rule, else the policy's for its kind."""
        if own:
            return PointsRule.from_json(own)
        return self.policy_at(starts_at).rule_for(Kind(kind))

    def points(self, own: dict[str, object] | None, kind: str, at: Timed) -> int:
        """Points for the planned length."""
        rule = self.rule(own, kind, at.starts_at)
        return rule.points_for(minutes_between(at.starts_at, at.ends_at))


def worths(session: Session) -> Worths:
    """One statement, however long the list is that it is used for."""
    found = sorted(
        policies.list_versions(session),
        key=lambda one: (one.effective_from, one.version),
        reverse=True,
    )
    return Worths(tuple((one.effective_from, policies.read_policy(one.rules)) for one in found))
