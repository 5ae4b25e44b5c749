"""How a rule's answer is put into words, for whoever translates or shows one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def N_(message: str) -> str:  # noqa: N802
    # The name every translation tool looks for.
    """Mark an English sentence for translation and leave it as it is."""
    return message


@dataclass(frozen=True, slots=True)
class Sentence:
    """One English sentence with room for facts, as the catalogues know it.

    one:     the msgid, with ``%(fact)s`` where a fact belongs.
    many:    its plural, empty if the sentence counts nothing.
    counted: the fact that decides between one and many.
    when:    facts that must be there although the sentence does not print them.
    """

    one: str
    many: str = ""
    counted: str = ""
    when: tuple[str, ...] = ()

    def fits(self, facts: Mapping[str, object]) -> bool:
        needed = {*_PLACEHOLDER.findall(self.one + self.many), *self.when}
        return all(facts.get(name) is not None for name in needed)


def NN_(one: str, many: str, counted: str) -> Sentence:  # noqa: N802
    # Beside N_, for the same tools.
    """Mark a sentence that counts something."""
    return Sentence(one, many, counted)


@dataclass(frozen=True, slots=True)
class Tongue:
    """How to say things in one language.

    gettext, ngettext: as in the standard library; they fill nothing in.
    show:              turns one fact, named and raw, into words (an instant into local time).
    """

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    show: Callable[[str, object], str]


def _one_or_many(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _plain(name: str, fact: object) -> str:
    return str(fact)


#: The msgids themselves, facts as Python prints them: for logs and for tests.
ENGLISH = Tongue(N_, _one_or_many, _plain)


def put(sentence: Sentence, facts: Mapping[str, object], tongue: Tongue) -> str:
    """Say one sentence in one language, its facts filled in."""
    if sentence.many:
        count = facts[sentence.counted]
        text = tongue.ngettext(sentence.one, sentence.many, count if isinstance(count, int) else 0)
    else:
        text = tongue.gettext(sentence.one)
    shown = {
        name: tongue.show(name, facts[name]) for name in _PLACEHOLDER.findall(text) if name in facts
    }
    return _PLACEHOLDER.sub(lambda found: shown.get(found[1], "…"), text)
