"""The few kinds of no, and the register of every answer by its code.

``code`` is stable: tests, logs and scripts rely on it.
``message`` is for people and may be reworded; it is an English msgid.
``facts`` are for the page: an instant stays an aware datetime until it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from engage.core.errors.sentences import ENGLISH, N_, Sentence, Tongue, put

#: Where a code says something of its own: at the till and in the reward pages.
REDEMPTION = "redemption"


@dataclass(frozen=True, slots=True)
class Answer:
    """One code with its status and its words; refusals and successes alike.

    sentences: best-fitting first; the last needs no facts.
    advice:    what to do now, empty if there is nothing to do.
    """

    code: str
    status: int
    sentences: tuple[Sentence, ...]
    advice: str = ""
    area: str = ""

    @property
    def is_success(self) -> bool:
        return self.status < 400

    def say(self, facts: Mapping[str, object], tongue: Tongue = ENGLISH) -> str:
        fitting = (one for one in self.sentences if one.fits(facts))
        return put(next(fitting, self.sentences[-1]), facts, tongue)

    def say_advice(self, facts: Mapping[str, object], tongue: Tongue = ENGLISH) -> str:
        return put(Sentence(self.advice), facts, tongue) if self.advice else ""


#: Every answer by area and code.
ANSWERS: dict[tuple[str, str], Answer] = {}

#: Every refusal by code; where an area has its own words, the general one.
BY_CODE: dict[str, type[DomainError]] = {}

#: The refusals that an area words, or ranks, in its own way.
IN_AREA: dict[tuple[str, str], type[DomainError]] = {}


def register(answer: Answer) -> Answer:
    """Enter an answer once; two of one code would contradict each other."""
    key = (answer.area, answer.code)
    if key in ANSWERS:
        raise ValueError(f"{answer.code} is already in the register")
    ANSWERS[key] = answer
    return answer


class DomainError(Exception):
    """A rule said no. One subclass for each reason, with a ``code`` of its own.

    message:  English msgid that needs no facts.
    variants: better sentences, tried in order, for when the facts are there.
    advice:   second sentence: what the person can do now.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: ClassVar[str] = N_("This is not possible.")
    variants: ClassVar[tuple[Sentence, ...]] = ()
    advice: ClassVar[str] = ""
    area: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in vars(cls):
            register(cls.answer())
            if cls.area:
                IN_AREA[cls.area, cls.code] = cls
            else:
                BY_CODE[cls.code] = cls

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.answer().say(facts))

    @classmethod
    def answer(cls) -> Answer:
        said = (*cls.variants, Sentence(cls.message))
        return Answer(cls.code, cls.status, said, cls.advice, cls.area)


class InvalidInput(DomainError):
    """What was typed cannot be used; ``facts["fields"]`` says which and why."""

    code = "invalid_input"
    status = 422
    message = N_("Something is missing or cannot be read.")
    advice = N_("Please look at the marked fields.")


class TextNotStorable(DomainError):
    """A text holds what is no character."""

    code = "text_not_storable"
    status = 422
    message = N_("There is a character in the text that cannot be stored.")
    advice = N_("Please type the text by hand instead of pasting it.")


class NotSignedIn(DomainError):
    """Nobody knows who is asking."""

    code = "not_signed_in"
    status = 401
    message = N_("Please sign in first.")


class NotAllowed(DomainError):
    """We know who is asking, and they may not."""

    code = "not_allowed"
    status = 403
    message = N_("You may not do that.")
    advice = N_("Ask the person who manages this, or the programme office.")


class NotFound(DomainError):
    """It is not there, or it is a stranger's."""

    code = "not_found"
    status = 404
    message = N_("We could not find that.")
    advice = N_("The address may be old. Start again from the first page.")


class Conflict(DomainError):
    """The request was fine, but something it depends on is already so."""

    code = "conflict"
    status = 409
    message = N_("Something has changed in the meantime.")
    advice = N_("Please load the page again.")


class Gone(DomainError):
    """It was there and its time is over."""

    code = "gone"
    status = 410
    message = N_("This is over.")


class RuleBroken(DomainError):
    """The request was understood and a rule of the city refuses it."""

    code = "rule_broken"
    status = 422
    message = N_("The rules do not allow this.")


class TooMany(DomainError):
    """Too often in too short a time; ``facts["retry_after"]`` is in seconds."""

    code = "too_many"
    status = 429
    message = N_("That was too often in a short time.")
    advice = N_("Please wait a little and try again.")


class Unavailable(DomainError):
    """Our fault: nothing was kept, and trying again helps."""

    code = "busy"
    status = 503
    message = N_("That was our fault. What you typed is still here.")
    advice = N_("Please try again in a moment.")
