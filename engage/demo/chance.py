"""Choices that are the same on every machine: the demo city looks alike wherever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from engage.core.codes import encode_bits

T = TypeVar("T")


def number(*words: object, below: int) -> int:
    """A number from 0 to below ``below`` that these words always give."""
    text = "/".join(map(str, words)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:6], "big") % below


def pick(options: Sequence[T], *words: object) -> T:
    return options[number(*words, below=len(options))]


def some(options: Sequence[T], count: int, *words: object) -> list[T]:
    """``count`` different ones of the options."""
    order = sorted(range(len(options)), key=lambda one: number(*words, one, below=2**40))
    return [options[one] for one in order[:count]]


def nonce(*words: object) -> str:
    """The nonce of a scan that these words name."""
    digest = hashlib.sha256("/".join(map(str, words)).encode()).digest()
    return encode_bits(digest, 26)
