"""A small city in which every address of the application names something that exists."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from engage.accounts import joining as mail_links
from engage.accounts.links import make_link
from engage.accounts.models import Person
from engage.activities import queries as activity_queries
from engage.activities.models import Activity, ImportFile, Occurrence
from engage.activities.service.letters import TAKE_PLACE
from engage.activities.service.writing import open_calendar
from engage.attendance.callers import WalkIn
from engage.attendance.checkin import CheckInRequest, OrganiserCaller, check_in
from engage.attendance.claims import PURPOSE as DECIDE_CLAIM
from engage.attendance.models import HoursClaim, MissingPoints, Review
from engage.core.news import EVENTS
from engage.devices import service as device_service
from engage.devices.models import Device
from engage.ledger import service as ledger
from engage.mail import stop
from engage.mail.models import Letter
from engage.office.models import Adjustment, Joining
from engage.organisations.models import Organisation
from engage.organisations.service import JOIN_TEAM
from engage.partners.models import Branch, Partner
from engage.partners.service import JOIN_PARTNER
from engage.privacy.joining import JOIN
from engage.rewards import pictures
from engage.rewards import service as rewards
from engage.rewards.service import ByMember, ByToken, Caller
from engage.settlement.models import Statement
from engage.storage.base import new_id
from engage.storage.keys import keys_of
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories import accounts, activities, devices, organisations, partners, people
from tests.factories import rewards as reward_factory

#: One scan of each organiser has this number, another one was a walk-in.
SCAN, WALK = "0123456789ABCDEFGHJKLMNPQR", "23456789ABCDEFGHJKLMNPQRST"
ANSWER = "answer-of-the-till"


@dataclass
class World:
    """Who lives here, the tokens of their devices, and what each part of an address stands for."""

    people: dict[str, Person] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    #: By the name of the part; ``endpoint:part`` where one endpoint means something else.
    parts: dict[str, object] = field(default_factory=dict)

    def values(self, endpoint: str, rule: str, names: set[str]) -> dict[str, Any]:
        """What fills the parts of an address."""
        return {name: self._value(endpoint, rule, name) for name in names}

    def _value(self, endpoint: str, rule: str, name: str) -> object:
        if name == "slug":
            return self.parts["partner" if rule.startswith("/partner/") else "organisation"]
        return self.parts.get(f"{endpoint}:{name}", self.parts.get(name))


def build(session: Session) -> World:
    """Mina owns what a citizen owns; everything of a body belongs to Green Yard or the bakery."""
    world = World()
    _people(session, world)
    organisation = _organisation(session, world)
    occurrence = _activities(session, world, organisation)
    _door(session, world, occurrence)
    _record(session, world, organisation, occurrence)
    _partner(session, world)
    _office(session, world)
    _links(session, world, organisation, occurrence)
    session.commit()
    for person in world.people.values():
        session.refresh(person)
        session.expunge(person)
    return world


def _people(session: Session, world: World) -> None:
    for name in ("Mina", "Omar", "Juno", "Kaya", "Nils", "Vera", "Pia", "Levi"):
        world.people[name] = accounts.make_person(session, name)
    world.people["Ada"] = accounts.make_person(session, "Ada", office_role="lead")
    world.parts["person_id"] = world.people["Mina"].id
    world.parts["year"], world.parts["month"] = NOON.year, f"{NOON:%Y-%m}"
    world.parts["organisations.change_member:person_id"] = world.people["Juno"].id
    world.parts["organisations.remove_member:person_id"] = world.people["Juno"].id
    world.parts["partners.change_role:person_id"] = world.people["Vera"].id
    world.parts["partners.remove_member:person_id"] = world.people["Vera"].id
    world.parts["pass_id"] = people.phone(session, world.people["Mina"]).id
    card, _code = people.card(session, world.people["Mina"])
    for endpoint in ("accounts.show_pin", "accounts.set_pin", "office.block_pass"):
        world.parts[f"{endpoint}:pass_id"] = card.id
    session.commit()


def _organisation(session: Session, world: World) -> Organisation:
    juno, kaya, nils = (world.people[name] for name in ("Juno", "Kaya", "Nils"))
    made = organisations.organisation(session, organisers=[juno], managers=[kaya])
    other = organisations.organisation(session, "Blue Shed", managers=[nils])
    world.parts["organisation"] = made.slug
    world.parts["body_id"] = made.id
    world.tokens["scanner"] = devices.scanner(session, made, is_limited=False, may_search=True)[1]
    world.tokens["other scanner"] = devices.scanner(session, other, is_limited=False)[1]
    owner = device_service.Owner(organisation_id=made.id)
    invited = device_service.invite(session, owner, "Side door", actor_id=kaya.id, now=NOON)
    session.commit()
    world.parts |= {"device_id": invited.device_id, "pairing code": invited.code}
    return made


def _activities(session: Session, world: World, organisation: Organisation) -> Occurrence:
    mina, omar, juno = (world.people[name] for name in ("Mina", "Omar", "Juno"))
    activity = activities.activity(session, organisation)
    occurrence = activities.occurrence(session, activity, places=[mina, omar], poster_on=True)
    coming = activities.occurrence(session, activity, starts_at=NOON + timedelta(days=9))
    missed = activities.occurrence(
        session, activity, starts_at=NOON - timedelta(days=2), places=[mina]
    )
    draft = Activity(
        organisation_id=organisation.id,
        title="Not yet",
        kind="volunteering",
        format="shift",
        category="nature",
        created_at=NOON,
        created_by=juno.id,
    )
    file = ImportFile(
        organisation_id=organisation.id,
        person_id=juno.id,
        name="dates.csv",
        content=b"title,start,end\nRaking,2030-06-01 10:00,2030-06-01 12:00\n",
        uploaded_at=NOON,
    )
    report = MissingPoints(occurrence_id=missed.id, person_id=mina.id, asked_at=NOON)
    session.add_all([draft, file])
    session.add(report)
    session.commit()
    world.parts |= {
        "activity_id": activity.id,
        "occurrence_id": occurrence.id,
        "file_id": file.id,
        "report_id": report.id,
        "text": occurrence.number,
        "activities.remove_draft:activity_id": draft.id,
        "activities.publish:activity_id": draft.id,
        "activities.register:occurrence_id": coming.id,
        "activities_api.register:occurrence_id": coming.id,
        "attendance.show_missing:occurrence_id": missed.id,
        "attendance.report_missing:occurrence_id": missed.id,
        "attendance.decide_missing:occurrence_id": missed.id,
    }
    return occurrence


def _door(session: Session, world: World, occurrence: Occurrence) -> None:
    """Mina is in; each organiser has scanned her and let somebody new in."""
    mina = world.people["Mina"]
    for name in ("Juno", "Kaya"):
        caller = OrganiserCaller(world.people[name].id)
        scan = CheckInRequest(occurrence.id, SCAN, person_id=mina.id)
        walk = CheckInRequest(occurrence.id, WALK, walk_in=WalkIn(f"New at {name}'s"))
        for asked in (scan, walk):
            outcome = run_work(session, partial(check_in, caller=caller, request=asked, now=NOON))
            if outcome.code in {"credited", "checked_in"} and asked is scan:
                world.parts["attendance_id"] = uuid.UUID(str(outcome.facts["id"]))
    world.parts |= {"attendance.show_slip:nonce": WALK, "nonce": SCAN}


def _record(
    session: Session, world: World, organisation: Organisation, occurrence: Occurrence
) -> None:
    mina = world.people["Mina"]
    claim = HoursClaim(
        person_id=mina.id,
        organisation_id=organisation.id,
        work_on=(NOON - timedelta(days=1)).date(),
        starts_at=NOON - timedelta(days=1),
        ends_at=NOON - timedelta(hours=22),
        minutes=120,
        what="Painted the fence",
        submitted_at=NOON,
    )
    review = Review(
        reason="cap",
        person_id=mina.id,
        attendance_id=world.parts["attendance_id"],
        points=10,
        opened_at=NOON,
        due_at=NOON + timedelta(days=14),
    )
    letter = Letter(
        person_id=mina.id,
        to_address="mina@example.org",
        language="en",
        template="confirm_email",
        facts={"name": "Mina", "token": "x"},
        created_at=NOON,
        due_at=NOON,
    )
    session.add_all([claim, review, letter])
    session.commit()
    world.parts |= {"claim_id": claim.id, "review_id": review.id, "letter_id": letter.id}


def _money(session: Session, world: World, made: Partner) -> None:
    """A closed month of the partner, and a good cause."""
    ledger.open_good_cause(session, "trees")
    march = date(NOON.year, 3, 1)
    session.add(
        Statement(partner_id=made.id, month=march, points=0, cents=0, count=0, closed_at=NOON)
    )
    world.parts |= {"cause": "trees", "settlement.note_payment:month": f"{march:%Y-%m}"}


def _partner(session: Session, world: World) -> None:
    vera, pia, levi = (world.people[name] for name in ("Vera", "Pia", "Levi"))
    made: Partner = partners.partner(session, tills=[vera], managers=[pia])
    partners.partner(session, "Green Kiosk", managers=[levi])
    reward = reward_factory.reward(session, made)
    second = reward_factory.reward(session, made, title="A cup of coffee")
    draft = reward_factory.reward(session, made, title="A cake", status="draft")
    mina = reward_factory.engaged(session, world.people["Mina"], 500)
    given, code = reward_factory.reserved(session, mina, second)
    _till, world.tokens["till"] = devices.till(session, made)
    unpaired = Device(kind="till", name="New till", partner_id=made.id, created_at=NOON)
    branch = Branch(partner_id=made.id, name="Harbour")
    given.way, given.disputed_at = "card", NOON  # so that it may be disputed, and is
    _money(session, world, made)
    session.add_all([unpaired, branch, given])
    session.commit()
    callers: list[Caller] = [
        ByMember(vera.id, made.id),
        ByMember(pia.id, made.id),
        ByToken(world.tokens["till"]),
    ]
    for caller in callers:
        run_work(session, partial(_redeem, caller=caller, code=code))
    open_one, _code = reward_factory.reserved(session, mina, reward)
    waiting = reward_factory.reward(
        session, made, title="A bicycle", status="submitted", submitted_at=NOON, waits_for="value"
    )
    with_codes = reward_factory.reward(session, made, title="A film", own_codes="citizen", stock=0)
    world.parts |= {
        "office.show_reward:reward_id": waiting.id,
        "office.decide_reward:reward_id": waiting.id,
        "office.decide_reward:word": "approve",
        "offers.show_codes:reward_id": with_codes.id,
        "offers.add_codes:reward_id": with_codes.id,
        "offers.withdraw_codes:reward_id": with_codes.id,
        "digest": _picture(session, made),
        "size": "small",
        "partner": made.slug,
        "partner_body": made.id,
        "partner_id": made.id,
        "branch_id": branch.id,
        "reward_id": reward.id,
        "redemption_id": open_one.id,
        "name": "pause",
        "rewards.reserve:reward_id": second.id,
        "till.show_result:nonce": ANSWER,
        "till.show_undo:redemption_id": given.id,
        "till.undo:redemption_id": given.id,
        "rewards_api.undo:redemption_id": given.id,
        "rewards.dispute:redemption_id": given.id,
        "office.show_dispute:redemption_id": given.id,
        "office.decide_dispute:redemption_id": given.id,
        "devices.renew_till_code:device_id": unpaired.id,
        "devices.revoke_till:device_id": unpaired.id,
        "draft_reward": draft.id,
    }
    partner_pages = ("show_partner", "show_partner_act", "decide_partner", "show_terms")
    for endpoint in (*partner_pages, "agree_terms"):
        world.parts[f"office.{endpoint}:body_id"] = made.id
    world.parts["word"] = "suspend"


def _picture(session: Session, partner: Partner) -> str:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "orange").save(out, "PNG")
    digest = pictures.keep(session, partner.id, pictures.draw(out.getvalue()), now=NOON)
    session.commit()
    return digest


def _redeem(session: Session, caller: Caller, code: str) -> object:
    return rewards.redeem(session, caller, code, ANSWER, now=NOON)


def _office(session: Session, world: World) -> None:
    ada = world.people["Ada"]
    clerk = accounts.make_person(session, "Bela", office_role="clerk")
    twin = accounts.make_person(session, "Minna")
    adjustment = Adjustment(
        person_id=world.people["Omar"].id,
        points=5,
        reason="A mistake at the door",
        proposed_by=clerk.id,
        proposed_at=NOON,
    )
    joining = Joining(
        kept_id=world.people["Omar"].id,
        joined_id=twin.id,
        reason="One person",
        proposed_by=clerk.id,
        proposed_at=NOON,
    )
    session.add_all([adjustment, joining])
    session.commit()
    world.parts |= {"adjustment_id": adjustment.id, "joining_id": joining.id, "ada": ada.id}


def _links(
    session: Session, world: World, organisation: Organisation, occurrence: Occurrence
) -> None:
    mina, juno = world.people["Mina"], world.people["Juno"]
    partner_id = world.parts["partner_body"]
    until = timedelta(hours=2)
    made: dict[str, str] = {}

    def link(purpose: str, **given: Any) -> str:
        return make_link(session, purpose, now=NOON, **given)

    made["confirm_email"] = link(mail_links.CONFIRM, person_id=mina.id, email=mina.email, facts={})
    made["reset"] = link(mail_links.RESET, person_id=mina.id, email=mina.email)
    made["guardian"] = link(mail_links.GUARDIAN, person_id=mina.id, email="g@example.org")
    made["decide"] = link(DECIDE_CLAIM, person_id=juno.id, subject_id=world.parts["claim_id"])
    made["offer"] = link(TAKE_PLACE, person_id=mina.id, subject_id=occurrence.id, lifetime=until)
    team = {"role": "organiser", "paid": False}
    made["team"] = link(JOIN_TEAM, email="x@example.org", subject_id=organisation.id, facts=team)
    made["partner"] = link(
        JOIN_PARTNER, email="x@example.org", subject_id=partner_id, facts={"role": "till"}
    )
    made["stop"] = stop.make_token(keys_of(session), mina.id, next(iter(EVENTS)))
    omar = world.people["Omar"]
    made["merge"] = link(JOIN, person_id=omar.id, email=omar.email, subject_id=mina.id)
    endpoints = {
        "accounts.show_confirm_email": "confirm_email",
        "accounts.confirm_email": "confirm_email",
        "accounts.show_reset": "reset",
        "accounts.reset_password": "reset",
        "accounts.show_stop": "stop",
        "accounts.stop": "stop",
        "accounts.show_guardian_consent": "guardian",
        "accounts.give_guardian_consent": "guardian",
        "attendance.show_hours_link": "decide",
        "attendance.decide_hours_by_link": "decide",
        "activities.show_offer": "offer",
        "activities.accept_offer": "offer",
        "organisations.show_invitation": "team",
        "organisations.join": "team",
        "partners.show_invitation": "partner",
        "partners.join": "partner",
        "privacy.show_join_link": "merge",
        "privacy.join_mail": "merge",
    }
    world.parts |= {f"{endpoint}:token": made[name] for endpoint, name in endpoints.items()}
    open_calendar(session, mina.id, now=NOON)
    session.flush()  # its token is read back
    feed = activity_queries.find_feed_token(session, mina.id)
    world.parts["activities.show_feed:token"] = feed
    world.parts |= {"kind": "pass", "filename": "icons/mark.svg", "spare": new_id()}
