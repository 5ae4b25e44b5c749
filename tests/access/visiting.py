"""Sends real requests as every role, each into the same untouched city."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config import Settings
from engage import create_app
from engage.storage.engine import make_engine, make_sessions
from engage.storage.keys import Keyring
from tests.access.roles import (
    ABSENT,
    ALLOWED,
    FORBIDDEN,
    PAIR_FIRST,
    ROLES,
    SECOND_FACTOR,
    SIGN_IN,
    UNKNOWN_CALLER,
    Role,
)
from tests.access.world import ANSWER, World, build
from tests.clock import Clock
from tests.pages import CheckingClient

#: 26 characters of the alphabet of codes, as a new scan carries, and one for taking back.
NEW, BACK = "3456789ABCDEFGHJKLMNPQRSTU", "456789ABCDEFGHJKLMNPQRSTUV"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class City:
    """The application over a database that ``restore`` puts back as it was built."""

    def __init__(self, url: str, kept: Path | None = None) -> None:
        settings = Settings.for_tests(url)
        engine = make_engine(url)
        with make_sessions(engine, Keyring(settings.code_keys))() as session:
            self.world: World = build(session)
        engine.dispose()
        self.app: APIFlask = create_app(settings, clock=Clock())
        self._kept = kept
        if kept is not None:
            self._copy(self.file, kept)

    @property
    def file(self) -> Path:
        """The database of the application; on SQLite only."""
        return Path(self.app.extensions["engine"].url.database)

    def _copy(self, source: Path, target: Path) -> None:
        for leftover in ("-wal", "-shm"):
            Path(f"{target}{leftover}").unlink(missing_ok=True)
        shutil.copyfile(source, target)

    def restore(self) -> None:
        """Nothing has happened. On SQLite only."""
        if self._kept is not None:
            self.app.extensions["engine"].dispose()
            self._copy(self._kept, self.file)

    def session(self) -> Session:
        made: Session = self.app.extensions["sessions"]()
        return made

    def browser(self, role: Role) -> CheckingClient:
        browser = CheckingClient(self.app.test_client())
        if role.person:
            person = self.world.people[role.person]
            browser.sign_in(person, second_factor=role.second_factor)
        if role.device:
            browser.plain.set_cookie("device", self.world.tokens[role.device])
        return browser

    def address(self, rule: Rule) -> str:
        values = self.world.values(rule.endpoint, rule.rule, rule.arguments)
        built = rule.build(values, append_unknown=False)
        assert built is not None, f"{rule.rule} needs {rule.arguments}"
        return built[1]

    def contents(self) -> dict[str, list[object]]:
        """All that is stored, but for who has read what."""
        with sqlite3.connect(self.file) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: database.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - its own
                for (name,) in names.fetchall()
                if name != "data_reads"
            }

    def send(self, role: Role, rule: Rule, method: str, *, csrf: bool = True) -> TestResponse:
        """One request of this role; changes carry the token that a page of ours has."""
        browser = self.browser(role)
        headers = {}
        if role.device:
            headers["Authorization"] = f"Bearer {self.world.tokens[role.device]}"
        if method in CHANGING and csrf:
            headers["X-CSRFToken"] = browser.csrf_token()
        sent: dict[str, Any] = {}
        if method in CHANGING and rule.rule.startswith("/api/"):
            sent["json"] = self.body(rule.endpoint)
        elif method in CHANGING:
            sent["data"] = self.form(rule)
        if rule.endpoint == "attendance_api.find_people":
            sent["query_string"] = {"q": "Mina"}
        return browser.plain.open(
            self.address(rule), method=method, headers=headers, buffered=True, **sent
        )

    def form(self, rule: Rule) -> dict[str, str]:
        """What a form must say so that there is a thing to allow."""
        parts = self.world.parts
        return {"till.choose": {"branch": str(parts["branch_id"])}}.get(rule.endpoint, {})

    def body(self, endpoint: str) -> dict[str, object]:
        """The smallest body that the API reads; what it says may be refused by a rule."""
        parts = self.world.parts
        bodies: dict[str, dict[str, object]] = {
            "attendance_api.check_in_one": {
                "nonce": NEW,
                "occurrence_id": str(parts["occurrence_id"]),
                "person": str(self.world.people["Omar"].id),
            },
            "attendance_api.annul_one": {"nonce": BACK, "reason": "The wrong person"},
            "attendance_api.upload_scans": {"events": []},
            "attendance_api.submit_claim": {
                "organisation_id": str(parts["body_id"]),
                "starts_at": "2030-05-01T10:00:00Z",
                "ends_at": "2030-05-01T12:00:00Z",
                "what": "Raked leaves",
            },
            "attendance_api.refuse_claim": {"reason": "Nobody saw it"},
            "devices_api.pair": {"code": parts["pairing code"], "name": "Door"},
            "rewards_api.reserve": {
                "id": str(uuid.uuid4()),
                "reward_id": str(parts["rewards.reserve:reward_id"]),
            },
            "rewards_api.redeem": {"code": "V000000000", "nonce": ANSWER},
            "rewards_api.redeem_card": {
                "reward_id": str(parts["reward_id"]),
                "card": "K0000000000000000000",
                "pin": "0000",
                "nonce": ANSWER,
            },
            "rewards_api.undo": {"reason": "The wrong one", "nonce": BACK},
        }
        return bodies.get(endpoint, {})


def requests_of(app: APIFlask) -> Iterator[tuple[Rule, str]]:
    """Every rule with every method that it takes."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def name_of(rule: Rule, method: str) -> str:
    """How the table names a request: the method and the address with its parts."""
    return f"{method} {rule.rule}"


def verdict(reply: TestResponse) -> str:
    """How an answer lets somebody in or turns them away, in the letters of the table."""
    where = reply.headers.get("Location", "") if reply.status_code == 303 else ""
    led_to = {"/sign-in": SIGN_IN, "/second-factor": SECOND_FACTOR, "/devices/pair": PAIR_FIRST}
    page, _, asks_to_come_back = where.partition("?")
    device_pages = ("/till", "/scanner", "/kiosk")
    is_of_device = any(one in reply.request.path for one in device_pages)
    if page in led_to and (asks_to_come_back or is_of_device):
        return led_to[page]
    if reply.status_code >= 500:
        return str(reply.status_code)
    return {401: UNKNOWN_CALLER, 403: FORBIDDEN, 404: ABSENT}.get(reply.status_code, ALLOWED)


__all__ = ["ROLES", "City", "name_of", "requests_of", "verdict"]
