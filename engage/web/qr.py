"""QR codes as one small SVG path: for passes, vouchers, posters, slips and cards."""

from __future__ import annotations

import io
from collections.abc import Sequence

import qrcode
from markupsafe import Markup, escape
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from engage.core.codes import Code
from engage.web.context import settings

#: White modules around the code, as scanners need them.
QUIET = 2


def link_of(code: Code) -> str:
    """What the QR holds: the address any camera app opens, in upper case to stay small."""
    given = settings()
    if given.base_url.startswith("https://"):
        return code.link(given.host)
    return code.link(given.host).replace("HTTPS://", "HTTP://", 1)


def matrix_of(text: str, *, sturdy: bool = False) -> list[list[bool]]:
    """The modules of the code, row by row, without a border.

    sturdy:  a quarter of it may be dirty or torn: for paper.
    """
    level = ERROR_CORRECT_Q if sturdy else ERROR_CORRECT_M
    code = qrcode.QRCode(error_correction=level, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return rows


def path_of(rows: Sequence[Sequence[bool]], quiet: int = QUIET) -> str:
    """All dark modules as one path: each run of a row is one rectangle."""
    path = io.StringIO()
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                path.write(f"M{x + quiet} {y + quiet}h{run - x}v1h-{run - x}z")
            x = run + 1
    return path.getvalue()


def draw(text: str, title: str, *, sturdy: bool = False, quiet: int = QUIET) -> Markup:
    """An ``<svg>`` of the code that says what it is.

    title:  for people who cannot see it; never the code's secret.
    quiet:  white modules around it; 0 where the page leaves room already.
    """
    rows = matrix_of(text, sturdy=sturdy)
    side = len(rows) + 2 * quiet
    return Markup(  # noqa: S704  # numbers of our own and an escaped title
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges" role="img"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{path_of(rows, quiet)}"/></svg>'
    )


def draw_code(code: Code, title: str, *, sturdy: bool = False) -> Markup:
    """The QR of one of our codes, with its address in it."""
    return draw(link_of(code), title, sturdy=sturdy)
