"""What scanners and pages send. Old scanners live long: unknown fields are passed over."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from engage.attendance.callers import CheckInRequest, WalkIn
from engage.attendance.leaving import Leaving
from engage.attendance.uploads import LaterEvent
from engage.core.codes import is_nonce
from engage.web.api import Body, Instant, ScanBody

#: The most scans of one upload.
MOST_EVENTS = 500


def _nonce(text: str) -> str:
    if not is_nonce(text):
        raise ValueError("26 characters of the alphabet of codes")
    return text


Nonce = Annotated[str, AfterValidator(_nonce)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class WalkInBody(Body):
    """A person without an account."""

    display_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)
    ]
    age_ok: bool | None = None


class FamilyBody(ScanBody):
    """Somebody of the family who has their pass or card with them, but no phone in hand."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    nonce: Nonce


class CheckInBody(ScanBody):
    """One person at one occurrence; exactly one of code, person, walk_in and ticket.

    ticket:     of a citizen's own browser, which keeps it; it names the occurrence itself.
    people:     beside a ticket: others who came along, one answer each.
    scanned_at, sent_at: RFC 3339; the device's own clock. Only devices may state them.
    refused:    what the device answered by itself while it had no network; judged anew.
    """

    nonce: Nonce
    occurrence_id: uuid.UUID | None = None
    ticket: bool = False
    people: Annotated[list[FamilyBody], Field(max_length=10, default_factory=list)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=400)] | None = None
    person: uuid.UUID | None = None
    walk_in: WalkInBody | None = None
    age_ok: bool | None = None
    overridden_because: Annotated[str, StringConstraints(max_length=500)] = ""
    scanned_at: Instant | None = None
    sent_at: Instant | None = None
    offline: bool = False
    refused: Annotated[str, StringConstraints(max_length=40, pattern="^[a-z_]*$")] = ""

    @model_validator(mode="after")
    def names_one_person(self) -> CheckInBody:
        given = [one for one in (self.code, self.person, self.walk_in) if one is not None]
        if len(given) + self.ticket != 1:
            raise ValueError("exactly one of code, person, walk_in and ticket")
        if self.occurrence_id is None and not self.ticket:
            raise ValueError("occurrence_id is required")
        return self

    def request(self) -> CheckInRequest:
        """What a device or an organiser asks for; a ticket is read from the browser instead."""
        walk_in = self.walk_in
        if self.occurrence_id is None:
            raise ValueError("a ticket is not asked for by a device")
        return CheckInRequest(
            self.occurrence_id,
            self.nonce,
            code=self.code,
            person_id=self.person,
            walk_in=WalkIn(walk_in.display_name, walk_in.age_ok) if walk_in else None,
            scanned_at=_utc(self.scanned_at),
            sent_at=_utc(self.sent_at),
            offline=self.offline,
            refused=self.refused,
            overridden_because=self.overridden_because.strip(),
            age_ok=self.age_ok,
        )


class AnnulBody(Body):
    """Why an attendance is taken back."""

    reason: Reason
    nonce: Nonce


class EventBody(ScanBody):
    """One event of an upload. ``annul`` and ``check_out`` name the scan by its nonce.

    A check-out may name the pass or the person instead, with the occurrence.

    scanned_at: when it happened, by the device's own clock.
    """

    type: Literal["check_in", "check_out", "annul"]
    nonce: Nonce
    of_nonce: Nonce | None = None
    occurrence_id: uuid.UUID | None = None
    code: Annotated[str, StringConstraints(min_length=1, max_length=400)] | None = None
    person: uuid.UUID | None = None
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    scanned_at: Instant | None = None
    offline: bool = True

    @model_validator(mode="after")
    def names_one_thing(self) -> EventBody:
        if self.type == "check_in":
            return self
        by_pass = self.occurrence_id is not None and (self.code is None) != (self.person is None)
        leaves_by_pass = self.type == "check_out" and by_pass
        if (self.of_nonce is None) != leaves_by_pass:
            raise ValueError("of_nonce is required")
        return self

    def event(self) -> LaterEvent:
        """What happened after a check-in."""
        leaving = None
        if self.of_nonce is None and self.occurrence_id is not None:
            leaving = Leaving(self.occurrence_id, self.code, self.person)
        return LaterEvent(
            self.type,
            self.nonce,
            of_nonce=self.of_nonce or "",
            leaving=leaving,
            reason=self.reason,
            at=_utc(self.scanned_at),
            offline=self.offline,
        )


class ScansBody(ScanBody):
    """An upload, oldest first. Each item is read by itself: a bad one holds up no other."""

    events: Annotated[list[dict[str, object]], Field(max_length=MOST_EVENTS)]
    sent_at: Instant | None = None
    unsent: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class ClaimBody(Body):
    """Hours of one day, in RFC 3339."""

    organisation_id: uuid.UUID
    starts_at: Instant
    ends_at: Instant
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class RefuseBody(Body):
    """Why the hours are not confirmed."""

    reason: Reason


def _utc(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC) if instant else None
