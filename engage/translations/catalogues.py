"""Collects the texts of the interface, checks their translations, and compiles them.

``python -m engage.translations.catalogues update|check|compile``. The texts in the code are English
and are the source. Every folder beside this file is a language; in it, one catalogue per part of
the interface, so that who changes a part changes its words in the same place.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

#: Functions whose first words are a text, and which of their arguments hold it.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "NN_": (1, 2),
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
#: A comment that starts so is shown to the translators.
COMMENTS = ("For translators:",)
JINJA = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]")
#: The part that holds what belongs to no feature: base page, components, error pages.
COMMON = "web"
HEADER = """\
# {language} words of Engage: {part}
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Term:
    """What something is called, and what it must not be called.

    english: beginnings of words in the source text; empty for every text.
    word:    the word to use, in a sentence of the fault.
    never:   beginnings of words that must not stand in the translation.
    but:     wordings in which one of them may stand all the same.
    """

    word: str
    never: tuple[str, ...]
    english: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def find_wrong_word(self, source: str, translation: str) -> str | None:
        """The first word of the translation that is not the one agreed on."""
        if self.english and not re.search(_any_word(self.english), source, re.IGNORECASE):
            return None
        for allowed in self.but:
            translation = translation.replace(allowed, "")
        found = re.search(_any_word(self.never) + r"\w*", translation)
        return found.group(0) if found else None


def _any_word(beginnings: tuple[str, ...]) -> str:
    """Words that begin so. “E-Mail” is one word: it does not begin with “Mail”."""
    return rf"(?<![\w-])(?:{'|'.join(map(re.escape, beginnings))})"


