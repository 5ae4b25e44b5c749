"""The way out in the footer of a mail: who gets which kind of news, sealed for an address."""

from __future__ import annotations

import uuid

from engage.core.news import EVENTS
from engage.storage.keys import Keyring


def make_token(keys: Keyring, person_id: uuid.UUID, event: str) -> str:
    """Opens one switch of one person, and nothing else."""
    return keys.encrypt(f"stop:{person_id}:{event}".encode())


def read_token(keys: Keyring, token: str) -> tuple[uuid.UUID, str] | None:
    """Whose switch for which kind of news; None for what is not ours or has no switch."""
    try:
        purpose, person, event = keys.decrypt(token).decode().split(":")
        person_id = uuid.UUID(person)
    except (KeyError, ValueError):
        return None
    return (person_id, event) if purpose == "stop" and event in EVENTS else None
