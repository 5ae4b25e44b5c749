"""The forms of the pages, as a browser finds them, and sent with any text in their fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.access.roles import ALLOWED, ROLES, Role
from tests.access.table import TABLE
from tests.access.visiting import City, name_of, requests_of
from tests.html import Element, read
from tests.pages import CheckingClient

#: What a browser lets a person type freely, or what a program may send there.
TYPED = {"text", "search", "email", "url", "tel", "password", "textarea", ""}
#: Of these, whatever takes any words.
WORDS = {"text", "search", "textarea", ""}
CHOSEN = {"checkbox", "radio"}


@dataclass(frozen=True)
class Form:
    """One form of a page: where it goes, what it says by itself, and what is typed into it."""

    role: Role
    endpoint: str
    address: str
    given: dict[str, str] = field(hash=False)
    typed: tuple[str, ...]
    words: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        """Whatever carries text: also what a browser would not let anybody change."""
        return self.typed or tuple(self.given)

    @property
    def free(self) -> tuple[str, ...]:
        """Where anything may be written and is shown again: no address, password or number."""
        return tuple(name for name in self.typed if name in self.words)

    def shown(self, browser: CheckingClient, reply: TestResponse, name: str) -> str | None:
        """What stands in the field afterwards: in the refused form, or in the one opened anew.

        None where the page shows no such field again, or leaves it empty for the next time.
        """
        if reply.status_code < 400:
            reply = browser.plain.get(self.address)
        if reply.mimetype != "text/html" or reply.status_code not in {200, 422}:
            return None
        for control in read(reply.text).all("input", "textarea"):
            if control["name"] == name:
                written = control.text if control.tag == "textarea" else control["value"]
                return written or None
        return None

    def send(self, browser: CheckingClient, texts: dict[str, str]) -> TestResponse:
        """As a program sends it that does not care what text is."""
        said = {**self.given, **texts, "csrf_token": browser.csrf_token()}
        body = urlencode(said, errors="surrogatepass")
        return browser.plain.post(
            self.address, data=body, content_type="application/x-www-form-urlencoded"
        )


def find_forms(city: City) -> list[Form]:
    """Every form that the pages of every role show, one of each kind."""
    routes = city.app.url_map.bind("localhost")
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for role, page in _pages(city):
        for element in page.all("form"):
            if element["method"].lower() != "post":
                continue
            address = urlsplit(element["action"]).path
            try:
                endpoint, _ = routes.match(address, method="POST")
            except HTTPException:
                continue
            form = Form(role, endpoint, element["action"], *_read(element))
            found.setdefault((endpoint, form.typed), form)
    return list(found.values())


def _pages(city: City) -> list[tuple[Role, Element]]:
    """What every GET shows, and what a form shows that was sent empty."""
    pages = []
    for rule, method in requests_of(city.app):
        letters = TABLE[name_of(rule, method)]
        if ALLOWED not in letters or rule.rule.startswith(("/api/", "/static/", "/demo/")):
            continue
        role = ROLES[letters.index(ALLOWED)]
        reply = city.send(role, rule, method)
        if reply.mimetype == "text/html" and reply.status_code in {200, 422}:
            pages.append((role, read(reply.text)))
        if method == "POST" and reply.status_code < 400:
            city.restore()
    return pages


def _read(form: Element) -> tuple[dict[str, str], tuple[str, ...], frozenset[str]]:
    given: dict[str, str] = {}
    typed: list[str] = []
    words: set[str] = set()
    for control in form.all("input", "select", "textarea"):
        name, kind = control["name"], control["type"] if control.tag == "input" else control.tag
        if not name or name == "csrf_token" or kind in {"submit", "button", "file"}:
            continue
        if kind == "select":
            options = [one["value"] for one in control.all("option") if one["value"]]
            given[name] = options[0] if options else ""
        elif kind in CHOSEN:
            given.setdefault(name, control["value"] or "y")
        else:
            given[name] = control["value"] or (control.text if kind == "textarea" else "")
            if kind in TYPED:
                typed.append(name)
            if kind in WORDS and not control["inputmode"]:
                words.add(name)
    return given, tuple(dict.fromkeys(typed)), frozenset(words)
