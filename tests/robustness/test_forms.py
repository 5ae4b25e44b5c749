"""Whatever is typed into any field of any page: an answer in words, never a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import databases
from tests.access.visiting import City
from tests.robustness.forms import Form, find_forms
from tests.robustness.strings import BUILT_IN, HALF, NUL, SHOWN, UNWRITABLE, naughty

SAMPLE = naughty()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    city = City(databases.sqlite_database(folder), folder / "as-built.db")
    yield city
    city.app.extensions["engine"].dispose()


@pytest.fixture(scope="module")
def forms(built: City) -> list[Form]:
    return find_forms(built)


@pytest.fixture
def city(built: City) -> City:
    built.restore()
    return built


def send(city: City, form: Form, texts: dict[str, str], *, restore: bool = True) -> int:
    reply = form.send(city.browser(form.role), texts)
    if restore and reply.status_code < 400:
        city.restore()
    return reply.status_code


def test_the_forms_of_all_parts_are_found(forms: list[Form]) -> None:
    parts = {form.endpoint.partition(".")[0] for form in forms}

    assert len(forms) > 60
    assert parts >= {"accounts", "activities", "attendance", "offers", "office", "till", "devices"}


@pytest.mark.parametrize("text", BUILT_IN, ids=lambda text: ascii(text)[:30])
def test_case_23_a_text_in_every_field_of_every_form_is_answered(
    city: City, forms: list[Form], text: str
) -> None:
    statuses = {
        f"{form.address} {form.typed}": send(city, form, dict.fromkeys(form.fields, text))
        for form in forms
    }

    assert {where: status for where, status in statuses.items() if status >= 500} == {}


def test_case_23_naughty_strings_in_every_field_are_answered(city: City, forms: list[Form]) -> None:
    if not SAMPLE:
        pytest.skip("ENGAGE_SAMPLE_DATA is not set: only the built-in texts were tried")
    failed = []
    for number, form in enumerate(forms):
        for turn in range(6):
            at = number * 6 + turn
            texts = {
                name: SAMPLE[(at + place) % len(SAMPLE)] for place, name in enumerate(form.fields)
            }
            if (status := send(city, form, texts)) >= 500:
                failed.append(f"{form.address}: {status}: {texts!a}")

    assert failed == []


def test_a_nul_is_refused_with_a_sentence_in_every_form(city: City, forms: list[Form]) -> None:
    let_through = []
    for form in forms:
        for name in form.fields:
            reply = form.send(city.browser(form.role), {name: NUL})
            if reply.status_code != 422 or "nicht gespeichert werden kann" not in reply.text:
                let_through.append(f"{form.address} {name}: {reply.status}")
                city.restore()

    assert let_through == []


def test_case_23_what_nobody_writes_is_answered_on_postgresql(postgresql_url: str) -> None:
    city = City(postgresql_url)
    failed = []
    for form in find_forms(city):
        for text in (HALF, NUL, *UNWRITABLE[2:5]):
            status = send(city, form, dict.fromkeys(form.fields, text), restore=False)
            if status >= 500:
                failed.append(f"{form.address}: {status}: {text[:20]!a}")
    city.app.extensions["engine"].dispose()

    assert failed == []


@pytest.mark.parametrize("text", SHOWN, ids=lambda text: ascii(text)[:30])
def test_what_is_typed_comes_out_unharmed_stored_or_refused(
    city: City, forms: list[Form], text: str
) -> None:
    harmed, compared = [], 0
    for form in forms:
        for name in form.free:
            reply = form.send(city.browser(form.role), {name: text})
            shown = form.shown(city.browser(form.role), reply, name)
            if reply.status_code < 400:
                city.restore()
            if shown is not None:
                compared += 1
                if shown != text:
                    harmed.append(f"{form.address} {name}: {reply.status_code}: {shown[:60]!a}")

    assert harmed == []
    assert compared > 40
