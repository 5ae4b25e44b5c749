"""``flask user …`` and ``flask keys …``: what an operator needs before anybody can sign in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from engage.accounts import service
from engage.accounts.joining import make_reset_link
from engage.accounts.passwords import PasswordHash, hash_password
from engage.core.ages import Age
from engage.core.errors import DomainError
from engage.storage.unit_of_work import run_work

user = AppGroup("user", help="Accounts of people.")
keys = AppGroup("keys", help="Keys of this installation.")


@user.command("create")
@click.argument("email")
@click.argument("name")
@click.option(
    "--office", type=click.Choice(["clerk", "lead"]), help="Role in the programme office."
)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@click.option("--password", is_flag=True, help="Ask for a password here instead of a link.")
def create(email: str, name: str, office: str | None, language: str, *, password: bool) -> None:
    """Open an account for somebody whose address you know; prints a link that sets the password."""
    hashed = _ask_for_password() if password else None
    settings = current_app.extensions["settings"]
    now = current_app.extensions["clock"](UTC)

    def open_account(session: Session) -> str:
        person = service.welcome(
            session,
            name,
            now=now,
            email=email,
            password=hashed,
            language=language,
            age=Age(adult=True),
        )
        person.email_confirmed_at = now
        person.office_role = office
        return "" if hashed else make_reset_link(session, person, now=now)

    with current_app.extensions["sessions"]() as session:
        try:
            token = run_work(session, open_account)
        except DomainError as refusal:
            raise click.UsageError(str(refusal)) from None
    click.echo(f"The account of {name} is open.")
    if token:
        click.echo("This link sets the password once, within 24 hours:")
        click.echo(f"{settings.base_url}/l/reset/{token}")


def _ask_for_password() -> PasswordHash:
    quick = current_app.extensions["settings"].quick_hashes
    while True:
        typed = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        try:
            return hash_password(typed, quick=quick)
        except DomainError as refusal:
            click.echo(str(refusal), err=True)


@keys.command("rotate")
def rotate() -> None:
    """Print a new code key, to be put in front of the others; codes made with those stay valid."""
    now: datetime = current_app.extensions["clock"](UTC)
    used = set(current_app.extensions["keys"])
    name = now.strftime("k%y%m%d")
    while name in used:
        name = f"{now:k%y%m%d}{secrets.token_hex(2)}"
    click.echo(f"{name}:{secrets.token_urlsafe(32)}")
    click.echo("Put this in front of the others in ENGAGE_CODE_KEYS and start anew.", err=True)
    click.echo("Keep the older keys: cards, phones and the ledger's seals need them.", err=True)
