"""Single-use links that go out by mail. Opening one shows a page; only its button acts."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.accounts.models import MailLink
from engage.core.errors import MailLinkExpired, MailLinkUnknown, MailLinkUsed
from engage.storage.keys import token_hash

#: How long a link lives if nobody says otherwise.
LIFETIME = timedelta(days=28)


def make_link(  # noqa: PLR0913  # what a link is for has that many parts, all by name
    session: Session,
    purpose: str,
    *,
    now: datetime,
    person_id: uuid.UUID | None = None,
    email: str | None = None,
    subject_id: uuid.UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Make a link and return its token, which is kept nowhere but in the mail.

    subject_id: what the link is about, e.g. the claim to decide.
    facts:      anything JSON holds that its page needs.
    """
    token = secrets.token_urlsafe(24)
    session.add(
        MailLink(
            purpose=purpose,
            token_hash=token_hash(token),
            person_id=person_id,
            email=email,
            subject_id=subject_id,
            facts=dict(facts) if facts is not None else None,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def get_link(session: Session, token: str, purpose: str, *, now: datetime) -> MailLink:
    """The link behind a token, for showing its page. Changes nothing, so a mail scanner may look.

    Raises MailLinkUnknown (also for a token of another purpose), MailLinkUsed, MailLinkExpired.
    """
    link = session.scalars(
        select(MailLink).where(
            MailLink.token_hash == token_hash(token), MailLink.purpose == purpose
        )
    ).one_or_none()
    if link is None:
        raise MailLinkUnknown()
    if link.used_at is not None:
        raise MailLinkUsed()
    if link.expires_at <= now:
        raise MailLinkExpired()
    return link


def use_link(session: Session, link: MailLink, *, now: datetime) -> None:
    """Use a link up. Of two clicks at the same moment one wins.

    Raises MailLinkUsed.
    """
    won = session.execute(
        update(MailLink)
        .where(MailLink.id == link.id, MailLink.used_at.is_(None))
        .values(used_at=now)
        .returning(MailLink.id)
    ).first()
    if won is None:
        raise MailLinkUsed()


def void_links(session: Session, purpose: str, person_id: uuid.UUID, *, now: datetime) -> None:
    """End every open link of a purpose: a newer one was sent, or what it was for has happened."""
    session.execute(
        update(MailLink)
        .where(
            MailLink.purpose == purpose,
            MailLink.person_id == person_id,
            MailLink.used_at.is_(None),
        )
        .values(used_at=now)
    )
