"""What a scanned code opens: ``/Q/<code>`` goes on at once to an address without the code."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engage.attendance import arrival, queries
from engage.attendance import codes as occurrence_codes
from engage.attendance.forms import ShortCodeForm
from engage.attendance.routes import bp
from engage.attendance.tickets import drop_ticket, find_ticket, leave_ticket
from engage.core import codes
from engage.core.codes import Code, CodeType
from engage.core.errors import BY_CODE, DomainError, Outcome
from engage.devices.routes.pairing import PAIRING_SEEN
from engage.storage.keys import keys_of
from engage.web.access import signed_in
from engage.web.context import db, now, work
from engage.web.errors import advice, sentence

#: In the session: the slip that accounts.show_slip asks about.
SLIP = "claim_slip"

#: In the session, encrypted: the pass or card that an organiser's camera app has just read.
SEEN = "seen_code"

#: What each type of code is called in the address of its page.
KINDS = {
    CodeType.PASS: "pass",
    CodeType.CARD: "pass",
    CodeType.REDEMPTION: "voucher",
    CodeType.PAIRING: "device",
}


@bp.get("/Q/<path:text>")
def open_code(text: str) -> ResponseReturnValue:
    """The address in every QR of ours: judged, and left behind. Nothing is written down."""
    code = codes.read_code(text)
    if code is not None and code.type in (CodeType.OCCURRENCE, CodeType.POSTER):
        return _private(_open_occurrence(code))
    if code is not None and code.type is CodeType.CLAIM:
        return _private(_open_claim(code))
    if code is not None and code.type in (CodeType.PASS, CodeType.CARD) and _may_scan():
        session[SEEN] = keys_of(db()).encrypt(code.text.encode())
        return _private(_go(url_for("attendance.show_seen")))
    if code is not None and code.type is CodeType.PAIRING:
        session[PAIRING_SEEN] = keys_of(db()).encrypt(code.text.encode())
    kind = KINDS[code.type] if code is not None else "unknown"
    return _private(_go(url_for("attendance.show_code_info", kind=kind)))


def _private(response: Response) -> Response:
    """No cache, no referrer, no search engine learns of a code."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _open_occurrence(code: Code) -> Response:
    try:
        ticket = occurrence_codes.open_code(db(), code, now=now())
    except DomainError as refusal:
        return _go(url_for("attendance.show_check_in", refused=refusal.code))
    response = _go(url_for("attendance.show_check_in"))
    leave_ticket(response, ticket)
    return response


def _go(address: str) -> Response:
    return make_response(redirect(address, 303))


def _open_claim(code: Code) -> Response:
    """The take-over page finds the slip in the session, never in its address."""
    session[SLIP] = code.text
    return _go(url_for("accounts.show_slip"))


def _may_scan() -> bool:
    return bool(
        current_user.is_authenticated
        and current_user.organisations
        and queries.list_running(db(), current_user.id, now=now())
    )


@bp.get("/code/<any(pass, voucher, device, unknown):kind>")
def show_code_info(kind: str) -> ResponseReturnValue:
    """What a code is and whom to show it to: the same for one we know and one we do not."""
    return render_template("attendance/code_info.html", kind=kind)


@bp.get("/check-in")
def show_check_in() -> ResponseReturnValue:
    """Confirm being here; without an opened code, type the short one."""
    ticket = find_ticket(request, now())
    code = request.args.get("refused", "")
    refusal = Outcome(code) if code in BY_CODE else None
    if refusal is None and ticket is not None:
        place = queries.get_place(db(), ticket.occurrence_id)
        points = arrival.points_of(db(), place, poster=ticket.poster)
        return render_template("attendance/confirm.html", place=place, points=points)
    return _show_short(ShortCodeForm(), refusal)


def _show_short(form: ShortCodeForm, refusal: Outcome | None) -> str:
    return render_template(
        "attendance/check_in.html",
        form=form,
        refusal=refusal,
        message=sentence(refusal) if refusal else "",
        advice=advice(refusal) if refusal else "",
    )


@bp.post("/check-in")
@signed_in
def check_in() -> ResponseReturnValue:
    """“I am here”: recorded with the time at which the code was opened."""
    ticket = find_ticket(request, now())
    if ticket is None:
        return redirect(url_for("attendance.show_check_in", refused="ticket_expired"), 303)
    person = current_user.id
    outcome = work(lambda s: arrival.confirm(s, person, ticket, now=now()))
    session["arrival"] = outcome.to_json() | {"occurrence": str(ticket.occurrence_id)}
    response = _go(url_for("attendance.show_arrival"))
    drop_ticket(response)
    return response


@bp.get("/check-in/done")
@signed_in
def show_arrival() -> ResponseReturnValue:
    """The answer to “I am here”, with what it gave and what waits."""
    kept = session.get("arrival")
    if not isinstance(kept, dict):
        return redirect(url_for("attendance.show_check_in"), 303)
    outcome = Outcome.from_json(kept)
    place = queries.get_place(db(), arrival.read_id(kept["occurrence"]))
    return render_template(
        "attendance/arrival.html",
        outcome=outcome,
        place=place,
        message=sentence(outcome),
        advice=advice(outcome),
    )


@bp.post("/check-in/short")
@signed_in
def open_short() -> ResponseReturnValue:
    """The six characters from the screen, for phones whose camera does not read codes."""
    form, person = ShortCodeForm(), current_user.id
    if not form.validate_on_submit():
        return _show_short(form, None), 422
    text = form.short.data or ""
    found = work(lambda s: arrival.take_short(s, text, person, now=now()))
    if isinstance(found, Outcome):
        headers = {"Retry-After": str(found.facts.get("retry_after", 0))}
        return _show_short(form, found), found.status, headers if found.status == 429 else {}
    response = _go(url_for("attendance.show_check_in"))
    leave_ticket(response, found)
    return response
