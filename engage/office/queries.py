"""What the programme office looks at: what waits, who is who, and what was done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from engage.accounts.models import DataRead, Pass, Person
from engage.activities.models import Activity, Occurrence
from engage.acts.models import OfficeAct
from engage.attendance.models import Attendance, HoursClaim, MissingPoints, Review
from engage.core.errors import NotFound
from engage.ledger import queries as ledger
from engage.office.models import Adjustment, Joining
from engage.organisations.models import Budget, Member, Organisation
from engage.partners.models import Branch, Partner, PartnerMember
from engage.rewards.models import Reward

#: Applications are answered within a week; what organisers leave longer is asked after.
ANSWER_WITHIN = timedelta(days=7)

#: How long an opened file stays open for who opened it.
FILE_OPEN_FOR = timedelta(minutes=30)

#: An attendance, the title of what was done, and whose it is.
AttendanceLine = Row[Attendance, str, str]


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review with the words around it."""

    review: Review
    display_name: str
    title: str
    work_on: Any


@dataclass(frozen=True, slots=True)
class File:
    """What the office sees of one person; every opening is written down for them."""

    person: Person
    balance: int
    passes: list[Pass]
    attendances: list[Row[Any]]
    adjustments: list[Adjustment]
    reviews: list[ReviewLine]


def list_organisations(session: Session, year: int) -> list[Row[Any]]:
    """Every organisation with its budget of the year: who waits first, then by name."""
    return list(
        session.execute(
            select(Organisation, Budget.granted, Budget.reserved)
            .outerjoin(Budget, (Budget.organisation_id == Organisation.id) & (Budget.year == year))
            .order_by(Organisation.status != "pending", Organisation.name)
        )
    )


def get_organisation(session: Session, organisation_id: uuid.UUID) -> Organisation:
    """Raises NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound()
    return found


def get_partner(session: Session, partner_id: uuid.UUID) -> Partner:
    """Raises NotFound."""
    found = session.get(Partner, partner_id)
    if found is None:
        raise NotFound()
    return found


def find_budget(session: Session, organisation_id: uuid.UUID, year: int) -> Budget | None:
    return session.scalars(
        select(Budget).where(Budget.organisation_id == organisation_id, Budget.year == year)
    ).one_or_none()


def list_team(session: Session, body_id: uuid.UUID) -> list[Row[Any]]:
    """Display name and role of the members of an organisation or partner."""
    members = (
        select(Person.display_name, Member.role)
        .join(Member, Member.person_id == Person.id)
        .where(Member.organisation_id == body_id, Member.removed_at.is_(None))
    )
    served = (
        select(Person.display_name, PartnerMember.role)
        .join(PartnerMember, PartnerMember.person_id == Person.id)
        .where(PartnerMember.partner_id == body_id, PartnerMember.removed_at.is_(None))
    )
    return list(session.execute(members.union_all(served)))


def list_partners(session: Session) -> list[Row[Any]]:
    """Every partner with the number of its rewards: who waits first, then by name."""
    offered = (
        select(func.count())
        .where(Reward.partner_id == Partner.id, Reward.status == "published")
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(Partner, offered.label("rewards")).order_by(
                Partner.status != "pending", Partner.name
            )
        )
    )


def list_branches(session: Session, partner_id: uuid.UUID) -> list[Branch]:
    return list(
        session.scalars(select(Branch).where(Branch.partner_id == partner_id).order_by(Branch.name))
    )


def list_reviews(
    session: Session, *conditions: ColumnElement[bool], limit: int = 100
) -> list[ReviewLine]:
    """Reviews by the day they are due, with whom and what they are about."""
    rows = session.execute(
        select(
            Review,
            Person.display_name,
            func.coalesce(Activity.title, HoursClaim.what),
            func.coalesce(Attendance.work_on, HoursClaim.work_on),
        )
        .join(Person, Person.id == Review.person_id)
        .outerjoin(Attendance, Attendance.id == Review.attendance_id)
        .outerjoin(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .outerjoin(Activity, Activity.id == Occurrence.activity_id)
        .outerjoin(HoursClaim, HoursClaim.id == Review.claim_id)
        .where(*conditions)
        .order_by(Review.due_at, Review.id)
        .limit(limit)
    )
    return [ReviewLine(*row) for row in rows]


def list_open_reviews(session: Session) -> list[ReviewLine]:
    return list_reviews(session, Review.state == "open")


def list_objections(session: Session, now: datetime) -> list[ReviewLine]:
    """Refusals that a citizen disagrees with, of the last 60 days."""
    since = now - timedelta(days=60)
    return list_reviews(session, Review.state == "refused", Review.objected_at > since)


def get_review(session: Session, review_id: uuid.UUID) -> ReviewLine:
    """Raises NotFound."""
    found = list_reviews(session, Review.id == review_id)
    if not found:
        raise NotFound()
    return found[0]


def list_adjustments(session: Session, *, limit: int = 50) -> list[Row[Any]]:
    """Proposals first, then the newest: adjustment, for whom, by whom, decided by whom."""
    proposer, decider = aliased(Person), aliased(Person)
    return list(
        session.execute(
            select(
                Adjustment,
                Person.display_name.label("person"),
                proposer.display_name.label("proposer"),
                decider.display_name.label("decider"),
            )
            .join(Person, Person.id == Adjustment.person_id)
            .join(proposer, proposer.id == Adjustment.proposed_by)
            .outerjoin(decider, decider.id == Adjustment.decided_by)
            .order_by(Adjustment.state != "proposed", Adjustment.proposed_at.desc())
            .limit(limit)
        )
    )


def list_joinings(session: Session, *, limit: int = 50) -> list[Row[Any]]:
    """Accounts to join, proposals first: joining, kept, joined, by whom."""
    kept, joined, proposer = aliased(Person), aliased(Person), aliased(Person)
    return list(
        session.execute(
            select(
                Joining,
                kept.display_name.label("kept"),
                joined.display_name.label("joined"),
                proposer.display_name.label("proposer"),
            )
            .join(kept, kept.id == Joining.kept_id)
            .join(joined, joined.id == Joining.joined_id)
            .join(proposer, proposer.id == Joining.proposed_by)
            .order_by(Joining.state != "proposed", Joining.proposed_at.desc())
            .limit(limit)
        )
    )


def has_open_file(session: Session, me: uuid.UUID, person_id: uuid.UUID, now: datetime) -> bool:
    """Whether I opened this person's file lately, and it was written down."""
    found = session.scalar(
        select(DataRead.id)
        .where(
            DataRead.actor_id == me,
            DataRead.person_id == person_id,
            DataRead.what == "file",
            DataRead.at > now - FILE_OPEN_FOR,
        )
        .limit(1)
    )
    return found is not None or me == person_id


