"""The offline roster of a scanner: whom it may expect, readable only pass by pass.

A pass is a salted hash of its number; the name beside it opens with that number alone, so that
a lost phone tells nobody who was expected where. Only a device that may search gets names.
"""

from __future__ import annotations

import base64
import hmac
import os
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from engage.activities.service.counting import renew_roster
from engage.attendance import queries
from engage.attendance.arrival import points_of
from engage.attendance.queries import Listed, Place
from engage.core.errors import NotPermitted
from engage.devices import queries as devices
from engage.devices.queries import KnownDevice
from engage.storage.keys import keys_of

#: A device drops its roster so long after the end.
KEPT_AFTER = timedelta(hours=24)

#: The most people a device may list by name.
MOST_PEOPLE = 2_000

#: Asked again, a device gets so much once more: rows written just now may not be visible yet.
OVERLAP = timedelta(seconds=30)

#: The counter is the second, then the version of the roster in the lower bits.
_VERSION_BITS = 20
_VERSIONS = (1 << _VERSION_BITS) - 1
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Roster:
    """What a device may know. ``passes`` and ``people`` are rows as they are sent.

    whole: whether this is everything, so that what the device had before is no longer true.
    """

    place: Place
    points: int
    counter: int
    salt: bytes
    whole: bool
    passes: list[list[object]] = field(default_factory=list)
    people: list[list[object]] | None = None

    @property
    def drop_at(self) -> datetime:
        return self.place.ends_at + KEPT_AFTER


def read_roster(
    session: Session,
    device: KnownDevice,
    occurrence_id: uuid.UUID,
    *,
    since: int,
    now: datetime,
) -> Roster:
    """Everybody of a date, or what has changed since a counter.

    since:  the counter of the device's last roster; 0 for all.

    Where a pass was erased since then, the device gets everything under a new salt: the number
    behind its hash is not kept, so no row could say which one is gone.
    After ``drop_at`` nobody is listed. Raises NotFound, NotPermitted at other dates.
    """
    place = queries.get_place(session, occurrence_id)
    mine = device.kind == "scanner" and device.organisation_id == place.organisation_id
    if not mine or not devices.may_scan_for(session, device, occurrence_id):
        raise NotPermitted()
    # before the rows it counts
    version, renewed = queries.roster_version(session, occurrence_id)
    whole = not _is_ours(since, now) or since & _VERSIONS < renewed & _VERSIONS
    salt = _salt(session, device.id, occurrence_id, renewed)
    roster = Roster(place, points_of(session, place), _counter(now, version), salt, whole)
    listed: Iterable[Listed] = ()
    if now < roster.drop_at:
        listed = _list(session, occurrence_id, 0 if whole else since)
    _fill(roster, listed, by_name=device.may_search)
    return roster


def renew(session: Session, person_ids: Collection[uuid.UUID], *, now: datetime) -> None:
    """Let every scanner that may hold an emptied pass of these people take its roster anew.

    The last thing an erasure or a joining does: the rows of dates are what everybody waits for.
    """
    for one in queries.list_on_rosters(session, person_ids, ending_after=now - KEPT_AFTER):
        renew_roster(session, one)


def _is_ours(since: int, now: datetime) -> bool:
    """Whether this is a counter that was given out."""
    return 0 < since >> _VERSION_BITS <= (now - _EPOCH).total_seconds()


def _counter(now: datetime, version: int) -> int:
    """Grows with time and with the places given, and stays a number that JavaScript can hold."""
    second = int((now - _EPOCH).total_seconds())
    return (second << _VERSION_BITS) | (version & _VERSIONS)


def _list(session: Session, occurrence_id: uuid.UUID, since: int) -> Iterable[Listed]:
    """since: 0 for everybody."""
    if not since:
        return queries.list_roster(session, occurrence_id)
    second, version = since >> _VERSION_BITS, since & _VERSIONS
    earlier = _EPOCH + timedelta(seconds=second) - OVERLAP
    return queries.list_roster_changes(session, occurrence_id, version=version, since=earlier)


def _salt(session: Session, device_id: uuid.UUID, occurrence_id: uuid.UUID, renewed: int) -> bytes:
    """The same for a device and a date until a pass is erased or the code key changes."""
    text = f"roster:{device_id}:{occurrence_id}" + (f":{renewed}" if renewed else "")
    hashed = keys_of(session).hash(text)
    return bytes.fromhex(hashed.rpartition(":")[2])[:16]


def _fill(roster: Roster, listed: Iterable[Listed], *, by_name: bool) -> None:
    people: dict[uuid.UUID, list[object]] = {}
    for one in listed:
        state = _state(one)
        if roster.whole and state == "gone":
            continue
        row = [one.person_id, one.display_name, state, one.first_checked_in_at]
        people.setdefault(one.person_id, row)
        if one.number is not None:
            roster.passes.append(_pass_row(roster.salt, one, state))
    if by_name:
        roster.people = list(people.values())[:MOST_PEOPLE]


def _state(one: Listed) -> str:
    if one.is_erased:
        return "gone"
    if one.first_checked_in_at is not None:
        return "in"
    return one.state or "gone"


def _pass_row(salt: bytes, one: Listed, state: str) -> list[object]:
    """A pass that is gone needs no name."""
    number = one.number or ""
    gone = one.is_revoked or state == "gone"
    return [
        encode(hash_number(salt, number)),
        "" if gone else encode(seal_name(salt, number, one.display_name)),
        "gone" if gone else state,
        encode(_mac(salt, f"person:{one.person_id}")[:6]),
        None if gone else one.first_checked_in_at,
    ]


def hash_number(salt: bytes, number: str) -> bytes:
    """How a device finds the pass it has scanned."""
    return _mac(salt, f"id:{number}")[:12]


def seal_name(salt: bytes, number: str, name: str) -> bytes:
    """The name, for whoever holds the pass: 12 bytes of nonce, then AES-256-GCM."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_mac(salt, f"name:{number}")).encrypt(nonce, name.encode(), None)


def _mac(salt: bytes, text: str) -> bytes:
    return hmac.digest(salt, text.encode(), "sha256")


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
