"""Every page that a template or the code names is there, and is given what its address needs."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from apiflask import APIFlask
from jinja2 import nodes
from werkzeug.routing import Rule

from engage.organisations.routes import blueprint as organisation_desk
from engage.partners.routes import blueprint as partner_desk
from engage.web import navigation

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "engage").rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.is_file())
#: What makes an address from a name.
ASKS = frozenset({"url_for", "way_to"})
#: Arguments of an address that are no part of it.
OF_THE_CALL = frozenset({"_external", "_anchor", "_scheme", "_method"})


@dataclass(frozen=True, slots=True)
class Way:
    """One address that is made somewhere.

    names:  the endpoints it may have; of one that is put together only its beginning, such as
            ``office.show_``.
    given:  the arguments by name; None if some come from elsewhere.
    """

    where: str
    names: tuple[str, ...]
    given: frozenset[str] | None


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _ways_of_code(path: Path) -> Iterator[Way]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS:
            parts = node.args[0]
            chosen = [parts.body, parts.orelse] if isinstance(parts, ast.IfExp) else [parts]
            first = [one.values[0] if isinstance(one, ast.JoinedStr) else one for one in chosen]
            written = [one.value for one in first if isinstance(one, ast.Constant)]
            names = tuple(one for one in written if isinstance(one, str))
            words = [one.arg for one in node.keywords]
            given = None if None in words else frozenset(one for one in words if one is not None)
            yield Way(f"{_name(path)}:{node.lineno}", names, given)


def _ways_of_template(app: APIFlask, path: Path) -> Iterator[Way]:
    for node in app.jinja_env.parse(path.read_text()).find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in ASKS:
            parts = node.args[0]
            chosen = [parts.expr1, parts.expr2] if isinstance(parts, nodes.CondExpr) else [parts]
            first = [one.nodes[0] if isinstance(one, nodes.Concat) else one for one in chosen]
            written = [one.value for one in first if isinstance(one, nodes.Const)]
            names = tuple(one for one in written if isinstance(one, str))
            given = None if node.dyn_kwargs else frozenset(one.key for one in node.kwargs)
            yield Way(f"{_name(path)}:{node.lineno}", names, given)


def _ways(app: APIFlask) -> Iterator[Way]:
    for path in CODE:
        yield from _ways_of_code(path)
    for path in TEMPLATES:
        yield from _ways_of_template(app, path)


def _is_named(endpoint: str, name: str) -> bool:
    return endpoint.startswith(name) if name.endswith(("_", ".")) else endpoint == name


def _fits(rule: Rule, given: frozenset[str]) -> bool:
    return rule.arguments - frozenset(rule.defaults or {}) <= given


def faults(app: APIFlask, ways: Iterator[Way]) -> Iterator[str]:
    for way in ways:
        for name in way.names:
            rules = [rule for rule in app.url_map.iter_rules() if _is_named(rule.endpoint, name)]
            if not rules:
                yield f"{way.where}: there is no page {name!r}"
            elif way.given is not None and not any(_fits(rule, way.given) for rule in rules):
                needed = " or ".join(str(sorted(rule.arguments)) for rule in rules)
                yield f"{way.where}: {name!r} needs {needed}, given are {sorted(way.given)}"


def test_every_address_that_is_made_leads_to_a_page_and_has_what_it_needs(app: APIFlask) -> None:
    ways = list(_ways(app))

    assert len([way for way in ways if way.names]) > 400
    assert list(faults(app, iter(ways))) == []


def test_every_name_of_a_page_that_stands_somewhere_is_one(app: APIFlask) -> None:
    """Also names in tables and lists, from which addresses are made elsewhere."""
    parts = "|".join(sorted(app.blueprints))
    looks_like = re.compile(rf"""["'](?P<name>(?:{parts})\.(?!html["'])[a-z_]+)["']""")
    pages = [path for path in CODE if "routes" in str(path) or path.parent.name == "web"]

    unknown = [
        f"{_name(path)}: {found['name']}"
        for path in [*pages, *TEMPLATES]
        for found in looks_like.finditer(path.read_text())
        if not any(_is_named(one, found["name"]) for one in app.view_functions)
    ]

    assert unknown == []


def test_every_place_of_the_menus_is_there_with_all_that_belongs_to_it(app: APIFlask) -> None:
    menus = [*navigation.MAIN, *navigation.FOOTER]
    names = [(one.endpoint, *one.also) for one in menus]
    desks = [*organisation_desk.DESK, *partner_desk.DESK]
    names += [(one.endpoint, *one.also) for one in desks]

    unknown = [
        name
        for name in itertools.chain.from_iterable(names)
        if not any(_is_named(one, name) for one in app.view_functions)
    ]

    assert unknown == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ('url_for("accounts.show_sign_inn")', "there is no page 'accounts.show_sign_inn'"),
        (
            'way_to("rewards.show_reward")',
            "'rewards.show_reward' needs ['reward_id'], given are []",
        ),
        ('url_for("rewards.show_reward", reward=1)', "given are ['reward']"),
        ('url_for("a.a" if x else "accounts.show_sign_in")', "there is no page 'a.a'"),
        ('url_for("accounts.a" if x else "accounts.show_sign_in")', "no page 'accounts.a'"),
        ('url_for("rewards.show_reward", **known)', None),
        ('url_for("accounts.show_sign_in", next="/")', None),
    ],
)
def test_a_wrong_name_or_a_missing_argument_is_found(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, fault: str | None
) -> None:
    monkeypatch.setattr("tests.web.test_ways.ROOT", tmp_path)
    page, module = tmp_path / "page.html", tmp_path / "module.py"
    page.write_text(f"{{{{ {code} }}}}")
    module.write_text(code)

    for ways in (_ways_of_template(app, page), _ways_of_code(module)):
        found = list(faults(app, ways))
        assert (len(found) == 1 and fault in found[0]) if fault else found == []
