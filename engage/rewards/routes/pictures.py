"""Pictures of rewards, for everybody; an address never shows anything else."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue

from engage.rewards import pictures
from engage.rewards.routes.blueprints import rewards as bp
from engage.web.context import db


@bp.get("/rewards/pictures/<digest>-<any(large, small):size>.jpg")
def show_picture(digest: str, size: str) -> ResponseReturnValue:
    response = make_response(pictures.get_bytes(db(), digest, size))
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(f"{digest}-{size}")
    return response
