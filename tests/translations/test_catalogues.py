"""Texts are found, kept, checked and joined; a wrong word is noticed before a citizen reads it."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path

import pytest

from engage.translations.catalogues import Catalogues, read_glossary

CODE = """
from flask_babel import gettext as _, ngettext
def say(n):
    # For translators: shown at the door
    return _("Good day, %(name)s", name="Mina") + ngettext("%(num)s point", "%(num)s points", n)
"""
TEMPLATE = """{# Shows: nothing. #}
{{ _("Check in") }} {% trans count=places %}One place{% pluralize %}{{ count }} places{% endtrans %}
{{ pgettext("verb", "Post") }}
"""


@pytest.fixture
def small(tmp_path: Path) -> Catalogues:
    """A checkout with one feature, one page, and German."""
    for name, text in {
        "engage/attendance/__init__.py": "",
        "engage/attendance/routes.py": CODE,
        "engage/translations/__init__.py": "",
        "templates/attendance/scan.html": TEMPLATE,
        "templates/base.html": '{{ _("Menu") }}',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "engage/translations/de").mkdir()
    return Catalogues(tmp_path)


GERMAN = {
    "Check in": "Einchecken",
    "Good day, %(name)s": "Guten Tag, %(name)s",
    "Menu": "Menü",
    "Post": "Senden",
}
GERMAN_PLURALS = {
    "%(num)s point": ("%(num)s Punkt", "%(num)s Punkte"),
    "One place": ("Ein Platz", "%(count)s Plätze"),
}


def translate(catalogues: Catalogues, **other: str) -> None:
    """Fill in the German, as a translator would; ``other`` replaces by first word."""
    for path in (catalogues.folder / "de").glob("*.po"):
        text = path.read_text()
        for english, german in GERMAN.items():
            said = other.get(english.split()[0], german)
            text = text.replace(
                f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{said}"'
            )
        for english, (one, many) in GERMAN_PLURALS.items():
            before, found, after = text.partition(f'msgid "{english}"')
            after = after.replace('msgstr[0] ""', f'msgstr[0] "{one}"', 1)
            text = (
                before + found + after.replace('msgstr[1] ""', f'msgstr[1] "{many}"', 1)
                if found
                else text
            )
        path.write_text(text)


def test_each_part_has_its_own_catalogue(small: Catalogues) -> None:
    small.update()

    assert small.kept_parts("de") == ["attendance", "web"]
    attendance = small.path("de", "attendance").read_text()
    assert 'msgctxt "verb"\nmsgid "Post"' in attendance
    assert "#. For translators: shown at the door" in attendance
    assert "#: templates/attendance/scan.html\n" in attendance
    assert "Menu" not in attendance


def test_a_complete_translation_has_no_faults_and_compiles(small: Catalogues) -> None:
    small.update()
    translate(small)

    assert list(small.faults()) == []
    [path] = small.compile()
    with path.open("rb") as compiled:
        german = GNUTranslations(compiled)
    assert german.gettext("Menu") == "Menü"
    assert german.ngettext("One place", "%(count)s places", 3) == "%(count)s Plätze"
    assert german.pgettext("verb", "Post") == "Senden"


def test_a_second_update_changes_nothing(small: Catalogues) -> None:
    small.update()
    translate(small)
    before = small.path("de", "attendance").read_text()

    small.update()

    assert small.path("de", "attendance").read_text() == before


def test_a_text_that_is_gone_leaves_the_catalogue_and_the_others_stay(small: Catalogues) -> None:
    small.update()
    translate(small)
    (small.root / "templates/attendance/scan.html").write_text('{{ _("Check in") }}')
    (small.root / "templates/base.html").write_text("")

    assert "web.po: “Menu” is no longer used" in "\n".join(small.faults())
    small.update()
    assert list(small.faults()) == []
    assert small.kept_parts("de") == ["attendance"]


def test_a_new_text_is_noticed(small: Catalogues) -> None:
    (small.root / "templates/base.html").write_text('{{ _("Menu") }}{{ _("Sign out") }}')
    small.update()
    translate(small)

    assert list(small.faults()) == ["de/web.po: “Sign out” is not translated"]
    (small.root / "templates/base.html").write_text('{{ _("Menu") }}{{ _("Sign off") }}')
    assert "de/web.po: “Sign off” is not in the catalogue; run make translations" in list(
        small.faults()
    )


@pytest.mark.parametrize(
    "wrong", ["Guten Tag", "Guten Tag, %(nom)s", "Guten Tag, %(name)s %(name)d"]
)
def test_a_placeholder_that_differs_is_noticed(small: Catalogues, wrong: str) -> None:
    small.update()
    translate(small, Good=wrong)

    assert list(small.faults()) == [
        "de/attendance.po: “Good day, %(name)s” and its translation have different placeholders"
    ]


def test_an_uncertain_translation_is_noticed(small: Catalogues) -> None:
    small.update()
    translate(small)
    path = small.path("de", "web")
    path.write_text(path.read_text().replace('msgid "Menu"', '#, fuzzy\nmsgid "Menu"'))

    assert list(small.faults()) == ["de/web.po: the translation of “Menu” is marked as uncertain"]


def test_one_text_has_one_translation_in_all_parts(small: Catalogues) -> None:
    (small.root / "templates/base.html").write_text('{{ _("Check in") }}')
    small.update()
    translate(small)
    path = small.path("de", "web")
    path.write_text(path.read_text().replace("Einchecken", "Anmelden"))

    assert list(small.faults()) == ["de/web.po: “Check in” says something else in attendance.po"]


GLOSSARY = """
[[term]]
english = ["check in"]
word = "einchecken"
never = ["anmeld", "Anmeld"]
but = ["Anmeldung am Einlass"]

[[term]]
word = "Menü"
never = ["Auswahl"]
"""


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("Einchecken", []),
        ("Anmeldung am Einlass", []),
        ("Voranmeldung", []),
        ("Jetzt anmelden", ["anmelden"]),
        ("Auswahlliste", ["Auswahlliste"]),
    ],
)
def test_a_word_against_the_glossary_is_noticed(
    small: Catalogues, said: str, faults: list[str]
) -> None:
    (small.folder / "de/glossary.toml").write_text(GLOSSARY)
    small.update()
    translate(small, Check=said)

    found = list(small.faults())

    assert len(found) == len(faults)
    for fault, word in zip(found, faults, strict=True):
        assert fault.startswith(
            f"de/attendance.po: the translation of “Check in” says “{word}”; the glossary: "
        )


def test_a_word_of_the_glossary_may_stand_where_something_else_is_meant(small: Catalogues) -> None:
    (small.folder / "de/glossary.toml").write_text(GLOSSARY)
    small.update()
    translate(small, Menu="Anmelden")

    assert list(small.faults()) == []


def test_translators_read_every_word_of_the_glossary_in_the_docs() -> None:
    folder = Catalogues().folder / "de"
    table = (Catalogues().root / "docs/translations.md").read_text()

    shown = {cell.strip() for row in table.splitlines() for cell in row.split("|")}
    for term in read_glossary(folder):
        assert any(cell.startswith(term.word.split(";")[0]) for cell in shown), term.word


def test_every_text_of_the_interface_is_translated() -> None:
    assert list(Catalogues().faults()) == []
