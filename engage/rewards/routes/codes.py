"""A partner's own voucher codes: read in, counted, withdrawn; never shown here again."""

from __future__ import annotations

import uuid
from pathlib import PurePath

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from engage.activities.importing.entries import FileUnreadable
from engage.activities.importing.tables import Sheet, read_csv, read_xlsx
from engage.partners import queries as partners
from engage.partners.models import Partner
from engage.rewards import offers, vouchers
from engage.rewards.forms import CodesForm
from engage.rewards.models import Reward
from engage.rewards.routes.blueprints import offers as bp
from engage.rewards.vouchers import MOST_CODES, CodeList
from engage.web import access
from engage.web.context import db, now, work

#: Headings of a column of codes.
HEADINGS = {
    "code",
    "codes",
    "gutschein",
    "gutscheine",
    "gutscheincode",
    "gutscheincodes",
    "voucher",
}


def _own(slug: str, reward_id: uuid.UUID) -> tuple[Partner, Reward]:
    """Raises NotFound for a reward without own codes, too."""
    partner = partners.get_own(db(), slug, current_user.id, manager=True)
    return partner, vouchers.with_codes(offers.get_of(db(), reward_id, partner.id))


@bp.get("/partner/<slug>/rewards/<uuid:reward_id>/codes")
@access.second_factor
def show_codes(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    partner, reward = _own(slug, reward_id)
    return _page(partner, reward, CodesForm(formdata=None))


def _page(partner: Partner, reward: Reward, form: CodesForm, found: CodeList | None = None) -> str:
    return render_template(
        "rewards/desk/codes.html",
        partner=partner,
        reward=reward,
        form=form,
        found=found,
        counts=vouchers.count(db(), reward.id),
    )


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/codes")
@access.second_factor
def add_codes(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """All or nothing, unless the lines that are not in order are to be left out."""
    partner, reward = _own(slug, reward_id)
    form = CodesForm()
    lines = _lines(form) if form.validate_on_submit() else None
    if lines is None:
        return _page(partner, reward, form), 422
    found = vouchers.read_list(db(), partner.id, lines)
    if not found.fresh or not (found.is_fine or form.leave_out.data):
        return _page(partner, reward, form, found), 422
    _add(partner, reward_id, found.fresh)
    return redirect(url_for("offers.show_offer", slug=slug, reward_id=reward_id), 303)


def _add(partner: Partner, reward_id: uuid.UUID, codes: list[str]) -> None:
    actor = current_user.id
    work(
        lambda s: vouchers.add(
            s, offers.get_of(s, reward_id, partner.id), codes, actor_id=actor, now=now()
        )
    )
    flash(ngettext("%(num)s code added.", "%(num)s codes added.", len(codes)), "success")


def _lines(form: CodesForm) -> list[tuple[int, str]] | None:
    """Numbered lines of what was pasted, or of the file; None with the error beside its field."""
    file = form.file.data
    content = file.read() if file else b""
    if not content:
        lines = list(enumerate((form.pasted.data or "").splitlines(), 1))
    else:
        try:
            lines = _of_file(file.filename or "", content)
        except FileUnreadable:
            form.file.errors = [_("This file cannot be read.")]
            return None
    lines = [(number, line) for number, line in lines if line.strip()]
    if not lines:
        form.pasted.errors = [_("Please paste your codes, or choose a file.")]
        return None
    if len(lines) > MOST_CODES:
        form.pasted.errors = [_("At most 5,000 codes at a time.")]
        return None
    return lines


def _of_file(name: str, content: bytes) -> list[tuple[int, str]]:
    """The first column; a heading is passed over."""
    is_excel = PurePath(name).suffix.lower() == ".xlsx"
    sheet: Sheet = read_xlsx(content) if is_excel else read_csv(content)
    first = sheet.heading[0] if sheet.heading else ""
    lines = [] if first.lower() in HEADINGS else [(1, first)]
    return lines + [(row.line, row.cells.get(first, "")) for row in sheet.rows]


@bp.post("/partner/<slug>/rewards/<uuid:reward_id>/codes/withdraw")
@access.second_factor
def withdraw_codes(slug: str, reward_id: uuid.UUID) -> ResponseReturnValue:
    """Take the free codes off the list, for instance because they were the wrong ones."""
    partner, _reward = _own(slug, reward_id)
    actor = current_user.id
    gone = work(
        lambda s: vouchers.withdraw(
            s, offers.get_of(s, reward_id, partner.id), actor_id=actor, now=now()
        )
    )
    flash(ngettext("%(num)s code withdrawn.", "%(num)s codes withdrawn.", gone), "success")
    return redirect(url_for("offers.show_codes", slug=slug, reward_id=reward_id), 303)
