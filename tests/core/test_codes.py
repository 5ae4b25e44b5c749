from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core import codes
from engage.core.codes import ALPHABET, Code, CodeType

SECRET = bytes(range(20))
NUMBER = "4HX8SN2K"
NOON = datetime(2030, 5, 4, 12, 0, tzinfo=UTC)
PASS = codes.pass_code(SECRET, NUMBER, codes.step_of(NOON))
LINK = PASS.link("engage.dortmund.de")
#: The secret and number above in step 63,000,000.
FIXED_PART = "E28A542A2Q8M"
FIXED_SHORT = "GJB0U1"

numbers = st.text(ALPHABET, min_size=8, max_size=8)
secrets = st.text(ALPHABET, min_size=12, max_size=12)
scanned = st.builds(
    Code, st.sampled_from([t for t in CodeType if not t.is_typed]), numbers, secrets
)
typed = st.builds(
    codes.make_typed,
    st.sampled_from([CodeType.REDEMPTION, CodeType.PAIRING]),
    st.binary(min_size=5, max_size=5),
)


def on_a_german_keyboard(text: str) -> str:
    """What a scanner with an American layout types where a German one is set."""
    return text.translate(str.maketrans(":/-YZ_", "Ö-ßZY?"))


def test_cod_1_alphabet_has_32_signs_and_none_that_is_easily_mistaken() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("IOYZ") & set(ALPHABET)


@pytest.mark.parametrize(
    "written",
    [
        LINK,
        PASS.text,
        PASS.text.lower(),
        LINK.lower(),
        f"{PASS.text[:4]} {PASS.text[4:9]}  {PASS.text[9:]}",
        "-".join([PASS.text[:5], PASS.text[5:12], PASS.text[12:]]),
        codes.group_for_reading(PASS.text),
        f"  {LINK}\n",
        f"{PASS.text}\t",
        f"{PASS.text}\r\n",
        on_a_german_keyboard(LINK),
        on_a_german_keyboard(LINK) + "\r",
        PASS.text.replace("0", "O").replace("1", "I"),
        PASS.text.lower().replace("0", "o").replace("1", "i"),
    ],
)
def test_case_2_a_code_is_read_however_it_was_written(written: str) -> None:
    assert codes.read_code(written) == PASS


@given(scanned)
def test_cod_2_every_code_survives_link_keyboard_and_hand(code: Code) -> None:
    by_hand = codes.group_for_reading(code.text.lower().replace("0", "o").replace("1", "i"))

    assert codes.read_code(code.text) == code
    assert codes.read_code(code.link("q.example-stadt.de")) == code
    assert codes.read_code(on_a_german_keyboard(code.link("q.example-stadt.de"))) == code
    assert codes.read_code(by_hand) == code


@given(st.text(max_size=60))
def test_cod_2_any_text_is_read_without_a_fall(text: str) -> None:
    code = codes.read_code(text)

    assert code is None or codes.read_code(code.text) == code


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "https://example.org/menu",
        "WIFI:S:guest;T:WPA;P:secret;;",
        PASS.text[:-1],
        PASS.text + "A",
        "A" + PASS.text[1:],
        "HTTPS://HOST/Q/",
        "P" * 5000,
        PASS.text.replace(PASS.text[3], "Ü"),
    ],
)
def test_cod_2_what_is_no_code_of_ours_is_not_read(foreign: str) -> None:
    assert codes.read_code(foreign) is None


def test_cod_2_a_bare_code_may_be_typed_with_hyphens_around_a_q() -> None:
    code = Code(CodeType.CARD, "12345678", "Q23456789ABC")

    assert codes.read_code("K12345678-Q-23456789ABC") == code


def test_cod_3_codes_are_read_out_in_groups_of_four() -> None:
    assert codes.group_for_reading("V7KQ2M4T9R") == "V7KQ 2M4T 9R"


def test_cod_3_a_link_stays_in_the_small_character_set_of_qr_codes() -> None:
    small = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

    assert f"HTTPS://ENGAGE.DORTMUND.DE/Q/{PASS.text}" == LINK
    assert set(LINK) <= small


