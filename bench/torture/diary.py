"""What the clients of the redemption torture were told, in their own words."""

from __future__ import annotations

import json
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.torture.calls import Answer
from bench.torture.till_city import Held


@dataclass(frozen=True, slots=True)
class Voucher:
    """A reservation that somebody was promised, or a card's redemption."""

    id: uuid.UUID
    person_id: uuid.UUID
    reward_id: uuid.UUID
    cost: int
    expires_at: datetime | None
    held: bool = False


@dataclass
class Diary:
    """All final answers, by voucher. ``path`` gets them as JSON lines, to be read afterwards."""

    path: Path
    vouchers: dict[uuid.UUID, Voucher] = field(default_factory=dict)
    #: Ids of attempts to reserve that were refused.
    refused: set[uuid.UUID] = field(default_factory=set)
    #: Nonces that were answered “redeemed” and “refunded”.
    redeemed: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    refunded: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    cancelled: set[uuid.UUID] = field(default_factory=set)
    #: Cancelling was asked for more than once before an answer came.
    unsure: set[uuid.UUID] = field(default_factory=set)
    #: States that a refusal named.
    named: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: The partner's own codes that a till was told for a voucher.
    codes: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    contradictions: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, held: list[Held]) -> None:
        for one in held:
            self.vouchers[one.id] = Voucher(
                one.id, one.person_id, one.reward_id, one.cost, one.expires_at, held=True
            )

    def _write(self, verb: str, about: object, number: object, answer: Answer) -> None:
        line = {"verb": verb, "about": str(about), "number": str(number), "tries": answer.tries}
        with self.path.open("a") as log:
            log.write(json.dumps({**line, "status": answer.status, "said": answer.said}) + "\n")

    def note_reserve(self, voucher: Voucher, answer: Answer) -> None:
        with self._lock:
            self._write("reserve", voucher.reward_id, voucher.id, answer)
            if not answer.is_final:
                return
            known, was_refused = voucher.id in self.vouchers, voucher.id in self.refused
            if (known and not answer.is_success) or (was_refused and answer.is_success):
                self.contradictions.append(f"reserve {voucher.id}: two answers to one attempt")
            if answer.is_success:
                self.vouchers[voucher.id] = voucher
            else:
                self.refused.add(voucher.id)

    def note_redeem(self, voucher_id: uuid.UUID, nonce: str, answer: Answer) -> None:
        with self._lock:
            self._write("redeem", voucher_id, nonce, answer)
            if answer.code == "redeemed":
                self.redeemed[voucher_id].add(nonce)
                self._note_code(voucher_id, answer)
                if answer.said.get("id") != str(voucher_id):
                    self.contradictions.append(f"redeem {voucher_id}: another voucher went over")
            elif answer.code == "voucher_codes_gone":
                self.contradictions.append(f"redeem {voucher_id}: no code was left for it")
            elif answer.code in {"already_redeemed", "cancelled", "code_expired"}:
                self.named[voucher_id].add(answer.code)

    def note_undo(self, voucher_id: uuid.UUID, nonce: str, answer: Answer) -> None:
        with self._lock:
            self._write("undo", voucher_id, nonce, answer)
            if answer.code == "refunded":
                self.refunded[voucher_id].add(nonce)

    def note_card(self, voucher: Voucher, nonce: str, answer: Answer) -> None:
        with self._lock:
            self._write("card", voucher.person_id, nonce, answer)
            if answer.code == "redeemed":
                self.vouchers[voucher.id] = voucher
                self.redeemed[voucher.id].add(nonce)
                self._note_code(voucher.id, answer)

    def _note_code(self, voucher_id: uuid.UUID, answer: Answer) -> None:
        """A repeat after an undo tells none: the code is spent."""
        if answer.said.get("voucher_code"):
            self.codes[voucher_id].add(str(answer.said["voucher_code"]))

    def note_cancel(self, voucher_id: uuid.UUID, answer: Answer) -> None:
        with self._lock:
            self._write("cancel", voucher_id, "", answer)
            if answer.is_success:
                self.cancelled.add(voucher_id)
            elif answer.tries > 1:
                self.unsure.add(voucher_id)

    def note_same(self, what: str, first: Answer, again: Answer) -> None:
        """A repeat with the same number must get the same answer."""
        if first.is_final and again.is_final and first.code != again.code:
            with self._lock:
                self.contradictions.append(f"{what}: first {first.code}, then {again.code}")
