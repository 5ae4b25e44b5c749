"""What the accounts must hold, counted a second time in plain Python, without the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from engage.core.expiry import Movement, due_for_expiry
from engage.core.points import TransferKind


@dataclass
class Purse:
    """One citizen's points.

    owed:  what a reversal could not take; points that come back pay it first.
    moves: everything that came and went, for the rules of age.
    """

    balance: int = 0
    owed: int = 0
    moves: list[tuple[int, Movement]] = field(default_factory=list)

    @property
    def movements(self) -> list[Movement]:
        return [move for _, move in sorted(self.moves, key=lambda one: one[0])]


@dataclass
class Visit:
    """An attendance or a confirmed claim, and the earnings it has brought."""

    id: uuid.UUID
    person: uuid.UUID
    occurrence: uuid.UUID | None
    work_on: date
    earned: list[tuple[str, int]] = field(default_factory=list)
    live: bool = True

    @property
    def points(self) -> int:
        return sum(points for _, points in self.earned)


@dataclass
class Voucher:
    """A reservation, and what has become of it."""

    id: uuid.UUID
    person: uuid.UUID
    reward: uuid.UUID
    cost: int
    expires_at: datetime
    state: str = "reserved"
    redeemed_at: datetime | None = None


class Book:
    """All purses, vouchers, visits and pieces of stock."""

    def __init__(self) -> None:
        self.purses: dict[uuid.UUID, Purse] = {}
        self.visits: dict[uuid.UUID, Visit] = {}
        self.vouchers: dict[uuid.UUID, Voucher] = {}
        self.stock: dict[uuid.UUID, int | None] = {}
        self._entries = 0

    def _note(self, person: uuid.UUID, move: Movement) -> None:
        self._entries += 1
        purse = self.purses[person]
        purse.moves.append((self._entries, move))
        purse.balance += move.points if move.comes_in else -move.points

    def open(self, person: uuid.UUID) -> None:
        self.purses[person] = Purse()

    def earn(self, visit: Visit, points: int, at: datetime) -> None:
        self.visits[visit.id] = visit
        if points:
            source = f"earn{self._entries}"
            visit.earned.append((source, points))
            self._note(visit.person, Movement(TransferKind.EARN, points, at, source, comes_in=True))

    def give_or_take(self, person: uuid.UUID, points: int, at: datetime) -> None:
        """A manual adjustment, or a whole balance that is written off."""
        move = Movement(
            TransferKind.ADJUST, abs(points), at, f"hand{self._entries}", comes_in=points > 0
        )
        self._note(person, move)

    def reserve(self, voucher: Voucher, at: datetime) -> None:
        self.vouchers[voucher.id] = voucher
        self._piece(voucher.reward, -1)
        self._spend(voucher, at)

    def _spend(self, voucher: Voucher, at: datetime) -> None:
        if voucher.cost:
            source = str(voucher.id)
            move = Movement(TransferKind.RESERVE, voucher.cost, at, source, comes_in=False)
            self._note(voucher.person, move)

    def give_back(self, voucher: Voucher, state: str, at: datetime) -> None:
        """A reservation ends, or a redemption is undone: points, piece, and old debts."""
        kind = TransferKind.REFUND if voucher.state == "redeemed" else TransferKind.RELEASE
        voucher.state = state
        self._piece(voucher.reward, 1)
        if not voucher.cost:
            return
        back = Movement(kind, voucher.cost, at, str(voucher.id), comes_in=True)
        self._note(voucher.person, back)
        purse = self.purses[voucher.person]
        paid = min(purse.owed, voucher.cost)
        purse.owed -= paid
        if paid:
            gone = Movement(
                TransferKind.WRITE_OFF, paid, at, f"debt{self._entries}", comes_in=False
            )
            self._note(voucher.person, gone)

    def _piece(self, reward: uuid.UUID, by: int) -> None:
        left = self.stock[reward]
        if left is not None:
            self.stock[reward] = left + by

    def take_back(self, visit: Visit, at: datetime, *, live: bool = False) -> None:
        """An annulled visit: newest reservations go first, what then is missing stays noted."""
        visit.live = live
        purse = self.purses[visit.person]
        for voucher in reversed(self.open_of(visit.person)):
            if purse.balance >= visit.points:
                break
            self.give_back(voucher, "cancelled", at)
        for source, points in visit.earned:
            missing = max(0, points - purse.balance)
            if missing:
                cover = f"cover{self._entries}"
                self._note(
                    visit.person,
                    Movement(TransferKind.WRITE_OFF, missing, at, cover, comes_in=True),
                )
                purse.owed += missing
            back = Movement(TransferKind.REVERSE, points, at, source, comes_in=False)
            self._note(visit.person, back)
        visit.earned = []

    def expire(self, person: uuid.UUID, cutoff: datetime, at: datetime) -> int:
        """What is too old goes; returns how much that was."""
        due = due_for_expiry(self.purses[person].movements, cutoff, at)
        if due:
            source = f"expire{self._entries}"
            self._note(person, Movement(TransferKind.EXPIRE, due, at, source, comes_in=False))
        return due

    def join(self, kept: uuid.UUID, joined: uuid.UUID) -> None:
        """All that was one's becomes the other's, with its age."""
        mine, theirs = self.purses[kept], self.purses.pop(joined)
        mine.balance += theirs.balance
        mine.owed += theirs.owed
        mine.moves += theirs.moves
        for visit in self.visits.values():
            visit.person = kept if visit.person == joined else visit.person
        for voucher in self.vouchers.values():
            voucher.person = kept if voucher.person == joined else voucher.person

    def close(self, person: uuid.UUID) -> None:
        """An erased account: nobody looks at it any more."""
        del self.purses[person]

    def open_of(self, person: uuid.UUID) -> list[Voucher]:
        """Open reservations in the order in which they were made."""
        return [
            one for one in self.vouchers.values() if (one.person, one.state) == (person, "reserved")
        ]

    def live_at(self, occurrence: uuid.UUID, person: uuid.UUID) -> bool:
        return any(
            (one.occurrence, one.person, one.live) == (occurrence, person, True)
            for one in self.visits.values()
        )

    def in_escrow(self) -> int:
        return sum(one.cost for one in self.vouchers.values() if one.state == "reserved")

    def earned_on(self, person: uuid.UUID) -> dict[date, int]:
        """Points credited for the work of each day."""
        days: dict[date, int] = {}
        for one in self.visits.values():
            if one.person == person:
                days[one.work_on] = days.get(one.work_on, 0) + one.points
        return days
