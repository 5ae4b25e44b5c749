"""Logs hold no code, no secret of a link, no address and nothing that was written into a row."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engage.web.logs import SECRET_PLACES, remove_personal_data


@pytest.mark.parametrize("place", SECRET_PLACES)
def test_what_follows_the_beginning_of_a_secret_address_is_left_out(place: str) -> None:
    event = {"event": f"opened https://engage.example.org/{place}/confirm/s3cret?x=1 twice"}

    logged = remove_personal_data(None, "info", event)

    assert logged == {"event": f"opened https://engage.example.org/{place}/…?x=1 twice"}


def test_mail_addresses_tokens_and_typed_codes_are_left_out() -> None:
    event = {"event": "mina@example.org dev_abc-123 HTTPSÖ--HOST-Q-P0A1B2C3D4"}

    logged = remove_personal_data(None, "info", event)

    assert logged == {"event": "…@… dev_… HTTPSÖ--HOST-Q-…"}


def test_a_failed_statement_does_not_say_what_it_was_to_write(session: Session) -> None:
    statement = text("INSERT INTO nowhere (email) VALUES (:email)")

    with pytest.raises(DBAPIError) as failed:
        session.execute(statement, {"email": "mina@example.org"})

    assert "mina" not in str(failed.value)
