"""Pictures of the demo's rewards, drawn with a few shapes: no photo of anybody is needed."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

WIDE, HIGH = 1200, 800
CREAM, PLUM, SUN, MINT, SKY, CORAL, BROWN = (
    "#fbf3e4",
    "#4b2a63",
    "#ffc247",
    "#7fd1ae",
    "#8cc8f0",
    "#ff8f77",
    "#6b4630",
)

Pen = ImageDraw.ImageDraw


def _cup(pen: Pen) -> None:
    pen.rectangle((0, 560, WIDE, HIGH), fill=SUN)
    pen.ellipse((380, 585, 820, 665), fill=CREAM)
    pen.ellipse((700, 330, 850, 500), outline=CORAL, width=36)
    pen.rounded_rectangle((430, 290, 770, 610), 90, fill=CORAL)
    pen.ellipse((450, 265, 750, 345), fill=BROWN)
    for left in (520, 600, 680):
        pen.arc((left - 40, 90, left + 40, 250), 90, 300, fill=PLUM, width=14)


def _film(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDE, HIGH), fill=PLUM)
    pen.polygon(((180, 120), (1020, 120), (1020, 480), (180, 480)), fill=CREAM)
    pen.ellipse((540, 200, 660, 320), fill=SUN)
    pen.rectangle((180, 400, 1020, 480), fill=MINT)
    for seat in range(6):
        pen.rounded_rectangle((90 + seat * 180, 600, 220 + seat * 180, 820), 50, fill=CORAL)


def _waves(pen: Pen) -> None:
    pen.rectangle((0, 330, WIDE, HIGH), fill=SKY)
    for row in range(4):
        for wave in range(9):
            left = wave * 160 - (row % 2) * 80
            top = 380 + row * 100
            pen.arc((left, top, left + 160, top + 90), 0, 180, fill=CREAM, width=14)
    pen.ellipse((470, 250, 590, 370), fill=CORAL)
    pen.arc((440, 300, 760, 520), 190, 350, fill=PLUM, width=40)


def _wheel(pen: Pen) -> None:
    pen.rectangle((0, 640, WIDE, HIGH), fill=MINT)
    for left in (180, 680):
        pen.ellipse((left, 340, left + 340, 680), outline=PLUM, width=26)
    for line in (
        ((350, 510), (520, 270), (760, 270), (850, 510)),
        ((350, 510), (600, 510), (760, 270)),
        ((520, 270), (600, 510)),
        ((760, 270), (740, 200), (820, 190)),
    ):
        pen.line(line, fill=CORAL, width=26, joint="curve")
    pen.rounded_rectangle((450, 225, 590, 260), 16, fill=PLUM)


def _books(pen: Pen) -> None:
    pen.rectangle((0, 620, WIDE, HIGH), fill=BROWN)
    for place, colour in enumerate((CORAL, SUN, MINT, SKY, PLUM)):
        left, top = 260 + place * 140, 220 + (place % 3) * 40
        pen.rounded_rectangle((left, top, left + 116, 620), 14, fill=colour)
        pen.rectangle((left, top + 60, left + 116, top + 84), fill=CREAM)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "cup": _cup,
    "film": _film,
    "waves": _waves,
    "wheel": _wheel,
    "books": _books,
}


def drawing(name: str) -> bytes:
    """A PNG of one of the drawings, as a partner would upload it."""
    paper = Image.new("RGB", (WIDE, HIGH), CREAM)
    DRAWINGS[name](ImageDraw.Draw(paper))
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()
