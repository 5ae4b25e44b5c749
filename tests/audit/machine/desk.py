"""What organisers and the office correct afterwards: visits, hours, reviews, accounts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.attendance import claims, reviews
from engage.attendance import service as attendance
from engage.attendance.claims import Report
from engage.attendance.models import Attendance, HoursClaim, Review
from engage.attendance.service import Annulment, ByHand
from engage.core.approvals import Attended, Proof, attendances_to_annul
from engage.core.claims import Annuller
from engage.core.errors import Outcome
from engage.privacy.erasing import erase
from engage.privacy.joining import join
from tests.attendance.door import nonce
from tests.audit.machine.book import Visit
from tests.audit.machine.city import ANY, TROUBLE, City


class DeskRules(City):
    """Annul, add by hand, check out, close, claims of hours, reviews, joining, erasing."""

    @precondition(lambda self: self.book.visits)
    @rule(which=ANY, by=st.sampled_from(list(Annuller)), device=ANY, trouble=TROUBLE)
    def annul(self, which: int, by: Annuller, device: int, trouble: int) -> None:
        visit, at = self.pick(list(self.book.visits.values()), which), self.now
        callers = {
            Annuller.DEVICE: self.pick(self.doors, device).device.id,
            Annuller.ORGANISER: self.organiser,
            Annuller.OFFICE: self.clerk,
        }
        act = Annulment(visit.id, by, callers[by], nonce(), "Wrong person")

        outcome = self.send(lambda s: attendance.annul(s, act, now=at), trouble)

        if outcome.is_success:
            assert visit.live
            self.book.take_back(visit, at)

    @rule(date=ANY, person=ANY, trouble=TROUBLE)
    def add_by_hand(self, date: int, person: int, trouble: int) -> None:
        occurrence, who, at = self.pick_date(date).id, self.pick(self.people, person), self.now
        act = ByHand(occurrence, who, "The battery was empty", self.organiser)
        added = self.run(lambda s: attendance.add_by_hand(s, act, now=at), trouble)
        if isinstance(added, Attendance):
            assert not self.book.live_at(occurrence, who)
            visit = Visit(added.id, who, occurrence, added.work_on)
            self.book.earn(visit, added.credited, at)

    @precondition(lambda self: self.book.visits)
    @rule(which=ANY, trouble=TROUBLE)
    def check_out(self, which: int, trouble: int) -> None:
        visit, at = self.pick(list(self.book.visits.values()), which), self.now
        if visit.occurrence is not None:
            self.run(
                lambda s: attendance.check_out(s, visit.id, actor_id=self.organiser, now=at),
                trouble,
            )
            self._settle([visit], at)

    @rule(date=ANY, heads=st.sampled_from([None, 0, 1, 2, 5]), trouble=TROUBLE)
    def close(self, date: int, heads: int | None, trouble: int) -> None:
        where, at = self.pick(self.dates, date), self.now
        if where.ends_at > at:
            return
        self.run(
            lambda s: attendance.close(
                s, where.id, head_count=heads, actor_id=self.organiser, now=at
            ),
            trouble,
        )
        here = [one for one in self.book.visits.values() if one.occurrence == where.id]
        self._settle(here, at)

    @rule(person=ANY, start=st.integers(1, 60), hours=st.integers(1, 8), trouble=TROUBLE)
    def report_hours(self, person: int, start: int, hours: int, trouble: int) -> None:
        begun = (self.now - timedelta(hours=start)).replace(minute=0, second=0)
        door = self.doors[0].organisation.id
        report = Report(door, begun, begun + timedelta(hours=hours), "Watered the trees")
        who = self.pick(self.people, person)
        self.run(lambda s: claims.submit(s, who, report, now=self.now), trouble)

    @rule(which=ANY, person=ANY, decision=ANY, trouble=TROUBLE)
    def decide_about_hours(self, which: int, person: int, decision: int, trouble: int) -> None:
        claim = self._one_of(select(HoursClaim).order_by(HoursClaim.id), which)
        if claim is None:
            return
        by = self.pick([self.organiser, self.organiser, self.pick(self.people, person)], decision)
        acts: list[Callable[[Session], HoursClaim]] = [
            lambda s: claims.confirm(s, claim.id, by=by, now=self.now),
            lambda s: claims.confirm(s, claim.id, by=by, now=self.now),
            lambda s: claims.refuse(s, claim.id, by=by, reason="Not here", now=self.now),
            lambda s: claims.withdraw(s, claim.id, by, now=self.now),
        ]
        decided = self.run(self.pick(acts, decision), trouble)
        if isinstance(decided, HoursClaim) and decided.state == "confirmed":
            assert by == self.organiser != claim.person_id
            visit = Visit(claim.id, claim.person_id, None, claim.work_on)
            self.book.earn(visit, decided.credited, self.now)

    @rule(which=ANY, grant=st.booleans(), trouble=TROUBLE)
    def decide_about_points_that_wait(self, which: int, grant: bool, trouble: int) -> None:  # drawn
        open_ones = select(Review).where(Review.state == "open").order_by(Review.id)
        review = self._one_of(open_ones, which)
        if review is None:
            return
        self.run(
            lambda s: reviews.decide(
                s, review.id, by=self.clerk, grant=grant, answer="As agreed", now=self.now
            ),
            trouble,
        )
        visit = self.book.visits[review.attendance_id or review.claim_id or review.id]
        self._settle([visit], self.now)

    @precondition(lambda self: len(self.people) > 3)
    @rule(kept=ANY, joined=ANY, guest=st.booleans(), trouble=TROUBLE)
    def join_two_accounts(self, kept: int, joined: int, guest: bool, trouble: int) -> None:  # drawn
        """The office joins two citizens, or a walk-in to a citizen; members stay as they are."""
        stays = self.pick(self.people[1:-1], kept)
        goes = self.pick(self.guests if guest and self.guests else self.people[1:-1], joined)
        at = self.now
        done = self.run(lambda s: join(s, stays, goes, Proof.OFFICE, now=at), trouble)
        if isinstance(done, Outcome):
            assert stays == goes
            return
        for voucher in self.book.open_of(goes):
            self.book.give_back(voucher, "cancelled", at)
        for visit in self._doubles(stays, goes):
            self.book.take_back(visit, at)
        self.book.join(stays, goes)
        self._forget(goes)

    @precondition(lambda self: len(self.people) > 3)
    @rule(person=ANY, trouble=TROUBLE)
    def erase(self, person: int, trouble: int) -> None:
        """A citizen goes; points that come back to their empty account hurt nobody."""
        who, at = self.pick(self.people[1:-1], person), self.now
        self.run(lambda s: erase(s, who, now=at), trouble)
        for voucher in self.book.open_of(who):
            self.book.give_back(voucher, "cancelled", at)
        balance = self.book.purses[who].balance
        if balance:
            self.book.give_or_take(who, -balance, at)
        self._forget(who)

    def _one_of(self, statement: Any, which: int) -> Any:
        with self.sessions() as session:
            rows = session.scalars(statement).all()
        return self.pick(rows, which) if rows else None

    def _settle(self, visits: list[Visit], at: datetime) -> None:
        """What a visit is worth now is on record; the points must follow."""
        for visit in sorted(visits, key=lambda one: one.person):
            model: Any = HoursClaim if visit.occurrence is None else Attendance
            credited = self.get(model, visit.id).credited
            if not visit.live:
                assert visit.points == 0
            elif credited > visit.points:
                self.book.earn(visit, credited - visit.points, at)
            elif credited < visit.points:
                self.book.take_back(visit, at, live=True)
            assert visit.points == credited or not visit.live

    def _doubles(self, stays: uuid.UUID, goes: uuid.UUID) -> list[Visit]:
        """Of two visits to one date the later."""
        both = [
            one
            for one in self.book.visits.values()
            if one.person in {stays, goes} and one.occurrence and one.live
        ]
        known = [
            Attended(one.id, one.occurrence, self.get(Attendance, one.id).checked_in_at)
            for one in both
            if one.occurrence
        ]
        later = attendances_to_annul(known)
        return [self.book.visits[one] for one in sorted(later)]

    def _forget(self, person: uuid.UUID) -> None:
        for group in (self.people, self.guests):
            if person in group:
                group.remove(person)
