"""What one has reserved, the code to show at the till, and what was redeemed."""

from __future__ import annotations

import uuid

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engage.core.codes import Code, CodeType
from engage.core.periods import day_of
from engage.rewards import giving, queries, service, uses, vouchers
from engage.rewards.routes.blueprints import rewards as bp
from engage.rewards.routes.words import ended_words
from engage.rewards.uses import Use
from engage.rewards.yearly import list_years, yearly_statement
from engage.web import access, qr
from engage.web.context import db, now, settings, work
from engage.web.errors import sentence
from engage.web.pdf import PdfMissing, can_print, pdf_file


@bp.get("/redemptions/<uuid:redemption_id>")
@access.signed_in
def show_redemption(redemption_id: uuid.UUID) -> ResponseReturnValue:
    use = uses.get_use(db(), redemption_id, current_user.id)
    if use.state != "reserved":
        return _over_page(use)
    return _code_page(use)


def _over_page(use: Use) -> str:
    return render_template(
        "rewards/redemption_over.html",
        use=use,
        why=ended_words(use.state, use.ended_because),
        own_code=vouchers.code_of(db(), use.id) if use.state == "redeemed" else None,
        given=giving.sum_so_far(db(), use.good_cause) if use.good_cause else 0,
    )


def _code_page(use: Use) -> str:
    text = queries.code_of(db(), queries.get_redemption(db(), use.id))
    life = use.expires_at - (use.extended_at or use.reserved_at)
    return render_template(
        "rewards/redemption.html",
        use=use,
        code=text,
        picture=qr.draw_code(Code(CodeType.REDEMPTION, "", text[1:]), _("Code for the till")),
        now=now(),
        seconds=int(life.total_seconds()),
        is_short=use.life.total_seconds() <= 3600,
    )


@bp.get("/redemptions/<uuid:redemption_id>/state")
@access.signed_in
def show_state(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """What has become of it, for the page that shows the code."""
    use = uses.get_use(db(), redemption_id, current_user.id)
    return jsonify(state=use.state, expires_at=use.expires_at.isoformat())


@bp.post("/redemptions/<uuid:redemption_id>/extend")
@access.signed_in
def extend(redemption_id: uuid.UUID) -> ResponseReturnValue:
    outcome = work(lambda s: service.extend(s, redemption_id, current_user.id, now=now()))
    flash(sentence(outcome), "success")
    return redirect(url_for("rewards.show_redemption", redemption_id=redemption_id), 303)


@bp.post("/redemptions/<uuid:redemption_id>/cancel")
@access.signed_in
def cancel(redemption_id: uuid.UUID) -> ResponseReturnValue:
    outcome = work(lambda s: service.cancel(s, redemption_id, current_user.id, now=now()))
    flash(sentence(outcome), "success")
    return redirect(url_for("rewards.show_rewards"), 303)


@bp.get("/me/redemptions")
@access.signed_in
def show_redemptions() -> ResponseReturnValue:
    own = uses.list_uses(db(), current_user.id)
    return render_template(
        "rewards/redemptions.html",
        waiting=[one for one in own if one.state == "reserved"],
        past=[one for one in own if one.state != "reserved"],
        why=ended_words,
    )


@bp.post("/redemptions/<uuid:redemption_id>/dispute")
@access.signed_in
def dispute(redemption_id: uuid.UUID) -> ResponseReturnValue:
    """A redemption with the card was not mine: the office looks at it."""
    work(lambda s: service.dispute(s, redemption_id, current_user.id, now=now()))
    flash(_("Thank you. The programme office looks at it and answers you."), "success")
    return redirect(url_for("rewards.show_redemptions"), 303)


@bp.get("/me/value")
@access.signed_in
def show_value() -> ResponseReturnValue:
    """This year's rewards and how much more they may be worth."""
    return _value_page(day_of(now(), settings().zone).year)


@bp.get("/me/value/<int(min=2000, max=2999):year>")
@access.signed_in
def show_value_of_year(year: int) -> ResponseReturnValue:
    return _value_page(year)


def _value_page(year: int) -> str:
    this_year = day_of(now(), settings().zone).year
    return render_template(
        "rewards/value.html",
        yearly=yearly_statement(db(), current_user.id, year, now=now()),
        years=sorted({*list_years(db(), current_user.id), this_year}, reverse=True),
        is_over=year < this_year,
        can_print=can_print(),
    )


@bp.get("/me/value/<int(min=2000, max=2999):year>.pdf")
@access.signed_in
def download_value(year: int) -> ResponseReturnValue:
    """The statement of a year, to keep."""
    yearly = yearly_statement(db(), current_user.id, year, now=now())
    html = render_template("rewards/yearly_print.html", yearly=yearly, made_on=now())
    try:
        return pdf_file(html, f"rewards-{year}.pdf")
    except PdfMissing:
        flash(_("This installation cannot make PDF files."), "warning")
        return redirect(url_for("rewards.show_value_of_year", year=year), 303)
