"""After the storm: the clients' diary against the database, point by point, piece by piece."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.torture.diary import Diary
from bench.torture.till_city import City
from engage.core.redemption import HONOURED
from engage.ledger import queries as ledger
from engage.rewards.models import Redemption, Reward, VoucherCode
from engage.storage.keys import keys_of


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A partner's own code as the database holds it, opened."""

    text: str
    reward_id: uuid.UUID
    redemption_id: uuid.UUID | None
    is_spent: bool

    @property
    def state(self) -> str:
        if self.redemption_id is None:
            return "free"
        return "spent" if self.is_spent else "handed out"


@dataclass(frozen=True, slots=True)
class Books:
    """What the database holds when nobody works any more."""

    states: dict[uuid.UUID, Any]
    balances: dict[uuid.UUID, int]
    stock: dict[uuid.UUID, int | None]
    earned: dict[uuid.UUID, int]
    overdue: list[uuid.UUID]
    now: datetime
    codes: list[OwnCode] = field(default_factory=list)


def read(session: Session, city: City, now: datetime, settled: datetime) -> Books:
    """settled: the instant until which the worker has had its time."""
    redemptions = {row.id: row for row in session.scalars(select(Redemption))}
    partners = {one.partner_id for one in city.shelves.values()}
    return Books(
        redemptions,
        {one.id: ledger.balance_of(session, one.id) for one in city.citizens},
        {one.id: one.stock for one in session.scalars(select(Reward))},
        {one: ledger.sum_of(session, ledger.partner_account_id(session, one)) for one in partners},
        list_overdue(session, settled),
        now,
        list(_read_codes(session)),
    )


def _read_codes(session: Session) -> Iterator[OwnCode]:
    keys = keys_of(session)
    for row in session.scalars(select(VoucherCode)):
        text = keys.decrypt(row.code_sealed).decode()
        yield OwnCode(text, row.reward_id, row.redemption_id, row.spent_at is not None)


def compare(city: City, diary: Diary, books: Books) -> list[str]:
    """Everything that is lost, doubled or invented, in words; empty if nothing is."""
    found = [*diary.contradictions]
    found += [*_vouchers(diary, books), *_invented(diary, books)]
    found += [f"voucher {one} ran out and still holds its points" for one in books.overdue]
    found += [*_points(city, diary, books), *_pieces(city, books), *_partners(city, books)]
    return [*found, *_lists(city, books), *_handed(city, diary, books)]


def _vouchers(diary: Diary, books: Books) -> Iterator[str]:
    """Each voucher is in the state that the answers say, and went over at most once."""
    for voucher in diary.vouchers.values():
        row = books.states.get(voucher.id)
        if row is None:
            yield f"voucher {voucher.id} was promised and is not there"
            continue
        if (row.person_id, row.reward_id, row.cost) != (
            voucher.person_id,
            voucher.reward_id,
            voucher.cost,
        ):
            yield f"voucher {voucher.id} is somebody else's or costs something else"
        allowed = _allowed(diary, voucher.id, row, books.now)
        if row.state not in allowed:
            yield f"voucher {voucher.id} is {row.state}, the answers say {sorted(allowed)}"
        for times, word in ((diary.redeemed, "redeemed"), (diary.refunded, "refunded")):
            if len(times[voucher.id]) > 1:
                yield f"voucher {voucher.id} was {word} {len(times[voucher.id])} times"


def _allowed(diary: Diary, voucher_id: uuid.UUID, row: Any, now: datetime) -> set[str]:
    """The states that fit all answers about a voucher."""
    if diary.redeemed[voucher_id]:
        return {"refunded"} if diary.refunded[voucher_id] else {"redeemed"}
    if voucher_id in diary.cancelled:
        return {"cancelled"}
    if "already_redeemed" in diary.named[voucher_id]:
        return set()  # nobody was told that it went over
    allowed = {"reserved"} - ({"reserved"} if "cancelled" in diary.named[voucher_id] else set())
    if voucher_id in diary.unsure:
        allowed |= {"cancelled"}
    if row.expires_at + HONOURED < now:
        allowed |= {"expired"}
    return allowed


