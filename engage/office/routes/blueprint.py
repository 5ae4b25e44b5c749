"""The blueprint that the pages of this folder share, and what each of them shows at its side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.acts.service import By
from engage.office import waiting
from engage.web.context import db, now

bp = Blueprint("office", __name__)


@bp.app_context_processor
def offer_waiting() -> dict[str, Callable[[], dict[str, int]]]:
    """Every desk page of the office asks how much waits, also those of other features."""
    return {"office_waiting": count_waiting}


def count_waiting() -> dict[str, int]:
    """Asked once for each page, and only by pages that show it."""
    if "office_waiting" not in g:
        g.office_waiting = waiting.count_waiting(db(), current_user.id)
    counts: dict[str, int] = g.office_waiting
    return counts


def desk(template: str, status: int = 200, **shown: Any) -> ResponseReturnValue:
    """A page of the office; its layout asks how much waits where."""
    return render_template(f"office/{template}", **shown), status


def by(reason: str | None = None) -> By:
    """I, now, because."""
    return By(current_user.id, now(), reason or "")
