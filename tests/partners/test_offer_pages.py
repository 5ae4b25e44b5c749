"""A reward on its way to people: picture, event, own codes, and the office's look (RED-17)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.accounts.models import Person
from engage.mail.models import Letter
from engage.partners.models import Branch, Partner
from engage.rewards import pictures
from engage.rewards.models import Picture, Reward
from tests.application import Browser
from tests.clock import NOON, Clock
from tests.factories.rewards import engaged, reserved
from tests.factories.rewards import reward as make_reward
from tests.pages import CheckingClient
from tests.partners.offers import at, draft, status

WORDS: dict[str, Any] = {
    "title": "A coffee",
    "hand_over": "1 coffee",
    "category": "food",
    "kind": "points",
    "cost": "40",
    "face_value": "2,50",
}


# --- the office looks ----------------------------------------------------------------------------


def test_red_17_the_first_reward_waits_until_the_office_has_looked(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner, ada: Person
) -> None:
    reward = draft(session, cafe, title="A coffee")
    office = client(ada)

    page = desk.follow(desk.post(at(cafe, reward, "/publish"))).text

    assert "looks at it first" in page
    assert "It is your first reward." in page
    assert "A coffee" not in client().get("/rewards").text
    client().get(f"/rewards/{reward.id}", status=404)
    assert "Check rewards" in office.get("/office").text
    assert "first reward of the partner" in office.get("/office/rewards").text
    seen = office.get(f"/office/rewards/{reward.id}").text
    assert "A coffee" in seen
    office.post(f"/office/rewards/{reward.id}/approve")
    assert status(session, reward) == "published"
    assert "A coffee" in client().get("/rewards").text
    assert [one.template for one in session.scalars(select(Letter))] == ["reward_decided"]
    assert "Reward approved" in office.get("/office/acts").text


def test_red_17_what_is_sent_back_says_why_and_can_be_sent_again(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner, ada: Person
) -> None:
    reward = draft(session, cafe)
    office = client(ada)
    desk.post(at(cafe, reward, "/publish"))

    empty: dict[str, Any] = {"no-reason": ""}
    answer: dict[str, Any] = {"no-reason": "Which size of loaf?"}
    office.post(f"/office/rewards/{reward.id}/refuse", status=422, **empty)
    office.post(f"/office/rewards/{reward.id}/refuse", **answer)
    late = office.follow(office.post(f"/office/rewards/{reward.id}/approve")).text

    assert "not possible" in late
    assert "Which size of loaf?" in desk.get(at(cafe, reward)).text
    (letter,) = session.scalars(select(Letter))
    assert "Which size of loaf?" in repr(letter.facts)
    assert status(session, reward) == "draft"
    desk.post(at(cafe, reward, "/publish"))
    assert status(session, reward) == "submitted"


def test_red_17_who_has_been_online_publishes_at_once(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    make_reward(session, cafe)
    plain = draft(session, cafe)
    dear = draft(session, cafe, face_value_cents=3001)
    grown = draft(session, cafe, minimum_age=18)

    for reward in (plain, dear, grown):
        desk.post(at(cafe, reward, "/publish"))

    found = [status(session, reward) for reward in (plain, dear, grown)]
    assert found == ["published", "submitted", "submitted"]
    assert (dear.waits_for, grown.waits_for) == ("value", "age")


def test_red_17_a_reward_that_becomes_dearer_leaves_the_shelf_until_the_office_has_looked(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner, mina: Person
) -> None:
    engaged(session, mina, 100)
    reward = make_reward(session, cafe, approved_value_cents=200)
    redemption, code = reserved(session, mina, reward)

    desk.post(at(cafe, reward, "/price"), cost="40", face_value="99")

    assert status(session, reward) == "submitted"
    assert "A loaf of bread" not in client().get("/rewards").text
    till = desk.follow(desk.post(f"/partner/{cafe.slug}/till", code=code, nonce="a-number"))
    assert "Valid" in till.text
    desk.post(at(cafe, reward, "/withdraw"))
    assert status(session, reward) == "paused"
    desk.post(at(cafe, reward, "/price"), cost="40", face_value="2")
    desk.post(at(cafe, reward, "/publish"))
    assert status(session, reward) == "published"
    assert redemption.face_value_cents == 200


# --- pictures ------------------------------------------------------------------------------------


def photo(size: tuple[int, int] = (900, 700), kind: str = "JPEG", **given: Any) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, kind, **given)
    out.seek(0)
    return out


def with_place() -> io.BytesIO:
    """A photo whose file tells where it was taken, and who took it."""
    exif = Image.Exif()
    exif[0x013B] = "Vera Vertraulich"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return photo(exif=exif)


def test_a_picture_is_drawn_anew_and_tells_nothing_but_itself(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner
) -> None:
    sent = with_place()
    assert b"Vertraulich" in sent.getvalue()

    preview = desk.post(
        f"/partner/{cafe.slug}/rewards",
        **WORDS,
        picture=(sent, "IMG_1.JPG"),
        picture_alt="Two cups",
    ).headers["Location"]

    reward = session.scalars(select(Reward)).one()
    assert (reward.picture_alt, preview) == ("Two cups", at(cafe, reward))
    for size, wide in (("large", 1200), ("small", 480)):
        reply = client().plain.get(f"/rewards/pictures/{reward.picture}-{size}.jpg")
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert reply.headers["Content-Type"] == "image/jpeg"
        assert b"Vertraulich" not in reply.data
        with Image.open(io.BytesIO(reply.data)) as shown:
            assert (shown.width, shown.getexif()) == (wide, Image.Exif())
    assert 'alt="Two cups"' in desk.get(at(cafe, reward)).text
    client().plain.get("/rewards/pictures/none-small.jpg").status_code = 404


def test_a_picture_is_changed_kept_and_taken_away(
    session: Session, desk: CheckingClient, cafe: Partner, clock: Clock
) -> None:
    reward = draft(session, cafe)
    address = at(cafe, reward, "/words")

    desk.post(address, **WORDS, picture=(photo(kind="PNG"), "a.png"), picture_alt="A cup")
    status(session, reward)
    first = reward.picture
    desk.post(address, **WORDS, picture_alt="A white cup")
    status(session, reward)
    assert (reward.picture, reward.picture_alt) == (first, "A white cup")
    desk.post(address, **WORDS, without_picture="y")

    status(session, reward)
    assert (reward.picture, reward.picture_alt) == (None, "")
    assert pictures.forget_unused(session, now=NOON) == 0
    assert pictures.forget_unused(session, now=NOON + 2 * pictures.KEPT) == 1
    assert session.scalars(select(Picture.digest)).all() == []


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        b"not a picture",
        photo((199, 900)).getvalue(),
        photo((9000, 9000), "PNG").getvalue(),
        photo().getvalue()[:400],
    ],
    ids=["svg", "text", "small", "bomb", "cut"],
)
def test_a_file_that_is_no_picture_is_refused_and_nothing_typed_is_lost(
    session: Session, desk: CheckingClient, cafe: Partner, content: bytes
) -> None:
    sent = (io.BytesIO(content), "picture.png")

    page = desk.post(f"/partner/{cafe.slug}/rewards", status=422, **WORDS, picture=sent).text

    assert "JPEG, PNG or WebP" in page
    assert "A coffee" in page
    assert session.scalars(select(Reward)).all() == []


# --- events, days and hours ----------------------------------------------------------------------


def test_a_ticket_says_when_and_where_and_ends_with_its_event(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    reward = draft(session, cafe, kind="event")
    terms: dict[str, Any] = {"limit_period": "", "life": "15"}
    address = at(cafe, reward, "/terms")

    assert "Please fill this in." in desk.post(address, status=422, **terms).text
    event: dict[str, Any] = {"event_starts_at": "2030-06-01T19:00", "event_place": "Large hall"}
    backwards = event | {"event_ends_at": "2030-06-01T18:00"}
    assert "before the start" in desk.post(address, status=422, **terms, **backwards).text
    page = desk.follow(desk.post(address, **terms, **event)).text

    assert "Large hall" in page
    status(session, reward)
    assert reward.reservable_until == reward.event_starts_at
    assert reward.redeemable_until is not None


def test_red_15_hours_are_typed_as_on_the_door_and_shown_again(
    session: Session, desk: CheckingClient, cafe: Partner
) -> None:
    reward = draft(session, cafe)
    terms: dict[str, Any] = {"limit_period": "", "life": "15"}
    address = at(cafe, reward, "/terms")

    wrong = desk.post(address, status=422, **terms, redeem_hours="Mo-Fr whenever").text
    page = desk.follow(desk.post(address, **terms, redeem_hours="Mo-Fr 14-17, Sa 10-12")).text

    assert "“Mo-Fr whenever” is not clear" in wrong
    assert "Mon–Fri 14:00–17:00; Sat 10:00–12:00" in page
    status(session, reward)
    assert reward.redeem_hours == "Mo-Fr 14:00-17:00; Sa 10:00-12:00"
    assert "Mon–Fri 14:00–17:00" in desk.get(address).text
    desk.post(address, **terms, redeem_hours="Mon–Fri 14:00–17:00; Sat 10:00–12:00")
    status(session, reward)
    assert reward.redeem_hours == "Mo-Fr 14:00-17:00; Sa 10:00-12:00"


def test_a_branch_says_when_it_is_open_and_how_one_gets_in(
    session: Session, client: Browser, desk: CheckingClient, cafe: Partner
) -> None:
    branch = session.scalars(select(Branch).where(Branch.partner_id == cafe.id)).one()
    reward = make_reward(session, cafe)
    address = f"/partner/{cafe.slug}/branches/{branch.id}"
    place: dict[str, Any] = {
        "branch_name": "Market",
        "street": "Kranweg 4",
        "town": "44263 Dortmund",
    }

    assert "is not clear" in desk.post(address, status=422, **place, hours="9 to 5").text
    desk.post(address, **place, hours="Mo-Sa 9-18", hearing_loop="y", accessible_toilet="y")

    session.rollback()
    session.refresh(branch)
    assert branch.hours == "Mo-Sa 09:00-18:00"
    public = client().get(f"/rewards/{reward.id}").text
    assert "Mon–Sat 9:00–18:00 · accessible toilet · hearing loop" in public
    assert "Mon–Sat 9:00–18:00" in desk.get(address).text
