"""The ticket that opening an occurrence's code leaves in this browser: signed, 15 minutes, once.

A cookie of its own, apart from the session: it survives signing in and signing up.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from engage.attendance.callers import Ticket
from engage.attendance.codes import TICKET_LASTS
from engage.web.context import settings

NAME = "ticket"


def find_ticket(request: Request, now: datetime) -> Ticket | None:
    """The ticket of this browser, if it has one that still counts."""
    try:
        kept = _signer().loads(request.cookies.get(_name(), ""))
        ticket = Ticket(
            str(kept["id"]),
            uuid.UUID(kept["occurrence"]),
            datetime.fromisoformat(kept["opened_at"]),
            bool(kept["poster"]),
        )
    except (BadSignature, KeyError, TypeError, ValueError):
        return None
    return ticket if now <= ticket.opened_at + TICKET_LASTS else None


def leave_ticket(response: Response, ticket: Ticket) -> None:
    kept = {
        "id": ticket.id,
        "occurrence": str(ticket.occurrence_id),
        "opened_at": ticket.opened_at.isoformat(),
        "poster": ticket.poster,
    }
    response.set_cookie(
        _name(),
        str(_signer().dumps(kept)),
        max_age=int(TICKET_LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
    )


def drop_ticket(response: Response) -> None:
    """It was used."""
    response.delete_cookie(_name(), httponly=True, samesite="Lax", secure=_is_secure())


def _is_secure() -> bool:
    return settings().base_url.startswith("https://")


def _name() -> str:
    return f"__Host-{NAME}" if _is_secure() else NAME


def _signer() -> URLSafeSerializer:
    keys = [*reversed(settings().secret_key_fallbacks), settings().secret_key]
    return URLSafeSerializer([key.encode() for key in keys], salt="check-in-ticket")
