"""What citizens see of check-in: their pass, an occurrence's code, their record, reported hours."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Activity, Occurrence
from engage.attendance.codes import poster_of, screen_of
from engage.attendance.models import Attendance, MissingPoints, Scan
from engage.core import codes
from engage.ledger import queries as ledger
from engage.mail.models import Letter
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories import people
from tests.pages import CheckingClient


def look_again(session: Session) -> None:
    session.rollback()
    session.expire_all()


def test_a_phone_is_bound_to_the_browser_and_shows_a_rotating_code(
    client: Browser, session: Session, clock: Clock, mina: Person
) -> None:
    browser = client(mina)
    asked = browser.get("/pass", status=303)
    assert asked.headers["Location"] == "/pass/phones"
    browser.page("/pass/phones")

    browser.post("/pass/phones")
    first = browser.page("/pass")
    clock.advance(timedelta(seconds=30))
    second = browser.page("/pass")

    assert first.with_class("e-read")[0].text == second.with_class("e-read")[0].text
    assert first.one("path", fill="#000")["d"] != second.one("path", fill="#000")["d"]


def test_a_fourth_phone_asks_which_one_it_replaces(
    client: Browser, session: Session, mina: Person
) -> None:
    phones = [people.phone(session, mina) for _ in range(3)]
    browser = client(mina)
    browser.post("/pass/phones")
    assert browser.page("/pass/phones").all("input", type="radio")

    browser.post("/pass/phones", replace=str(phones[0].id))

    browser.page("/pass")
    look_again(session)
    assert phones[0].revoked_at is not None


def open_screen(browser: CheckingClient, session: Session, occurrence: Occurrence) -> str:
    code = screen_of(session, occurrence, NOON).code.text
    session.rollback()
    return browser.get(f"/Q/{code}", status=303).headers["Location"]


def test_case_4_a_citizen_opens_the_code_signs_in_and_confirms_once(
    client: Browser, session: Session, clock: Clock, mina: Person, occurrence: Occurrence
) -> None:
    browser = client()
    opened = browser.get(f"/Q/{screen_of(session, occurrence, NOON).code.text}", status=303)
    session.rollback()
    clock.advance(timedelta(minutes=10))
    asked = browser.page("/check-in")
    browser.sign_in(mina)
    clock.advance(timedelta(minutes=4))
    browser.page("/check-in")

    done = browser.post("/check-in")

    assert opened.headers["Location"] == "/check-in"
    assert opened.headers["Cache-Control"] == "no-store"
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in opened.headers["X-Robots-Tag"]
    assert asked.all("a", href="/sign-in?next=/check-in")
    assert "30" in browser.follow(done).text
    [attendance] = session.scalars(select(Attendance)).all()
    assert (attendance.way, attendance.checked_in_at) == ("self", NOON)
    assert attendance.told_at is not None
    look_again(session)
    assert ledger.balance_of(session, mina.id) == 30


def test_a_ticket_counts_for_15_minutes(
    client: Browser, session: Session, clock: Clock, mina: Person, occurrence: Occurrence
) -> None:
    browser = client(mina)
    open_screen(browser, session, occurrence)
    clock.advance(timedelta(minutes=16))

    reply = browser.post("/check-in")

    assert "ticket_expired" in reply.headers["Location"]
    assert session.scalars(select(Attendance)).all() == []


def test_a_ticket_is_used_by_one_person_only(
    client: Browser, session: Session, mina: Person, omar: Person, occurrence: Occurrence
) -> None:
    browser = client(mina)
    open_screen(browser, session, occurrence)
    kept = browser.plain.get_cookie("ticket")
    assert kept is not None
    browser.post("/check-in")
    other = client(omar)
    other.plain.set_cookie("ticket", kept.value)

    other.post("/check-in", status=409)

    assert len(session.scalars(select(Attendance)).all()) == 1


def test_an_old_screen_code_says_that_it_has_expired(
    client: Browser, session: Session, clock: Clock, mina: Person, occurrence: Occurrence
) -> None:
    browser = client(mina)
    clock.advance(timedelta(seconds=70))

    where = open_screen(browser, session, occurrence)

    assert where == "/check-in?refused=code_expired"
    assert browser.page(where).with_class("is-refused")


def test_a_poster_gives_at_most_the_points_of_two_hours_and_can_be_replaced(
    client: Browser, session: Session, juno: Person, mina: Person, activity: Activity
) -> None:
    from tests.factories.activities import occurrence as make

    long = make(session, activity, hours=6, places=[mina])
    old = poster_of(session, long).text
    session.rollback()
    browser = client(mina)
    assert "code_expired" in browser.get(f"/Q/{old}", status=303).headers["Location"]
    client(juno).post(f"/organise/occurrences/{long.id}/poster/on")
    browser.get(f"/Q/{old}", status=303)

    browser.post("/check-in")
    client(juno).post(f"/organise/occurrences/{long.id}/poster/new")

    assert "code_expired" in browser.get(f"/Q/{old}", status=303).headers["Location"]
    look_again(session)
    [attendance] = session.scalars(select(Attendance)).all()
    assert (attendance.way, attendance.credited) == ("poster", 30)


def test_pass_card_and_voucher_tell_a_stranger_the_same_known_or_not(
    client: Browser, session: Session, mina: Person
) -> None:
    known = people.shown_by(session, people.phone(session, mina))
    unknown = codes.Code(codes.CodeType.PASS, "0" * 8, "0" * 12).text
    browser = client()

    places = [
        browser.get(f"/Q/{one}", status=303).headers["Location"]
        for one in (known, unknown, "X", "K" + unknown[1:])
    ]

    assert places == ["/code/pass", "/code/pass", "/code/unknown", "/code/pass"]
    for kind in ("pass", "voucher", "device", "unknown"):
        browser.page(f"/code/{kind}")


def test_a_claim_slip_leads_to_the_page_that_takes_the_account_over(client: Browser) -> None:
    slip = codes.Code(codes.CodeType.CLAIM, "0" * 8, "0" * 12).text
    browser = client()

    reply = browser.get(f"/Q/{slip}", status=303)

    assert slip not in reply.headers["Location"]
    assert reply.headers["Location"] == "/claim/slip"


def test_an_organiser_whose_camera_app_reads_a_pass_may_check_that_person_in(
    client: Browser, session: Session, juno: Person, mina: Person, occurrence: Occurrence
) -> None:
    code = people.shown_by(session, people.phone(session, mina))
    browser = client(juno)
    reply = browser.get(f"/Q/{code}", status=303)
    page = browser.follow(reply)
    assert reply.headers["Location"] == "/organise/seen"
    assert occurrence.id.hex not in reply.headers["Location"]

    browser.follow(browser.post(f"/organise/occurrences/{occurrence.id}/seen"))

    assert "Mina" not in page.text.split("<main", 1)[1]
    assert [one.way for one in session.scalars(select(Attendance))] == ["scanned"]


def test_the_short_code_works_for_signed_in_citizens_and_wrong_ones_are_counted(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    short = screen_of(session, occurrence, NOON).short
    session.rollback()
    browser = client(mina)
    browser.page("/check-in")

    browser.post("/check-in/short", short="000-000", status=404)
    reply = browser.post("/check-in/short", short=f" {short[:3].lower()} {short[3:]}")

    assert reply.headers["Location"] == "/check-in"
    browser.follow(browser.post("/check-in"))
    wrong = session.scalars(select(Scan).where(Scan.code == "code_unknown")).all()
    assert len(wrong) == 1
    assert len(session.scalars(select(Attendance)).all()) == 1


def test_case_22_thirty_wrong_short_codes_and_a_valid_one_still_works(
    client: Browser, session: Session, mina: Person, occurrence: Occurrence
) -> None:
    short = screen_of(session, occurrence, NOON).short
    session.rollback()
    browser = client(mina)
    wrong = [f"{number:06d}".replace("0", "A") for number in range(30)]
    for one in wrong:
        browser.post("/check-in/short", short=one, status=404)

    refused = browser.post("/check-in/short", short="XXXXXX", status=429)
    browser.post("/check-in/short", short=short)

    assert int(refused.headers["Retry-After"]) > 0


def test_the_record_explains_every_movement_and_every_attendance(
    client: Browser,
    session: Session,
    juno: Person,
    mina: Person,
    occurrence: Occurrence,
    activity: Activity,
) -> None:
    client(juno).post(f"/organise/occurrences/{occurrence.id}/people/{mina.id}/check-in")
    [attendance] = session.scalars(select(Attendance)).all()
    session.rollback()
    browser = client(mina)

    points = browser.page("/me/points")
    browser.page("/me/attendances")
    one = browser.page(f"/me/attendances/{attendance.id}")

    assert activity.title in points.with_class("e-ledger")[0].text
    assert one.one("h1").text == activity.title
    client(juno).get(f"/me/attendances/{attendance.id}", status=404)


def test_points_page_uses_the_same_number_of_statements_for_any_length(
    client: Browser, session: Session, juno: Person, mina: Person, activity: Activity
) -> None:
    from sqlalchemy import event

    from tests.factories.activities import occurrence as make

    def attend(days: int) -> None:
        date = make(session, activity, starts_at=NOON, places=[mina])
        client(juno).post(f"/organise/occurrences/{date.id}/people/{mina.id}/check-in")

    def count() -> int:
        seen: list[str] = []
        engine = client().plain.application.extensions["engine"]
        listen = lambda *given: seen.append(given[2])  # noqa: E731 - removed below
        event.listen(engine, "before_cursor_execute", listen)
        client(mina).get("/me/points")
        event.remove(engine, "before_cursor_execute", listen)
        return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])

    attend(0)
    few = count()
    for day in range(1, 6):
        attend(day)

    assert count() == few


def test_case_58_missing_points_are_answered_by_the_organiser(  # noqa: PLR0913  # the cast
    client: Browser,
    session: Session,
    clock: Clock,
    juno: Person,
    mina: Person,
    omar: Person,
    occurrence: Occurrence,
) -> None:
    clock.advance(timedelta(hours=5))
    browser = client(mina)
    browser.page("/me/attendances")
    browser.page(f"/me/missing/{occurrence.id}")
    browser.post(f"/me/missing/{occurrence.id}", what="I planted trees.")
    browser.post(f"/me/missing/{occurrence.id}", what="Again.", status=409)
    client(omar).post(f"/me/missing/{occurrence.id}", what="Me too.")
    reports = {one.person_id: one for one in session.scalars(select(MissingPoints))}
    session.rollback()
    desk = client(juno)
    base = f"/organise/occurrences/{occurrence.id}/missing"
    assert "I planted trees." in desk.page(f"/organise/occurrences/{occurrence.id}").text

    desk.post(f"{base}/{reports[mina.id].id}", decision="grant")
    desk.post(f"{base}/{reports[omar.id].id}", decision="refuse", answer="")
    desk.post(f"{base}/{reports[omar.id].id}", decision="refuse", answer="Nobody saw you.")

    look_again(session)
    [attendance] = session.scalars(select(Attendance)).all()
    assert (attendance.person_id, attendance.way) == (mina.id, "by_hand")
    assert reports[omar.id].answer == "Nobody saw you."
    refused = select(Letter).where(Letter.template == "missing_refused")
    assert len(session.scalars(refused).all()) == 1
    browser.page("/me/attendances")


def test_a_code_never_stands_in_a_page_of_the_record(client: Browser, mina: Person) -> None:
    browser = client(mina)
    browser.post("/pass/phones")

    page = browser.page("/pass").text

    assert not re.search(r"P[0-9A-X]{20}", page)
