from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from engage.core import errors
from engage.core.errors import ANSWERS, BY_CODE, REDEMPTION, Outcome, Tongue, status_of
from engage.core.nonces import Intent, ensure_same_intent, intent_of, is_kept

NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)

DOOR = {
    201: ["credited", "checked_in"],
    403: [
        "pass_revoked",
        "device_revoked",
        "not_permitted",
        "under_age",
        "own_occurrence",
        "paid_duty",
        "organisation_suspended",
    ],
    404: ["code_unknown"],
    409: [
        "already_checked_in",
        "code_replayed",
        "too_early",
        "too_late",
        "occurrence_cancelled",
        "occurrence_full",
        "not_registered",
        "waitlisted",
        "limit_reached",
    ],
    410: ["code_expired"],
    429: ["guessing"],
}
TILL = {
    200: ["redeemed"],
    403: ["wrong_partner", "wrong_branch", "own_partner", "pin_wrong", "card_revoked"],
    404: ["code_unknown"],
    409: [
        "points_short",
        "out_of_stock",
        "reward_not_started",
        "reward_ended",
        "reward_paused",
        "limit_reached",
        "value_cap_reached",
        "too_many_reservations",
        "already_redeemed",
        "cancelled",
        "under_age",
        "partner_suspended",
        "partner_budget",
        "outside_hours",
        "voucher_codes_gone",
    ],
    410: ["code_expired"],
    429: ["pin_locked", "guessing"],
}

#: Every fact that a sentence can print or ask for.
FACTS = """
points display_name position hand_over missing_points retry_after minutes most minimum_age field
tries_left place ask guardian_needed new_pin_needed expires_at free_again_at redeemed_at starts_at
ended_at until_at opens_at closes_at closed_at checked_out_at decided_at earliest_on ends_at
first_checked_in_at part
"""


@pytest.mark.parametrize(("area", "table"), [("", DOOR), (REDEMPTION, TILL)])
def test_err_1_every_code_of_the_domain_has_its_status(
    area: str, table: dict[int, list[str]]
) -> None:
    found = {
        status: [c for c in codes if status_of(c, area) == status]
        for status, codes in table.items()
    }

    assert found == table


@pytest.mark.parametrize(
    "answer", ANSWERS.values(), ids=lambda answer: f"{answer.area} {answer.code}"
)
def test_err_2_every_code_says_something_with_and_without_its_facts(answer: errors.Answer) -> None:
    some = dict.fromkeys(FACTS.split(), 2)

    for sentence in (answer.say({}), answer.say(some)):
        assert sentence.endswith((".", "?"))
        assert "%(" not in sentence
        assert "…" not in sentence


@pytest.mark.parametrize("kind", BY_CODE.values(), ids=lambda kind: kind.code)
def test_err_2_every_refusal_can_be_raised_without_facts(kind: type[errors.DomainError]) -> None:
    refusal = kind()

    assert str(refusal)
    assert Outcome.of(refusal).status == kind.status >= 400


def test_err_2_a_sentence_is_said_in_another_language_with_its_plural() -> None:
    words = {"Already in since %(first_checked_in_at)s.": "Schon da seit %(first_checked_in_at)s."}
    many = "Dafür fehlen Ihnen noch %(missing_points)s Punkte."
    german = Tongue(
        lambda text: words.get(text, text),
        lambda one, several, count: one if count == 1 else many,
        lambda name, fact: "9.52 Uhr" if name.endswith("_at") else str(fact),
    )

    already = Outcome("already_checked_in", {"first_checked_in_at": NOON})
    short = Outcome("points_short", {"missing_points": 35}, area=REDEMPTION)

    assert already.say(german) == "Schon da seit 9.52 Uhr."
    assert short.say(german) == "Dafür fehlen Ihnen noch 35 Punkte."


def test_err_3_an_answer_is_kept_and_read_back_with_its_instants() -> None:
    kept = Outcome(
        "limit_reached",
        {
            "free_again_at": NOON,
            "earliest_on": date(2030, 5, 4),
            "id": UUID(int=1),
            "count": 2,
            "nothing_at": None,
        },
        area=REDEMPTION,
    )

    again = Outcome.from_json(kept.to_json())

    assert (again.code, again.area) == (kept.code, kept.area)
    assert again.facts == {**kept.facts, "id": str(UUID(int=1))}
    assert isinstance(again.as_error(), errors.RewardLimitReached)
    assert isinstance(Outcome("limit_reached").as_error(), errors.LimitReached)


def test_err_3_a_code_stands_in_the_register_once() -> None:
    with pytest.raises(ValueError, match="already in the register"):
        errors.register(errors.CREDITED)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome("credited"), 200),
        (Outcome("redeemed", area=REDEMPTION), 200),
        (Outcome("too_late"), 409),
        (Outcome("code_expired"), 410),
    ],
)
def test_case_10_a_replay_answers_200_after_a_success_and_else_the_first_status(
    outcome: Outcome, status: int
) -> None:
    replay = outcome.as_replay()

    assert (replay.status, replay.replayed, replay.code) == (status, True, outcome.code)


def test_non_2_a_replay_keeps_code_and_facts() -> None:
    first = Outcome("already_checked_in", {"first_checked_in_at": NOON})

    assert first.as_replay().facts == first.facts


@pytest.mark.parametrize(
    ("again", "field"),
    [
        (Intent("other", "p", "c"), "occurrence"),
        (Intent("o", None, "c"), "person"),
        (Intent("o", "p", "d"), "code"),
    ],
)
def test_case_11_the_same_nonce_for_something_else_names_the_field(
    again: Intent, field: str
) -> None:
    with pytest.raises(errors.NonceDiffers) as refused:
        ensure_same_intent(Intent("o", "p", "c"), again)

    assert refused.value.facts == {"field": field}


def test_non_1_another_spelling_of_the_code_is_the_same_intent() -> None:
    code = "K12345678Q23456789ABC"
    one = intent_of("o", None, f"HTTPS://HOST/Q/{code}")

    ensure_same_intent(one, intent_of("o", None, code.lower()))
    assert one == Intent("o", None, code)
    assert intent_of("o", None, "no code").code == "no code"


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("credited", True),
        ("code_unknown", True),
        ("too_late", True),
        ("guessing", False),
        ("device_revoked", False),
        ("not_signed_in", False),
        ("busy", False),
    ],
)
def test_non_3_what_is_no_answer_is_not_kept(code: str, kept: bool) -> None:
    assert is_kept(Outcome(code)) is kept
