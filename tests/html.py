"""A page as a tree of elements, read with the standard library alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements that stand inside a line of words; every other one parts words.
INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "code",
    "data",
    "em",
    "i",
    "mark",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


@dataclass
class Element:
    """One element: its tag, its attributes, and what is inside in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = field(default=None, repr=False)
    children: list[Element | str] = field(default_factory=list, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def __iter__(self) -> Iterator[Element]:
        """Every element inside, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """Elements inside by tag and attributes; ``aria_label`` stands for ``aria-label``."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            one
            for one in self
            if (not tags or one.tag in tags)
            and all(one[name] == value for name, value in wanted.items())
        ]

    def one(self, *tags: str, **attributes: str) -> Element:
        """The only such element; any other number is an error."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes}"
        return found[0]

    def with_class(self, name: str) -> list[Element]:
        return [one for one in self if name in one["class"].split()]

    @property
    def text(self) -> str:
        """All words inside, with single spaces."""
        return " ".join("".join(self._words()).split())

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style", "template"}:
                edge = "" if child.tag in INLINE else " "
                yield edge
                yield from child._words()
                yield edge

    def texts(self) -> Iterator[str]:
        """The runs of words between two tags, and the words that only screen readers say."""
        for one in (self, *self):
            if one.tag not in {"script", "style", "template"}:
                yield from (
                    " ".join(c.split()) for c in one.children if isinstance(c, str) and c.strip()
                )
            yield from (
                one[name] for name in ("aria-label", "title", "placeholder", "alt") if one[name]
            )

    def within(self, *tags: str) -> bool:
        above = self.parent
        while above is not None and above.tag not in tags:
            above = above.parent
        return above is not None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Element("page")
        self._here = self.page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(element)

    def handle_endtag(self, tag: str) -> None:
        here: Element | None = self._here
        while here is not None and here.tag != tag:
            here = here.parent
        if here is not None and here.parent is not None:
            self._here = here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)


def read(html: str) -> Element:
    """The whole page below one element of the made-up tag ``page``."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
