"""Citizens and tills at random. Each is a thread with its own connection and its own dice."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from bench.torture.calls import Answer, Line, Tally
from bench.torture.diary import Diary, Voucher
from bench.torture.till_city import PIN, Citizen, City, Shelf
from engage.storage.base import new_id

#: Shares of what is done twice, at once, or whose answer is never read.
AGAIN, AT_ONCE, CUT = 0.12, 0.06, 0.04
#: Seconds between two things that one person does, at most.
PAUSE = 0.8


class Counter:
    """Vouchers on their way to the tills of each partner; a few go to the wrong shop."""

    def __init__(self, partners: Sequence[uuid.UUID]) -> None:
        self._queues: dict[uuid.UUID, deque[tuple[Voucher, str]]] = {
            one: deque() for one in partners
        }

    def bring(self, partner_id: uuid.UUID, voucher: Voucher, code: str, times: int = 1) -> None:
        self._queues[partner_id].extend([(voucher, code)] * times)

    def take(self, partner_id: uuid.UUID, *, wrong: bool) -> tuple[Voucher, str] | None:
        for other, queue in self._queues.items():
            if (other != partner_id) == wrong and queue:
                with suppress(IndexError):  # another till took it just now
                    return queue.popleft()
        return None


@dataclass
class Scene:
    """What all of them share."""

    city: City
    diary: Diary
    tally: Tally
    counter: Counter
    port: int
    ended: threading.Event
    pool: ThreadPoolExecutor
    failures: list[str] = field(default_factory=list)

    def live(self, who: Person | Till) -> None:
        """Take turns until the end; whatever goes wrong is kept."""
        try:
            while not self.ended.is_set():
                who.turn()
                time.sleep(who.dice.uniform(0, PAUSE))
        except Exception as reason:
            self.failures.append(f"{type(reason).__name__}: {reason}")
        finally:
            who.line.hang_up()
            who.second.hang_up()


def nonce(dice: random.Random) -> str:
    return uuid.UUID(int=dice.getrandbits(128)).hex.upper()[:26]


class Person:
    """A citizen: reserves, keeps longer, gives back, looks, and sends friends to the till."""

    def __init__(self, scene: Scene, who: Citizen, seed: int) -> None:
        self.scene, self.who, self.dice = scene, who, random.Random(seed)
        self.line = Line(scene.port, scene.tally, who.headers)
        self.second = Line(scene.port, scene.tally, who.headers)
        self.open: list[Voucher] = []

    def live(self) -> None:
        self.scene.live(self)

    def turn(self) -> None:
        wanted = self.dice.random()
        if not self.open or (wanted < 0.6 and len(self.open) < 3) or wanted < 0.06:
            self.reserve()
        elif wanted < 0.65:  # already at the till, perhaps: it is forgotten here, not there
            self.open.pop(0)
        elif wanted < 0.78:
            self.cancel(self.dice.choice(self.open))
        elif wanted < 0.88:
            self.extend(self.dice.choice(self.open))
        else:
            self.line.ask("look", "GET", f"/redemptions/{self.dice.choice(self.open).id}")

    def _shelf(self) -> Shelf:
        every = list(self.scene.city.shelves.values())
        return self.dice.choice(self.scene.city.hot if self.dice.random() < 0.7 else every)

    def reserve(self) -> None:
        shelf, number = self._shelf(), new_id()
        body = {"id": str(number), "reward_id": str(shelf.id)}

        def send(line: Line) -> Answer:
            cut = self.dice.random() < CUT
            return line.ask("reserve", "POST", "/api/v1/redemptions", body, cut_first=cut)

        for answer in self._sent(send, f"reserve {number}"):
            until = answer.said.get("expires_at")
            expires_at = datetime.fromisoformat(until) if until else None
            voucher = Voucher(number, self.who.id, shelf.id, shelf.cost, expires_at)
            self.scene.diary.note_reserve(voucher, answer)
        if answer.is_success:
            self.open.append(voucher)
            if self.dice.random() < 0.8:
                times = 1 + (self.dice.random() < AGAIN)
                code = str(answer.said["code"])
                self.scene.counter.bring(shelf.partner_id, voucher, code, times)

    def _sent(self, send: Callable[[Line], Answer], what: str) -> list[Answer]:
        """Once; or twice, one after the other or at the same moment."""
        return twice(self.scene, send, self.line, self.second, self.dice, what)

    def cancel(self, voucher: Voucher) -> None:
        cut = self.dice.random() < CUT
        answer = self.line.ask(
            "cancel", "DELETE", f"/api/v1/redemptions/{voucher.id}", cut_first=cut
        )
        self.scene.diary.note_cancel(voucher.id, answer)
        self.open.remove(voucher)

    def extend(self, voucher: Voucher) -> None:
        self.line.ask("extend", "POST", f"/redemptions/{voucher.id}/extend")


class Till:
    """A till: redeems what is brought, repeats, undoes, takes cards, mistypes."""

    def __init__(self, scene: Scene, partner_id: uuid.UUID, token: str, seed: int) -> None:
        self.scene, self.partner_id, self.dice = scene, partner_id, random.Random(seed)
        headers = {"Authorization": f"Bearer {token}"}
        self.line = Line(scene.port, scene.tally, headers)
        self.second = Line(scene.port, scene.tally, headers)
        self.done: deque[uuid.UUID] = deque(maxlen=20)

    def live(self) -> None:
        self.scene.live(self)

    def turn(self) -> None:
        wanted = self.dice.random()
        if wanted < 0.1:
            self.card()
        elif wanted < 0.25 and self.done:
            self.undo(self.dice.choice(self.done))
        elif wanted < 0.26:
            self.mistype()
        else:
            brought = self.scene.counter.take(self.partner_id, wrong=self.dice.random() < 0.05)
            if brought is not None:
                self.redeem(*brought)

    def _sent(self, send: Callable[[Line], Answer], what: str) -> list[Answer]:
        return twice(self.scene, send, self.line, self.second, self.dice, what)

    def redeem(self, voucher: Voucher, code: str) -> None:
        body = {"code": code, "nonce": nonce(self.dice)}

        def send(line: Line) -> Answer:
            cut = self.dice.random() < CUT
            return line.ask("redeem", "POST", "/api/v1/redemptions/redeem", body, cut_first=cut)

        for answer in self._sent(send, f"redeem {voucher.id}"):
            self.scene.diary.note_redeem(voucher.id, body["nonce"], answer)
        if answer.code == "redeemed":
            self.done.append(voucher.id)
        elif answer.code == "wrong_partner":
            right = self.scene.city.partner_of(voucher.reward_id)
            self.scene.counter.bring(right, voucher, code)

    def undo(self, voucher_id: uuid.UUID) -> None:
        body = {"reason": "zurückgenommen", "nonce": nonce(self.dice)}

        def send(line: Line) -> Answer:
            path = f"/api/v1/redemptions/{voucher_id}/undo"
            return line.ask("undo", "POST", path, body, cut_first=self.dice.random() < CUT)

        for answer in self._sent(send, f"undo {voucher_id}"):
            self.scene.diary.note_undo(voucher_id, body["nonce"], answer)

    def card(self) -> None:
        who = self.dice.choice(self.scene.city.citizens)
        every = self.scene.city.shelves.values()
        own = [one for one in every if one.partner_id == self.partner_id]
        shelf = self.dice.choice(own if self.dice.random() < 0.9 else list(every))
        pin = PIN if self.dice.random() < 0.9 else "0000"
        number = nonce(self.dice)
        body = {"reward_id": str(shelf.id), "card": who.card, "pin": pin, "nonce": number}

        def send(line: Line) -> Answer:
            cut = self.dice.random() < CUT
            return line.ask("card", "POST", "/api/v1/redemptions/card", body, cut_first=cut)

        for answer in self._sent(send, f"card {number}"):
            given = uuid.UUID(answer.said["id"]) if answer.code == "redeemed" else uuid.UUID(int=0)
            voucher = Voucher(given, who.id, shelf.id, shelf.cost, None)
            self.scene.diary.note_card(voucher, number, answer)
        if answer.code == "redeemed":
            self.done.append(given)

    def mistype(self) -> None:
        body = {"code": "V" + nonce(self.dice)[:10], "nonce": nonce(self.dice)}
        self.line.ask("mistyped", "POST", "/api/v1/redemptions/redeem", body)


def twice(  # two lines and dice
    scene: Scene,
    send: Callable[[Line], Answer],
    line: Line,
    second: Line,
    dice: random.Random,
    what: str,
) -> list[Answer]:
    """Mostly once; sometimes again, sometimes on two lines at once. The same number throughout."""
    chance = dice.random()
    if chance < AT_ONCE:
        other = scene.pool.submit(send, second)
        answers = [send(line), other.result()]
    elif chance < AT_ONCE + AGAIN:
        answers = [send(line), send(line)]
    else:
        return [send(line)]
    scene.diary.note_same(what, *answers)
    return sorted(answers, key=lambda one: one.is_success)
