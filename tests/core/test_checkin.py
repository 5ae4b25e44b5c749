from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from engage.core import errors
from engage.core.ages import Age, AgeNeed
from engage.core.checkin import (
    BEFORE,
    ORDER,
    Caller,
    CheckInFacts,
    CodeState,
    Review,
    Scan,
    Way,
    Window,
    Worth,
    decide,
)
from engage.core.places import Places, Registration
from engage.core.points import Caps

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
TWO_HOURS = Window(NOON, NOON + timedelta(hours=2))
EMPTY = Places(capacity=10, registered=3)
FULL = Places(capacity=3, registered=3)

PARTS: tuple[tuple[str, type], ...] = (("caller", Caller), ("worth", Worth))


def door(**told: Any) -> CheckInFacts:
    """Mina, who has a place, at the door at the start; whatever a test tells is otherwise."""
    at = told.pop("at", NOON)
    scan = Scan(at, told.pop("received_at", at), told.pop("offline", False))
    told.setdefault("points", 30)
    parts = {
        name: kind(**{f.name: told.pop(f.name) for f in fields(kind) if f.name in told})
        for name, kind in PARTS
    }
    usual: dict[str, Any] = {
        "window": TWO_HOURS,
        "scan": scan,
        "way": Way.SCANNED,
        "registration": Registration.REGISTERED,
        "places": EMPTY,
    }
    return CheckInFacts(**{**usual, **parts, **told})


#: What makes each check apply, in the order of the domain's section 4.
REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("device_revoked", {"device_revoked": True}),
    ("not_permitted", {"permitted": False}),
    ("organisation_suspended", {"organisation_suspended": True}),
    ("code_unknown", {"code": CodeState.UNKNOWN}),
    ("code_expired", {"code": CodeState.OLD}),
    ("pass_revoked", {"revoked_at": NOON}),
    ("already_checked_in", {"first_checked_in_at": NOON}),
    ("occurrence_cancelled", {"cancelled_at": NOON - timedelta(days=2)}),
    ("too_early", {"at": NOON - timedelta(hours=2)}),
    ("too_late", {"at": NOON + timedelta(hours=4)}),
    ("not_registered", {"registration": None}),
    ("under_age", {"age": Age(born=(2015, 1)), "age_need": AgeNeed(16)}),
    ("own_occurrence", {"manages": True, "is_the_citizen": True}),
    ("paid_duty", {"paid_duty": True}),
    ("waitlisted", {"registration": Registration.WAITLISTED, "places": FULL}),
    ("occurrence_full", {"registration": None, "places": FULL, "walk_ins": True}),
    ("code_replayed", {"replayed": True}),
    ("limit_reached", {"limit_reached": True}),
]

PAIRS = [
    pytest.param(first, {**later[1], **first[1]}, id=f"{first[0]} before {later[0]}")
    for first, later in combinations(REFUSALS, 2)
    if not (first[1].keys() & later[1].keys())
]


@pytest.mark.parametrize(("code", "changes"), REFUSALS)
def test_chk_2_every_check_refuses_with_its_code_and_status(
    code: str, changes: dict[str, Any]
) -> None:
    decision = decide(door(**changes))

    assert (decision.code, decision.is_success) == (code, False)
    assert (decision.credited, decision.waiting, decision.review) == (0, 0, ())
    assert decision.outcome().status == errors.BY_CODE[code].status


@pytest.mark.parametrize(("first", "changes"), PAIRS)
def test_chk_2_every_earlier_check_wins_over_every_later_one(
    first: tuple[str, dict[str, Any]], changes: dict[str, Any]
) -> None:
    assert decide(door(**changes)).code == first[0]


def test_chk_2_the_order_is_the_one_of_the_city() -> None:
    assert BEFORE == ("credentials", "nonce")
    assert [name for name, _ in ORDER] == [
        "caller may act here",
        "code known",
        "code current",
        "pass not revoked",
        "not yet in",
        "date not cancelled",
        "inside the window",
        "may take part",
        "place",
        "code not used elsewhere",
        "limits",
    ]


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-61, "too_early"),
        (-60, "credited"),
        (0, "credited"),
        (180, "credited"),
        (181, "too_late"),
    ],
)
def test_chk_1_the_door_is_open_from_an_hour_before_to_an_hour_after(
    minutes: int, code: str
) -> None:
    assert decide(door(at=NOON + timedelta(minutes=minutes))).code == code


