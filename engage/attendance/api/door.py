"""Check-in by devices, organisers and citizens; uploads; annulment; search by name."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import structlog
from apiflask import APIBlueprint
from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import ValidationError

from engage.attendance import arrival, queries, service
from engage.attendance.api.bodies import (
    AnnulBody,
    CheckInBody,
    EventBody,
    FamilyBody,
    ScansBody,
)
from engage.attendance.checkin import DeviceCaller, OrganiserCaller, Ticket, check_in
from engage.attendance.tickets import drop_ticket, find_ticket
from engage.attendance.uploads import carry_out, carry_out_as_member
from engage.core.claims import Annuller
from engage.core.errors import DomainError, NotAllowed, NotSignedIn, Outcome, TicketExpired
from engage.devices import service as devices
from engage.devices.cookie import read_caller
from engage.web.access import ensure_managers_prove
from engage.web.api import answer
from engage.web.context import db, note, now, work, work_each
from engage.web.errors import plain, sentence

log = structlog.get_logger()


def add_to(bp: APIBlueprint) -> None:
    bp.post("/check-ins")(
        bp.input(CheckInBody, location="json")(
            bp.doc(
                summary="Check a person in",
                description=(
                    "By code, person or walk-in. A repeated nonce gives the first answer, "
                    "with replayed: true."
                ),
                responses={
                    201: "Recorded",
                    200: "A replay of a success",
                    409: "Refused",
                    403: "Not allowed",
                },
            )(check_in_one)
        )
    )
    bp.post("/check-ins/<uuid:attendance_id>/annul")(
        bp.input(AnnulBody, location="json")(annul_one)
    )
    bp.post("/scans")(bp.input(ScansBody, location="json")(upload_scans))
    bp.get("/occurrences/<uuid:occurrence_id>/people")(find_people)


def check_in_one(json_data: CheckInBody) -> ResponseReturnValue:
    """A code, a person or a walk-in, by a device or an organiser; a citizen with a ticket."""
    if json_data.ticket:
        return _check_in_by_ticket(json_data)
    do = partial(check_in, caller=_caller(), request=json_data.request(), now=now())
    outcome = work(do)
    return answer(outcome, _body(outcome))


def _check_in_by_ticket(body: CheckInBody) -> ResponseReturnValue:
    """A citizen confirms what opening an occurrence's code gave this browser."""
    if not current_user.is_authenticated:
        raise NotSignedIn()
    ticket, person, at = find_ticket(request, now()), current_user.id, now()
    if ticket is None:
        raise TicketExpired()
    yes = partial(arrival.confirm, person_id=person, ticket=ticket, nonce=body.nonce, now=at)
    outcome = work(yes)
    said = _body(outcome)
    if body.people:
        said |= {"people": [_family(one, ticket, person) for one in body.people]}
    response = current_app.make_response(answer(outcome, said))
    if outcome.is_success:
        drop_ticket(response)
    return response


def _family(one: FamilyBody, ticket: Ticket, opened_by: uuid.UUID) -> dict[str, Any]:
    """One more person by their pass or card; a refusal undoes no other."""
    do = partial(
        arrival.confirm_for,
        code=one.code,
        ticket=ticket,
        nonce=one.nonce,
        opened_by=opened_by,
        now=now(),
    )
    return _result(one.nonce, lambda: work_each(do))


def upload_scans(json_data: ScansBody) -> ResponseReturnValue:
    """An upload of a device, oldest first, one unit of work and one result each.

    A signed-in organiser lets people out in the same way (check_out); the server's clock decides.
    """
    token = read_caller(request)
    if token is None:
        actor_id = _organiser()
        return {"results": [_read_leaving(actor_id, one) for one in json_data.events]}
    at = now()
    known = devices.authenticate(db(), token, at, even_revoked=True)
    if json_data.sent_at is not None or json_data.unsent is not None:
        work_each(
            partial(
                devices.note_contact,
                device_id=known.id,
                now=at,
                sent_at=json_data.sent_at,
                unsent=json_data.unsent,
            )
        )
    return {"results": [_read_event(token, one) for one in json_data.events]}


def annul_one(attendance_id: uuid.UUID, json_data: AnnulBody) -> ResponseReturnValue:
    """Take an attendance back, with a reason: the device within 15 minutes, organisers later."""
    by, caller_id = _annuller(attendance_id)
    act = service.Annulment(attendance_id, by, caller_id, json_data.nonce, json_data.reason)
    outcome = work(partial(service.annul, act=act, now=now()))
    return answer(outcome, _body(outcome))


def find_people(occurrence_id: uuid.UUID) -> ResponseReturnValue:
    """People of this occurrence by a part of their name: at least 3 letters, at most 5 hits.

    Whose names were read is written down.
    """
    reader = _reader(occurrence_id)
    hits = queries.search_people(db(), occurrence_id, request.args.get("q", ""))
    note(partial(queries.note_hits, reader_id=reader, hits=hits, now=now()))
    return {"items": [_hit(one) for one in hits], "next": None}


