"""An organisation: applied for, described, and its team."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core.errors import AlreadyMember, LastManager, MailLinkUsed
from engage.mail.models import Letter
from engage.organisations import queries, service
from engage.organisations.models import Organisation
from engage.organisations.profile import Profile
from engage.storage.unit_of_work import run_work
from tests.clock import NOON
from tests.factories.organisations import member

if TYPE_CHECKING:
    from engage.accounts.models import Person
    from tests.application import Browser

FORM: dict[str, Any] = {
    "name": "Gartenkreis Scharnhorst",
    "about": "Wir gärtnern zusammen.",
    "email": "garten@example.org",
    "legal_form": "Verein",
    "website": "https://garten.example",
    "street": "Wiesenkamp 1",
    "town": "44328 Dortmund",
    "district_code": "scharnhorst",
}


def test_omar_applies_and_sees_honestly_that_it_waits(
    client: Browser, session: Session, omar: Person
) -> None:
    browser = client(omar)
    browser.get("/organisations/apply")

    reply = browser.post("/organisations/apply", **FORM)

    made = session.scalars(select(Organisation)).one()
    assert (made.slug, made.status) == ("gartenkreis-scharnhorst", "pending")
    assert queries.get_member_role(session, made.id, omar.id) == "manager"
    assert "Das Programmbüro sieht sich Ihren Antrag an" in browser.follow(reply).text


def test_a_wrong_application_comes_back_with_what_was_typed(client: Browser, omar: Person) -> None:
    wrong = {**FORM, "name": "", "email": "garten", "website": "http://x"}

    page = client(omar).post("/organisations/apply", status=422, **wrong).text

    assert "3 Angaben" in page
    assert "Wir gärtnern zusammen." in page


def test_a_second_organisation_of_the_same_name_gets_an_address_of_its_own(
    session: Session, omar: Person
) -> None:
    first, second = (
        run_work(
            session, lambda s: service.apply(s, Profile("Apply"), person_id=omar.id, now=NOON).slug
        )
        for _time in range(2)
    )

    assert re.fullmatch(r"apply-[0-9a-f]{6}", first)
    assert first != second


def test_an_invited_person_joins_once(
    client: Browser, session: Session, organisation: Organisation, juno: Person, omar: Person
) -> None:
    token = run_work(
        session,
        lambda s: service.invite(
            s,
            organisation,
            "omar@example.org",
            role="organiser",
            paid=True,
            inviter="Juno",
            now=NOON,
        ),
    )
    assert session.scalars(select(Letter.template)).all() == ["join_team"]
    browser = client(omar)
    assert "Green Yard" in browser.get(f"/join/{token}").text

    browser.post(f"/join/{token}")

    session.rollback()
    session.expire_all()
    [omar_there] = [
        one for one in queries.list_members(session, organisation.id) if one.person_id == omar.id
    ]
    assert (omar_there.role, omar_there.paid) == ("organiser", True)
    with pytest.raises(MailLinkUsed):
        run_work(session, lambda s: service.join(s, token, omar.id, now=NOON))


def test_who_left_can_come_back_and_a_member_cannot_join_twice(
    session: Session, organisation: Organisation, juno: Person
) -> None:
    def invited() -> str:
        return run_work(
            session,
            lambda s: service.invite(
                s,
                organisation,
                "juno@example.org",
                role="manager",
                paid=False,
                inviter="A",
                now=NOON,
            ),
        )

    with pytest.raises(AlreadyMember):
        _join(session, invited(), juno)
    run_work(session, lambda s: service.remove_member(s, organisation.id, juno.id, now=NOON))

    token = invited()
    _join(session, token, juno)

    assert queries.get_member_role(session, organisation.id, juno.id) == "manager"


def _join(session: Session, token: str, one: Person) -> None:
    run_work(session, lambda s: service.join(s, token, one.id, now=NOON))


def test_the_last_manager_stays(session: Session, organisation: Organisation, omar: Person) -> None:
    member(session, organisation, omar, role="manager")

    with pytest.raises(LastManager):
        run_work(session, lambda s: service.remove_member(s, organisation.id, omar.id, now=NOON))
    with pytest.raises(LastManager):
        run_work(
            session,
            lambda s: service.change_member(
                s, organisation.id, omar.id, role="organiser", paid=False
            ),
        )


def test_managers_change_the_team_and_organisers_see_it(
    client: Browser, session: Session, organisation: Organisation, juno: Person, ada: Person
) -> None:
    member(session, organisation, ada, role="manager")
    slug = organisation.slug
    manager, organiser = client(ada), client(juno)

    assert "Juno" in organiser.get(f"/organise/{slug}/team").text
    organiser.post(f"/organise/{slug}/team", status=403, email="x@example.org", role="organiser")
    manager.post(f"/organise/{slug}/team", email="kim@example.org", role="organiser")
    manager.post(f"/organise/{slug}/team", status=422, email="kim", role="organiser")
    manager.post(f"/organise/{slug}/team/{juno.id}", role="manager", paid="y")
    manager.get(f"/organise/{slug}/profile")
    manager.post(f"/organise/{slug}/profile", **{**FORM, "name": "New Yard"})
    organiser.post(f"/organise/{slug}/team/leave")

    session.rollback()
    session.expire_all()
    assert session.get_one(Organisation, organisation.id).name == "New Yard"
    assert queries.get_member_role(session, organisation.id, juno.id) is None


def test_strangers_find_no_desk(client: Browser, organisation: Organisation, omar: Person) -> None:
    for page in ("", "/team", "/profile", "/activities", "/activities/new"):
        client(omar).get(f"/organise/{organisation.slug}{page}", status=404)


def test_a_suspended_organisation_reads_why(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    for status, words in (("suspended", "gesperrt"), ("refused", "nicht angenommen")):
        organisation.status, organisation.status_reason = status, "Because of this."
        session.commit()

        page = client(juno).get(f"/organise/{organisation.slug}").text

        assert "Because of this." in page
        assert words in page
