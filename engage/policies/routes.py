"""The points rules of the city: every version with what it changed, and a new one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.errors import PolicyInPast
from engage.core.periods import day_of
from engage.core.policy import DEFAULT, differences
from engage.policies import queries, service
from engage.policies.forms import PolicyForm, fill
from engage.web.access import office
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence

bp = Blueprint("policies", __name__)


@bp.get("/office/rules")
@office
def show_policies() -> ResponseReturnValue:
    """Newest first, each with its differences from the one before."""
    rows = queries.list_versions(db())
    policies = [queries.read_policy(row.rules) for row in rows]
    before = [*policies[1:], DEFAULT]
    versions = [
        (row, policy, older, differences(older, policy))
        for row, policy, older in zip(rows, policies, before, strict=False)
    ]
    current = queries.policy_at(db(), now())
    return render_template(
        "policies/list.html", versions=versions, current=current, now=now(), default=DEFAULT
    )


@bp.get("/office/rules/new")
@office
def show_policy_form() -> ResponseReturnValue:
    tomorrow = day_of(now(), settings().zone) + timedelta(days=1)
    form = fill(queries.policy_at(db(), now()), tomorrow)
    return render_template("policies/form.html", form=form)


@bp.post("/office/rules/new")
@office
def set_policy() -> ResponseReturnValue:
    """A new version; the past keeps the rules it had."""
    form = PolicyForm()
    policy = form.read() if form.validate_on_submit() else None
    if policy is None:
        return render_template("policies/form.html", form=form), 422
    reason, me, instant = form.reason.data, current_user.id, now()
    try:
        work(lambda s: service.set_policy(s, policy, reason=reason, actor_id=me, now=instant))
    except PolicyInPast as refused:
        form.starts_on.errors = [sentence(refused)]
        return render_template("policies/form.html", form=form), 422
    flash(_("The new rules are written down. Everybody can read them."), "success")
    return redirect(url_for("policies.show_policies"), 303)
