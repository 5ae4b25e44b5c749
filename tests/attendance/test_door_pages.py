"""The organiser's door in the browser: scan, name, new person, let in, correct, close."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import DataRead, Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.models import Attendance, Review, Scan
from engage.ledger import queries as ledger
from tests.application import Browser
from tests.attendance.door import nonce
from tests.clock import NOON, Clock
from tests.factories import people


def door(occurrence: Occurrence, rest: str = "") -> str:
    return f"/organise/occurrences/{occurrence.id}{rest}"


def look_again(session: Session) -> None:
    session.rollback()
    session.expire_all()


def live(session: Session, occurrence: Occurrence) -> list[Attendance]:
    look_again(session)
    return list(
        session.scalars(
            select(Attendance).where(
                Attendance.occurrence_id == occurrence.id, Attendance.annulled_at.is_(None)
            )
        )
    )


def test_an_organiser_scans_a_pass_and_sees_name_and_points(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    code = people.shown_by(session, people.phone(session, mina))
    browser = client(juno)
    browser.page(door(occurrence, "/scan"))

    reply = browser.post(door(occurrence, "/scan"), code=code, nonce=nonce("FIRST"))

    page = browser.follow(reply).text
    assert "Mina" in page
    assert "30" in page
    assert [one.way for one in live(session, occurrence)] == ["scanned"]
    assert ledger.balance_of(session, mina.id) == 30


def test_the_line_below_the_camera_forgets_who_was_annulled(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    code = people.shown_by(session, people.phone(session, mina))
    browser = client(juno)
    browser.page(door(occurrence, "/scan"))
    browser.post(door(occurrence, "/scan"), code=code, nonce=nonce("FIRST"))
    assert "Mina" in browser.page(door(occurrence, "/scan")).text

    [one] = live(session, occurrence)
    browser.post(door(occurrence, f"/attendances/{one.id}/annul"), reason="Wrong person")

    assert "Mina" not in browser.page(door(occurrence, "/scan")).text


def test_case_2_a_code_is_read_in_every_spelling(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    card, code = people.card(session, mina)
    browser = client(juno)
    spellings = [
        f"HTTPS://ENGAGE.EXAMPLE/Q/{code}",
        f"httpsÖ--engage.example-q-{code.lower()}",
        " ".join(code[i : i + 4] for i in range(0, len(code), 4)) + "\t",
        code.replace("0", "o").replace("1", "i").lower(),
    ]

    answers = [
        browser.follow(
            browser.post(door(occurrence, "/scan"), code=one, nonce=nonce(f"SPELL{number}"))
        ).text
        for number, one in enumerate(spellings)
    ]

    assert "Mina" in answers[0]
    assert card.number in answers[0]
    assert all("already_checked_in" in one or "is-known" in one for one in answers[1:])
    assert len(live(session, occurrence)) == 1


def test_case_3_a_printed_card_asks_to_compare_the_name_and_hides_its_secret(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    card, code = people.card(session, mina)
    browser = client(juno)

    reply = browser.post(
        door(occurrence, "/scan"),
        code=code,
        nonce=nonce("CARD"),
        headers={"Accept-Language": "en"},
    )
    page = browser.get(reply.headers["Location"], headers={"Accept-Language": "en"}).text

    assert card.number in page
    assert code[9:] not in page
    assert [one.way for one in live(session, occurrence)] == ["card"]


def test_what_is_no_code_of_ours_is_said_at_the_field(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)

    browser.post(door(occurrence, "/scan"), code="https://example.org/menu", status=422)

    assert session.scalars(select(Scan)).all() == []


def test_people_are_found_by_three_letters_and_each_read_is_noted(
    client: Browser,
    session: Session,
    juno: Person,
    mina: Person,
    omar: Person,
    occurrence: Occurrence,
) -> None:
    browser = client(juno)
    browser.page(door(occurrence, "/people"))

    browser.post(door(occurrence, "/people"), q="Mi", status=422)
    hits = browser.post(door(occurrence, "/people"), q="min", status=200).text
    strangers = browser.post(door(occurrence, "/people"), q="omar", status=200).text

    assert "Mina" in hits
    assert "Omar" not in strangers.split("<main", 1)[1].replace('value="omar"', "")
    read = session.execute(select(DataRead.actor_id, DataRead.person_id, DataRead.what)).all()
    assert [tuple(one) for one in read] == [(juno.id, mina.id, "search")]


def test_case_7_several_people_in_one_go_have_one_answer_each(
    client: Browser,
    session: Session,
    juno: Person,
    mina: Person,
    omar: Person,
    occurrence: Occurrence,
) -> None:
    session.get_one(Occurrence, occurrence.id).walk_ins = False
    session.commit()
    browser = client(juno)
    chosen = [f"{omar.id}:{nonce('OMAR')}", f"{mina.id}:{nonce('MINA')}"]

    reply = browser.post(door(occurrence, "/people/check-in"), person=chosen)

    page = browser.follow(reply).text
    assert "Mina" in page
    assert "Omar" in page
    assert [one.person_id for one in live(session, occurrence)] == [mina.id]


def test_case_8_a_walk_in_needs_a_name_only_and_gets_a_slip(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)
    browser.page(door(occurrence, "/walk-in"))

    reply = browser.post(door(occurrence, "/walk-in"), display_name="Kim", nonce=nonce("KIM"))

    page = browser.follow(reply).text
    slip = browser.get(reply.headers["Location"] + "/slip").text
    [attendance] = live(session, occurrence)
    assert "Kim" in page
    assert re.search(r"C[0-9A-X]{3} ", slip)
    assert attendance.way == "walk_in"
    assert ledger.balance_of(session, attendance.person_id) == 30


def test_a_walk_in_is_asked_for_the_age_where_a_minimum_applies(
    client: Browser, session: Session, juno: Person, activity: Activity, occurrence: Occurrence
) -> None:
    session.get_one(Activity, activity.id).minimum_age = 16
    session.commit()
    browser = client(juno)

    browser.post(door(occurrence, "/walk-in"), display_name="Kim", nonce=nonce("A"), status=422)
    refused = browser.follow(
        browser.post(
            door(occurrence, "/walk-in"), display_name="Kim", age_ok="no", nonce=nonce("B")
        )
    ).text
    browser.post(door(occurrence, "/walk-in"), display_name="Kim", age_ok="yes", nonce=nonce("C"))

    assert "under_age" in refused
    assert len(live(session, occurrence)) == 1


def test_somebody_is_let_in_although_it_is_full_with_a_reason(
    client: Browser, session: Session, juno: Person, omar: Person, occurrence: Occurrence
) -> None:
    session.get_one(Occurrence, occurrence.id).capacity = 1
    session.commit()
    code = people.shown_by(session, people.phone(session, omar))
    browser = client(juno)
    refused = browser.post(door(occurrence, "/scan"), code=code, nonce=nonce("FULL"))
    assert "occurrence_full" in browser.follow(refused).text

    reply = browser.post(
        refused.headers["Location"] + "/let-in", reason="brings tools", nonce=nonce("AGA1N")
    )

    browser.follow(reply)
    [attendance] = live(session, occurrence)
    assert (attendance.overridden, attendance.note) == (True, "brings tools")


def test_the_day_shows_who_is_there_and_what_did_not_work(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    code = people.shown_by(session, people.phone(session, mina), NOON - timedelta(minutes=5))
    browser = client(juno)
    browser.post(door(occurrence, "/scan"), code=code, nonce=nonce("OLD"))
    browser.post(door(occurrence, f"/people/{mina.id}/check-in"))

    page = browser.page(door(occurrence))

    assert "Mina" in page.one("table").text
    assert page.with_class("is-refused")
    noted = session.scalars(select(DataRead.what)).all()
    assert "participants" in noted


@pytest.mark.parametrize("rest", ["", "/scan", "/people", "/walk-in", "/add", "/close", "/code"])
def test_nobody_else_learns_that_a_date_has_a_door(
    client: Browser, omar: Person, occurrence: Occurrence, rest: str
) -> None:
    client(omar).get(door(occurrence, rest), status=404)


def test_case_29_an_annulled_attendance_goes_back_and_the_person_may_enter_again(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)
    browser.post(door(occurrence, f"/people/{mina.id}/check-in"))
    [first] = live(session, occurrence)
    browser.page(door(occurrence, f"/attendances/{first.id}/annul"))

    browser.post(
        door(occurrence, f"/attendances/{first.id}/annul"), reason="", nonce=nonce("N"), status=422
    )
    browser.post(
        door(occurrence, f"/attendances/{first.id}/annul"), reason="wrong", nonce=nonce("X")
    )
    look_again(session)
    assert ledger.balance_of(session, mina.id) == 0
    browser.post(door(occurrence, f"/people/{mina.id}/check-in"))

    [again] = live(session, occurrence)
    kept = session.get_one(Attendance, first.id)
    assert again.id != first.id
    assert (kept.annulled_because, kept.annulled_by) == ("wrong", juno.id)
    assert ledger.balance_of(session, mina.id) == 30


def test_case_58_a_missed_person_is_added_by_hand(
    client: Browser,
    session: Session,
    clock: Clock,
    juno: Person,
    mina: Person,
    occurrence: Occurrence,
) -> None:
    clock.advance(timedelta(days=2))
    browser = client(juno)
    browser.page(door(occurrence, "/add"))

    browser.post(door(occurrence, "/add"), person=str(mina.id), reason="", status=422)
    browser.post(door(occurrence, "/add"), person=str(mina.id), reason="battery empty")

    [attendance] = live(session, occurrence)
    assert (attendance.way, attendance.note) == ("by_hand", "battery empty")
    assert attendance.work_on == NOON.date()
    assert ledger.balance_of(session, mina.id) == 30


def test_a_missed_person_is_found_by_the_number_of_their_card(
    client: Browser,
    session: Session,
    clock: Clock,
    juno: Person,
    omar: Person,
    occurrence: Occurrence,
) -> None:
    card, _code = people.card(session, omar)
    clock.advance(timedelta(hours=5))
    browser = client(juno)

    browser.post(door(occurrence, "/add"), serial="AAAA 1111", reason="helped", status=422)
    browser.post(door(occurrence, "/add"), serial=card.number.lower(), reason="helped")

    assert [one.person_id for one in live(session, occurrence)] == [omar.id]


def test_the_list_as_a_table_holds_no_formula_and_is_noted(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)
    browser.post(door(occurrence, "/walk-in"), display_name="=HYPERLINK(1)", nonce=nonce("F"))

    reply = browser.post(
        door(occurrence, "/attendance.csv"), status=200, headers={"Accept-Language": "en"}
    )

    text = reply.data.decode("utf-8")
    assert text.startswith("\ufeffName;")
    assert "'=HYPERLINK(1)" in text
    assert "attendance_export" in session.scalars(select(DataRead.what)).all()


def test_closing_sends_a_surplus_of_self_check_ins_to_review(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)
    browser.post(door(occurrence, f"/people/{mina.id}/check-in"))
    [attendance] = live(session, occurrence)
    attendance.way = "self"
    session.commit()
    browser.page(door(occurrence, "/close"))

    browser.post(door(occurrence, "/close"), head_count="-1", status=422)
    browser.post(door(occurrence, "/close"), head_count="0")

    look_again(session)
    [review] = session.scalars(select(Review)).all()
    assert (review.reason, review.points) == ("self_surplus", 30)
    assert session.get_one(Occurrence, occurrence.id).status == "closed"


def test_the_screen_and_the_poster_show_the_code(
    client: Browser, session: Session, juno: Person, occurrence: Occurrence
) -> None:
    browser = client(juno)
    screen = browser.page(door(occurrence, "/code"))
    assert screen.one("div", data_behaviour="rotating-code")["data-until"] == "2030-05-04T12:00:30Z"
    browser.page(door(occurrence, "/poster"))
    browser.get(door(occurrence, "/poster/print"), status=404)

    browser.post(door(occurrence, "/poster/on"))

    browser.page(door(occurrence, "/poster"))
    browser.get(door(occurrence, "/poster/print"))
    assert browser.get(door(occurrence, "/poster.svg")).data.startswith(b"<svg")
    assert browser.get(door(occurrence, "/poster.pdf")).data.startswith(b"%PDF")
