"""Which mails may be switched off, and which come only on request."""

from __future__ import annotations

from engage.core.news import EVENTS, chosen, wants


def test_msg_1_what_was_switched_off_is_not_sent_and_a_wish_comes_only_on_request() -> None:
    assert wants("reminders", muted=[], wished=[])
    assert not wants("reminders", muted=["reminders"], wished=[])
    assert not wants("favourite", muted=[], wished=[])
    assert wants("favourite", muted=[], wished=["favourite"])


def test_msg_1_a_choice_is_kept_as_what_differs_from_the_beginning() -> None:
    everything = list(EVENTS)

    assert chosen(everything) == ([], ["favourite"])
    assert chosen([]) == ([one for one in everything if one != "favourite"], [])


def test_msg_2_what_nobody_can_switch_off_always_comes() -> None:
    for event in ("password_changed", "attendance_told", "card_used", "points_expiring"):
        assert event not in EVENTS
        assert wants(event, muted=[event], wished=[])
