"""Who is signed in, as far as a page needs to know; and what each answer knows of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.accounts.queries import Role
from engage.web.context import db

#: Asks an organisation-like feature above this one for the roles of a person.
RoleSource = Callable[[Session, uuid.UUID], Iterable[Role]]

#: In the session: the second factor was given since sign-in, for this person.
SECOND_FACTOR = "second_factor"


#: What a session drops when somebody signs in: the rest, e.g. a ticket of the door, stays theirs.
_DROPPED = {"_user_id", "_fresh", "_id", "csrf_token", SECOND_FACTOR}


def enter(person_id: uuid.UUID, epoch: int, *, remember: bool = False) -> None:
    """Let this browser be the person from now on, in a session with new tokens.

    remember: for 30 days; else until the browser is closed.
    """
    for name in _DROPPED:
        session.pop(name, None)
    session["_user_id"] = f"{person_id}:{epoch}"
    session["_fresh"] = True
    session.permanent = remember


def enter_again(person_id: uuid.UUID, epoch: int) -> None:
    """Stay signed in, as before, after the older sessions of the person have ended."""
    proven = session.get(SECOND_FACTOR)
    enter(person_id, epoch, remember=bool(session.permanent))
    if proven:
        session[SECOND_FACTOR] = proven


def leave() -> None:
    """Nothing of the person stays in this browser's session."""
    session.clear()


@dataclass(frozen=True, eq=False)
class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """The person of this session. Frozen: a page reads it, services change the row."""

    id: uuid.UUID
    display_name: str
    language: str
    email: str | None
    wanted_email: str | None
    has_confirmed_email: bool
    office_role: str | None
    has_second_factor: bool
    collects_points: bool
    hides_points: bool
    district_code: str | None
    epoch: int
    organisations: tuple[Role, ...]
    partners: tuple[Role, ...]

    @property
    def is_office(self) -> bool:
        return self.office_role is not None

    def get_id(self) -> str:
        """What the session keeps: the person and the epoch that ends older sessions."""
        return f"{self.id}:{self.epoch}"


class Stranger(AnonymousUserMixin):  # type: ignore[misc]  # flask-login has no types
    """Nobody is signed in."""

    id = None
    display_name = ""
    is_office = False
    has_second_factor = False
    wanted_email: str | None = None
    has_confirmed_email = False
    hides_points = False
    district_code = None
    organisations: tuple[Role, ...] = ()
    partners: tuple[Role, ...] = ()


def init_app(app: Flask, organisations: RoleSource, partners: RoleSource) -> None:
    manager = LoginManager(app)
    manager.anonymous_user = Stranger
    manager.session_protection = None  # phones change their address all day

    @manager.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
    def load(key: str) -> SignedIn | None:
        who, _, epoch = key.partition(":")
        return _load(db(), who, epoch, organisations, partners)


def _load(
    database: Session, who: str, epoch: str, organisations: RoleSource, partners: RoleSource
) -> SignedIn | None:
    try:
        person_id = uuid.UUID(who)
    except ValueError:
        return None
    person = database.scalars(
        select(Person).where(Person.id == person_id, Person.erased_at.is_(None))
    ).one_or_none()
    if person is None or str(person.session_epoch) != epoch or person.merged_into_id:
        return None
    return SignedIn(
        id=person.id,
        display_name=person.display_name,
        language=person.language,
        email=person.email,
        wanted_email=person.wanted_email,
        has_confirmed_email=person.email_confirmed_at is not None,
        office_role=person.office_role,
        has_second_factor=session.get(SECOND_FACTOR) == str(person.id),
        collects_points=person.collects_points,
        hides_points=person.hides_points,
        district_code=person.district_code,
        epoch=person.session_epoch,
        organisations=tuple(organisations(database, person.id)),
        partners=tuple(partners(database, person.id)),
    )
