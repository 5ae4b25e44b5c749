"""The cast can be asked for on both databases, and gets in as who they are."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.activities.models import Occurrence
from engage.core.codes import read_code
from engage.ledger import queries as ledger
from engage.rewards.models import Reward
from tests.application import Browser
from tests.factories import devices, people


def test_mina_has_an_account_a_phone_and_a_card(session: Session, mina: Person) -> None:
    phone = people.phone(session, mina)
    _, code = people.card(session, mina)

    assert ledger.balance_of(session, mina.id) == 0
    shown = read_code(people.shown_by(session, phone))
    assert shown is not None
    assert shown.number == phone.number
    assert read_code(code) is not None


def test_the_city_has_an_occurrence_a_reward_and_devices(
    session: Session, occurrence: Occurrence, reward: Reward
) -> None:
    from engage.organisations.models import Organisation
    from engage.partners.models import Partner

    organisation = session.get_one(Organisation, occurrence.organisation_id)
    scanner, token = devices.scanner(session, organisation, occurrences=[occurrence])
    till, _ = devices.till(session, session.get_one(Partner, reward.partner_id))

    assert token.startswith("dev_")
    assert (scanner.is_limited, till.kind) == (True, "till")


def test_every_browser_is_somebody(client: Browser, ada: Person) -> None:
    assert client(ada).json("GET", "/healthz") == {"status": "ok"}
