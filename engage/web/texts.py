"""What can be stored of what was sent: one gate in front of every page and every body."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request

from engage.core.errors import TextNotStorable

#: No character of any text; PostgreSQL cannot keep it.
NUL = "\x00"


def is_storable(text: str) -> bool:
    """Whether both databases keep the text as it is: no NUL, no half of a surrogate pair."""
    return NUL not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def refuse_unstorable() -> None:
    """In an address, a query or a form. Bodies of the API say so beside the field."""
    if not all(is_storable(text) for text in _texts()):
        raise TextNotStorable()


def _texts() -> Iterator[str]:
    yield request.path
    for name, text in request.args.items(multi=True):
        yield from (name, text)
    if not request.path.startswith("/api/"):
        for name, text in request.form.items(multi=True):
            yield from (name, text)
        yield from (file.filename or "" for file in request.files.values())


def init_app(app: Flask) -> None:
    app.before_request(refuse_unstorable)
