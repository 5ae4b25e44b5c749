"""How the facts of a letter are kept between the change and the sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from engage.storage.keys import Keyring

#: Facts with these names open something: at rest they are encrypted.
SEALED = frozenset({"code", "secret", "token"})


def pack(facts: Mapping[str, Any], keys: Keyring) -> dict[str, Any]:
    """Facts as JSON holds them: instants and days are marked, what opens something is sealed."""
    return {
        name: {"$sealed": keys.encrypt(str(value).encode())}
        if name in SEALED
        else _pack(value, keys)
        for name, value in facts.items()
    }


def unpack(kept: Mapping[str, Any], keys: Keyring) -> dict[str, Any]:
    """The facts as they were given."""
    return {name: _unpack(value, keys) for name, value in kept.items()}


def _pack(value: Any, keys: Keyring) -> Any:
    if isinstance(value, (list, tuple)):
        return [_pack(item, keys) for item in value]
    if isinstance(value, Mapping):
        return {"$facts": pack(value, keys)}
    if isinstance(value, date):
        mark = "$at" if isinstance(value, datetime) else "$on"
        return {mark: value.isoformat()}
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _unpack(value: Any, keys: Keyring) -> Any:
    if isinstance(value, list):
        return [_unpack(item, keys) for item in value]
    if not isinstance(value, dict):
        return value
    readers: dict[str, Callable[[Any], Any]] = {
        "$at": datetime.fromisoformat,
        "$on": date.fromisoformat,
        "$sealed": lambda inside: keys.decrypt(inside).decode(),
        "$facts": lambda inside: unpack(inside, keys),
    }
    mark, inside = next(iter(value.items()))
    return readers[mark](inside)
