"""What the city agreed with its partners, and the months that are closed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engage.acts.service import By
from engage.core.geography import code_from_name
from engage.core.periods import add_months
from engage.core.settlement import closes_at, last_due
from engage.demo.content import GIFTS
from engage.partners.models import Partner
from engage.settlement import causes, queries, service, watching
from engage.settlement.causes import Described
from engage.settlement.service import Payment
from engage.storage.engine import zone_of
from engage.storage.unit_of_work import run_work

#: Cents for 100 points, by partner; the others give for nothing.
RATES = {"cafe": 600, "buch": 500, "kino": 700, "bad": 450, "rad": 650}


def agree(session: Session, partners: Mapping[str, uuid.UUID]) -> None:
    """What each partner gets for 100 points, from the beginning."""
    for key, rate in RATES.items():
        session.get_one(Partner, partners[key]).cents_per_100_points = rate


def limit_budget(session: Session, partner_id: uuid.UUID, now: datetime) -> None:
    """One partner's budget of the year is nearly used."""
    [one] = watching.list_budgets(session, now, zone_of(session), partner_id)
    session.get_one(Partner, partner_id).budget_points = max(100, one.taken * 8 // 7)


def describe_causes(session: Session, by: By) -> None:
    """The causes that partners collect for, in the office's words."""
    named = {code_from_name(gift.title)[:60]: gift for gift in GIFTS if gift.kind == "good_cause"}
    for one in causes.list_causes(session):
        gift = named.get(one.slug)
        words = Described(
            gift.title if gift else one.name,
            f"{gift.text if gift else ''} Die Stadt zahlt, was Sie geben.".strip(),
            500,
        )
        causes.describe(session, one.slug, words, by)


def close_months(session: Session, now: datetime, clerk: uuid.UUID) -> None:
    """All but the newest month that is due are closed on the 5th, and all before them are paid.

    The newest waits for the office.
    """
    tz = zone_of(session)
    newest = last_due(now, tz)
    for one in queries.list_due(session, now, tz):
        if one.month >= newest:
            continue
        at = closes_at(one.month, tz) + timedelta(days=2, hours=9)
        run_work(session, partial(_close, one=one, at=at, clerk=clerk))
        if one.month < add_months(newest, -1):
            words = Payment(
                paid=True, note=f"Überwiesen am {at:%d.%m.%Y}", by=clerk, at=at + timedelta(days=1)
            )
            run_work(session, partial(_pay, one=one, words=words))


def _close(session: Session, *, one: queries.Open, at: datetime, clerk: uuid.UUID) -> None:
    service.close_month(session, one.partner_id, one.month, by=clerk, now=at)


def _pay(session: Session, *, one: queries.Open, words: Payment) -> None:
    service.note_payment(session, one.partner_id, one.month, words)
