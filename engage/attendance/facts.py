"""Everything a check-in must know, read in one statement. Built once: this is the hot path."""

from __future__ import annotations

import uuid
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
from engage.ledger.models import Account, Transfer
from engage.organisations.models import Budget, Member, Organisation
from engage.policies.models import PolicyVersion
from engage.storage.base import UtcDateTime


def _params() -> dict[str, Any]:
    return {
        "occurrence": bindparam("occurrence", type_=Uuid()),
        "number": bindparam("number", type_=String()),
        "kind": bindparam("kind", type_=String()),
        "person": bindparam("person", type_=Uuid()),
        "caller": bindparam("caller", type_=Uuid()),
        "caller_person": bindparam("caller_person", type_=Uuid()),
        "nonce": bindparam("nonce", type_=String()),
        "day": bindparam("day", type_=Date()),
        "year_start": bindparam("year_start", type_=Date()),
        "year_end": bindparam("year_end", type_=Date()),
        "year": bindparam("year", type_=Integer()),
        "overlap_from": bindparam("overlap_from", type_=UtcDateTime()),
    }


def _earned(given: dict[str, Any], start: str, end: str, *, last: bool) -> Any:
    """Points earned less those reversed, of the account and those joined into it."""
    joined = aliased(Account)
    mine = (
        select(joined.id)
        .where(or_(joined.id == Account.id, joined.merged_into_id == Account.id))
        .correlate(Account)
    )

    def total(kind: str, side: Any) -> Any:
        # The kind is written out: a generic plan can only then use the partial index.
        upper = Transfer.work_on <= given[end] if last else Transfer.work_on < given[end]
        return (
            select(func.coalesce(func.sum(Transfer.amount), 0))
            .where(
                side.in_(mine),
                Transfer.kind == literal_column(f"'{kind}'"),
                Transfer.work_on >= given[start],
                upper,
            )
            .correlate(Account)
            .scalar_subquery()
        )

    return total("earn", Transfer.credit_id) - total("reverse", Transfer.debit_id)


def build() -> Select[*tuple[Any, ...]]:
    """One row per occurrence that exists; what the code or person does not give is empty."""
    given = _params()
    subject = aliased(Member)  # the citizen as a member of the organisation
    caller = aliased(Member)  # the caller likewise
    first = aliased(Attendance)
    policy = (
        select(PolicyVersion.version)
        .where(PolicyVersion.effective_from <= Occurrence.starts_at)
        .order_by(PolicyVersion.effective_from.desc(), PolicyVersion.version.desc())
        .limit(1)
        .correlate(Occurrence)
        .scalar_subquery()
    )
    other = aliased(Attendance)
    overlaps = (
        select(literal(1))
        .where(
            other.person_id == Person.id,
            other.occurrence_id != Occurrence.id,
            other.annulled_at.is_(None),
            other.starts_at >= given["overlap_from"],
            other.starts_at < Occurrence.ends_at,
            other.ends_at > Occurrence.starts_at,
        )
        .correlate(Person, Occurrence)
        .exists()
    )
    claimed = (
        select(literal(1))
        .where(
            HoursClaim.person_id == Person.id,
            HoursClaim.state.in_((literal_column("'submitted'"), literal_column("'confirmed'"))),
            HoursClaim.annulled_at.is_(None),
            HoursClaim.starts_at < Occurrence.ends_at,
            HoursClaim.ends_at > Occurrence.starts_at,
        )
        .correlate(Person, Occurrence)
        .exists()
    )
    return (
        select(
            Occurrence.id.label("occurrence_id"),
            Occurrence.organisation_id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.capacity,
            Occurrence.expected,
            Occurrence.taken,
            Occurrence.walk_ins,
            Occurrence.opens_minutes,
            Occurrence.closes_minutes,
            Occurrence.status.label("occurrence_status"),
            Occurrence.closed_at,
            Activity.kind.label("activity_kind"),
            Activity.status.label("activity_status"),
            Activity.minimum_age,
            Activity.points_rule,
            Activity.uses_check_out,
            Organisation.status.label("organisation_status"),
            (Budget.granted - Budget.reserved).label("free_budget"),
            PolicyVersion.rules.label("policy_rules"),
            Pass.id.label("pass_id"),
            Pass.secret.label("pass_secret"),
            Pass.secret_hash.label("pass_secret_hash"),
            Pass.revoked_at.label("pass_revoked_at"),
            Person.id.label("person_id"),
            Person.display_name,
            Person.is_adult,
            Person.born_year,
            Person.born_month,
            Person.guardian_consent_at,
            Person.collects_points,
            Registration.state.label("registration"),
            first.checked_in_at.label("first_checked_in_at"),
            subject.role.label("subject_role"),
            subject.paid.label("subject_paid"),
            caller.role.label("caller_role"),
            Account.id.label("account_id"),
            Account.balance,
            Account.earnings,
            _earned(given, "day", "day", last=True).label("earned_day"),
            _earned(given, "year_start", "year_end", last=False).label("earned_year"),
            case((or_(overlaps, claimed), True), else_=False).label("overlaps"),
            Scan.id.label("scan_id"),
        )
        .select_from(Occurrence)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Organisation, Organisation.id == Occurrence.organisation_id)
        .outerjoin(
            Budget,
            and_(Budget.organisation_id == Organisation.id, Budget.year == given["year"]),
        )
        .outerjoin(PolicyVersion, PolicyVersion.version == policy)
        .outerjoin(Pass, and_(Pass.number == given["number"], Pass.kind == given["kind"]))
        .outerjoin(
            Person,
            and_(
                Person.id == func.coalesce(Pass.person_id, given["person"]),
                Person.erased_at.is_(None),
            ),
        )
        .outerjoin(
            Registration,
            and_(
                Registration.occurrence_id == Occurrence.id,
                Registration.person_id == Person.id,
                Registration.state != literal_column("'cancelled'"),
            ),
        )
        .outerjoin(
            first,
            and_(
                first.occurrence_id == Occurrence.id,
                first.person_id == Person.id,
                first.annulled_at.is_(None),
            ),
        )
        .outerjoin(
            subject,
            and_(
                subject.organisation_id == Organisation.id,
                subject.person_id == Person.id,
                subject.removed_at.is_(None),
            ),
        )
        .outerjoin(
            caller,
            and_(
                caller.organisation_id == Organisation.id,
                caller.person_id == given["caller_person"],
                caller.removed_at.is_(None),
            ),
        )
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Scan, and_(Scan.caller_id == given["caller"], Scan.nonce == given["nonce"]))
        .where(Occurrence.id == given["occurrence"])
    )


FACTS = build()


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
