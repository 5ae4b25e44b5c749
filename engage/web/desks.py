"""The pages at the side of a desk, where people work for an organisation or a partner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import request, url_for


class Part(Protocol):
    """What somebody is for the body whose desk it is."""

    @property
    def slug(self) -> str: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """A page at the side of a desk.

    also: beginnings of endpoints that belong to it.
    managers_only: others would only be refused there.
    """

    endpoint: str
    label: object
    icon: str
    also: tuple[str, ...] = ()
    managers_only: bool = False


def list_places(
    desk: Sequence[DeskPlace], slug: str, parts: Iterable[Part]
) -> list[tuple[str, str, str, bool]]:
    """The places of a desk as ``side_nav`` shows them: label, address, icon, whether it is here.

    slug:  of the body.
    parts: what the person is, in all bodies of this kind.
    """
    here = request.endpoint or ""
    manages = any(one.slug == slug and one.role == "manager" for one in parts)
    shown = [one for one in desk if manages or not one.managers_only]
    exact = [one for one in shown if one.endpoint == here]
    near = [one for one in shown if one.also and here.startswith(one.also)]
    current = (exact or near)[:1]
    return [
        (str(one.label), url_for(one.endpoint, slug=slug), one.icon, one in current)
        for one in shown
    ]
