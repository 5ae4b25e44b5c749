"""Everything a person sets about their own account, on one page with short ways."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from engage.accounts import profile, queries
from engage.accounts.forms import MailForm, PointsForm, ProfileForm
from engage.accounts.models import Person
from engage.accounts.routes.blueprint import bp, put_beside
from engage.core.errors import DomainError
from engage.core.geography import DORTMUND
from engage.core.news import EVENTS
from engage.web.access import signed_in
from engage.web.context import db, now, settings, work
from engage.web.language import COOKIE, LANGUAGES


@bp.get("/me/account")
@signed_in
def show_account() -> ResponseReturnValue:
    person = queries.get_person(db(), current_user.id)
    return render_template(
        "accounts/account.html",
        person=person,
        district=dict(districts()).get(person.district_code or ""),
        phones=queries.list_passes(db(), person.id, "P"),
        cards=queries.list_passes(db(), person.id, "K"),
        mails=len(profile.list_wanted(db(), person.id)),
        now=now(),
    )


def districts() -> list[tuple[str, str]]:
    """The districts of this city, by code and name."""
    given = settings().city.districts
    return list(given) if given else [(one.code, one.name) for one in DORTMUND]


def _profile_form(person: Person | None = None) -> ProfileForm:
    form = ProfileForm(obj=person)
    form.language.choices = [SelectChoice(*one) for one in LANGUAGES.items()]
    form.district_code.choices = [
        SelectChoice("", _("No answer")),
        *(SelectChoice(*one) for one in districts()),
    ]
    return form


@bp.get("/me/account/profile")
@signed_in
def show_profile() -> ResponseReturnValue:
    person = queries.get_person(db(), current_user.id)
    return render_template("accounts/profile.html", form=_profile_form(person))


@bp.post("/me/account/profile")
@signed_in
def change_profile() -> ResponseReturnValue:
    form = _profile_form()
    if not form.validate_on_submit():
        return render_template("accounts/profile.html", form=form), 422
    given = {name: form[name].data for name in ("display_name", "language", "district_code")}
    try:
        work(lambda s: profile.change_profile(s, current_user.id, **given))
    except DomainError as refusal:
        put_beside(form, refusal, "display_name")
        return render_template("accounts/profile.html", form=form), 422
    return _speaking(form.language.data)


def _speaking(language: str) -> ResponseReturnValue:
    """Saved; the pages of this browser speak the language that was just chosen."""
    response = make_response(_saved("accounts.show_account"))
    if request.cookies.get(COOKIE) not in {None, language}:
        response.delete_cookie(COOKIE)
    return response


def _saved(endpoint: str) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for(endpoint), 303)


@bp.get("/me/account/points")
@signed_in
def show_points_choice() -> ResponseReturnValue:
    person = queries.get_person(db(), current_user.id)
    return render_template("accounts/points.html", form=PointsForm(obj=person))


@bp.post("/me/account/points")
@signed_in
def change_points() -> ResponseReturnValue:
    form = PointsForm()
    if not form.validate_on_submit():
        return render_template("accounts/points.html", form=form), 422
    collects, hides = form.collects_points.data, form.hides_points.data
    work(lambda s: profile.change_points(s, current_user.id, collects=collects, hides=hides))
    return _saved("accounts.show_account")


def _mail_form(wanted: list[str] | None = None) -> MailForm:
    form = MailForm(data={"wanted": wanted}) if wanted is not None else MailForm()
    form.wanted.choices = [SelectChoice(event, _(one.words)) for event, one in EVENTS.items()]
    return form


def _mail_page(form: MailForm) -> str:
    more = {event: _(one.more) for event, one in EVENTS.items() if one.more}
    return render_template("accounts/mail.html", form=form, more=more)


@bp.get("/me/account/mail")
@signed_in
def show_mail_choice() -> ResponseReturnValue:
    return _mail_page(_mail_form(profile.list_wanted(db(), current_user.id)))


@bp.post("/me/account/mail")
@signed_in
def choose_mail() -> ResponseReturnValue:
    form = _mail_form()
    if not form.validate_on_submit():
        return _mail_page(form), 422
    work(lambda s: profile.choose_mail(s, current_user.id, form.wanted.data or []))
    return _saved("accounts.show_account")
