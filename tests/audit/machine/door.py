"""What happens at the door: places, check-ins in every way, answers asked for again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from hypothesis.stateful import initialize, precondition, rule

from engage.accounts.models import Person
from engage.activities import service as activities
from engage.attendance.checkin import (
    CheckInRequest,
    CitizenCaller,
    DeviceCaller,
    OrganiserCaller,
    Ticket,
    WalkIn,
    check_in,
)
from engage.attendance.models import Attendance
from engage.core.errors import Outcome
from engage.ledger import queries as ledger
from tests.attendance.door import code_of, nonce
from tests.audit.machine.book import Visit
from tests.audit.machine.city import ANY, TROUBLE, City
from tests.audit.machine.trouble import contents

#: Answers at the door after which somebody is in.
IN = {"credited", "checked_in"}


class DoorRules(City):
    """Register, leave, call off, and come in by pass, card, name, ticket or as a walk-in."""

    @initialize()
    def begin(self) -> None:
        """The city opens, and everybody has something to spend."""
        self.found()
        for number in range(len(self.people)):
            self.scan_a_phone(0, number, 1, 0)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def register(self, date: int, person: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        who = self.pick(self.people, person)
        self.run(lambda s: activities.register(s, occurrence, who, now=self.now), trouble)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def leave(self, date: int, person: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        who = self.pick(self.people, person)
        self.run(lambda s: activities.leave(s, occurrence, who, now=self.now), trouble)

    @rule(date=ANY, trouble=TROUBLE)
    def pass_places_on(self, date: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        self.run(lambda s: activities.promote(s, occurrence, now=self.now), trouble)

    @rule(date=ANY, trouble=TROUBLE)
    def call_off(self, date: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        self.run(
            lambda s: activities.cancel_occurrence(
                s, occurrence, actor_id=self.organiser, reason="Storm", now=self.now
            ),
            trouble,
        )

    @rule(date=ANY, person=ANY, door=ANY, trouble=TROUBLE)
    def scan_a_phone(self, date: int, person: int, door: int, trouble: int) -> None:
        who = self.pick(self.people, person)
        with self.sessions() as session:
            code = code_of(session.get_one(Person, who), self.now)
        self._come_in(date, door, {"code": code}, trouble)

    @rule(date=ANY, person=ANY, door=ANY, trouble=TROUBLE)
    def scan_a_card(self, date: int, person: int, door: int, trouble: int) -> None:
        code = self.cards[self.pick(self.people, person)]
        self._come_in(date, door, {"code": code}, trouble)

    @rule(date=ANY, door=ANY, name=ANY, trouble=TROUBLE)
    def let_a_walk_in_in(self, date: int, door: int, name: int, trouble: int) -> None:
        request = {"walk_in": WalkIn(f"Guest {name}", age_ok=True)}
        outcome = self._come_in(date, door, request, trouble)
        if outcome.code in IN:
            visit = self.book.visits[uuid.UUID(str(outcome.facts["id"]))]
            self.guests.append(visit.person)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def find_by_name(self, date: int, person: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        request = self._request(occurrence, {"person_id": self.pick(self.people, person)})
        self._answered(OrganiserCaller(self.organiser), request, trouble)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def check_oneself_in(self, date: int, person: int, trouble: int) -> None:
        occurrence = self.pick_date(date).id
        ticket = Ticket(nonce(), occurrence, self.now)
        request = self._request(occurrence, {"ticket": ticket})
        self._answered(CitizenCaller(self.pick(self.people, person)), request, trouble)

    @precondition(lambda self: self.sent)
    @rule(which=ANY)
    def send_again(self, which: int) -> None:
        """The same nonce, whatever has changed: the first answer, and nothing else happens."""
        act, first = self.pick(self.sent, which)
        before = contents(self.sessions)

        again = self.run(act)

        assert isinstance(again, Outcome)
        if again.replayed:
            assert again.code == first.code
            assert contents(self.sessions) == before
        else:  # only what is no answer is not kept: the device or its person is gone
            assert not again.is_success

    def _request(self, occurrence: uuid.UUID, given: dict[str, Any]) -> CheckInRequest:
        return CheckInRequest(occurrence, nonce(), **given)

    def _come_in(self, date: int, door: int, given: dict[str, Any], trouble: int) -> Outcome:
        where = self.pick_date(date)
        at_door = where.door if door % 8 else self.pick(self.doors, door // 8)
        request = self._request(where.id, given)
        return self._answered(DeviceCaller(at_door.token), request, trouble)

    def _answered(self, caller: Any, request: CheckInRequest, trouble: int) -> Outcome:
        at = self.now
        outcome = self.send(lambda s: check_in(s, caller, request, now=at), trouble)
        if outcome.code in IN:
            self._note_visit(uuid.UUID(str(outcome.facts["id"])), at)
        return outcome

    def _note_visit(self, attendance_id: uuid.UUID, at: datetime) -> None:
        made = self.get(Attendance, attendance_id)
        if made.person_id not in self.book.purses:
            self._open_purse(made.person_id)
        assert not self.book.live_at(made.occurrence_id, made.person_id)
        visit = Visit(made.id, made.person_id, made.occurrence_id, made.work_on)
        self.book.earn(visit, made.credited, at)

    def _open_purse(self, person_id: uuid.UUID) -> None:
        with self.sessions() as session:
            self.accounts[person_id] = ledger.get_account(session, person_id).id
        self.book.open(person_id)
