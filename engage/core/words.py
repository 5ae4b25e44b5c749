"""How words are compared in a search: without case, accents and umlauts."""

from __future__ import annotations

import unicodedata

#: Umlauts written out, as on foreign keyboards: "Gaerten" finds "Gärten".
_WRITTEN_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def fold(text: str) -> str:
    """A text as it is searched: lower case, no accents, ``ß`` as ``ss``, one space between words.

    Whatever is stored for a search and whatever is searched go through this, so that
    both databases compare plain letters.
    """
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    for written, short in _WRITTEN_OUT:
        plain = plain.replace(written, short)
    return " ".join(plain.split())
