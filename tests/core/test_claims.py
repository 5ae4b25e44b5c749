from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from engage.core import errors
from engage.core.approvals import (
    Attended,
    Proof,
    attendances_to_annul,
    ensure_can_merge,
    ensure_not_own,
    ensure_second_person,
)
from engage.core.claims import (
    AnnulFacts,
    Annuller,
    ClaimState,
    counts_as_said_at,
    do_overlap,
    ensure_can_add_by_hand,
    ensure_can_annul,
    ensure_can_claim,
    ensure_can_decide,
    ensure_can_report_missing,
    ensure_reason,
    review_due_at,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=BERLIN)
NOW = NOON + timedelta(days=1)
MINA, JUNO, ADA = (UUID(int=number) for number in (1, 2, 3))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start", "hours", "refusal"),
    [
        (NOON, 2.0, None),
        (NOON.replace(hour=6), 12.0, None),
        (NOON.replace(hour=20), 4.0, None),
        (NOON, 0.0, errors.ClaimEmpty),
        (NOON, -1.0, errors.ClaimEmpty),
        (NOON.replace(hour=22), 3.0, errors.ClaimNotOneDay),
        (NOON.replace(hour=6), 12.1, errors.ClaimTooLong),
    ],
)
def test_clm_1_hours_are_of_one_day_and_at_most_twelve(
    start: datetime, hours: float, refusal: type[errors.DomainError] | None
) -> None:
    end = start + timedelta(hours=hours)

    if refusal is None:
        ensure_can_claim(start, end, NOW, BERLIN)
    else:
        with pytest.raises(refusal):
            ensure_can_claim(start, end, NOW, BERLIN)


def test_clm_2_hours_are_done_and_at_most_60_days_old() -> None:
    end = NOON + timedelta(hours=2)

    ensure_can_claim(NOON, end, end, BERLIN)
    ensure_can_claim(NOON, end, NOON + timedelta(days=60), BERLIN)
    with pytest.raises(errors.ClaimInFuture):
        ensure_can_claim(NOON, end, end - SECOND, BERLIN)
    with pytest.raises(errors.ClaimTooOld) as refused:
        ensure_can_claim(NOON, end, NOON + timedelta(days=61), BERLIN)
    assert refused.value.facts == {"earliest_on": (NOON + timedelta(days=1)).date()}


def test_case_45_nobody_approves_their_own_hours() -> None:
    with pytest.raises(errors.OwnClaim):
        ensure_can_decide(ClaimState.OPEN, MINA, MINA)


def test_clm_3_somebody_else_decides_once() -> None:
    ensure_can_decide(ClaimState.OPEN, MINA, JUNO)
    for done in (ClaimState.CONFIRMED, ClaimState.REFUSED, ClaimState.WITHDRAWN):
        with pytest.raises(errors.ClaimDecided):
            ensure_can_decide(done, MINA, JUNO)


def test_clm_4_times_overlap_if_they_share_a_moment() -> None:
    one, two, three = NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)

    assert do_overlap(one, three, two, three)
    assert not do_overlap(one, two, two, three)
    assert not do_overlap(two, three, one, two)


def test_clm_5_a_correction_gives_a_reason() -> None:
    assert ensure_reason("  was there ") == "was there"
    with pytest.raises(errors.ReasonNeeded):
        ensure_reason(" \n ")


def test_clm_6_missing_points_are_reported_for_14_days() -> None:
    ensure_can_report_missing(NOON, NOON + timedelta(days=14), attended=False)
    with pytest.raises(errors.MissingPointsTooLate):
        ensure_can_report_missing(NOON, NOON + timedelta(days=14) + SECOND, attended=False)
    with pytest.raises(errors.NothingMissing):
        ensure_can_report_missing(NOON, NOW, attended=True)
    with pytest.raises(errors.TooEarly):
        ensure_can_report_missing(NOON, NOON - SECOND, attended=False)


def test_case_58_a_missed_person_is_added_by_hand_for_14_days_with_a_reason() -> None:
    end = NOON + timedelta(hours=2)

    ensure_can_add_by_hand(NOON, end, end + timedelta(days=14), "phone was empty")
    with pytest.raises(errors.ByHandTooLate):
        ensure_can_add_by_hand(NOON, end, end + timedelta(days=14) + SECOND, "phone was empty")
    with pytest.raises(errors.ReasonNeeded):
        ensure_can_add_by_hand(NOON, end, end, "")


