"""A helper's phone that stored scans without a network, for tests of uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engage.attendance.models import Review
from tests.attendance.door import Door, nonce

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from engage.accounts.models import Person


@dataclass
class Phone:
    """A helper's phone that has been without a network."""

    client: FlaskClient
    door: Door

    def scan(self, name: str, code: str, at: datetime, **more: Any) -> dict[str, Any]:
        """An event as the phone stores it; its number is made of a name."""
        return {
            "type": "check_in",
            "nonce": nonce(name),
            "occurrence_id": str(self.door.occurrence.id),
            "code": code,
            "scanned_at": at.isoformat(),
            "offline": True,
            **more,
        }

    def later(self, verb: str, name: str, of: str, at: datetime, **more: Any) -> dict[str, Any]:
        return {
            "type": verb,
            "nonce": nonce(name),
            "of_nonce": nonce(of),
            "reason": "The wrong person",
            "scanned_at": at.isoformat(),
            **more,
        }

    def post(self, body: dict[str, Any]) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.door.token}", "Accept-Language": "en"}
        return self.client.post("/api/v1/scans", json=body, headers=headers)

    def upload(self, *events: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        reply = self.post({"events": list(events), **more})
        assert reply.status_code == 200, reply.text
        results: list[dict[str, Any]] = reply.get_json()["results"]
        assert [one["nonce"] for one in results] == [one["nonce"] for one in events]
        return results

    def codes(self, *events: dict[str, Any], **more: Any) -> list[str]:
        return [one["code"] for one in self.upload(*events, **more)]


def reasons(session: Session, person: Person) -> list[str]:
    """Why something of this person waits for a review."""
    session.rollback()
    return list(session.scalars(select(Review.reason).where(Review.person_id == person.id)))
