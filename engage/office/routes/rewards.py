"""Rewards that wait for the office's look: the queue, one reward, yes or no."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engage.core.errors import Conflict, NotFound
from engage.office.forms import NoteForm, ReasonForm
from engage.office.routes.blueprint import bp, by, desk
from engage.office.services import rewards
from engage.rewards import catalogue, publishing
from engage.web.access import office
from engage.web.context import db, now, work
from engage.web.errors import sentence

ACTS = {"approve": rewards.approve, "refuse": rewards.refuse}


@bp.get("/office/rewards")
@office
def show_rewards() -> ResponseReturnValue:
    """What partners want to put online, the oldest first."""
    return desk("rewards.html", lines=publishing.list_submitted(db()), now=now())


@bp.get("/office/rewards/<uuid:reward_id>")
@office
def show_reward(reward_id: uuid.UUID) -> ResponseReturnValue:
    """The reward as citizens would see it, and why it waits."""
    return _page(reward_id, NoteForm(formdata=None), ReasonForm(formdata=None, prefix="no"))


def _page(
    reward_id: uuid.UUID, yes: NoteForm, no: ReasonForm, status: int = 200
) -> ResponseReturnValue:
    line = publishing.get_submitted(db(), reward_id)
    offer = catalogue.preview(db(), reward_id)
    return desk("reward.html", status, line=line, offer=offer, yes=yes, no=no)


@bp.post("/office/rewards/<uuid:reward_id>/<word>")
@office
def decide_reward(reward_id: uuid.UUID, word: str) -> ResponseReturnValue:
    form = _form(word)
    if not form.validate_on_submit():
        no = form if word == "refuse" else ReasonForm(formdata=None, prefix="no")
        return _page(reward_id, NoteForm(formdata=None), no, 422)
    act = by(form.reason.data)
    try:
        work(lambda session: ACTS[word](session, reward_id, act))
        flash(_done(word), "success")
    except Conflict as refusal:  # decided meanwhile
        flash(sentence(refusal), "warning")
    return redirect(url_for("office.show_rewards"), 303)


def _form(word: str) -> NoteForm | ReasonForm:
    if word not in ACTS:
        raise NotFound()
    return NoteForm() if word == "approve" else ReasonForm(prefix="no")


def _done(word: str) -> str:
    said: dict[str, str] = {
        "approve": _("Approved: the reward is online. The partner gets a mail."),
        "refuse": _("Sent back. The partner reads your reason."),
    }
    return said[word]
