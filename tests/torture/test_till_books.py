"""The comparison after a torture finds what it is there for: each kind of loss, by hand."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.torture.calls import Answer
from bench.torture.diary import Diary, Voucher
from bench.torture.till_books import Books, OwnCode, compare
from bench.torture.till_city import Citizen, City, Shelf
from engage.storage.base import new_id
from tests.clock import NOON

COST = 40


@dataclass
class Row:
    """A redemption as the database holds it."""

    id: uuid.UUID
    person_id: uuid.UUID
    reward_id: uuid.UUID
    partner_id: uuid.UUID
    state: str = "redeemed"
    cost: int = COST
    way: str = "code"
    expires_at = NOON + timedelta(minutes=15)


@dataclass
class World:
    """One citizen who had 100 points redeemed one of five pieces: everything is right."""

    city: City
    diary: Diary
    books: Books
    row: Row

    def findings(self) -> list[str]:
        return compare(self.city, self.diary, self.books)


@pytest.fixture
def world(tmp_path: Path) -> World:
    mina = Citizen(new_id(), {}, "", 100)
    shelf = Shelf(new_id(), new_id(), COST, 5)
    city = City([mina], {shelf.id: shelf}, main=shelf.partner_id)
    row = Row(new_id(), mina.id, shelf.id, shelf.partner_id)
    diary = Diary(tmp_path / "answers.jsonl")
    voucher = Voucher(row.id, mina.id, shelf.id, COST, row.expires_at)
    diary.note_reserve(voucher, Answer(201, {"code": "VCODE"}))
    diary.note_redeem(row.id, "N1", Answer(200, {"code": "redeemed", "id": str(row.id)}))
    books = Books({row.id: row}, {mina.id: 60}, {shelf.id: 4}, {shelf.partner_id: COST}, [], NOON)
    return World(city, diary, books, row)


def lose_a_voucher(world: World) -> None:
    world.books.states.clear()


def invent_a_voucher(world: World) -> None:
    other = replace(world.row, id=new_id())
    world.books.states[other.id] = other


def redeem_twice(world: World) -> None:
    said = {"code": "redeemed", "id": str(world.row.id)}
    world.diary.note_redeem(world.row.id, "N2", Answer(200, said))


def forget_a_redemption(world: World) -> None:
    world.row.state = "reserved"


def undo_without_a_word(world: World) -> None:
    world.row.state = "refunded"


def lose_a_point(world: World) -> None:
    world.books.balances[world.row.person_id] -= 1


def double_a_piece(world: World) -> None:
    world.books.stock[world.row.reward_id] = 5


def pay_the_partner_twice(world: World) -> None:
    world.books.earned[world.row.partner_id] += COST


def keep_what_ran_out(world: World) -> None:
    world.books.overdue.append(world.row.id)


def keep_a_refused_attempt(world: World) -> None:
    other = replace(world.row, id=new_id())
    world.books.states[other.id] = other
    voucher = Voucher(other.id, other.person_id, other.reward_id, COST, None)
    world.diary.note_reserve(voucher, Answer(409, {"code": "out_of_stock"}))


def answer_a_repeat_otherwise(world: World) -> None:
    first, again = Answer(200, {"code": "redeemed"}), Answer(409, {"code": "already_redeemed"})
    world.diary.note_same("redeem", first, again)


@pytest.fixture
def coded(world: World) -> World:
    """The reward has five own codes; the first went over with Mina's voucher."""
    (shelf,) = world.city.shelves.values()
    texts = ("A", "B", "C", "D", "E")
    world.city.shelves[shelf.id] = replace(shelf, codes=texts)
    world.books.codes.extend(OwnCode(text, shelf.id, None, is_spent=False) for text in texts)
    bind(world, 0, world.row.id)
    world.diary.codes[world.row.id] = {"A"}
    return world


def bind(world: World, number: int, voucher: uuid.UUID | None, *, spent: bool = False) -> None:
    old = world.books.codes[number]
    world.books.codes[number] = replace(old, redemption_id=voucher, is_spent=spent)


def lose_a_code(world: World) -> None:
    world.books.codes.pop()


def double_a_code(world: World) -> None:
    world.books.codes.append(world.books.codes[-1])


def hand_no_code_over(world: World) -> None:
    bind(world, 0, None)


def hand_two_codes_over(world: World) -> None:
    bind(world, 1, world.row.id)


def spend_a_code_in_use(world: World) -> None:
    bind(world, 0, world.row.id, spent=True)


def tell_another_code(world: World) -> None:
    world.diary.codes[world.row.id] = {"B"}


def tell_a_code_twice(world: World) -> None:
    world.diary.codes[new_id()] = {"A"}


def find_no_code(world: World) -> None:
    gone = Answer(409, {"code": "voucher_codes_gone"})
    world.diary.note_redeem(world.row.id, "N2", gone)


def test_own_codes_that_are_right_give_no_finding(coded: World) -> None:
    assert coded.findings() == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose_a_code, "own code E is there 0 times"),
        (double_a_code, "own code E is there 2 times"),
        (hand_no_code_over, "has 0 own codes"),
        (hand_two_codes_over, "has 2 own codes"),
        (spend_a_code_in_use, "is spent or not"),
        (tell_another_code, "not its own"),
        (tell_a_code_twice, "given to 2 people"),
        (find_no_code, "no code was left"),
    ],
)
def test_red_18_each_loss_of_an_own_code_is_found(
    coded: World, spoil: Callable[[World], None], words: str
) -> None:
    spoil(coded)

    assert any(words in finding for finding in coded.findings())


def test_what_is_right_gives_no_finding(world: World) -> None:
    assert world.findings() == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose_a_voucher, "is not there"),
        (invent_a_voucher, "promised to nobody"),
        (redeem_twice, "redeemed 2 times"),
        (forget_a_redemption, "is reserved"),
        (undo_without_a_word, "is refunded"),
        (lose_a_point, "points, not"),
        (double_a_piece, "pieces, not"),
        (pay_the_partner_twice, "partner"),
        (keep_what_ran_out, "ran out"),
        (keep_a_refused_attempt, "was refused"),
        (answer_a_repeat_otherwise, "first redeemed, then already_redeemed"),
    ],
)
def test_each_kind_of_loss_is_found(
    world: World, spoil: Callable[[World], None], words: str
) -> None:
    spoil(world)

    assert any(words in finding for finding in world.findings())
