"""Pictures of rewards: drawn anew from what was uploaded, so that nothing else of the file stays.

A picture is decoded and written again as JPEG in two sizes: no place, no name, no hidden text of
the file survives. Its address is the digest of its content, so browsers may keep it for good.
"""

from __future__ import annotations

import hashlib
import io
import uuid
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageOps
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from engage.core.errors import NotFound, PictureUnusable
from engage.rewards.models import Picture, Reward

#: What is read; an SVG is a program, not a picture.
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 * 1024 * 1024
#: A camera of today has 50 million; what has more is made to exhaust the server.
MOST_PIXELS = 60_000_000
LEAST_EDGE = 200
#: Width and height, 3 to 2 as the page shows them.
LARGE, SMALL = (1200, 800), (480, 320)
QUALITY = 82
#: A picture that no reward shows any more stays so long, for a form that is still open.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture ready to be kept."""

    digest: str
    width: int
    height: int
    large: bytes
    small: bytes


def draw(content: bytes) -> Drawn:
    """Decode what was uploaded and draw it anew in two sizes.

    Raises PictureUnusable with ``why``: ``kind``, ``size`` or ``small``.
    """
    if len(content) > MOST_BYTES:
        raise PictureUnusable(why="size")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _draw(content)
        except PictureUnusable:
            raise
        except Exception as reason:  # decoders raise whatever they meet in a broken file
            raise PictureUnusable(why="kind") from reason


def _draw(content: bytes) -> Drawn:
    with Image.open(io.BytesIO(content), formats=FORMATS) as found:
        if found.width * found.height > MOST_PIXELS:  # known before a pixel is decoded
            raise PictureUnusable(why="size")
        if min(found.size) < LEAST_EDGE:
            raise PictureUnusable(why="small")
        found.draft("RGB", (LARGE[0] * 2, LARGE[1] * 2))  # decode no more than is needed
        upright = _on_white(ImageOps.exif_transpose(found))
    large, small = _jpeg(upright, LARGE), _jpeg(upright, SMALL)
    return Drawn(hashlib.sha256(large).hexdigest()[:32], *LARGE, large, small)


def _on_white(found: Image.Image) -> Image.Image:
    """Without transparency: that would turn black."""
    clear = found.convert("RGBA")
    ground = Image.new("RGB", clear.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _jpeg(picture: Image.Image, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    fitted = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    fitted.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def keep(session: Session, partner_id: uuid.UUID, drawn: Drawn, *, now: datetime) -> str:
    """Store a picture; the same one twice is one row. Returns its digest."""
    if session.get(Picture, drawn.digest) is None:
        session.add(
            Picture(
                digest=drawn.digest,
                partner_id=partner_id,
                width=drawn.width,
                height=drawn.height,
                large=drawn.large,
                small=drawn.small,
                uploaded_at=now,
            )
        )
        session.flush()  # the reward points at it
    return drawn.digest


@dataclass(frozen=True, slots=True)
class Look:
    """What a form says of the picture of a reward.

    drawn:   a new one, or None to leave it as it is.
    without: take the present one away.
    """

    drawn: Drawn | None = None
    alt: str = ""
    without: bool = False


def put_on(session: Session, reward: Reward, look: Look, *, now: datetime) -> None:
    """Show a new picture, keep the old one, or show none; the words for it go with it."""
    if look.drawn is not None:
        reward.picture = keep(session, reward.partner_id, look.drawn, now=now)
    elif look.without:
        reward.picture = None
    reward.picture_alt = look.alt.strip()[:200] if reward.picture else ""


def get_bytes(session: Session, digest: str, size: str) -> bytes:
    """The JPEG of a picture, ``large`` or ``small``. Raises NotFound."""
    column = Picture.small if size == "small" else Picture.large
    found = session.scalar(select(column).where(Picture.digest == digest))
    if found is None:
        raise NotFound()
    return found


def forget_unused(session: Session, *, now: datetime) -> int:
    """Remove pictures that no reward shows any more; returns how many."""
    shown = exists().where(Reward.picture == Picture.digest)
    gone = session.execute(
        delete(Picture)
        .where(~shown, Picture.uploaded_at < now - KEPT)
        .returning(Picture.digest)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)
