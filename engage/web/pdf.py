"""Printed sheets as tagged PDF. The maker needs Pango; without it everything but PDF works."""

from __future__ import annotations

import importlib
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, current_app

#: Where a printed page believes to be; only its own files are found there.
ROOT_URL = "http://printed.invalid/"


class PdfMissing(RuntimeError):
    """This machine cannot make PDF: a library of the system is missing."""


@lru_cache(maxsize=1)
def _maker() -> Any:
    """WeasyPrint, loaded on first use: it costs a second and 40 MB."""
    try:
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as missing:
        raise PdfMissing("Pango is not installed") from missing


def can_print() -> bool:
    """Whether this installation makes PDF."""
    try:
        _maker()
    except PdfMissing:
        return False
    return True


def print_pdf(html: str) -> bytes:
    """A page as PDF/UA-1. Styles and fonts are our own; nothing is fetched from elsewhere.

    Raises PdfMissing.
    """
    maker = _maker()
    document = maker.HTML(string=html, base_url=ROOT_URL, url_fetcher=_fetcher(maker))
    printed: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return printed


def pdf_file(html: str, name: str) -> Response:
    """A page as a PDF to keep, under this name. Raises PdfMissing."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(print_pdf(html), mimetype="application/pdf", headers=headers)


def _fetcher(maker: Any) -> Any:
    class OwnFiles(maker.urls.URLFetcher):  # type: ignore[misc]  # its base is loaded late
        def fetch(self, url: str, headers: object = None) -> Any:
            """A style or font of ours, from the folder that browsers get it from."""
            return maker.urls.URLFetcherResponse(url, *_read(url))

    return OwnFiles()


def _read(url: str) -> tuple[bytes, dict[str, str]]:
    """Raises ValueError for anything that is not one of our files."""
    folder = Path(current_app.static_folder or "").resolve()
    file = (folder / url.removeprefix(f"{ROOT_URL}static/")).resolve()
    if not url.startswith(f"{ROOT_URL}static/") or not file.is_relative_to(folder):
        raise ValueError("a printed page fetches nothing from elsewhere")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return file.read_bytes(), {"Content-Type": kind}
