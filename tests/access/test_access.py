"""Case 44: who may open what, asked of the running application, address by address."""

from __future__ import annotations

import sqlite3
from collections import Counter

import pytest
from werkzeug.routing import Rule

from tests.access.roles import ALLOWED, ROLES, Role, named
from tests.access.table import TABLE
from tests.access.visiting import CHANGING, City, name_of, requests_of, verdict


def may(rule: Rule, method: str) -> Role:
    """The first role that is let in; a stranger where nobody is."""
    letters = TABLE[name_of(rule, method)]
    return ROLES[letters.index(ALLOWED)] if ALLOWED in letters else ROLES[0]


def test_case_44_every_address_stands_in_the_table_once(city: City) -> None:
    served = Counter(name_of(rule, method) for rule, method in requests_of(city.app))

    assert [name for name, count in served.items() if count > 1] == []
    assert sorted(served.keys() - TABLE.keys()) == [], "an address is missing from the table"
    assert sorted(TABLE.keys() - served.keys()) == [], "a row names no address"


@pytest.mark.parametrize("column", range(len(ROLES)), ids=[role.name for role in ROLES])
def test_case_44_the_table_holds_for(city: City, column: int) -> None:
    role, wrong = ROLES[column], []
    for rule, method in requests_of(city.app):
        reply = city.send(role, rule, method)
        expected, found = TABLE[name_of(rule, method)][column], verdict(reply)
        if found != expected:
            wrong.append(f"{name_of(rule, method)}: {found}, not {expected}")
        if method in CHANGING and reply.status_code < 400:
            city.restore()

    assert wrong == []


def test_case_44_the_table_holds_on_postgresql(postgresql_url: str) -> None:
    city, wrong = City(postgresql_url), []
    names = ("the citizen whose it is", "an organiser", "a manager of the partner", "the office")
    for role in map(named, names):
        for rule, method in requests_of(city.app):
            if method != "GET":
                continue
            expected = TABLE[name_of(rule, method)][ROLES.index(role)]
            found = verdict(city.send(role, rule, method))
            if found != expected:
                wrong.append(f"{role.name}: {name_of(rule, method)}: {found}, not {expected}")
    city.app.extensions["engine"].dispose()

    assert wrong == []


def test_every_address_of_a_form_refuses_a_get_or_has_a_page(city: City) -> None:
    pages = {rule.rule for rule, method in requests_of(city.app) if method == "GET"}
    posts = [rule for rule, method in requests_of(city.app) if method == "POST"]

    office = named("the office")
    allowed = {
        rule.rule: city.browser(office).plain.get(city.address(rule), buffered=True).status_code
        for rule in posts
        if rule.rule not in pages
    }

    assert {
        address: status for address, status in allowed.items() if status not in {404, 405}
    } == {}


def test_every_change_from_a_browser_needs_the_token_of_a_page(city: City) -> None:
    watching = sqlite3.connect(city.file)
    before = watching.execute("PRAGMA data_version").fetchone()
    let_through = []
    for rule, method in requests_of(city.app):
        role = may(rule, method)
        if method not in CHANGING or (role.device and rule.rule.startswith("/api/")):
            continue
        reply = city.send(role, rule, method, csrf=False)
        if reply.status_code != 400:
            let_through.append(f"{name_of(rule, method)}: {reply.status}")
    after = watching.execute("PRAGMA data_version").fetchone()
    watching.close()

    assert let_through == []
    assert after == before


def test_reading_changes_nothing_but_the_log_of_reads(city: City) -> None:
    changed = []
    for rule, method in requests_of(city.app):
        if method != "GET":
            continue
        before = city.contents()
        city.send(may(rule, method), rule, method)
        if city.contents() != before:
            changed.append(name_of(rule, method))

    assert changed == []
