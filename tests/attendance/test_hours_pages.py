"""Hours that citizens report, and the answers of the organisations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.attendance.models import HoursClaim, Review
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from engage.organisations.models import Organisation
from tests.application import Browser
from tests.clock import Clock
from tests.pages import CheckingClient


def look_again(session: Session) -> None:
    session.rollback()
    session.expire_all()


def claim_hours(
    browser: CheckingClient, body: Organisation, status: int = 303, **changes: str
) -> str:
    fields: dict[str, Any] = {
        "organisation": str(body.id),
        "day": "2030-05-03",
        "starts": "14:00",
        "ends": "17:00",
        "what": "Sorted books",
        **changes,
    }
    return browser.post("/me/hours?q=green", status=status, **fields).text


def letters(session: Session, template: str) -> list[Letter]:
    look_again(session)
    return list(session.scalars(select(Letter).where(Letter.template == template)))


def test_who_took_part_before_need_not_search_for_the_organisation(
    client: Browser,
    juno: Person,
    mina: Person,
    omar: Person,
    organisation: Organisation,
    occurrence: Occurrence,
) -> None:
    door = client(juno)
    door.post(f"/organise/occurrences/{occurrence.id}/people/{mina.id}/check-in", nonce="A" * 26)

    [known] = client(mina).page("/me/hours/new").all("input", type="radio")

    assert known["value"] == str(organisation.id)
    assert not client(omar).page("/me/hours/new").all("input", type="radio")


def test_hours_are_reported_and_confirmed_in_the_list(
    client: Browser, session: Session, juno: Person, omar: Person, organisation: Organisation
) -> None:
    browser = client(omar)
    browser.page("/me/hours")
    assert browser.page("/me/hours/new?q=green").all("input", type="radio")

    claim_hours(browser, organisation)

    browser.page("/me/hours")
    [claim] = session.scalars(select(HoursClaim)).all()
    session.rollback()
    browser.get(f"/organise/{organisation.slug}/hours", status=404)
    desk = client(juno)
    desk.page(f"/organise/{organisation.slug}/hours")
    desk.post(f"/organise/{organisation.slug}/hours/{claim.id}", decision="confirm")
    look_again(session)
    assert ledger.balance_of(session, omar.id) == 30
    assert len(letters(session, "claim_decided")) == 1
    browser.page("/me/hours")
    browser.page("/me/points")
    desk.page(f"/organise/{organisation.slug}/hours")
    desk.post(f"/organise/{organisation.slug}/hours/{claim.id}", decision="confirm", status=409)


def test_wrong_hours_are_explained_at_the_form(
    client: Browser, session: Session, omar: Person, organisation: Organisation
) -> None:
    browser = client(omar)

    for changes in (
        {"ends": "13:00"},
        {"day": "2030-05-09"},
        {"day": "2030-01-01"},
        {"what": ""},
        {"starts": "01:00", "ends": "20:00"},
        {"organisation": "nonsense"},
        {"day": "soon"},
    ):
        status = 404 if "organisation" in changes else 422
        page = claim_hours(browser, organisation, status=status, **changes)
        assert 'role="alert"' in page

    assert session.scalars(select(HoursClaim)).all() == []


def test_case_45_nobody_confirms_their_own_hours(
    client: Browser, session: Session, juno: Person, organisation: Organisation
) -> None:
    browser = client(juno)
    claim_hours(browser, organisation)
    [claim] = session.scalars(select(HoursClaim)).all()
    session.rollback()

    browser.post(f"/organise/{organisation.slug}/hours/{claim.id}", decision="confirm", status=403)

    look_again(session)
    assert claim.state == "submitted"
    assert letters(session, "claim_asked") == []


def test_case_53_a_mail_link_changes_nothing_when_opened_and_works_once(
    client: Browser, session: Session, juno: Person, omar: Person, organisation: Organisation
) -> None:
    from engage.mail.facts import unpack
    from engage.storage.keys import keys_of

    claim_hours(client(omar), organisation)
    [letter] = letters(session, "claim_asked")
    token = unpack(letter.facts, keys_of(session))["token"]
    session.rollback()
    stranger = client()

    stranger.page(f"/hours/{token}")
    stranger.page(f"/hours/{token}")
    look_again(session)
    assert session.scalars(select(HoursClaim.state)).all() == ["submitted"]
    session.rollback()
    stranger.post(f"/hours/{token}", decision="refuse", status=422)
    stranger.post(f"/hours/{token}", decision="confirm", status=200)

    stranger.get(f"/hours/{token}", status=410)
    stranger.post(f"/hours/{token}", decision="confirm", status=410)
    assert letter.to_address == juno.email
    look_again(session)
    assert ledger.balance_of(session, omar.id) == 30


def test_case_52_hours_over_the_time_of_a_check_in_wait_as_overlap_and_can_be_objected(  # noqa: PLR0913  # the cast
    client: Browser,
    session: Session,
    clock: Clock,
    juno: Person,
    mina: Person,
    occurrence: Occurrence,
    organisation: Organisation,
) -> None:
    desk = client(juno)
    desk.post(f"/organise/occurrences/{occurrence.id}/people/{mina.id}/check-in")
    clock.advance(timedelta(hours=6))
    browser = client(mina)
    claim_hours(browser, organisation, day="2030-05-04", starts="15:00", ends="18:00")
    [claim] = session.scalars(select(HoursClaim)).all()
    session.rollback()

    desk.post(f"/organise/{organisation.slug}/hours/{claim.id}", decision="confirm")

    look_again(session)
    [review] = session.scalars(select(Review)).all()
    session.rollback()
    assert (review.reason, review.points) == ("overlap", 30)
    look_again(session)
    assert ledger.balance_of(session, mina.id) == 30
    session.rollback()
    browser.page("/me/attendances")
    browser.page(f"/me/reviews/{review.id}")
    browser.post(f"/me/reviews/{review.id}/objection", words="", status=422)
    browser.post(f"/me/reviews/{review.id}/objection", words="It was after the shift.")
    browser.page(f"/me/reviews/{review.id}")
    look_again(session)
    assert review.objection == "It was after the shift."
    client(juno).get(f"/me/reviews/{review.id}", status=404)