def test_case_15_outside_the_window_the_answer_names_it_and_the_edges_are_inside() -> None:
    opens, closes = NOON - timedelta(hours=1), NOON + timedelta(hours=3)
    moment = timedelta(microseconds=1)

    early, late = decide(door(at=opens - moment)), decide(door(at=closes + moment))

    assert (early.code, early.facts) == ("too_early", {"opens_at": opens, "closes_at": closes})
    assert (late.code, late.facts) == ("too_late", {"opens_at": opens, "closes_at": closes})
    assert decide(door(at=opens)).is_success
    assert decide(door(at=closes)).is_success


def test_chk_3_a_second_check_in_names_the_first_and_gives_nothing() -> None:
    decision = decide(door(first_checked_in_at=NOON))

    assert decision.facts == {"first_checked_in_at": NOON}
    assert decision.credited == 0


def test_chk_4_a_revoked_device_may_upload_its_queue_to_review_and_nothing_else() -> None:
    decision = decide(door(device_revoked=True, uploads_after_revocation=True, offline=True))

    assert (decision.code, decision.waiting) == ("checked_in", 30)
    assert decision.review == (Review.REVOKED_DEVICE,)


def test_chk_5_an_old_code_expires_online_and_goes_to_review_offline() -> None:
    online = decide(door(code=CodeState.OLD))
    offline = decide(door(code=CodeState.OLD, offline=True))

    assert online.code == "code_expired"
    assert (offline.review, offline.waiting) == ((Review.CLOCK,), 30)
    assert decide(door(code=CodeState.UNKNOWN, offline=True)).code == "code_unknown"


def test_chk_6_a_pass_revoked_after_an_offline_scan_was_still_seen_at_the_door() -> None:
    later = NOON + timedelta(minutes=5)

    seen = decide(door(revoked_at=later, offline=True, received_at=later))

    assert seen.review == (Review.CLOCK,)
    assert decide(door(revoked_at=later)).code == "pass_revoked"
    assert decide(door(revoked_at=NOON, offline=True)).code == "pass_revoked"


def test_chk_7_a_scan_before_the_cancellation_counts() -> None:
    assert decide(door(cancelled_at=NOON)).code == "occurrence_cancelled"
    assert decide(door(cancelled_at=NOON + timedelta(minutes=1))).code == "credited"


def test_chk_8_nobody_who_manages_a_date_checks_themselves_in() -> None:
    assert decide(door(manages=True, is_the_citizen=True)).code == "own_occurrence"
    assert decide(door(manages=True)).code == "credited"
    assert decide(door(is_the_citizen=True, way=Way.SELF)).code == "credited"


def test_chk_9_paid_duty_gives_nothing_however_it_is_proven() -> None:
    assert {decide(door(paid_duty=True, way=way)).code for way in Way} == {"paid_duty"}


@pytest.mark.parametrize("registration", [None, Registration.CANCELLED])
def test_chk_10_without_a_registration_only_walk_ins_come_in(
    registration: Registration | None,
) -> None:
    welcome = decide(door(registration=registration, walk_ins=True))

    assert decide(door(registration=registration)).code == "not_registered"
    assert (welcome.code, welcome.walk_in) == ("credited", True)


def test_chk_10_the_waiting_list_comes_in_where_walk_ins_are_not_welcome() -> None:
    waiting = Places(capacity=10, registered=3, waitlisted=1)

    assert decide(door(registration=Registration.WAITLISTED, places=waiting)).code == "credited"


def test_chk_11_an_organiser_lets_in_over_capacity_and_that_is_noted() -> None:
    full = {"registration": None, "walk_ins": True, "places": FULL}

    refused, let_in = decide(door(**full)), decide(door(**full, overridden=True))

    assert refused.code == "occurrence_full"
    assert refused.facts == {"free_again_at": NOON + timedelta(minutes=15)}
    assert (let_in.code, let_in.overridden) == ("credited", True)
    assert decide(door(registration=None, overridden=True)).code == "not_registered"


