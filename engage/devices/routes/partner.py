"""A partner's tills: pair with a code, give a new one, switch off."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.core.codes import Code, CodeType
from engage.devices import queries, service
from engage.devices.forms import TillForm
from engage.devices.routes.blueprint import bp
from engage.devices.service import Invited, Owner
from engage.partners import queries as partners
from engage.partners.models import Partner
from engage.web import access, qr
from engage.web.context import db, now, work


def _own(slug: str) -> Partner:
    return partners.get_own(db(), slug, current_user.id, manager=True)


def _offered(form: TillForm, partner: Partner) -> TillForm:
    branches = partners.list_branches(db(), partner.id)
    form.branch.choices = [SelectChoice(str(one.id), one.name) for one in branches]
    return form


@bp.get("/partner/<slug>/tills")
@access.second_factor
def show_tills(slug: str) -> ResponseReturnValue:
    """Which tills redeem, and when they were last seen."""
    partner = _own(slug)
    return _list(partner, _offered(TillForm(formdata=None), partner))


def _list(partner: Partner, form: TillForm) -> str:
    return render_template(
        "devices/tills.html",
        partner=partner,
        tills=queries.list_of_partner(db(), partner.id),
        branches={one.id: one.name for one in partners.list_branches(db(), partner.id)},
        form=form,
    )


@bp.post("/partner/<slug>/tills")
@access.second_factor
def invite_till(slug: str) -> ResponseReturnValue:
    """A new till: its pairing code is shown once."""
    partner = _own(slug)
    form = _offered(TillForm(), partner)
    chosen = [one for one in form.branch.choices if one.value == form.branch.data]
    if not form.validate_on_submit() or not chosen:
        return _list(partner, form), 422
    owner = Owner(partner_id=partner.id, branch_id=uuid.UUID(form.branch.data))
    invited = work(
        lambda s: service.invite(s, owner, form.name.data, actor_id=current_user.id, now=now())
    )
    return _code_page(partner, invited, form.name.data)


def _code_page(partner: Partner, invited: Invited, name: str) -> str:
    code = Code(CodeType.PAIRING, "", invited.code[1:])
    return render_template(
        "devices/till_code.html",
        partner=partner,
        invited=invited,
        name=name,
        picture=qr.draw_code(code, _("Pairing code")),
        now=now(),
    )


@bp.post("/partner/<slug>/tills/<uuid:device_id>/code")
@access.second_factor
def renew_till_code(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    partner = _own(slug)
    invited = work(
        lambda s: service.renew_code(s, queries.get_of_partner(s, device_id, partner.id), now=now())
    )
    name = queries.get_of_partner(db(), device_id, partner.id).name
    return _code_page(partner, invited, name)


@bp.post("/partner/<slug>/tills/<uuid:device_id>/revoke")
@access.second_factor
def revoke_till(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    """Switch a till off at once."""
    partner = _own(slug)
    work(lambda s: service.revoke(queries.get_of_partner(s, device_id, partner.id), now=now()))
    flash(_("The till is switched off."), "success")
    return redirect(url_for("devices.show_tills", slug=slug), 303)