def _reader(occurrence_id: uuid.UUID) -> uuid.UUID | None:
    """Who reads names here: a member, or the one who set the scanner up.

    Raises NotSignedIn, NotFound, NotAllowed for a scanner without the right to search.
    """
    token = read_caller(request)
    if token is None and not current_user.is_authenticated:
        raise NotSignedIn()
    if token is None:
        queries.get_managed_place(db(), occurrence_id, current_user.id)
        ensure_managers_prove()
        person: uuid.UUID = current_user.id
        return person
    device = devices.authenticate(db(), token, now())
    place = queries.get_place(db(), occurrence_id)
    listed = not device.is_limited or devices.may_scan(db(), device.id, occurrence_id)
    if device.organisation_id != place.organisation_id or not listed or not device.may_search:
        raise NotAllowed()
    return queries.find_device_owner(db(), device.id)


def _hit(one: queries.Participant) -> dict[str, str]:
    state = "in" if one.is_in else one.state
    return {"person": str(one.person_id), "display_name": one.display_name, "state": state}


def _caller() -> DeviceCaller | OrganiserCaller:
    """A device by its token, else the person of the session. Raises NotSignedIn."""
    if (token := read_caller(request)) is not None:
        return DeviceCaller(token)
    if not current_user.is_authenticated:
        raise NotSignedIn()
    ensure_managers_prove()
    return OrganiserCaller(current_user.id)


def _organiser() -> uuid.UUID:
    """Who works for an organisation. Raises NotSignedIn, NotAllowed, SecondFactorNeeded."""
    if not current_user.is_authenticated:
        raise NotSignedIn()
    if not current_user.organisations:
        raise NotAllowed()
    ensure_managers_prove()
    actor_id: uuid.UUID = current_user.id
    return actor_id


def _annuller(attendance_id: uuid.UUID) -> tuple[Annuller, uuid.UUID]:
    """As what the caller may annul. Raises NotSignedIn, NotFound for strangers."""
    if (token := read_caller(request)) is not None:
        return Annuller.DEVICE, devices.authenticate(db(), token, now()).id
    if not current_user.is_authenticated:
        raise NotSignedIn()
    if current_user.is_office and current_user.has_second_factor:
        return Annuller.OFFICE, current_user.id
    attendance = queries.get_attendance(db(), attendance_id)
    queries.get_managed_place(db(), attendance.occurrence_id, current_user.id)
    ensure_managers_prove()
    return Annuller.ORGANISER, current_user.id


def _read_event(token: str, given: dict[str, object]) -> dict[str, Any]:
    nonce = _nonce_of(given)
    try:
        event = EventBody.model_validate(given)
        if event.type == "check_in":
            return _result_of(nonce, DeviceCaller(token), CheckInBody.model_validate(given))
        later = event.event()
    except ValidationError as wrong:
        return _unreadable(nonce, wrong)
    return _result(
        nonce, lambda: work_each(partial(carry_out, token=token, event=later, now=now()))
    )


def _read_leaving(actor_id: uuid.UUID, given: dict[str, object]) -> dict[str, Any]:
    """One person who leaves past an organiser, by pass, by name or by the organiser's own scan."""
    nonce = _nonce_of(given)
    try:
        event = EventBody.model_validate(given).event()
    except ValidationError as wrong:
        return _unreadable(nonce, wrong)
    do = partial(carry_out_as_member, actor_id=actor_id, event=event, now=now())
    return _result(nonce, lambda: work_each(do))


def _nonce_of(given: dict[str, object]) -> str:
    return str(given.get("nonce", ""))[:64]


def _unreadable(nonce: str, wrong: ValidationError) -> dict[str, Any]:
    fields = sorted({str(one["loc"][0]) for one in wrong.errors() if one["loc"]})
    return {"nonce": nonce, "status": 422, "code": "invalid_input", "fields": fields}


def _result_of(
    nonce: str, caller: DeviceCaller | OrganiserCaller, body: CheckInBody
) -> dict[str, Any]:
    do = partial(check_in, caller=caller, request=body.request(), now=now())
    return _result(nonce, lambda: work_each(do))


def _result(nonce: str, run: Any) -> dict[str, Any]:
    """One line of a batch: what a single call would have answered.

    What goes wrong with one holds up no other: it says so and is sent again.
    """
    try:
        outcome: Outcome = run()
    except DomainError as refusal:
        outcome = Outcome.of(refusal)
    except Exception:
        log.exception("failed", endpoint=request.endpoint, nonce=nonce)
        return {"nonce": nonce, "status": 500, "code": "server_error"}
    said = {name: plain(fact) for name, fact in _body(outcome).items()}
    line = {"nonce": nonce, "status": outcome.status, **said}
    return line if outcome.is_success else {**line, "message": sentence(outcome)}


def _body(outcome: Outcome) -> dict[str, object]:
    """The promised shape of a success."""
    return {"code": outcome.code, **outcome.facts, "replayed": outcome.replayed}
