"""A browser for tests that inspects every page it opens."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.html import Element, read

#: Folder where every different page is kept for html-validate, if one is set.
SAVE_PAGES = "ENGAGE_TEST_SAVE_PAGES"
CONTROLS = ("input", "select", "textarea")
REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-errormessage",
    "aria-details",
)
FETCHED = {
    "link": "href",
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "video": "src",
}
#: What a message looks like that nobody put words in, or whose placeholder was left open.
UNFINISHED = re.compile(r"%\(\w+\)[sd]|\bTODO\b|\blorem ipsum\b", re.IGNORECASE)

Fault = Iterator[str]


def _heading(page: Element) -> Fault:
    headings, titles = page.all("h1"), [t for t in page.all("title") if not t.within("svg")]
    if len(headings) != 1 or len(titles) != 1:
        yield f"one h1 and one title, not {len(headings)} and {len(titles)}"
    elif not headings[0].text or not titles[0].text.startswith(headings[0].text):
        yield f"the title {titles[0].text!r} starts with the heading {headings[0].text!r}"


def _language(page: Element) -> Fault:
    if not all(html["lang"] for html in page.all("html")):
        yield "the page says its language"


def _ids(page: Element) -> Fault:
    ids = [one["id"] for one in page if "id" in one]
    yield from (
        f"the id {one!r} is used once" for one in sorted({i for i in ids if ids.count(i) > 1})
    )
    for one in page:
        for name in REFERENCES:
            yield from (f"{name} points at #{to}" for to in one[name].split() if to not in ids)
        if one.tag == "label" and one["for"] and one["for"] not in ids:
            yield f"a label is for #{one['for']}"


def _labels(page: Element) -> Fault:
    named = {label["for"] for label in page.all("label")}
    for control in page.all(*CONTROLS):
        if control["type"] in {"hidden", "submit", "button", "image"}:
            continue
        by_attribute = control["aria-label"].strip() or control["aria-labelledby"]
        if not (
            by_attribute or control.within("label") or (control["id"] and control["id"] in named)
        ):
            yield f"the {control.tag} {control['name'] or control['id']!r} has a label"
    for one in page.all("button", "a"):
        named_inside = one.text or any(img["alt"] for img in one.all("img")) or one.all("title")
        if not (named_inside or one["aria-label"] or one["aria-labelledby"]):
            yield f"the {one.tag} {one['class']!r} {one['href']} has a name"


def _forms(page: Element) -> Fault:
    for form in page.all("form"):
        if form["method"].lower() != "post":
            continue
        if not form["action"]:
            yield "every POST form says where it goes"
        if not any(one["value"] for one in form.all("input", name="csrf_token")):
            yield f"the form to {form['action']} carries its CSRF token"


def _strictness(page: Element) -> Fault:
    for one in page:
        if one.tag == "style" or "style" in one:
            yield f"no inline style (on {one.tag})"
        if (
            one.tag == "script"
            and "src" not in one
            and one["type"] not in {"application/json", "application/ld+json"}
        ):
            yield "no inline script"
        yield from (
            f"no handler {name} (on {one.tag})" for name in one.attributes if name.startswith("on")
        )
        if one["href"].strip().lower().startswith("javascript:"):
            yield "no javascript: address"


def _pictures(page: Element) -> Fault:
    yield from (
        f"the picture {img['src']} has an alt text" for img in page.all("img") if "alt" not in img
    )
    for one in page:
        address = one[FETCHED.get(one.tag, "")]
        if re.match(r"(https?:)?//", address) and not (
            one.tag == "link" and one["rel"] in {"canonical", "alternate"}
        ):
            yield f"nothing is fetched from elsewhere: {address}"


def _words(page: Element) -> Fault:
    for main in page.all("main"):
        yield from (f"finished words, not {found!r}" for found in UNFINISHED.findall(main.text))


INSPECTIONS: tuple[Callable[[Element], Fault], ...] = (
    _heading,
    _language,
    _ids,
    _labels,
    _forms,
    _strictness,
    _pictures,
    _words,
)


def inspect(page: Element) -> list[str]:
    """What is wrong with a page; each sentence says how it should be."""
    return [fault for inspection in INSPECTIONS for fault in inspection(page)]


def check(html: str) -> Element:
    """Inspect a page, and give it back when it is good."""
    page = read(html)
    faults = inspect(page)
    assert not faults, "a page should be so, and is not: " + "; ".join(faults)
    return page


class CheckingClient:
    """Like FlaskClient, but no page leaves without an inspection.

    A POST carries the CSRF token by itself, as a form would; ``csrf=False`` leaves it out.
    """

    def __init__(self, client: FlaskClient) -> None:
        self.plain = client

    def sign_in(self, person: Any, *, second_factor: bool = True) -> None:
        """As if this person had just signed in.

        person:  anyone with ``id`` and ``session_epoch``.
        """
        with self.plain.session_transaction() as session:
            session["_user_id"] = f"{person.id}:{person.session_epoch}"
            session["_fresh"] = True
            if second_factor:
                session["second_factor"] = str(person.id)

    def get(self, url: str, *, status: int = 200, **options: Any) -> TestResponse:
        return self._checked(self.plain.get(url, **options), status)

    def page(self, url: str, *, status: int = 200, **options: Any) -> Element:
        """Open a page and give it back as a tree."""
        return read(self.get(url, status=status, **options).text)

    def post(
        self, url: str, *, status: int = 303, csrf: bool = True, **fields: Any
    ) -> TestResponse:
        """Send a form. Fields are words; a list sends a field several times, a tuple a file."""
        headers = fields.pop("headers", {})
        if csrf:
            fields.setdefault("csrf_token", self.csrf_token())
        return self._checked(self.plain.post(url, data=fields, headers=headers), status)

    def json(
        self, method: str, url: str, body: Any = None, *, status: int = 200, **headers: str
    ) -> Any:
        """Speak to the API; ``Authorization="Bearer …"`` and other headers by name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self._checked(self.plain.open(url, method=method, json=body, headers=named), status)
        return reply.get_json() if reply.data else None

    def follow(self, reply: TestResponse, *, status: int = 200) -> TestResponse:
        """Go where a redirect points, inside this city only."""
        assert 300 <= reply.status_code < 400, f"{reply.status} is no redirect"
        target = reply.headers["Location"]
        assert not re.match(r"(https?:)?//(?!localhost)", target), f"leaves the city: {target}"
        return self.get(re.sub(r"^https?://[^/]+", "", target), status=status)

    def csrf_token(self) -> str:
        app = self.plain.application
        with self.plain.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha256(os.urandom(64)).hexdigest())
        key = app.config.get("WTF_CSRF_SECRET_KEY") or app.secret_key
        assert key, "the application has a key for its sessions"
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))

    def _checked(self, reply: TestResponse, status: int) -> TestResponse:
        assert reply.status_code == status, f"{reply.request.path}: {reply.status}: {_gist(reply)}"
        if reply.mimetype == "text/html" and not 300 <= status < 400:
            check(reply.text)
            _save(reply)
        return reply


def _gist(reply: TestResponse) -> str:
    """What an unexpected answer says, short enough for a failed test."""
    if reply.mimetype == "text/html":
        mains = read(reply.text).all("main")
        return mains[0].text[:400] if mains else reply.text[:400]
    return f"{reply.headers.get('Location', '')} {reply.text[:400]}"


def _save(reply: TestResponse) -> None:
    if folder := os.environ.get(SAVE_PAGES):
        name = re.sub(r"\W+", "-", reply.request.path).strip("-") or "start"
        digest = hashlib.sha256(reply.data).hexdigest()[:12]
        Path(folder, f"{name[:60]}-{digest}.html").write_bytes(reply.data)
