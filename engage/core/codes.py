"""Every code that is scanned or typed: how it is made, read and checked. Rules COD-1 to COD-10.

The same rules run in the browser: a phone draws its own pass. Secrets and random bytes
are passed in; nothing here makes any.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

#: 0-9 and A-X without I and O: no Y and Z, which German keyboards swap (COD-1).
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"

#: Characters of the public number (40 bits) and of the secret part (60 bits).
NUMBER_LENGTH, SECRET_LENGTH = 8, 12

#: Characters of a code made to be typed: type, 8 random ones, check character.
TYPED_LENGTH = 10

#: Characters of the short code beside an occurrence's rotating code.
SHORT_LENGTH = 6

#: Characters of a scan's nonce: 130 random bits.
NONCE_LENGTH = 26

#: How long one rotating code lasts, in seconds, and how far an online one may be off.
STEP_SECONDS, STEP_REACH = 30, 1

#: How far from the corrected scan time an offline pass code is searched, in steps.
OFFLINE_REACH = 40

#: Nothing longer than this is read at all.
_LONGEST = 400

_WHOLE_LENGTH = 1 + NUMBER_LENGTH + SECRET_LENGTH
_FILLERS = re.compile(r"[\s\-_.\u00ad\u2010-\u2015\u200b-\u200f\u2212\ufeff]")
_MARKERS = re.compile(r"/Q/|-Q-")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


class CodeType(StrEnum):
    """The first letter of a code says what it is."""

    PASS = "P"  # noqa: S105  # a letter, not a password
    CARD = "K"
    POSTER = "E"
    OCCURRENCE = "R"
    CLAIM = "C"
    REDEMPTION = "V"
    PAIRING = "D"

    @property
    def is_typed(self) -> bool:
        return self in (CodeType.REDEMPTION, CodeType.PAIRING)


@dataclass(frozen=True, slots=True)
class Code:
    """A well-formed code. Whether it is one of ours, only the database knows.

    number: public number, 8 characters; it proves nothing. Empty for V and D.
    secret: 12 characters; for V and D the 8 random ones and the check character.
    """

    type: CodeType
    number: str
    secret: str

    @property
    def text(self) -> str:
        return f"{self.type.value}{self.number}{self.secret}"

    def link(self, host: str) -> str:
        """What the QR holds: upper case throughout, so that it stays small."""
        return f"HTTPS://{host.upper()}/Q/{self.text}"


def is_from_alphabet(text: str) -> bool:
    return all(character in _VALUE for character in text)


def _tidy(text: str) -> str:
    return _FILLERS.sub("", text.upper()).replace("O", "0").replace("I", "1")


def _whole(text: str) -> Code | None:
    """A tidied text as a code, if its letter, length and characters are right."""
    if not text or not is_from_alphabet(text) or text[0] not in set(CodeType):
        return None
    kind = CodeType(text[0])
    if kind.is_typed:
        fits = len(text) == TYPED_LENGTH and _check_sum(text) == 0
        return Code(kind, "", text[1:]) if fits else None
    if len(text) != _WHOLE_LENGTH:
        return None
    return Code(kind, text[1 : 1 + NUMBER_LENGTH], text[1 + NUMBER_LENGTH :])


def read_code(text: str) -> Code | None:
    """Read what a scanner or a person gave, or None if it is no code of ours.

    Accepts a bare code and a link, lower case, spaces and hyphens, O for 0 and I for 1,
    a hardware scanner's Enter or Tab, and what a US scanner types on a German keyboard
    (``HTTPSÖ--HOST-Q-P…``): the code is what follows the last ``/Q/`` or ``-Q-``.
    Source: COD-2, case 2.
    """
    if len(text) > _LONGEST:
        return None
    upper = text.strip().upper()
    marker = list(_MARKERS.finditer(upper))
    after = _whole(_tidy(upper[marker[-1].end() :])) if marker else None
    # A bare code may have been typed with hyphens around a Q of its own.
    return after or _whole(_tidy(upper))


def read_typed(text: str) -> Code | None:
    """Read a voucher or pairing code; a slip of one character is noticed (COD-7)."""
    code = read_code(text)
    return code if code is not None and code.type.is_typed else None


def read_short(text: str) -> str | None:
    """Read the short code beside an occurrence's code, or None."""
    tidy = _tidy(text) if len(text) <= _LONGEST else ""
    return tidy if len(tidy) == SHORT_LENGTH and is_from_alphabet(tidy) else None


def read_serial(text: str) -> str | None:
    """Read a public number as it is printed on a card, with or without its letter."""
    tidy = _tidy(text) if len(text) <= _LONGEST else ""
    if len(tidy) == NUMBER_LENGTH + 1 and tidy[0] in set(CodeType):
        tidy = tidy[1:]
    return tidy if len(tidy) == NUMBER_LENGTH and is_from_alphabet(tidy) else None


