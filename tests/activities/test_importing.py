"""Files of other programs: read as they are, shown before anything is written, safe to repeat."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.activities import service
from engage.activities.importing.entries import Entry, FileUnreadable, Found, Refusal
from engage.activities.importing.mapping import MappingRefused, load_mapping
from engage.activities.importing.rows import City
from engage.activities.importing.sources import read_file
from engage.activities.importing.values import (
    read_day,
    read_hours,
    read_instant,
    read_number,
    tidy,
)
from engage.activities.models import Activity, Favourite, ImportFile, Occurrence
from engage.activities.series import at
from engage.core.geography import DORTMUND
from engage.mail.models import Letter
from engage.storage.unit_of_work import run_work
from tests.clock import NOON

if TYPE_CHECKING:
    from apiflask import APIFlask

    from engage.accounts.models import Person
    from engage.organisations.models import Organisation
    from tests.application import Browser

TABLE = """key;title;description;start;end;place;district;capacity
1; Gärten  gießen ;"Zwei
Zeilen";17.5.2030 10:00;17.5.2030 13:00;Garten;Hörde;9999
2;Vorlesen;"<p>Für <b>Kinder</b> &amp; Eltern</p>";2030-05-18 15:00;2030-05-18 16:30;Kita;;12,0
3;Falsch herum;;17.5.2030 13:00;17.5.2030 10:00;;;
4;Ohne Zeit;;17.5.2030;;;;
2;Vorlesen;;2030-05-18 15:00;2030-05-18 16:30;Kita;;12
5;;;17.5.2030 10:00;17.5.2030 13:00;;;
6;Vorbei;;17.5.2020 10:00;17.5.2020 13:00;;;
7;Zu viel;;17.5.2030 10:00;17.5.2030 13:00;Garten;;5;noch;mehr
"""


def read(content: bytes | str, now: datetime = NOON, **more: Any) -> Found:
    raw = content.encode() if isinstance(content, str) else content
    return read_file(raw, City("Europe/Berlin", DORTMUND, now), **more)[1]


def entries(found: Found) -> list[Entry]:
    return [one for one in found if isinstance(one, Entry)]


def refusals(found: Found) -> list[tuple[int, str]]:
    return [(one.line, one.reason.say()) for one in found if isinstance(one, Refusal)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_case_49_a_table_is_read_in_any_usual_encoding(encoding: str) -> None:
    found = read(TABLE.encode(encoding))

    first, second = entries(found)
    assert first.details.title == "Gärten gießen"
    assert first.details.description == "Zwei\nZeilen"
    assert (first.capacity, second.capacity) == (None, 12)
    assert first.district_code == "hoerde"
    assert first.dates[0].starts_at == datetime(2030, 5, 17, 8, tzinfo=UTC)
    assert second.details.description == "Für Kinder & Eltern"


def test_case_49_refused_lines_say_their_number_and_why() -> None:
    assert refusals(read(TABLE)) == [
        (5, "The end (17.05.2030 10:00) is not after the start (17.05.2030 13:00)."),
        (6, "The time of day is missing."),
        (7, "The same entry as in line 4."),
        (8, "The title is missing."),
        (9, "All dates are over."),
        (10, "The line has more cells than the heading."),
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_case_49_the_delimiter_is_found_out(delimiter: str) -> None:
    cells = (["title", "start", "end"], ["A", "2030-05-17 10:00", "2030-05-17 11:00"])
    table = "\n".join(delimiter.join(line) for line in cells)

    assert [one.details.title for one in entries(read(table))] == ["A"]


def test_case_49_excel_is_read_like_a_table() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["title", "start", "end", "capacity"])
    sheet.append(["Gärten", datetime(2030, 5, 17, 10), datetime(2030, 5, 17, 12), 20.0])  # noqa: DTZ001  # as Excel keeps it
    kept = io.BytesIO()
    book.save(kept)

    [one] = entries(read(kept.getvalue()))

    assert (one.details.title, one.capacity) == ("Gärten", 20)
    assert one.dates[0].starts_at == datetime(2030, 5, 17, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17.3.2026", "2026-03-17"),
        ("1.1.25", "2025-01-01"),
        ("March 17 2011", "2011-03-17"),
        ("2026-03-17", "2026-03-17"),
        ("35.05.2040", None),
        ("", None),
        ("bald", None),
        ("9.577.207", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: str | None) -> None:
    found = read_day(text)

    assert (found.isoformat() if found else None) == day


def test_hours_numbers_and_instants_are_read_as_people_write_them() -> None:
    assert [str(one) for one in read_hours("15 Uhr bis 16.30 Uhr")] == ["15:00:00", "16:30:00"]
    assert [str(one) for one in read_hours("17 Uhr")] == ["17:00:00", "None"]
    assert [str(one) for one in read_hours("11:00-13:00")] == ["11:00:00", "13:00:00"]
    assert [read_number(text) for text in ("9.577.207", "12,0", "1 000", "viele")] == [
        9577207,
        12,
        1000,
        None,
    ]
    berlin = City("Europe/Berlin", DORTMUND, NOON)
    assert read_instant("1433703298", _zone(berlin)) == datetime(2015, 6, 7, 18, 54, 58, tzinfo=UTC)
    assert tidy("<script>x</script>a<br>b\u00a0&nbsp;c") == "a\nb c"


def _zone(city: City) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(city.timezone)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"PK\x03\x04 not a book",
        b"{ not json",
        b"<a>&x;</a>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"BEGIN:VCALENDAR\nnothing",
        b"a,b\n1,2\n",
        bytes(range(256)) * 8,
    ],
)
def test_what_is_no_file_of_offers_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(FileUnreadable, match=r"\.$"):
        read(content)


def test_a_wrong_mapping_names_its_entry(tmp_path: Path) -> None:
    wrong = tmp_path / "mine.toml"
    for text, words in (
        ("colour = 1", "colour"),
        ("[columns]\nsmell = 'x'", "smell"),
        ("category = 'nonsense'", "nonsense"),
        ("= broken", "mine.toml"),
    ):
        wrong.write_text(text)
        with pytest.raises(MappingRefused, match=words):
            load_mapping(wrong)


def upload(browser: Any, organisation: Organisation, table: str) -> str:
    """Send a file; returns the address of its dry run."""
    file = (io.BytesIO(table.encode()), "angebote.csv")
    reply = browser.post(f"/organise/{organisation.slug}/import", file=file, mapping="")
    return str(reply.headers["Location"])


def count(session: Session) -> int:
    session.rollback()
    return int(session.scalar(select(func.count()).select_from(Activity)) or 0)


def test_case_49_nothing_is_written_before_the_yes_and_a_repeat_changes_nothing(
    client: Browser, session: Session, organisation: Organisation, juno: Person
) -> None:
    browser = client(juno)
    browser.get(f"/organise/{organisation.slug}/import")

    plan = upload(browser, organisation, TABLE)

    page = browser.page(plan)
    assert "Gärten gießen" in page.text
    assert "Das Ende (17.05.2030 10:00) liegt nicht nach dem Anfang" in page.text
    assert count(session) == 0
    browser.follow(browser.post(plan.partition("?")[0], mapping=""))
    assert count(session) == 2
    assert session.scalars(select(ImportFile.content)).all() == [None]
    again = browser.page(upload(browser, organisation, TABLE))
    assert [one.text for one in again.with_class("e-stat")] == [
        "0 neu",
        "0 geändert",
        "2 unverändert",
        "6 abgelehnt",
    ]


def test_case_50_missing_rows_stay_and_identities_keep_what_hangs_on_them(
    client: Browser, session: Session, organisation: Organisation, juno: Person, mina: Person
) -> None:
    browser = client(juno)
    _take_over(browser, organisation, TABLE)
    first = session.scalars(select(Activity).where(Activity.source_key == "1")).one()
    first.points_rule, first.category = {"kind": "flat", "points": 5}, "nature"
    session.add(Favourite(person_id=mina.id, activity_id=first.id))
    session.commit()
    [date] = session.scalars(select(Occurrence).where(Occurrence.activity_id == first.id)).all()
    run_work(session, lambda s: service.publish(s, first.id, now=NOON))
    run_work(session, lambda s: service.register(s, date.id, mina.id, now=NOON))
    newer = (
        "key;title;description;start;end;place\n"
        "1;Gärten wässern;;18.5.2030 10:00;18.5.2030 13:00;Garten\n"
    )

    plan = upload(browser, organisation, newer)
    assert "Angebote, die nicht mehr in der Datei stehen: 1." in browser.get(plan).text
    browser.post(plan.partition("?")[0], mapping="")

    session.rollback()
    session.expire_all()
    again = session.scalars(select(Activity).where(Activity.source_key == "1")).one()
    assert (again.id, again.title, again.status) == (first.id, "Gärten wässern", "published")
    assert (again.points_rule, again.category) == ({"kind": "flat", "points": 5}, "nature")
    assert session.get_one(Occurrence, date.id).starts_at == datetime(2030, 5, 18, 8, tzinfo=UTC)
    assert session.scalars(select(Favourite)).one().activity_id == first.id
    assert "date_changed" in session.scalars(select(Letter.template)).all()
    assert count(session) == 2


def _take_over(browser: Any, organisation: Organisation, table: str) -> None:
    plan = upload(browser, organisation, table)
    browser.post(plan.partition("?")[0], mapping="")


def test_a_file_that_is_none_comes_back_with_the_reason(
    client: Browser, organisation: Organisation, juno: Person, omar: Person
) -> None:
    url = f"/organise/{organisation.slug}/import"
    browser = client(juno)

    wrong = browser.post(url, status=422, file=(io.BytesIO(b"a,b\n1,2"), "x.csv"), mapping="")
    empty = browser.post(url, status=422, mapping="")

    assert "Überschrift" in wrong.text
    assert "Bitte wählen Sie eine Datei." in empty.text
    client(omar).get(url, status=404)


def test_the_command_says_what_would_happen_and_writes_on_demand(
    app: APIFlask, session: Session, organisation: Organisation, tmp_path: Path
) -> None:
    file = tmp_path / "offers.csv"
    file.write_text(TABLE, encoding="cp1252")
    run = app.test_cli_runner().invoke
    command = ["import", "activities", str(file), "--organisation", organisation.slug]

    dry = run(args=command)
    assert "2 created, 0 changed, 0 unchanged, 6 refused (engage_csv)." in dry.output
    assert "! offers.csv:6: Ohne Zeit The time of day is missing." in dry.output
    assert count(session) == 0
    assert "2 created" in run(args=[*command, "--write"]).output
    assert "2 unchanged" in run(args=[*command, "--write"]).output
    assert count(session) == 2
    assert run(args=[*command[:-1], "nobody"]).exit_code == 2
    assert run(args=["import", "activities", "none.csv", "--organisation", "x"]).exit_code == 2


LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file", "accepted", "refused", "dates"),
    [
        ("volunteer/nyc_service_opportunities.csv", 402, 0, 0),
        ("synthetic/ehrenamt_angebote_dortmund_synthetic.csv", 59, 1, 0),
        ("events/moers_veranstaltungen_2015_source.xml", 61, 3, 61),
        ("events/toronto_festivals_events.jsonld", 581, 102, 678),
        ("events/ics/event_10_times.ics", 1, 0, 10),
        ("events/ics/each_week_but_two_deleted.ics", 1, 0, 6),
        ("events/ics/issue_20_exdate_ignored.ics", 1, 0, 7),
        ("events/ics/recurring_events_moved.ics", 2, 0, 7),
        ("events/ics/three_events_one_edited.ics", 1, 0, 3),
        ("events/ics/multiple_rrule.ics", 1, 0, 22),
        ("events/ics/end_before_start_event.ics", 0, 1, 0),
        ("events/ics/bad_rrule_missing_until_event.ics", 0, 1, 0),
        ("events/ics/x_wr_timezone_simple_events_issue_59.ics", 2, 0, 2),
    ],
)
def test_case_49_real_files_are_read_as_they_are(
    sample_data: Path, file: str, accepted: int, refused: int, dates: int
) -> None:
    found = read((sample_data / file).read_bytes(), LONG_AGO)

    kinds = Counter(type(one).__name__ for one in found)
    assert (kinds["Entry"], kinds["Refusal"]) == (accepted, refused)
    assert sum(len(one.dates) for one in entries(found)) == dates


def test_every_calendar_file_is_read_or_refused_in_words(sample_data: Path) -> None:
    files = sorted((sample_data / "events/ics").glob("*.ics"))

    for file in files:
        for one in read(file.read_bytes(), LONG_AGO):
            assert isinstance(one, Entry) or one.reason.say()
    assert len(files) == 31


def test_case_16_a_series_of_a_calendar_keeps_its_hour_over_the_clock_change(
    sample_data: Path,
) -> None:
    content = (sample_data / "events/ics/event_10_times.ics").read_bytes()

    [one] = entries(read(content, LONG_AGO))

    zone = _zone(City("Europe/Berlin", DORTMUND, NOON))
    walls = {date.starts_at.astimezone(zone).time() for date in one.dates}
    assert len(walls) == 1
    assert all(at(date.starts_at.astimezone(zone).replace(tzinfo=None), zone) for date in one.dates)


def test_a_real_file_is_written_and_a_repeat_changes_nothing(
    app: APIFlask, session: Session, organisation: Organisation, sample_data: Path
) -> None:
    file = sample_data / "synthetic/ehrenamt_angebote_dortmund_synthetic.csv"
    run = app.test_cli_runner().invoke
    command = ["import", "activities", str(file), "--organisation", organisation.slug, "--write"]

    first, again = run(args=command), run(args=command)

    assert "59 created" in first.output
    assert "0 created, 0 changed, 59 unchanged, 1 refused" in again.output
    one = session.scalars(select(Activity).where(Activity.source_key == "50001")).one()
    assert one.description.startswith("Kleingeräte reparieren „statt wegwerfen“.\n")
    assert one.status == "draft"


def test_a_year_of_a_series_is_enough() -> None:
    calendar = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nSUMMARY:Lauf\n"
        "DTSTART:20300510T160000Z\nDTEND:20300510T180000Z\nRRULE:FREQ=WEEKLY\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )

    [one] = entries(read(calendar))

    assert len(one.dates) == 8
    assert one.dates[-1].starts_at < NOON + timedelta(weeks=9)
    assert [note.say() for note in one.notes] == [
        "The series has no end: the dates of eight weeks are taken."
    ]