def _invented(diary: Diary, books: Books) -> Iterator[str]:
    """Nothing is there that nobody was promised, and nothing that was refused."""
    for redemption_id, row in books.states.items():
        if redemption_id in diary.refused:
            yield f"attempt {redemption_id} was refused and is {row.state}"
        elif redemption_id not in diary.vouchers:
            yield f"voucher {redemption_id} ({row.way}, {row.state}) was promised to nobody"


def list_overdue(session: Session, now: datetime) -> list[uuid.UUID]:
    """Vouchers that nobody honours any more and that still hold points and a piece."""
    over = (Redemption.state == "reserved", Redemption.expires_at < now - HONOURED)
    return list(session.scalars(select(Redemption.id).where(*over)))


#: States whose points are away from the citizen, and whose piece is away from the shelf.
AWAY = {"reserved", "redeemed"}


def _points(city: City, diary: Diary, books: Books) -> Iterator[str]:
    """Each citizen has what they had, less what is away, plus what came back."""
    moved: Counter[uuid.UUID] = Counter()
    for row in books.states.values():
        voucher = diary.vouchers.get(row.id)
        held = voucher is not None and voucher.held
        moved[row.person_id] += row.cost * ((row.state not in AWAY) if held else 0)
        moved[row.person_id] -= row.cost * ((row.state in AWAY) if not held else 0)
    for citizen in city.citizens:
        wanted = citizen.points + moved[citizen.id]
        if books.balances[citizen.id] != wanted:
            yield f"citizen {citizen.id} has {books.balances[citizen.id]} points, not {wanted}"


def _pieces(city: City, books: Books) -> Iterator[str]:
    """With an own code the piece of an undone redemption does not come back: it was seen."""
    coded = {one.id for one in city.shelves.values() if one.codes}
    away = Counter(
        row.reward_id
        for row in books.states.values()
        if row.state in AWAY or (row.state == "refunded" and row.reward_id in coded)
    )
    for shelf in city.shelves.values():
        if shelf.stock is not None and books.stock[shelf.id] != shelf.stock - away[shelf.id]:
            left = shelf.stock - away[shelf.id]
            yield f"reward {shelf.id} has {books.stock[shelf.id]} pieces, not {left}"


def _partners(city: City, books: Books) -> Iterator[str]:
    """A partner has earned exactly what went over and was not taken back."""
    wanted: Counter[uuid.UUID] = Counter()
    for row in books.states.values():
        wanted[row.partner_id] += row.cost if row.state == "redeemed" else 0
    for partner_id, earned in books.earned.items():
        if earned != wanted[partner_id]:
            yield f"partner {partner_id} has {earned} points, not {wanted[partner_id]}"


def _lists(city: City, books: Books) -> Iterator[str]:
    """Every own code that was read in is there, once."""
    for shelf in city.shelves.values():
        kept = Counter(one.text for one in books.codes if one.reward_id == shelf.id)
        for text in sorted((Counter(shelf.codes) - kept) | (kept - Counter(shelf.codes))):
            yield f"own code {text} is there {kept[text]} times"


def _handed(city: City, diary: Diary, books: Books) -> Iterator[str]:
    """Each voucher that went over has one own code, spent if it was undone; no other has any."""
    coded = {one.id for one in city.shelves.values() if one.codes}
    given: dict[uuid.UUID, list[OwnCode]] = defaultdict(list)
    for one in books.codes:
        if one.redemption_id is not None:
            given[one.redemption_id].append(one)
    for row in books.states.values():
        went_over = row.reward_id in coded and row.state in {"redeemed", "refunded"}
        if len(given[row.id]) != went_over:
            yield f"voucher {row.id} ({row.state}) has {len(given[row.id])} own codes"
        for one in given[row.id]:
            if one.is_spent != (row.state == "refunded"):
                yield f"own code {one.text} of voucher {row.id} ({row.state}) is spent or not"
    yield from _told(diary, given)


def _told(diary: Diary, given: dict[uuid.UUID, list[OwnCode]]) -> Iterator[str]:
    """What tills were told is what is written down, and nobody got somebody else's."""
    for voucher_id, texts in diary.codes.items():
        if texts != {one.text for one in given[voucher_id]}:
            yield f"own codes {sorted(texts)} were told for voucher {voucher_id}, not its own"
    often = Counter(text for texts in diary.codes.values() for text in texts)
    yield from (f"own code {text} was given to {n} people" for text, n in often.items() if n > 1)