def is_nonce(text: str) -> bool:
    """Whether a scan's number has the form that scanners make (130 bits)."""
    return len(text) == NONCE_LENGTH and is_from_alphabet(text)


def group_for_reading(text: str) -> str:
    """A code in groups of four, as people read it out (COD-3)."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def encode_bits(random_bytes: bytes, characters: int) -> str:
    """The first bits of the bytes as characters, five bits each, first bit first.

    Raises ValueError if there are too few bytes.
    """
    spare = len(random_bytes) * 8 - characters * 5
    if spare < 0:
        raise ValueError(f"{characters} characters need more than {len(random_bytes)} bytes")
    number = int.from_bytes(random_bytes, "big") >> spare
    places = range((characters - 1) * 5, -1, -5)
    return "".join(ALPHABET[(number >> place) & 31] for place in places)


def make_number(random_bytes: bytes) -> str:
    """A public number from 5 random bytes."""
    return encode_bits(random_bytes, NUMBER_LENGTH)


def make_secret(random_bytes: bytes) -> str:
    """The secret part of a card or claim slip from 8 random bytes."""
    return encode_bits(random_bytes, SECRET_LENGTH)


def _check_sum(text: str) -> int:
    """Weighted sum in the field of 32 elements; 0 for a text with its check character.

    Weights are powers of x modulo x^5 + x^2 + 1, all different for up to 31 places: one
    wrong character and any two swapped ones always show.
    """
    total = 0
    for character in text:
        total <<= 1
        total ^= 0b100101 if total & 32 else 0
        total ^= _VALUE[character]
    return total


def make_typed(kind: CodeType, random_bytes: bytes) -> Code:
    """A voucher (V) or pairing (D) code from 5 random bytes, with its check character."""
    if not kind.is_typed:
        raise ValueError(f"{kind.name} codes are not made to be typed")
    body = kind.value + encode_bits(random_bytes, TYPED_LENGTH - 2)
    check = ALPHABET[_check_sum(body + ALPHABET[0])]
    return Code(kind, "", body[1:] + check)


def step_of(instant: datetime) -> int:
    """The number of the 30-second step of an instant, counted from 1970 in UTC."""
    return int(instant.astimezone(UTC).timestamp() // STEP_SECONDS)


def _mac(secret: bytes, purpose: str, number: str, step: int) -> bytes:
    message = f"{purpose}:{number}:{step}".encode()
    return hmac.new(secret, message, hashlib.sha256).digest()


def rotating_secret_part(secret: bytes, purpose: str, number: str, step: int) -> str:
    """The secret part of a rotating code in one step (COD-4).

    HMAC-SHA-256 with the secret over the UTF-8 text ``<purpose>:<number>:<step>``, its
    first 60 bits as 12 characters. The browser computes exactly this.

    purpose: the type letter, ``P`` or ``R``.
    """
    return encode_bits(_mac(secret, purpose, number, step), SECRET_LENGTH)


def pass_code(secret: bytes, number: str, step: int) -> Code:
    """The rotating pass of one phone in one step."""
    return Code(CodeType.PASS, number, rotating_secret_part(secret, "P", number, step))


def occurrence_code(secret: bytes, number: str, step: int) -> Code:
    """The rotating code on an organiser's screen in one step."""
    part = rotating_secret_part(secret, "R", number, step)
    return Code(CodeType.OCCURRENCE, number, part)


def short_code(secret: bytes, number: str, step: int) -> str:
    """The short code beside an occurrence's rotating code, for signed-in citizens."""
    return encode_bits(_mac(secret, "S", number, step), SHORT_LENGTH)


def poster_code(key: bytes, number: str, version: int) -> Code:
    """The code of an occurrence's poster; a higher version revokes it (COD-6)."""
    return Code(CodeType.POSTER, number, rotating_secret_part(key, "E", number, version))


def is_same(one: str, other: str) -> bool:
    """Compare two secrets without telling by time where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def find_step(secret: bytes, code: Code, around: int, reach: int = STEP_REACH) -> int | None:
    """The step in which a rotating code was shown, searched outwards; None if nowhere.

    around: the step of the (corrected) time of the scan.
    reach:  1 online, `OFFLINE_REACH` to tell an old code from a foreign one.
    """
    steps = sorted(range(around - reach, around + reach + 1), key=lambda s: abs(s - around))
    purpose = code.type.value
    shown = (
        step
        for step in steps
        if is_same(rotating_secret_part(secret, purpose, code.number, step), code.secret)
    )
    return next(shown, None)


def find_short_step(
    secret: bytes, number: str, given: str, around: int, reach: int = STEP_REACH
) -> int | None:
    """The step in which a short code was shown; None if nowhere near."""
    steps = range(around - reach, around + reach + 1)
    shown = (step for step in steps if is_same(short_code(secret, number, step), given))
    return next(shown, None)


def keyed_hash(key: bytes, text: str) -> str:
    """What the database keeps of a printed or typed code: 64 hexadecimal digits (COD-5)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