def test_chk_12_a_code_used_elsewhere_in_this_step_is_refused() -> None:
    assert decide(door(replayed=True)).code == "code_replayed"


def test_chk_13_a_limit_says_when_it_is_free_again() -> None:
    tomorrow = NOON + timedelta(days=1)

    decision = decide(door(limit_reached=True, free_again_at=tomorrow))

    assert (decision.code, decision.facts) == ("limit_reached", {"free_again_at": tomorrow})


def test_chk_14_a_check_in_credits_the_points_of_the_date() -> None:
    decision = decide(door(points=30))

    assert (decision.code, decision.credited, decision.waiting) == ("credited", 30, 0)
    assert decision.facts == {"points": 30}
    assert decision.outcome().status == 201


@pytest.mark.parametrize(
    ("late", "code"),
    [
        (timedelta(days=14, hours=2), "credited"),
        (timedelta(days=14, hours=2, seconds=1), "too_late"),
    ],
)
def test_chk_15_people_are_added_by_hand_for_14_days(late: timedelta, code: str) -> None:
    added = door(way=Way.BY_HAND, at=NOON + late, registration=None, places=FULL)

    assert decide(added).code == code


def test_chk_19_an_upload_later_than_72_hours_goes_to_review() -> None:
    until = TWO_HOURS.ends_at + timedelta(hours=72)

    in_time = decide(door(offline=True, received_at=until))
    late = decide(door(offline=True, received_at=until + timedelta(seconds=1)))

    assert (in_time.code, in_time.review) == ("credited", ())
    assert (late.code, late.review, late.waiting) == ("checked_in", (Review.LATE,), 30)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"budget_covers": False}, Review.BUDGET),
        ({"overlaps": True}, Review.OVERLAP),
        ({"surplus": True}, Review.SELF_SURPLUS),
        ({"walk_in_share": True}, Review.WALK_IN_SHARE),
    ],
)
def test_chk_20_reviewed_points_wait_and_the_attendance_stands(
    changes: dict[str, Any], reason: Review
) -> None:
    decision = decide(door(**changes))

    assert (decision.code, decision.is_success) == ("checked_in", True)
    assert (decision.credited, decision.waiting, decision.review) == (0, 30, (reason,))


def test_case_52_a_time_that_is_already_credited_waits_as_overlap() -> None:
    assert decide(door(overlaps=True)).review == (Review.OVERLAP,)


@pytest.mark.parametrize(
    "changes",
    [{"overlaps": True}, {"already_day": 100}, {"opted_out": True}, {"budget_covers": False}],
)
def test_chk_21_the_door_sees_the_points_of_the_date_and_nothing_personal(
    changes: dict[str, Any],
) -> None:
    at_the_door = decide(door(**changes)).outcome(at_the_door=True)

    assert (at_the_door.code, at_the_door.facts) == ("credited", {"points": 30})


def test_chk_22_over_a_cap_only_the_excess_waits() -> None:
    part = decide(door(already_day=90))
    none = decide(door(already_year=1500, caps=Caps()))

    assert (part.code, part.credited, part.waiting, part.review) == (
        "credited",
        10,
        20,
        (Review.CAP,),
    )
    assert (none.code, none.credited, none.waiting) == ("checked_in", 0, 30)


def test_chk_23_who_collects_hours_alone_gets_no_points_and_no_review_of_points() -> None:
    decision = decide(door(opted_out=True, already_day=100))

    assert (decision.code, decision.credited, decision.waiting) == ("credited", 0, 0)
    assert decision.review == ()


def test_chk_24_with_a_check_out_the_points_follow() -> None:
    decision = decide(door(after_check_out=True))

    assert (decision.code, decision.door_code) == ("checked_in", "checked_in")
    assert (decision.credited, decision.waiting, decision.review) == (0, 30, ())


def test_case_18_one_screen_code_opened_by_thirty_people_credits_thirty() -> None:
    answers = [decide(door(way=Way.SELF, is_the_citizen=True)).code for _ in range(30)]

    assert answers == ["credited"] * 30