@dataclass(frozen=True)
class Catalogues:
    """All catalogues of a checkout.

    root:  the folder with ``engage/`` and ``templates/``.
    """

    root: Path = field(default_factory=lambda: Path(__file__).resolve().parents[2])

    @property
    def folder(self) -> Path:
        return self.root / "engage/translations"

    def locales(self) -> list[str]:
        return sorted(
            path.name
            for path in self.folder.iterdir()
            if path.is_dir() and path.name != "__pycache__"
        )

    def parts(self) -> dict[str, list[Path]]:
        """The files whose texts belong to each part."""
        features = {path.parent.name for path in self.root.glob("engage/*/__init__.py")}
        parts: dict[str, list[Path]] = {}
        for path in [*self.root.glob("engage/**/*.py"), *self.root.glob("templates/**/*.*")]:
            within = path.relative_to(self.root).parts
            if "translations" not in within:
                part = within[1] if within[1] in features else COMMON
                parts.setdefault(part, []).append(path)
        return {part: sorted(paths) for part, paths in sorted(parts.items())}

    def extract(self, part: str) -> Catalog:
        """The texts of a part as the code has them, without translations."""
        found = Catalog()
        for path in self.parts().get(part, []):
            place = path.relative_to(self.root).as_posix()
            method, options = ("python", {}) if path.suffix == ".py" else ("jinja2", JINJA)
            for _line, text, comments, context in extract_from_file(
                method, path, keywords=KEYWORDS, comment_tags=COMMENTS, options=options
            ):
                found.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
        return found

    def path(self, locale: str, part: str) -> Path:
        return self.folder / locale / f"{part}.po"

    def read(self, locale: str, part: str) -> Catalog:
        path = self.path(locale, part)
        if not path.exists():
            return Catalog(locale=locale)
        with path.open("rb") as source:
            return read_po(source, locale=locale, abort_invalid=True)

    def kept_parts(self, locale: str) -> list[str]:
        return sorted(path.stem for path in (self.folder / locale).glob("*.po"))

    def update(self) -> None:
        """Bring every catalogue to the texts of the code; texts that stay keep their words."""
        for part in sorted(
            {*self.parts(), *(p for locale in self.locales() for p in self.kept_parts(locale))}
        ):
            texts = self.extract(part)
            for locale in self.locales():
                self._write(locale, part, texts)

    def _write(self, locale: str, part: str, texts: Catalog) -> None:
        path, catalog = self.path(locale, part), self.read(locale, part)
        catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        if not len(catalog):
            path.unlink(missing_ok=True)
            return
        body = BytesIO()
        write_po(body, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
        name = catalog.locale.get_display_name("en") if catalog.locale else locale
        head = HEADER.format(language=name, part=part, locale=locale, plural=catalog.plural_forms)
        path.write_text(head + body.getvalue().decode(), encoding="utf-8")

    def faults(self) -> Iterator[str]:
        """Everything that would show a wrong word, one sentence each."""
        texts = {part: self.extract(part) for part in self.parts()}
        for locale in self.locales():
            said: dict[Key, tuple[str, object]] = {}
            glossary = read_glossary(self.folder / locale)
            for part in sorted({*texts, *self.kept_parts(locale)}):
                catalog = self.read(locale, part)
                yield from _differences(f"{locale}/{part}.po", texts.get(part, Catalog()), catalog)
                for message in _messages(catalog):
                    yield from _unfit(f"{locale}/{part}.po", message)
                    yield from _against(glossary, f"{locale}/{part}.po", message)
                    where, before = said.setdefault(_key(message), (part, message.string))
                    if before != message.string:
                        said_there = f"says something else in {where}.po"
                        yield f"{locale}/{part}.po: {_quote(message)} {said_there}"

    def compile(self) -> list[Path]:
        """Join the parts of each language to the one file that the pages read."""
        return [self._compile(locale) for locale in self.locales()]

    def _compile(self, locale: str) -> Path:
        joined = Catalog(locale=locale)
        for part in self.kept_parts(locale):
            for message in _messages(self.read(locale, part)):
                if message.string and not message.fuzzy:
                    joined.add(message.id, message.string, context=message.context)
        path = self.folder / locale / "LC_MESSAGES/messages.mo"
        path.parent.mkdir(exist_ok=True)
        building = path.with_suffix(".building")
        with building.open("wb") as target:
            write_mo(target, joined)
        return building.replace(path)


def read_glossary(folder: Path) -> list[Term]:
    """The glossary of the language in a folder; without one every word goes.

    Raises tomllib.TOMLDecodeError, TypeError or KeyError for a file that is none.
    """
    path = folder / "glossary.toml"
    if not path.exists():
        return []
    return [
        Term(
            word=term["word"],
            never=tuple(term["never"]),
            english=tuple(term.get("english", ())),
            but=tuple(term.get("but", ())),
        )
        for term in tomllib.loads(path.read_text(encoding="utf-8"))["term"]
    ]


def wrong_words(
    glossary: list[Term], sources: list[str], translations: list[str]
) -> Iterator[tuple[str, str]]:
    """The words of a translation that the glossary does not allow, each with the one to use."""
    source = " ".join(sources)
    for term in glossary:
        for translation in translations:
            wrong = term.find_wrong_word(source, translation)
            if wrong is not None:
                yield wrong, term.word
                break


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _quote(message: Message) -> str:
    return f"“{_key(message)[1]}”"


def _forms(text: str | Iterable[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _differences(where: str, texts: Catalog, catalog: Catalog) -> Iterator[str]:
    in_code = {_key(message): message for message in _messages(texts)}
    kept = {_key(message): message for message in _messages(catalog)}
    for key, message in in_code.items():
        if key not in kept or len(_forms(kept[key].id)) != len(_forms(message.id)):
            yield f"{where}: {_quote(message)} is not in the catalogue; run make translations"
    for key, message in kept.items():
        if key not in in_code:
            yield f"{where}: {_quote(message)} is no longer used; run make translations"


def _unfit(where: str, message: Message) -> Iterator[str]:
    """A translation that is missing, only guessed, or forgets a placeholder."""
    ids, strings = _forms(message.id), _forms(message.string)
    if not strings or not all(strings):
        yield f"{where}: {_quote(message)} is not translated"
    elif message.fuzzy:
        yield f"{where}: the translation of {_quote(message)} is marked as uncertain"
    elif not _placeholders_fit(ids, strings):
        yield f"{where}: {_quote(message)} and its translation have different placeholders"


def _against(glossary: list[Term], where: str, message: Message) -> Iterator[str]:
    for wrong, word in wrong_words(glossary, _forms(message.id), _forms(message.string)):
        yield f"{where}: the translation of {_quote(message)} says “{wrong}”; the glossary: {word}"


def _placeholders_fit(ids: list[str], strings: list[str]) -> bool:
    """The last form has all of the last source form; the others may leave out the number."""
    allowed = {name for text in ids for name in _placeholders(text)}
    all_known = all(_placeholders(string) <= allowed for string in strings)
    return all_known and _placeholders(strings[-1]) >= _placeholders(ids[-1])


def _placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="catalogues", description=__doc__)
    parser.add_argument("command", choices=["update", "check", "compile"])
    command = parser.parse_args(arguments).command
    catalogues = Catalogues()
    if command == "update":
        catalogues.update()
    elif command == "compile":
        catalogues.compile()
    else:
        faults = list(catalogues.faults())
        print(*faults, sep="\n", end="\n" if faults else "")
        print(f"Translations: {len(faults)} faults in {', '.join(catalogues.locales())}.")
        return 1 if faults else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
