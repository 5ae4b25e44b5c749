"""What the city must say about itself: rules, help, privacy, terms, imprint, accessibility."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from engage.core import fairness, privacy
from engage.home.routes.blueprint import bp
from engage.policies.queries import policy_at
from engage.web.context import db, now
from engage.web.errors import tongue


@bp.get("/help")
def show_help() -> ResponseReturnValue:
    return render_template("home/help.html")


@bp.get("/rules")
def show_rules() -> ResponseReturnValue:
    """The points rules as they are today, in plain words: nothing about them is secret."""
    current = policy_at(db(), now())
    reasons = [tongue().gettext(text) for text in fairness.REASONS.values()]
    return render_template("home/rules.html", policy=current, reasons=reasons)


@bp.get("/privacy")
def show_privacy() -> ResponseReturnValue:
    """The table that the retention job works through, so that promise and deed are one."""
    say = tongue().gettext
    rows = [
        (say(row.what), say(row.purpose), say(privacy.GROUNDS[row.ground]), say(row.keep.after))
        for row in privacy.TABLE
    ]
    return render_template("home/privacy.html", rows=rows)


@bp.get("/terms")
def show_terms() -> ResponseReturnValue:
    return render_template("home/terms.html")


@bp.get("/imprint")
def show_imprint() -> ResponseReturnValue:
    return render_template("home/imprint.html")


@bp.get("/accessibility")
def show_accessibility() -> ResponseReturnValue:
    return render_template("home/accessibility.html")
