"""An uploaded file between its dry run and the organiser's yes."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.activities.models import ImportFile
from engage.core.errors import NotFound
from engage.storage.base import new_id


def keep_file(
    session: Session,
    organisation_id: uuid.UUID,
    name: str,
    content: bytes,
    *,
    actor_id: uuid.UUID,
    now: datetime,
) -> uuid.UUID:
    """Keep a file until its organiser says yes, at most a day."""
    kept = ImportFile(
        id=new_id(),
        organisation_id=organisation_id,
        person_id=actor_id,
        name=name[:200],
        content=content,
        uploaded_at=now,
    )
    session.add(kept)
    return kept.id


def get_file(session: Session, organisation_id: uuid.UUID, file_id: uuid.UUID) -> ImportFile:
    """A file of this organisation that still has its content. Raises NotFound."""
    found = session.get(ImportFile, file_id)
    if found is None or found.organisation_id != organisation_id or found.content is None:
        raise NotFound()
    return found


def use_file(session: Session, file_id: uuid.UUID, *, now: datetime) -> None:
    """The file is written: its content is emptied."""
    session.execute(
        update(ImportFile).where(ImportFile.id == file_id).values(content=None, written_at=now)
    )
