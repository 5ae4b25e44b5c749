"""What a camera sees: a picture or a code, filmed for Chromium's pretended camera."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import qrcode

#: The picture in the middle of a white wall.
WALL = (
    "scale=420:420:force_original_aspect_ratio=decrease:flags=neighbor,"
    "pad=640:480:(ow-iw)/2:(oh-ih)/2:white"
)


def film(picture: Path | bytes, to: Path) -> Path:
    """Film a PNG, JPEG or SVG for two seconds; the camera plays it again and again.

    to:  a path ending in ``.mjpeg``; it may be replaced while the camera is closed.
    """
    source = picture if isinstance(picture, bytes) else picture.read_bytes()
    kind = ["-f", "svg_pipe"] if b"<svg" in source[:500] else ["-f", "image2pipe"]
    building = to.with_suffix(".building.mjpeg")
    still, moving = (
        ["-loop", "1"],
        ["-vf", f"format=rgba,{WALL},format=yuvj420p", "-frames:v", "30", "-r", "15"],
    )
    frame = to.with_suffix(".still.png")
    subprocess.run(
        ["ffmpeg", "-y", "-loglevel", "error", *kind, "-i", "-", str(frame)],
        input=source,
        check=True,
    )
    subprocess.run(
        [
            "ffmpeg",
            "-y",
            "-loglevel",
            "error",
            *still,
            "-i",
            frame,
            *moving,
            "-c:v",
            "mjpeg",
            "-q:v",
            "3",
            building,
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return building.replace(to)


def film_code(text: str, to: Path) -> Path:
    """Film a QR code with this text."""
    code = qrcode.QRCode(border=4, box_size=10)
    code.add_data(text)
    picture = BytesIO()
    code.make_image().save(picture, "PNG")
    return film(picture.getvalue(), to)
