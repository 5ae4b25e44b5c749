"""The offline roster of a paired scanner."""

from __future__ import annotations

import gzip
import uuid
from functools import partial

from apiflask import APIBlueprint
from flask import Response, current_app, request

from engage.accounts.service import note_read
from engage.attendance import queries
from engage.attendance.roster import Roster, encode, read_roster
from engage.core.errors import NotSignedIn
from engage.devices import service as devices
from engage.devices.cookie import read_caller
from engage.web.context import db, note, now
from engage.web.errors import plain


def add_to(bp: APIBlueprint) -> None:
    bp.get("/occurrences/<uuid:occurrence_id>/roster")(show_roster)


def show_roster(occurrence_id: uuid.UUID) -> Response:
    """Whom a scanner may expect, to work without a network; ``?since=`` gives changes only.

    Names open only with the pass they belong to. A device that may search also gets a list of
    people by name, and that it was read is written down.
    """
    token = read_caller(request)
    if token is None:
        raise NotSignedIn()
    at = now()
    device = devices.authenticate(db(), token, at)
    since = request.args.get("since", 0, type=int)
    roster = read_roster(db(), device, occurrence_id, since=since, now=at)
    reader = queries.find_device_owner(db(), device.id) if roster.people else None
    if reader is not None:
        note(partial(note_read, actor_id=reader, person_id=None, what="door", now=at))
    return _packed(_body(roster))


def _body(roster: Roster) -> dict[str, object]:
    place = roster.place
    body: dict[str, object] = {
        "occurrence": {
            "id": place.id,
            "title": place.title,
            "starts_at": place.starts_at,
            "ends_at": place.ends_at,
            "opens_at": place.opens_at,
            "closes_at": place.closes_at,
            "timezone": place.timezone,
            "place": place.place,
            "status": place.status,
            "walk_ins": place.walk_ins,
            "capacity": place.capacity,
            "minimum_age": place.minimum_age,
            "points": roster.points,
            "uses_check_out": place.uses_check_out,
        },
        "counter": roster.counter,
        "whole": roster.whole,
        "server_time": now(),
        "drop_at": roster.drop_at,
        "salt": encode(roster.salt),
        "passes": roster.passes,
    }
    if roster.people is not None:
        body["people"] = roster.people
    return body


def _packed(body: dict[str, object]) -> Response:
    """Thousands of rows go through a park's network: compressed, where the device reads that.

    Nothing in it echoes what a stranger sent, so its length gives nothing away.
    """
    text = current_app.json.dumps(plain(body), separators=(",", ":"))
    response: Response = current_app.response_class(text, mimetype="application/json")
    if request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(text.encode(), 6, mtime=0))
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "no-store"
    return response
