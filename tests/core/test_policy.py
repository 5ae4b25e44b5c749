from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engage.core import errors, privacy
from engage.core.activities import Kind
from engage.core.geography import (
    CATEGORIES,
    DORTMUND,
    FORMATS,
    KINDS,
    SENSITIVE,
    code_from_name,
    find_district,
)
from engage.core.points import Caps, PointsRule, RuleKind
from engage.core.policy import DEFAULT, Policy, ensure_not_in_past, policy_at

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)


def test_pol_1_a_policy_is_stored_and_read_and_has_defaults() -> None:
    policy = Policy(
        version=3,
        starts_on=date(2030, 1, 1),
        participation=PointsRule(RuleKind.PER_HOUR, 8),
        points_per_day=80,
    )

    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json({}) == DEFAULT
    assert Policy.from_json({"age_with_consent": 16}).age_with_consent == 16


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("points_per_day", 0, "Please give a whole number from 1 to 10000."),
        ("points_per_year", "many", "Please give a whole number from 1 to 1000000."),
        ("expiry_months", True, "Please give a whole number from 1 to 120."),
        ("starts_on", "soon", "Please give a day."),
        ("version", 0, "A version is a whole number from 1."),
        (
            "volunteering",
            {"kind": "bands", "bands": []},
            "Please give points as flat, in rising bands, or per hour.",
        ),
        ("participation", 15, "Please give points as flat, in rising bands, or per hour."),
        ("age_with_consent", 17, "The age with consent is not above the age alone."),
        ("age_with_consent", "x", "Please give a whole number from 0 to 21."),
        ("speed", 3, "There is no such setting."),
    ],
)
def test_pol_1_a_wrong_setting_is_named_with_a_sentence(
    field: str, value: object, sentence: str
) -> None:
    with pytest.raises(errors.PolicyInvalid) as refused:
        Policy.from_json({field: value})

    faults = refused.value.facts["faults"]
    assert isinstance(faults, tuple)
    assert [(fault.field, fault.say()) for fault in faults] == [(field, sentence)]


def test_pol_2_the_policy_at_the_start_of_the_work_applies() -> None:
    first = Policy(version=1, starts_on=date(2029, 1, 1))
    second = Policy(version=2, starts_on=date(2030, 5, 4))
    third = Policy(version=3, starts_on=date(2031, 1, 1))
    versions = [third, first, second]
    evening_before = datetime(2030, 5, 3, 21, 59, tzinfo=UTC)

    assert policy_at(versions, NOON, BERLIN) is second
    assert policy_at(versions, evening_before, BERLIN) is first
    assert policy_at(versions, evening_before + timedelta(minutes=1), BERLIN) is second
    assert policy_at([], NOON, BERLIN) is DEFAULT


def test_pol_3_new_rules_never_start_in_the_past() -> None:
    ensure_not_in_past(date(2030, 5, 4), date(2030, 5, 4))
    with pytest.raises(errors.PolicyInPast):
        ensure_not_in_past(date(2030, 5, 3), date(2030, 5, 4))


def test_pol_4_the_defaults_are_the_citys() -> None:
    assert DEFAULT.caps == Caps(100, 1500)
    assert (DEFAULT.expiry_months, DEFAULT.value_cap_cents) == (24, 24_000)
    assert (DEFAULT.age_alone, DEFAULT.age_with_consent) == (16, 14)
    assert (DEFAULT.claim_hours, DEFAULT.claim_days_back) == (12, 60)
    assert DEFAULT.rule_for(Kind.VOLUNTEERING).points_for(119) == 15
    assert DEFAULT.rule_for(Kind.PARTICIPATION).points_for(600) == 15


def test_pri_1_every_data_class_has_purpose_ground_and_time() -> None:
    assert len(privacy.BY_CLASS) == len(privacy.TABLE)
    for row in privacy.TABLE:
        assert row.purpose
        assert row.ground in privacy.GROUNDS
        assert row.keep.for_good or row.keep.days or row.keep.months


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("unconfirmed_sign_up", NOON + timedelta(days=7)),
        ("unclaimed_walk_in", datetime(2031, 5, 3, 22, 0, tzinfo=UTC)),
        ("failed_scans", NOON + timedelta(days=30)),
        ("names_for_organisations", datetime(2031, 12, 31, 23, 0, tzinfo=UTC)),
        ("account", datetime(2032, 5, 3, 22, 0, tzinfo=UTC)),
        ("server_log", NOON + timedelta(days=7)),
        ("erased_mail_hash", datetime(2031, 5, 3, 22, 0, tzinfo=UTC)),
    ],
)
def test_pri_2_each_class_is_kept_as_long_as_the_table_says(code: str, kept: datetime) -> None:
    assert privacy.BY_CLASS[code].keep.until(NOON, BERLIN) == kept
    assert privacy.is_over(code, NOON, kept, BERLIN)
    assert not privacy.is_over(code, NOON, kept - timedelta(seconds=1), BERLIN)


@pytest.mark.parametrize(
    "code", [c for c, row in privacy.BY_CLASS.items() if not row.keep.for_good]
)
def test_pri_2_the_job_and_the_table_agree(code: str) -> None:
    since = privacy.kept_since(code, NOON, BERLIN)

    assert since is not None
    assert privacy.is_over(code, since - timedelta(seconds=1), NOON, BERLIN)
    assert not privacy.is_over(code, since + timedelta(days=1, hours=2), NOON, BERLIN)


def test_pri_2_what_belongs_to_the_account_is_kept_as_long_as_it() -> None:
    assert privacy.kept_since("transfers", NOON, BERLIN) is None
    assert not privacy.is_over("attendances", NOON, NOON + timedelta(days=9999), BERLIN)


def test_pri_3_somebody_inactive_is_warned_twice() -> None:
    assert len(privacy.INACTIVITY_WARNINGS) == 2


def test_geo_1_dortmund_has_twelve_districts_found_by_any_spelling() -> None:
    assert len({district.code for district in DORTMUND}) == 12
    for district in DORTMUND:
        assert find_district(district.name.upper()) == district
        assert find_district(district.code) == district
        assert code_from_name(district.name) == district.code
    assert find_district(" Luetgendortmund ") == find_district("Lütgendortmund")
    assert find_district("Innenstadt West") == DORTMUND[0]
    assert find_district("Köln") is None


def test_geo_2_kinds_and_formats_have_stable_codes() -> None:
    assert set(KINDS) == {kind.value for kind in Kind}
    assert list(FORMATS) == [
        "shift",
        "project",
        "pop_up_park",
        "workshop",
        "expert_team",
        "dialogue",
        "training",
        "other",
    ]


def test_geo_3_categories_that_reveal_something_are_marked() -> None:
    assert {"religion", "health", "politics", "queer"} <= SENSITIVE
    assert len({category.code for category in CATEGORIES}) == len(CATEGORIES)
