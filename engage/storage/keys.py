"""The installation's keys: hashing of codes, secrets at rest, the ledger's seal."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class _Key:
    """One key of ``ENGAGE_CODE_KEYS`` with its purposes kept apart (RFC 5869 style)."""

    name: str
    hashing: bytes = field(repr=False)
    sealing: bytes = field(repr=False)
    secrets: Fernet = field(repr=False)

    @classmethod
    def make(cls, name: str, key: bytes) -> _Key:
        def derive(purpose: str) -> bytes:
            return hmac.digest(key, f"engage/{purpose}".encode(), "sha256")

        box = Fernet(base64.urlsafe_b64encode(derive("secrets")))
        return cls(name, derive("codes"), derive("seal"), box)


class Keyring:
    """All code keys, the newest first. New things use the newest, old ones are still read."""

    def __init__(self, keys: tuple[tuple[str, bytes], ...]) -> None:
        if not keys:
            raise ValueError("a keyring needs a key")
        self._keys = {name: _Key.make(name, key) for name, key in keys}
        self._newest = next(iter(self._keys.values()))

    @property
    def newest(self) -> str:
        return self._newest.name

    def hash(self, text: str) -> str:
        """``<key id>:<hex>`` of a code, under the newest key."""
        return self._hash(self._newest, text)

    def hashes(self, text: str) -> list[str]:
        """The same under every key, for looking a code up after a rotation."""
        return [self._hash(key, text) for key in self._keys.values()]

    def matches(self, stored: str, text: str) -> bool:
        key = self._keys.get(stored.partition(":")[0])
        return key is not None and hmac.compare_digest(stored, self._hash(key, text))

    def encrypt(self, secret: bytes) -> str:
        """A secret at rest, ``<key id>:<token>``."""
        return f"{self.newest}:{self._newest.secrets.encrypt(secret).decode()}"

    def decrypt(self, stored: str) -> bytes:
        """Raises KeyError for a key that is gone, ValueError for a token that is not ours."""
        name, _, token = stored.partition(":")
        try:
            return self._keys[name].secrets.decrypt(token.encode())
        except InvalidToken:
            raise ValueError("a stored secret does not decrypt") from None

    def seal(self, text: bytes) -> str:
        """A keyed seal over the fields of a transfer, ``<key id>:<hex>``."""
        digest = hmac.new(self._newest.sealing, text, hashlib.sha256).hexdigest()
        return f"{self.newest}:{digest}"

    def is_sealed(self, stored: str, text: bytes) -> bool:
        name, _, digest = stored.partition(":")
        key = self._keys.get(name)
        if key is None:
            return False
        return hmac.compare_digest(digest, hmac.new(key.sealing, text, "sha256").hexdigest())

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    @staticmethod
    def _hash(key: _Key, text: str) -> str:
        return f"{key.name}:{hmac.new(key.hashing, text.encode(), 'sha256').hexdigest()}"


def keys_of(session: Session) -> Keyring:
    """The keyring a session was made with (``storage.engine.make_sessions``)."""
    keyring: Keyring = session.info["keys"]
    return keyring


def token_hash(token: str) -> str:
    """SHA-256 of a random token (160 bits or more): what is stored of devices and mail links."""
    return hashlib.sha256(token.encode()).hexdigest()
