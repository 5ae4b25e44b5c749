"""The demo city's mailbox: what would have been mailed, for whoever tries it out."""

from __future__ import annotations

import uuid

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

from engage.core.errors import NotFound
from engage.demo import second_factors
from engage.demo.content import PASSWORD, SIGN_INS
from engage.mail import queries
from engage.mail.message import write
from engage.web.context import db, now, settings

#: Who acts for others, and so needs the second factor.
WITH_CODE = frozenset({"juno", "vera", "ada", "otto"})

bp = APIBlueprint("demo", __name__, url_prefix="/demo", enable_openapi=False)


@bp.before_request
def only_in_the_demo() -> None:
    if not settings().demo:
        raise NotFound()


@bp.get("")
def show_demo() -> ResponseReturnValue:
    """Who can sign in, with the password and the code of this half minute; local only."""
    if not settings().is_local:
        raise NotFound()
    people = [
        (key, name, part, second_factors.code_of(key, now()) if key in WITH_CODE else "")
        for key, name, part in SIGN_INS
    ]
    return render_template("demo/people.html", people=people, password=PASSWORD)


@bp.get("/mail")
def show_mailbox() -> ResponseReturnValue:
    address = request.args.get("to", "").strip().lower()
    letters = [
        (letter, write(letter, db()).subject) for letter in queries.list_letters(db(), address)
    ]
    return render_template("demo/mailbox.html", letters=letters, address=address)


@bp.get("/mail/<uuid:letter_id>")
def show_letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    letter = queries.get_letter(db(), letter_id)
    written = write(letter, db())
    return render_template("demo/letter.html", letter=letter, written=written)
