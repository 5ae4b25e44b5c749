"""Sign up, take part, be checked in, collect, redeem: the reason why the city has all this."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from engage.activities.models import Activity, Occurrence
from engage.attendance.models import HoursClaim
from engage.audit.verify import verify
from engage.organisations.models import Budget, Organisation
from engage.rewards.models import Reward
from tests.attendance.door import nonce
from tests.factories.accounts import PASSWORD
from tests.factories.mail import letters_to, token_in
from tests.factories.rewards import reward as make_reward
from tests.flows.job import Job, code_in

if TYPE_CHECKING:
    from apiflask import APIFlask
    from sqlalchemy.orm import Session

    from engage.partners.models import Partner
    from tests.pages import CheckingClient


@pytest.fixture
def bread(session: Session, partner: Partner) -> Reward:
    """A reward that one afternoon pays for."""
    return make_reward(session, partner, cost=10, stock=5)


def spend(job: Job, browser: CheckingClient, reward: Reward) -> None:
    """Reserve it, redeem it, and try once more with the same code."""
    code = job.reserve(browser, reward)

    till = job.hand_over(code)

    assert "One loaf of bread" in till
    assert "is-known" in job.hand_over(code)


def test_the_main_job_from_sign_up_to_the_reward(
    job: Job, session: Session, activity: Activity, occurrence: Occurrence, bread: Reward
) -> None:
    browser = job.sign_up("Nadia")
    job.take_a_place(browser, activity, occurrence)
    job.clock.advance(timedelta(minutes=5))

    screen = job.check_in(occurrence, job.code_on_the_phone(browser))

    nadia = job.person("Nadia").id
    assert "Nadia" in screen
    assert "30" in browser.get("/me").text
    assert job.balance(nadia) == 30
    spend(job, browser, bread)
    assert job.balance(nadia) == 20
    assert "Nadia" not in job.client(job.vera).get(f"/partner/{job.partner.slug}/redemptions").text
    assert verify(session) == []


def test_case_8_a_walk_in_takes_the_account_over_later_and_the_points_are_there(
    job: Job, session: Session, occurrence: Occurrence, bread: Reward
) -> None:
    door = f"/organise/occurrences/{occurrence.id}"
    organiser = job.client(job.juno)
    number = nonce()
    seen = organiser.post(f"{door}/walk-in", display_name="Kim", nonce=number)
    slip = code_in(organiser.page(f"{seen.headers['Location']}/slip"))
    job.clock.advance(timedelta(days=3))

    browser = job.client()
    opened = browser.get(f"/Q/{slip.replace(' ', '')}", status=303)
    browser.follow(opened)
    browser.post("/claim/slip/open", slip=slip)
    browser.page("/claim/slip")
    browser.post("/claim/slip", display_name="Kim", password=PASSWORD, email="kim@example.net")
    token = token_in(session, letters_to(session, "kim@example.net")[0])
    browser.post(f"/l/confirm/{token}")

    kim = job.person("Kim").id
    assert job.balance(kim) == 30
    spend(job, browser, bread)
    assert job.balance(kim) == 20
    assert verify(session) == []


def test_hours_that_nobody_scanned_are_confirmed_by_mail_and_spent(
    job: Job, session: Session, organisation: Organisation, occurrence: Occurrence, bread: Reward
) -> None:
    browser = job.sign_up("Nadia")
    browser.page("/me/hours/new?q=green")
    browser.post(
        "/me/hours?q=green",
        organisation=str(organisation.id),
        day="2030-05-03",
        starts="14:00",
        ends="17:00",
        what="Sorted books",
    )
    asked = [one for one in letters_to(session, job.juno.email or "") if one.facts]
    [letter] = [one for one in asked if one.template == "claim_asked"]
    stranger, address = job.client(), f"/hours/{token_in(session, letter)}"
    stranger.page(address)
    stranger.post(address, decision="confirm", status=200)

    nadia = job.person("Nadia").id
    assert session.scalars(select(HoursClaim.state)).one() == "confirmed"
    assert job.balance(nadia) == 30
    job.check_in(occurrence, job.code_on_the_phone(browser))
    assert job.balance(nadia) == 60
    spend(job, browser, bread)
    assert verify(session) == []


#: Files of real cities, with the day on which somebody opens the catalogue there.
BY_HAND = [
    ("events/moers_veranstaltungen_2015_source.xml", datetime(2015, 1, 5, 9, tzinfo=UTC)),
    ("events/ics/event_10_times.ics", datetime(2019, 1, 5, 9, tzinfo=UTC)),
]
BY_COMMAND = ("events/toronto_festivals_events.jsonld", datetime(2018, 1, 5, 9, tzinfo=UTC))


@pytest.fixture
def budgets(session: Session, organisation: Organisation) -> None:
    """The years of the files have one, too."""
    for year in range(2011, 2030):
        session.add(Budget(organisation_id=organisation.id, year=year, granted=100_000))
    session.commit()


@pytest.mark.usefixtures("budgets")
@pytest.mark.parametrize(("file", "today"), BY_HAND, ids=["moers", "calendar"])
def test_the_main_job_over_activities_that_an_organiser_imports(
    job: Job,
    organisation: Organisation,
    bread: Reward,
    sample_data: Path,
    file: str,
    today: datetime,
) -> None:
    job.clock.now = today
    desk, content = job.client(job.juno), io.BytesIO((sample_data / file).read_bytes())
    sent = desk.post(
        f"/organise/{organisation.slug}/import", file=(content, Path(file).name), mapping=""
    )
    desk.page(sent.headers["Location"])
    desk.post(sent.headers["Location"].partition("?")[0], mapping="")

    take_part(job, organisation, bread)


@pytest.mark.usefixtures("budgets")
def test_the_main_job_over_activities_that_an_operator_imports(
    job: Job, app: APIFlask, organisation: Organisation, bread: Reward, sample_data: Path
) -> None:
    file, job.clock.now = BY_COMMAND
    command = ["import", "activities", str(sample_data / file), "--organisation"]
    done = app.test_cli_runner().invoke(args=[*command, organisation.slug, "--write"])
    assert done.exit_code == 0, done.output

    take_part(job, organisation, bread)


def take_part(job: Job, organisation: Organisation, reward: Reward) -> None:
    """Juno publishes the next of the imported dates; the rest is as ever."""
    activity, occurrence = publish_the_next(job, organisation)
    browser = job.sign_up("Nadia")
    job.take_a_place(browser, activity, occurrence)
    job.clock.now = occurrence.starts_at + timedelta(minutes=5)

    screen = job.check_in(occurrence, job.code_on_the_phone(browser))

    assert "Nadia" in screen
    assert job.balance(job.person("Nadia").id) >= reward.cost
    spend(job, browser, reward)
    assert verify(job.session) == []


def publish_the_next(job: Job, organisation: Organisation) -> tuple[Activity, Occurrence]:
    job.session.rollback()
    activity, occurrence = job.session.execute(
        select(Activity, Occurrence)
        .join(Occurrence, Occurrence.activity_id == Activity.id)
        .where(Occurrence.starts_at > job.clock.now, Activity.status == "draft")
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(1)
    ).one()
    desk = job.client(job.juno)
    address = f"/organise/{organisation.slug}/activities/{activity.id}"
    desk.post(f"{address}/people", capacity="20")
    desk.page(f"{address}/check")
    desk.post(f"{address}/publish")
    return activity, occurrence