def test_clm_7_nobody_is_added_before_the_start() -> None:
    with pytest.raises(errors.TooEarly):
        ensure_can_add_by_hand(NOON, NOON + timedelta(hours=2), NOON - SECOND, "reason")


def scanned(by: Annuller, **changes: bool) -> AnnulFacts:
    return AnnulFacts(by, NOON, NOON + timedelta(hours=2), **changes)


def test_case_29_the_same_device_annuls_within_15_minutes() -> None:
    device = scanned(Annuller.DEVICE, same_device=True)
    last = NOON + timedelta(minutes=15)

    ensure_can_annul(device, "wrong person", last)
    with pytest.raises(errors.AnnulTooLate) as refused:
        ensure_can_annul(device, "wrong person", last + SECOND)
    assert refused.value.facts == {"until_at": last}
    with pytest.raises(errors.NotPermitted):
        ensure_can_annul(scanned(Annuller.DEVICE), "wrong person", NOON)


def test_clm_8_an_organiser_annuls_for_14_days_and_staff_later() -> None:
    last = NOON + timedelta(days=14, hours=2)

    ensure_can_annul(scanned(Annuller.ORGANISER), "was not there", last)
    ensure_can_annul(scanned(Annuller.OFFICE), "was not there", last + timedelta(days=400))
    with pytest.raises(errors.AnnulTooLate):
        ensure_can_annul(scanned(Annuller.ORGANISER), "was not there", last + SECOND)
    with pytest.raises(errors.AlreadyAnnulled):
        ensure_can_annul(scanned(Annuller.OFFICE, annulled=True), "again", NOON)
    with pytest.raises(errors.ReasonNeeded):
        ensure_can_annul(scanned(Annuller.OFFICE), "", NOON)


def test_clm_10_an_organiser_puts_right_for_14_days_and_staff_later() -> None:
    end = NOON + timedelta(hours=2)
    late = end + timedelta(days=14) + SECOND

    ensure_can_add_by_hand(NOON, end, counts_as_said_at(Annuller.OFFICE, end, late), "twins")
    with pytest.raises(errors.ByHandTooLate):
        ensure_can_add_by_hand(NOON, end, counts_as_said_at(Annuller.ORGANISER, end, late), "twins")
    assert counts_as_said_at(Annuller.OFFICE, end, NOON) == NOON


def test_clm_9_a_review_is_decided_within_14_days() -> None:
    assert review_due_at(NOON) == NOON + timedelta(days=14)


def test_pts_16_an_adjustment_needs_a_reason_and_a_second_person() -> None:
    ensure_second_person(ADA, JUNO, "late list")
    for other in (ADA, None):
        with pytest.raises(errors.SecondPersonNeeded):
            ensure_second_person(ADA, other, "late list")
    with pytest.raises(errors.ReasonNeeded):
        ensure_second_person(ADA, JUNO, "")
    ensure_not_own(ADA, MINA)
    with pytest.raises(errors.OwnReview):
        ensure_not_own(ADA, ADA)


def test_pts_17_accounts_are_joined_with_proof_of_both() -> None:
    ensure_can_merge(MINA, JUNO, Proof.CARD)
    with pytest.raises(errors.SameAccount):
        ensure_can_merge(MINA, MINA, Proof.CARD)
    with pytest.raises(errors.ProofNeeded):
        ensure_can_merge(MINA, JUNO, None)


def test_pts_18_of_two_attendances_at_one_date_the_earlier_stays() -> None:
    shift, workshop = UUID(int=10), UUID(int=11)
    attended = [
        Attended(UUID(int=21), shift, NOON + SECOND),
        Attended(UUID(int=22), shift, NOON),
        Attended(UUID(int=23), workshop, NOON),
    ]

    assert attendances_to_annul(attended) == (UUID(int=21),)


def test_case_51_joining_counts_the_same_occurrence_once() -> None:
    one = Attended(UUID(int=21), UUID(int=10), NOON)

    assert attendances_to_annul([one]) == ()
    assert attendances_to_annul([one, Attended(UUID(int=22), UUID(int=10), NOON)]) == (
        UUID(int=22),
    )
