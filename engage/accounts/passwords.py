"""How passwords are kept: argon2id, a few at a time, because each hash takes 64 MiB."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engage.core.accounts import ensure_password

#: RFC 9106, second recommended option: 64 MiB, three passes; about 110 ms.
STRONG = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
#: Tests only (``Settings.quick_hashes``).
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

#: Hashes that one process makes at the same time; more people wait in a row.
AT_ONCE = threading.BoundedSemaphore(2)


class PasswordHash(str):
    """A hash, told apart from a password by its type: services take nothing plain."""

    __slots__ = ()


def hash_password(password: str, *, quick: bool = False) -> PasswordHash:
    """Hash a new password. Slow on purpose: never inside a unit of work.

    Raises PasswordWeak (ACC-1).
    """
    ensure_password(password)
    return hash_secret(password, quick=quick)


def hash_secret(secret: str, *, quick: bool = False) -> PasswordHash:
    """Hash what no rule for passwords applies to, e.g. the keyed hash of a card's PIN."""
    with AT_ONCE:
        return PasswordHash((QUICK if quick else STRONG).hash(secret))


def is_password(stored: str | None, given: str, *, quick: bool = False) -> bool:
    """Whether ``given`` is the password behind ``stored``.

    stored: None takes as long as a wrong one, so that time tells nobody which addresses are known.
    """
    with AT_ONCE:
        try:
            return (QUICK if quick else STRONG).verify(
                stored or _nobody(quick=quick), given
            ) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


_NOBODY: dict[bool, str] = {}


def _nobody(*, quick: bool) -> str:
    if quick not in _NOBODY:
        _NOBODY[quick] = (QUICK if quick else STRONG).hash("nobody has this password")
    return _NOBODY[quick]