@pytest.mark.parametrize(
    ("seconds", "found"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_cod_4_a_rotating_code_holds_one_step_to_either_side(seconds: int, found: bool) -> None:
    around = codes.step_of(NOON + timedelta(seconds=seconds))

    assert (codes.find_step(SECRET, PASS, around) is not None) is found


def test_case_18_one_step_old_is_found_and_two_steps_only_in_a_wider_search() -> None:
    shown = codes.step_of(NOON)

    assert codes.find_step(SECRET, PASS, shown + 1) == shown
    assert codes.find_step(SECRET, PASS, shown + 2) is None
    assert codes.find_step(SECRET, PASS, shown + 2, codes.OFFLINE_REACH) == shown
    assert codes.find_step(SECRET, PASS, shown + 41, codes.OFFLINE_REACH) is None


def test_cod_4_the_browser_can_compute_the_same_code() -> None:
    """A fixed value, so that the phone's own implementation can be held against it."""
    assert codes.rotating_secret_part(SECRET, "P", NUMBER, 63_000_000) == FIXED_PART
    assert codes.short_code(SECRET, NUMBER, 63_000_000) == FIXED_SHORT


def test_cod_4_secret_purpose_number_and_step_each_change_the_code() -> None:
    step = codes.step_of(NOON)
    one = codes.rotating_secret_part(SECRET, "P", NUMBER, step)

    others = {
        codes.rotating_secret_part(SECRET + b"x", "P", NUMBER, step),
        codes.rotating_secret_part(SECRET, "R", NUMBER, step),
        codes.rotating_secret_part(SECRET, "P", "4HX8SN2M", step),
        codes.rotating_secret_part(SECRET, "P", NUMBER, step + 1),
    }

    assert len(others) == 4
    assert one not in others


def test_cod_5_what_is_kept_of_a_card_tells_nothing_without_the_key() -> None:
    kept = codes.keyed_hash(b"key", "K12345678Q23456789ABC")

    assert len(kept) == 64
    assert kept != codes.keyed_hash(b"other key", "K12345678Q23456789ABC")
    assert "Q2345" not in kept


def test_cod_6_a_new_poster_version_has_another_code_and_an_old_one_prints_again() -> None:
    first = codes.poster_code(b"key", NUMBER, 1)

    assert first == codes.poster_code(b"key", NUMBER, 1)
    assert first.secret != codes.poster_code(b"key", NUMBER, 2).secret
    assert codes.read_code(first.text) == first


@given(typed)
def test_cod_7_a_typed_code_has_ten_signs_and_reads_back(code: Code) -> None:
    assert len(code.text) == 10
    assert codes.read_typed(code.text.lower()) == code
    assert codes.read_code(code.link("host")) == code


@given(typed, st.integers(1, 9), st.sampled_from(ALPHABET))
def test_cod_7_one_wrong_sign_is_noticed(code: Code, place: int, wrong: str) -> None:
    slip = code.text[:place] + wrong + code.text[place + 1 :]

    assert (codes.read_typed(slip) is None) is (slip != code.text)


@given(typed, st.integers(1, 9), st.integers(1, 9))
def test_cod_7_two_swapped_signs_are_noticed(code: Code, one: int, other: int) -> None:
    signs = list(code.text)
    signs[one], signs[other] = signs[other], signs[one]
    slip = "".join(signs)

    assert (codes.read_typed(slip) is None) is (slip != code.text)


def test_cod_7_a_scanned_code_is_no_typed_one() -> None:
    assert codes.read_typed(PASS.text) is None
    with pytest.raises(ValueError, match="not made to be typed"):
        codes.make_typed(CodeType.PASS, b"12345")


def test_cod_8_the_short_code_holds_as_long_as_the_long_one() -> None:
    step = codes.step_of(NOON)
    short = codes.short_code(SECRET, NUMBER, step)

    assert codes.read_short(f" {short[:3].lower()}-{short[3:]}") == short
    assert codes.read_short(short + "A") is None
    assert codes.find_short_step(SECRET, NUMBER, short, step + 1) == step
    assert codes.find_short_step(SECRET, NUMBER, short, step + 2) is None


def test_cod_9_a_serial_is_read_with_or_without_its_letter() -> None:
    assert codes.read_serial("k4hx8-sn2k") == NUMBER
    assert codes.read_serial("4HX8 SN2K") == NUMBER
    assert codes.read_serial("4HX8 SN2") is None


def test_cod_10_random_bytes_become_signs_without_losing_any() -> None:
    assert codes.encode_bits(b"\x00\x00\x00\x00\x00", 8) == "00000000"
    assert codes.encode_bits(b"\xff\xff\xff\xff\xff", 8) == "XXXXXXXX"
    assert len(codes.make_secret(b"12345678")) == 12
    assert codes.is_nonce(codes.encode_bits(bytes(17), codes.NONCE_LENGTH))
    assert not codes.is_nonce("i" * codes.NONCE_LENGTH)
    assert not codes.is_nonce("0" * (codes.NONCE_LENGTH - 1))
    with pytest.raises(ValueError, match="more than"):
        codes.encode_bits(b"1", 2)