def get_file(session: Session, person_id: uuid.UUID) -> File:
    """Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at or person.merged_into_id:
        raise NotFound()
    passes = select(Pass).where(Pass.person_id == person_id).order_by(Pass.id.desc()).limit(20)
    attendances = (
        select(Attendance, Activity.title)
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(Attendance.person_id == person_id)
        .order_by(Attendance.starts_at.desc())
        .limit(20)
    )
    adjustments = (
        select(Adjustment)
        .where(Adjustment.person_id == person_id)
        .order_by(Adjustment.proposed_at.desc())
        .limit(20)
    )
    return File(
        person=person,
        balance=ledger.balance_of(session, person_id),
        passes=list(session.scalars(passes)),
        attendances=list(session.execute(attendances)),
        adjustments=list(session.scalars(adjustments)),
        reviews=list_reviews(session, Review.person_id == person_id),
    )


def get_attendance(session: Session, attendance_id: uuid.UUID) -> AttendanceLine:
    """An attendance with its activity's title and the person's name. Raises NotFound."""
    found = session.execute(
        select(Attendance, Activity.title, Person.display_name)
        .join(Occurrence, Occurrence.id == Attendance.occurrence_id)
        .join(Activity, Activity.id == Occurrence.activity_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.id == attendance_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def list_acts(
    session: Session, *, subject_id: uuid.UUID | None = None, limit: int = 100
) -> list[Row[Any]]:
    """What the office did, newest first: act, who did it, and to which body, if to one."""
    acts = (
        select(
            OfficeAct,
            Person.display_name.label("actor"),
            func.coalesce(Organisation.name, Partner.name).label("body"),
        )
        .join(Person, Person.id == OfficeAct.actor_id)
        .outerjoin(Organisation, Organisation.id == OfficeAct.subject_id)
        .outerjoin(Partner, Partner.id == OfficeAct.subject_id)
        .order_by(OfficeAct.at.desc(), OfficeAct.id.desc())
        .limit(limit)
    )
    if subject_id is not None:
        acts = acts.where(OfficeAct.subject_id == subject_id)
    return list(session.execute(acts))


def list_staff(session: Session) -> list[Person]:
    """Who works for the office, leads first."""
    return list(
        session.scalars(
            select(Person)
            .where(Person.office_role.is_not(None), Person.erased_at.is_(None))
            .order_by(or_(Person.office_role == "lead").desc(), Person.display_name)
        )
    )


def list_unanswered(session: Session, now: datetime) -> list[Row[Any]]:
    """What organisations have not answered within a week: hours and missing points, by body."""
    late = now - ANSWER_WITHIN
    claims = (
        select(Organisation.name, func.count(), func.min(HoursClaim.submitted_at))
        .join(HoursClaim, HoursClaim.organisation_id == Organisation.id)
        .where(HoursClaim.state == "submitted", HoursClaim.submitted_at < late)
        .group_by(Organisation.name)
    )
    missing = (
        select(Organisation.name, func.count(), func.min(MissingPoints.asked_at))
        .join(Occurrence, Occurrence.organisation_id == Organisation.id)
        .join(MissingPoints, MissingPoints.occurrence_id == Occurrence.id)
        .where(MissingPoints.state == "open", MissingPoints.asked_at < late)
        .group_by(Organisation.name)
    )
    return list(session.execute(claims.union_all(missing).order_by("name")))
