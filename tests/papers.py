"""Reads a PDF as a person with a screen reader gets it: its language, its tags, its words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True, slots=True)
class Paper:
    """``tags`` are the roles of the structure tree, in reading order: H1, Table, TH …"""

    pages: int
    language: str
    title: str
    text: str
    tags: list[str]
    says_ua: bool


def read_paper(content: bytes) -> Paper:
    """Fails for a file that is not marked as tagged."""
    pdf = PdfReader(io.BytesIO(content))
    root: Any = pdf.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"]), "the PDF is not tagged"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"]), "readers say the file's name"
    text = " ".join(page.extract_text() for page in pdf.pages)
    return Paper(
        pages=len(pdf.pages),
        language=str(root["/Lang"]),
        title=str(pdf.metadata.title if pdf.metadata else ""),
        text=" ".join(text.split()),
        tags=list(_tags(root["/StructTreeRoot"])),
        says_ua=b"pdfuaid:part" in root["/Metadata"].get_data(),
    )


def _tags(node: Any) -> Any:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"]).removeprefix("/")
        if "/K" in node:
            yield from _tags(node["/K"])
