"""Forty codes of ours as a camera at a door sees them, made anew and alike at every run.

Eight kinds of trouble in five strengths. The last strength of each kind is meant to be at the
edge of what can be read at all, or beyond it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from engage.core.codes import Code, CodeType, encode_bits

#: A phone's camera as the scanner asks for it.
FRAME = (1280, 720)
MODULES = 29
#: Module of the code in camera pixels where nothing else is said: an arm's length away.
MODULE = 10
WALL, PAPER, INK = 150, 238, 28

Box = tuple[float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame and what is written in it."""

    name: str
    text: str
    image: Image.Image


def make_all() -> Iterator[Picture]:
    """All forty, always the same ones."""
    for kind, make in KINDS.items():
        for strength in range(1, 6):
            chance = random.Random(f"{kind} {strength}")  # alike at every run
            text = random_text(chance)
            yield Picture(f"{kind} {strength}", text, make(text, strength, chance))


def random_text(chance: random.Random) -> str:
    number, secret = (
        encode_bits(chance.randbytes(8), 8),
        encode_bits(chance.randbytes(8), 12),
    )
    return Code(CodeType.PASS, number, secret).link("ENGAGE.DORTMUND.DE")


def make_code(text: str, box: int, paper: int = PAPER, ink: int = INK) -> Image.Image:
    """The code with its quiet zone, flat and sharp."""
    code = qrcode.QRCode(border=4, box_size=box, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    if code.modules_count != MODULES:
        raise ValueError(f"{text} takes {code.modules_count} modules, not {MODULES}")
    drawn: Image.Image = code.make_image().get_image().convert("L")
    return drawn.point([ink] * 128 + [paper] * 128)


def _seen(
    code: Image.Image, width: float, tilt: tuple[float, float, float] = (0, 0, 3), wall: int = WALL
) -> Image.Image:
    """A flat picture in the room: turned by degrees around three axes, ``width`` pixels wide.

    Drawn twice as large and brought down, as a lens gathers light.
    """
    large = (FRAME[0] * 2, FRAME[1] * 2)
    held = code.transform(
        large,
        Image.Transform.PERSPECTIVE,
        _view(code.width, width * 2, tilt, large),
        Image.Resampling.BICUBIC,
        fillcolor=wall,
    )
    return held.resize(FRAME, Image.Resampling.BOX)


def _view(
    source: int, width: float, tilt: tuple[float, float, float], frame: tuple[int, int]
) -> Box:
    """From a pixel of the frame back to the flat picture, by a camera of 60 degrees."""
    x, y, z = (math.radians(angle) for angle in tilt)
    right = (math.cos(y) * math.cos(z), math.cos(y) * math.sin(z), -math.sin(y))
    down = (
        math.sin(x) * math.sin(y) * math.cos(z) - math.cos(x) * math.sin(z),
        math.sin(x) * math.sin(y) * math.sin(z) + math.cos(x) * math.cos(z),
        math.sin(x) * math.cos(y),
    )
    lens = frame[0] / 2 / math.tan(math.radians(30))
    scale = width / source
    middle = source / 2
    rows = [
        [right[axis] * scale, down[axis] * scale, -(right[axis] + down[axis]) * scale * middle]
        for axis in range(3)
    ]
    rows[2] = [value / lens for value in rows[2]]
    rows[2][2] += 1
    rows[0] = [one + frame[0] / 2 * depth for one, depth in zip(rows[0], rows[2], strict=True)]
    rows[1] = [one + frame[1] / 2 * depth for one, depth in zip(rows[1], rows[2], strict=True)]
    return _inverse(rows)


def _inverse(rows: list[list[float]]) -> Box:
    (a, b, c), (d, e, f), (g, h, i) = rows
    turned = (
        *(e * i - f * h, c * h - b * i, b * f - c * e),
        *(f * g - d * i, a * i - c * g, c * d - a * f),
        *(d * h - e * g, b * g - a * h),
    )
    last = a * e - b * d
    one, two, three, four, five, six, seven, eight = (value / last for value in turned)
    return one, two, three, four, five, six, seven, eight


def _noise(image: Image.Image, chance: random.Random, most: int) -> Image.Image:
    """Grain of a sensor: the mean of three throws, at most ``most`` levels up or down."""
    grain = Image.new("L", image.size, 128)
    for part in (1.0, 0.5, 1 / 3):
        throw = Image.frombytes("L", image.size, chance.randbytes(image.width * image.height))
        grain = Image.blend(grain, throw, part)
    grain = grain.point([round((level - 128) * most / 128) + 128 for level in range(256)])
    return ImageChops.add(image, grain, offset=-128)


def _blur(text: str, strength: int, chance: random.Random) -> Image.Image:
    """Out of focus: up to more than a module."""
    radius = (2, 3.5, 5, 6.5, 8)[strength - 1]
    frame = _seen(make_code(text, 12), MODULE * 37, (4, -6, 5))
    return _noise(frame.filter(ImageFilter.GaussianBlur(radius)), chance, 12)


def _moved(text: str, strength: int, chance: random.Random) -> Image.Image:
    """The hand moves while the picture is taken."""
    steps = (4, 7, 10, 13, 16)[strength - 1]
    frame = _seen(make_code(text, 12), MODULE * 37, (3, 5, -8))
    moved = frame
    for step in range(1, steps):
        shift = ImageChops.offset(frame, step, step // 3)
        moved = Image.blend(moved, shift, 1 / (step + 1))
    return _noise(moved, chance, 12)


def _tilted(text: str, strength: int, chance: random.Random) -> Image.Image:
    """A card held at a slant."""
    angle = (25, 38, 48, 56, 63)[strength - 1]
    frame = _seen(make_code(text, 12), MODULE * 37, (angle * 0.4, angle, 12 + strength * 7))
    return _noise(frame.filter(ImageFilter.GaussianBlur(0.8)), chance, 14)


def _dark(text: str, strength: int, chance: random.Random) -> Image.Image:
    """In the evening: little light, much grain."""
    light, grain = ((0.4, 20), (0.25, 26), (0.17, 30), (0.12, 34), (0.08, 38))[strength - 1]
    frame = ImageEnhance.Brightness(_seen(make_code(text, 12), MODULE * 37, (5, 8, 4))).enhance(
        light
    )
    return _noise(frame.filter(ImageFilter.GaussianBlur(1)), chance, grain)


def _glare(text: str, strength: int, chance: random.Random) -> Image.Image:
    """A lamp in the glass: white in its middle, pale around it."""
    core, haze = ((26, 0.45), (38, 0.55), (50, 0.65), (62, 0.74), (74, 0.82))[strength - 1]
    frame = _seen(make_code(text, 12), MODULE * 37, (-6, 10, 6))
    # brightest in its middle, gone at its rim, which lies outside the code
    glow = ImageChops.invert(Image.radial_gradient("L")).resize((640, 640))
    glow = glow.point([min(255, round(level * haze * 1.6)) for level in range(256)])
    ImageDraw.Draw(glow).ellipse((320 - core, 320 - core, 320 + core, 320 + core), fill=255)
    light = Image.new("L", FRAME, 0)
    at = (FRAME[0] // 2 + 30 + chance.randint(-25, 25), FRAME[1] // 2 + chance.randint(-25, 25))
    light.paste(glow.filter(ImageFilter.GaussianBlur(6)), (at[0] - 320, at[1] - 320))
    frame.paste(255, (0, 0), light)
    return _noise(frame, chance, 12)


def _small(text: str, strength: int, chance: random.Random) -> Image.Image:
    """Far away: from 3.5 down to 1.6 pixels a module."""
    module = (3.5, 2.8, 2.3, 1.9, 1.6)[strength - 1]
    frame = _seen(make_code(text, 12), module * 37, (2, 4, 3))
    return _noise(frame.filter(ImageFilter.GaussianBlur(0.5)), chance, 10)


def _screen(text: str, strength: int, chance: random.Random) -> Image.Image:
    """Filmed off a phone's screen: its grid of pixels beats with that of the camera."""
    pitch = 4
    code = make_code(text, pitch * (7, 6, 5, 4, 3)[strength - 1], paper=255, ink=18)
    grid = Image.new("L", code.size, 255)
    pen = ImageDraw.Draw(grid)
    for at in range(0, code.width, pitch):
        pen.line([(at, 0), (at, code.height)], fill=30)
        pen.line([(0, at), (code.width, at)], fill=90)
    lit = ImageChops.multiply(code, grid)
    width = MODULE * 37 * (1.0, 0.9, 0.8, 0.7, 0.6)[strength - 1]
    view = _view(code.width, width, (6, -9, 3 + strength), FRAME)
    # one sample for each pixel of the camera: what lies between is lost, and so the bands appear
    frame = lit.transform(
        FRAME, Image.Transform.PERSPECTIVE, view, Image.Resampling.BILINEAR, fillcolor=40
    )
    return _noise(ImageEnhance.Contrast(frame).enhance(1.2), chance, 10 + 4 * strength)


def _printed(text: str, strength: int, chance: random.Random) -> Image.Image:
    """A cheap print that was in a pocket: specks, holes, creases, pale ink."""
    code = make_code(text, 12, ink=(40, 60, 80, 100, 115)[strength - 1])
    pen = ImageDraw.Draw(code)
    for _ in range(60 * strength):
        x, y, wide = (
            chance.randrange(code.width),
            chance.randrange(code.height),
            chance.randint(2, 7),
        )
        pen.ellipse((x, y, x + wide, y + wide), fill=chance.choice((PAPER, 60)))
    for _ in range(strength):
        ends = [chance.randrange(code.width) for _ in range(4)]
        points = [(ends[0], 0), (ends[1], code.height)] if chance.random() < 0.5 else []
        points = points or [(0, ends[2]), (code.width, ends[3])]
        for one, other in pairwise(points):
            pen.line([one, other], fill=PAPER, width=2 + strength)
    return _noise(_seen(code, MODULE * 30, (7, 11, -9)), chance, 16)


KINDS: dict[str, Callable[[str, int, random.Random], Image.Image]] = {
    "blurred": _blur,
    "moved": _moved,
    "tilted": _tilted,
    "dark": _dark,
    "glare": _glare,
    "small": _small,
    "screen": _screen,
    "printed": _printed,
}
