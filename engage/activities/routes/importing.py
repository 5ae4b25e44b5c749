"""Offers from a file: upload, look at what would happen, say yes."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.activities import service
from engage.activities.forms import ImportForm
from engage.activities.importing.entries import FileUnreadable, Found
from engage.activities.importing.mapping import list_shipped
from engage.activities.importing.planning import Report, missing_remark, plan
from engage.activities.importing.rows import City
from engage.activities.importing.sources import read_file
from engage.activities.importing.writing import Writer, write_file
from engage.activities.routes.blueprint import bp
from engage.organisations import queries as organisations
from engage.organisations.models import Organisation
from engage.web.access import signed_in
from engage.web.city import list_districts
from engage.web.context import db, now, settings, work, work_each
from engage.web.errors import sentence, tongue


def _form() -> ImportForm:
    return ImportForm().offer([(one.name, one.label or one.name) for one in list_shipped()])


def _read(content: bytes, mapping: str) -> tuple[str, Found]:
    chosen = next((one for one in list_shipped() if one.name == mapping), None)
    return read_file(content, City(settings().timezone, list_districts(), now()), chosen)


@bp.get("/organise/<slug>/import")
@signed_in
def show_import(slug: str) -> ResponseReturnValue:
    organisation = organisations.get_own(db(), slug, current_user.id)
    return render_template("activities/import.html", organisation=organisation, form=_form())


@bp.post("/organise/<slug>/import")
@signed_in
def upload(slug: str) -> ResponseReturnValue:
    """Keep the file and show what it would change. Nothing is written yet."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    form, own, actor = _form(), organisation.id, current_user.id
    if form.validate_on_submit():
        content, name = form.file.data.read(), form.file.data.filename
        try:
            _read(content, form.mapping.data)
        except FileUnreadable as unreadable:
            form.file.errors = [unreadable.remark.say(tongue())]
        else:
            kept = work(
                lambda s: service.keep_file(s, own, name, content, actor_id=actor, now=now())
            )
            return _to_plan(slug, kept, form.mapping.data)
    return render_template("activities/import.html", organisation=organisation, form=form), 422


def _to_plan(slug: str, file_id: uuid.UUID, mapping: str) -> ResponseReturnValue:
    return redirect(
        url_for("activities.show_plan", slug=slug, file_id=file_id, mapping=mapping or None), 303
    )


def _planned(organisation: Organisation, file_id: uuid.UUID) -> tuple[Report, Found]:
    kept = service.get_file(db(), organisation.id, file_id)
    source, found = _read(kept.content or b"", request.values.get("mapping", ""))
    return plan(db(), organisation.id, source, found), found


@bp.get("/organise/<slug>/import/<uuid:file_id>")
@signed_in
def show_plan(slug: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """The dry run: what would be created, changed, left alone, refused and why."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    report, _found = _planned(organisation, file_id)
    missing = missing_remark(report)
    return render_template(
        "activities/plan.html",
        organisation=organisation,
        report=report,
        file_id=file_id,
        mapping=request.args.get("mapping", ""),
        missing=missing.say(tongue()) if missing else "",
        said={one.line: [remark.say(tongue()) for remark in one.remarks] for one in report.lines},
    )


@bp.post("/organise/<slug>/import/<uuid:file_id>")
@signed_in
def write_plan(slug: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """The yes: each entry is written by itself; new offers are drafts."""
    organisation = organisations.get_own(db(), slug, current_user.id)
    who = Writer(organisation.id, current_user.id, now())
    report, found = _planned(organisation, file_id)
    written = write_file(work_each, report, found, who, sentence)
    work(lambda s: service.use_file(s, file_id, now=now()))
    _tell(written)
    return redirect(url_for("activities.show_own_activities", slug=slug), 303)


def _tell(report: Report) -> None:
    created, changed = report.count("created"), report.count("changed")
    same, refused = report.count("unchanged"), report.count("refused")
    flash(
        _(
            "%(created)s created, %(changed)s changed, %(same)s unchanged, %(refused)s refused.",
            created=created,
            changed=changed,
            same=same,
            refused=refused,
        ),
        "success" if created or changed or same else "warning",
    )
