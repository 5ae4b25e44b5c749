"""An organisation's scanners: pair, limit, search or not, switch off."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.core.codes import Code, CodeType
from engage.devices import queries, service
from engage.devices.forms import DeviceForm
from engage.devices.models import Device
from engage.devices.routes.blueprint import bp
from engage.devices.service import Invited, Owner
from engage.organisations import queries as organisations
from engage.organisations.models import Organisation
from engage.web import access, qr
from engage.web.context import db, now, work
from engage.web.filters import moment


def _own(slug: str) -> Organisation:
    return organisations.get_own(db(), slug, current_user.id)


@bp.get("/organise/<slug>/devices")
@access.second_factor
def show_devices(slug: str) -> ResponseReturnValue:
    """Which devices check people in, when they were last seen and what they still hold."""
    organisation = _own(slug)
    form = _offered(DeviceForm(formdata=None), organisation)
    return _list(organisation, form)


def _offered(form: DeviceForm, organisation: Organisation) -> DeviceForm:
    """The dates that can be chosen: those of the days around now."""
    dates = queries.list_own_dates(db(), organisation.id, now())
    form.occurrences.choices = [
        SelectChoice(str(one.id), f"{one.title}, {moment(one.starts_at, one.timezone)}")
        for one in dates
    ]
    return form


def _list(organisation: Organisation, form: DeviceForm) -> str:
    return render_template(
        "devices/devices.html",
        organisation=organisation,
        devices=queries.list_of_organisation(db(), organisation.id),
        form=form,
    )


@bp.post("/organise/<slug>/devices")
@access.second_factor
def invite(slug: str) -> ResponseReturnValue:
    """A new device: its pairing code is shown once."""
    organisation = _own(slug)
    form = _offered(DeviceForm(), organisation)
    if not form.validate_on_submit():
        return _list(organisation, form), 422
    owner, said = Owner(organisation_id=organisation.id), _rights(form)
    given = {"actor_id": current_user.id, "now": now(), "rights": said}
    invited = work(lambda s: service.invite(s, owner, said.name, **given))
    return _code_page(organisation, invited, form.name.data)


def _rights(form: DeviceForm) -> service.Rights:
    is_kiosk = form.kind.data == "kiosk"
    return service.Rights(form.name.data, form.may_search.data, _chosen(form), is_kiosk)


def _chosen(form: DeviceForm) -> Iterable[uuid.UUID] | None:
    """Only dates that were offered; None for all."""
    if form.scope.data != "some":
        return None
    offered = {choice.value for choice in form.occurrences.choices}
    return [uuid.UUID(one) for one in form.occurrences.data or [] if one in offered]


def _code_page(organisation: Organisation, invited: Invited, name: str) -> str:
    code = Code(CodeType.PAIRING, "", invited.code[1:])
    return render_template(
        "devices/code.html",
        organisation=organisation,
        invited=invited,
        name=name,
        picture=qr.draw_code(code, _("Pairing code")),
        now=now(),
    )


@bp.get("/organise/<slug>/devices/<uuid:device_id>")
@access.second_factor
def show_device(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    organisation = _own(slug)
    device = queries.get_of_organisation(db(), device_id, organisation.id)
    form = DeviceForm(
        formdata=None,
        name=device.name,
        may_search=device.may_search,
        scope="some" if device.is_limited else "all",
        occurrences=[str(one) for one in queries.list_occurrence_ids(db(), device.id)],
    )
    return _device_page(organisation, device, _offered(form, organisation))


def _device_page(organisation: Organisation, device: Device, form: DeviceForm) -> str:
    return render_template(
        "devices/device.html", organisation=organisation, device=device, form=form
    )


@bp.post("/organise/<slug>/devices/<uuid:device_id>")
@access.second_factor
def set_rights(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    """Name, search and dates of a device."""
    organisation = _own(slug)
    form = _offered(DeviceForm(), organisation)
    if not form.validate_on_submit():
        device = queries.get_of_organisation(db(), device_id, organisation.id)
        return _device_page(organisation, device, form), 422
    rights = _rights(form)
    work(
        lambda s: service.set_rights(
            s, queries.get_of_organisation(s, device_id, organisation.id), rights
        )
    )
    flash(_("The device is changed."), "success")
    return redirect(url_for("devices.show_devices", slug=slug), 303)


@bp.post("/organise/<slug>/devices/<uuid:device_id>/code")
@access.second_factor
def renew_code(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    """A new pairing code for a device that was not paired in time, or lost its pairing."""
    organisation = _own(slug)
    invited = work(
        lambda s: service.renew_code(
            s, queries.get_of_organisation(s, device_id, organisation.id), now=now()
        )
    )
    name = queries.get_of_organisation(db(), device_id, organisation.id).name
    return _code_page(organisation, invited, name)


@bp.post("/organise/<slug>/devices/<uuid:device_id>/revoke")
@access.second_factor
def revoke(slug: str, device_id: uuid.UUID) -> ResponseReturnValue:
    """Switch a device off; for 72 hours it may still send what it holds."""
    organisation = _own(slug)
    work(
        lambda s: service.revoke(
            queries.get_of_organisation(s, device_id, organisation.id), now=now()
        )
    )
    flash(_("The device is switched off."), "success")
    return redirect(url_for("devices.show_devices", slug=slug), 303)
