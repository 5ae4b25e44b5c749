"""Everything a check-in must know, read in one statement. Built once: this is the hot path."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import Select

from engage.accounts.models import Pass, Person
from engage.activities.models import Activity, Occurrence, Registration
from engage.attendance.models import Attendance, HoursClaim, Scan
from engage.devices.models import Device, DeviceOccurrence
from engage.ledger.models import Account, Transfer
from engage.organisations.models import Budget, Member, Organisation
from engage.policies.models import PolicyVersion
from engage.storage.base import UtcDateTime
from engage.storage.prepared import Prepared


def _params() -> dict[str, Any]:
    return {
        "occurrence": bindparam("occurrence", type_=Uuid()),
        "number": bindparam("number", type_=String()),
        "kind": bindparam("kind", type_=String()),
        "person": bindparam("person", type_=Uuid()),
        "caller": bindparam("caller", type_=Uuid()),
        "token": bindparam("token", type_=String()),
        "nonce": bindparam("nonce", type_=String()),
        "day": bindparam("day", type_=Date()),
        "year_start": bindparam("year_start", type_=Date()),
        "year_end": bindparam("year_end", type_=Date()),
        "year": bindparam("year", type_=Integer()),
        "overlap_from": bindparam("overlap_from", type_=UtcDateTime()),
    }


# Short names: the driver keeps a statement's parsed form only up to 4,096 characters, and
# parsing this one anew costs more than running it.
_o = aliased(Occurrence, name="o")
_a = aliased(Activity, name="a")
_g = aliased(Organisation, name="g")
_b = aliased(Budget, name="b")
_v = aliased(PolicyVersion, name="v")
_p = aliased(Pass, name="p")
_q = aliased(Person, name="q")
_r = aliased(Registration, name="r")
_f = aliased(Attendance, name="f")  # the first check-in here
_m = aliased(Member, name="m")  # the citizen as a member of the organisation
_c = aliased(Member, name="c")  # the caller likewise
_k = aliased(Account, name="k")
_d = aliased(Device, name="d")
_l = aliased(DeviceOccurrence, name="l")
_s = aliased(Scan, name="s")


def _total(kind: str, side: Any, of: Any, *when: Any) -> Any:
    # The kind is written out: a generic plan can only then use the partial index.
    return (
        select(func.sum(of.amount))
        .where(side == _k.id, of.kind == literal_column(f"'{kind}'"), *when)
        .correlate(_k)
        .scalar_subquery()
    )


def _earned(*when: Callable[[Any], Any]) -> Any:
    """Points earned for work of some days, less those reversed."""
    e, u = aliased(Transfer, name="e"), aliased(Transfer, name="u")
    came = _total("earn", e.credit_id, e, *(one(e) for one in when))
    went = _total("reverse", u.debit_id, u, *(one(u) for one in when))
    return func.coalesce(came, 0) - func.coalesce(went, 0)


def _policy() -> Any:
    w = aliased(PolicyVersion, name="w")
    return (
        select(w.version)
        .where(w.effective_from <= _o.starts_at)
        .order_by(w.effective_from.desc(), w.version.desc())
        .limit(literal_column("1"))
        .correlate(_o)
        .scalar_subquery()
    )


def _overlaps(since: Any) -> Any:
    """Whether this time is already credited, or claimed, somewhere else."""
    t, h = aliased(Attendance, name="t"), aliased(HoursClaim, name="h")
    states: tuple[Any, ...] = (literal_column("'submitted'"), literal_column("'confirmed'"))
    attended = (
        t.person_id == _q.id,
        t.occurrence_id != _o.id,
        t.annulled_at.is_(None),
        t.starts_at >= since,
        t.starts_at < _o.ends_at,
        t.ends_at > _o.starts_at,
    )
    claimed = (
        h.person_id == _q.id,
        h.state.in_(states),
        h.annulled_at.is_(None),
        h.starts_at < _o.ends_at,
        h.ends_at > _o.starts_at,
    )
    found = [
        select(literal_column("1")).where(*when).correlate(_q, _o).exists()
        for when in (attended, claimed)
    ]
    return or_(*found)


def build() -> Select[*tuple[Any, ...]]:
    """One row per occurrence that exists; what the code or person does not give is empty."""
    given = _params()
    joined = aliased(Account, name="j")
    return (
        select(
            _o.id.label("occurrence_id"),
            _o.organisation_id,
            _o.starts_at,
            _o.ends_at,
            _o.capacity,
            _o.expected,
            _o.taken,
            _o.walk_ins,
            _o.opens_minutes,
            _o.closes_minutes,
            _o.status.label("occurrence_status"),
            _o.closed_at,
            _a.kind.label("activity_kind"),
            _a.minimum_age,
            _a.points_rule,
            _a.uses_check_out,
            _g.status.label("organisation_status"),
            (_b.granted - _b.reserved).label("free_budget"),
            _v.rules.label("policy_rules"),
            _p.id.label("pass_id"),
            _p.secret.label("pass_secret"),
            _p.secret_hash.label("pass_secret_hash"),
            _p.revoked_at.label("pass_revoked_at"),
            _q.id.label("person_id"),
            _q.display_name,
            _q.is_adult,
            _q.born_year,
            _q.born_month,
            _q.guardian_consent_at,
            _q.collects_points,
            _r.state.label("registration"),
            _f.checked_in_at.label("first_checked_in_at"),
            _m.role.label("subject_role"),
            _m.paid.label("subject_paid"),
            _c.role.label("caller_role"),
            _k.id.label("account_id"),
            _k.balance,
            _k.earnings,
            _earned(lambda t: t.work_on == given["day"]).label("earned_day"),
            _earned(
                lambda t: t.work_on >= given["year_start"],
                lambda t: t.work_on < given["year_end"],
            ).label("earned_year"),
            select(literal_column("1"))
            .where(joined.merged_into_id == _k.id)
            .correlate(_k)
            .exists()
            .label("has_joined"),
            _overlaps(given["overlap_from"]).label("overlaps"),
            _d.id.label("device_id"),
            _d.kind.label("device_kind"),
            _d.organisation_id.label("device_organisation_id"),
            _d.paired_at.label("device_paired_at"),
            _d.revoked_at.label("device_revoked_at"),
            _d.offset_milliseconds.label("device_offset"),
            _d.is_limited.label("device_is_limited"),
            select(literal_column("1"))
            .where(_l.device_id == _d.id, _l.occurrence_id == _o.id)
            .correlate(_d, _o)
            .exists()
            .label("device_listed"),
            _s.id.label("scan_id"),
        )
        .select_from(_o)
        .join(_a, _a.id == _o.activity_id)
        .join(_g, _g.id == _o.organisation_id)
        .outerjoin(_b, and_(_b.organisation_id == _g.id, _b.year == given["year"]))
        .outerjoin(_v, _v.version == _policy())
        .outerjoin(_p, and_(_p.number == given["number"], _p.kind == given["kind"]))
        .outerjoin(
            _q,
            and_(_q.id == func.coalesce(_p.person_id, given["person"]), _q.erased_at.is_(None)),
        )
        .outerjoin(
            _r,
            and_(
                _r.occurrence_id == _o.id,
                _r.person_id == _q.id,
                _r.state != literal_column("'cancelled'"),
            ),
        )
        .outerjoin(
            _f,
            and_(_f.occurrence_id == _o.id, _f.person_id == _q.id, _f.annulled_at.is_(None)),
        )
        .outerjoin(
            _m,
            and_(_m.organisation_id == _g.id, _m.person_id == _q.id, _m.removed_at.is_(None)),
        )
        .outerjoin(
            _c,
            and_(
                _c.organisation_id == _g.id,
                _c.person_id == given["caller"],
                _c.removed_at.is_(None),
            ),
        )
        .outerjoin(_k, _k.person_id == _q.id)
        .outerjoin(_d, _d.token_hash == given["token"])
        .outerjoin(
            _s,
            and_(
                _s.caller_id == func.coalesce(_d.id, given["caller"]),
                _s.nonce == given["nonce"],
            ),
        )
        .where(_o.id == given["occurrence"])
    )


FACTS = Prepared(build())


def count_people(session: Session, occurrence_id: uuid.UUID) -> tuple[int, int, int]:
    """People who are in; of them those with a place; those who wait and are not in."""
    is_in = (
        select(literal(1))
        .where(
            Attendance.occurrence_id == occurrence_id,
            Attendance.person_id == Registration.person_id,
            Attendance.annulled_at.is_(None),
        )
        .correlate(Registration)
        .exists()
    )
    listed = select(func.count()).where(Registration.occurrence_id == occurrence_id)
    row = session.execute(
        select(
            select(func.count())
            .where(Attendance.occurrence_id == occurrence_id, Attendance.annulled_at.is_(None))
            .scalar_subquery(),
            listed.where(Registration.state == "registered", is_in).scalar_subquery(),
            listed.where(Registration.state == "waitlisted", ~is_in).scalar_subquery(),
        )
    ).one()
    return row[0], row[1], row[2]


def count_ways(
    session: Session, occurrence_id: uuid.UUID, scanner_id: uuid.UUID, *, by_device: bool
) -> tuple[int, int]:
    """People that one scanner let in here, and those of them who came unregistered."""
    scanner = Attendance.device_id if by_device else Attendance.actor_id
    row = session.execute(
        select(func.count(), func.count(case((Attendance.way == "walk_in", 1)))).where(
            Attendance.occurrence_id == occurrence_id,
            Attendance.annulled_at.is_(None),
            scanner == scanner_id,
        )
    ).one()
    return row[0], row[1]
