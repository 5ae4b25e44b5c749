"""What people change about their own account."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from engage.accounts import queries
from engage.accounts.joining import tell_password_changed
from engage.accounts.passwords import PasswordHash
from engage.accounts.service import tidy_name
from engage.accounts.signing import Entered
from engage.core import news
from engage.core.errors import InvalidInput, NotFound


def change_profile(
    session: Session,
    person_id: uuid.UUID,
    *,
    display_name: str,
    language: str,
    district_code: str | None,
) -> None:
    """Name, language and district; the district is used for figures without names only.

    Raises InvalidInput, NotFound.
    """
    person = queries.get_person(session, person_id)
    person.display_name = tidy_name(display_name)
    person.language = language
    person.district_code = district_code or None


def change_points(session: Session, person_id: uuid.UUID, *, collects: bool, hides: bool) -> None:
    """Collect hours without points from now on, or show points on request only."""
    person = queries.get_person(session, person_id)
    person.collects_points = collects
    person.hides_points = hides


def choose_mail(session: Session, person_id: uuid.UUID, wanted: Collection[str]) -> None:
    """wanted: the events whose mails the person wants (MSG-1)."""
    person = queries.get_person(session, person_id)
    person.muted, person.wished = news.chosen(wanted)


def list_wanted(session: Session, person_id: uuid.UUID) -> list[str]:
    """The events whose mails a person gets."""
    person = queries.get_person(session, person_id)
    muted, wished = person.muted or [], person.wished or []
    return [event for event in news.EVENTS if news.wants(event, muted, wished)]


def switch_mail(session: Session, person_id: uuid.UUID, event: str, *, on: bool) -> None:
    """Mails of one kind from now on, or no more. Raises NotFound for a kind that always comes."""
    if event not in news.EVENTS:
        raise NotFound()
    others = [one for one in list_wanted(session, person_id) if one != event]
    choose_mail(session, person_id, [*others, event] if on else others)


def change_password(
    session: Session,
    person_id: uuid.UUID,
    password: PasswordHash,
    *,
    was: str | None,
    now: datetime,
) -> Entered:
    """Set a new password. All other sessions end.

    was: the hash that the old password was compared with, before the unit of work.
    """
    person = queries.get_person(session, person_id)
    if person.password_hash != was:
        raise InvalidInput(fields={"current": "invalid"})
    person.password_hash = str(password)
    person.session_epoch += 1
    tell_password_changed(session, person, now=now)
    return Entered(person.id, person.session_epoch, person.language)


def sign_out_everywhere(session: Session, person_id: uuid.UUID) -> None:
    """End every session of the account, on all devices."""
    queries.get_person(session, person_id).session_epoch += 1
