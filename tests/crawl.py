"""Walks through the city by its links, as one person, and looks at every page on the way."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from engage.translations.catalogues import Catalogues
from tests.html import Element, read
from tests.pages import CheckingClient, inspect

#: How many pages of one kind are looked at: the third activity looks like the second.
OF_ONE_KIND = 3
#: How many wishes at once of a list that can be narrowed: with more, each page is like another.
WISHES_AT_ONCE = 2
LEFT_OUT = re.compile(
    r"^/(static|api|Q|calendar)/|^/(metrics|healthz|readyz|service-worker\.js|manifest\.webmanifest)"
)


class Crawl:
    """Every page that this person reaches by links, inspected; ``faults`` says what is wrong."""

    def __init__(self, app: Flask, client: CheckingClient, language: str, keep: Path) -> None:
        self._routes = app.url_map.bind("localhost")
        self._client = client
        client.plain.set_cookie("language", language)
        self._english = untranslated_words() if language == "de" else frozenset()
        self._language = language
        self._keep = keep
        self._kinds: Counter[object] = Counter()
        self.faults: list[str] = []
        self.seen: list[str] = []

    def run(self, app: Flask) -> None:
        """Start from the first page and from every page that needs no name of a thing."""
        starts = {
            rule.rule
            for rule in app.url_map.iter_rules()
            if not rule.arguments and "GET" in (rule.methods or ())
        }
        waiting = deque((address, "the list of routes") for address in ["/", *sorted(starts)])
        while waiting:
            address, found_on = waiting.popleft()
            if self._is_new(address):
                links = self._open(address, found_on)
                waiting.extend((link, address) for link in links)

    def _is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        if LEFT_OUT.match(parts.path) or address in self.seen:
            return False
        try:
            endpoint, _ = self._routes.match(parts.path, method="GET")
        except HTTPException:
            endpoint = parts.path  # a dead link is looked at, and found dead
        wishes = tuple(sorted({name for name, _ in parse_qsl(parts.query)}))
        if len(wishes) > WISHES_AT_ONCE:
            return False
        kind = (endpoint, wishes)
        self._kinds[kind] += 1
        return self._kinds[kind] <= OF_ONE_KIND

    def _open(self, address: str, found_on: str) -> list[str]:
        self.seen.append(address)
        reply = self._client.plain.get(address)
        linked = found_on != "the list of routes"
        if reply.status_code >= 500 or (linked and reply.status_code >= 400):
            self.faults.append(f"{address} (from {found_on}): {reply.status}")
        if 300 <= reply.status_code < 400:
            return [_path(reply.headers["Location"])]
        if reply.mimetype != "text/html":
            return []
        return self._look_at(address, reply)

    def _look_at(self, address: str, reply: TestResponse) -> list[str]:
        page = read(reply.text)
        faults = [*inspect(page), *self._words(page)]
        self.faults += [f"{address}: {fault}" for fault in faults]
        name = re.sub(r"\W+", "-", address).strip("-") or "start"
        (self._keep / f"{name[:100]}.html").write_text(reply.text)
        return [_path(link["href"]) for link in page.all("a") if _is_here(link)]

    def _words(self, page: Element) -> Iterator[str]:
        if page.one("html")["lang"] != self._language:
            yield f"speaks {page.one('html')['lang']}, not {self._language}"
        for words in page.texts():
            if words in self._english:
                yield f"says “{words}” in English"


def untranslated_words() -> frozenset[str]:
    """English texts of the interface that have other German words."""
    catalogues = Catalogues()
    messages = (
        message for part in catalogues.kept_parts("de") for message in catalogues.read("de", part)
    )
    return frozenset(
        message.id
        for message in messages
        if isinstance(message.id, str) and message.id and message.string not in {"", message.id}
    )


def _is_here(link: Element) -> bool:
    address = link["href"]
    return bool(address) and not re.match(r"[a-z]+:|//|#", address) and "download" not in link


def _path(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
