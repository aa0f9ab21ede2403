"""What was heard is remembered for long enough, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.channels.once import KEPT_FOR, Remembered

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_a_key_is_first_once() -> None:
    once = Remembered()

    assert [once.first("Ev1", NOW), once.first("Ev1", NOW), once.first("Ev2", NOW)] == [
        True,
        False,
        True,
    ]


def test_a_key_is_remembered_for_as_long_as_platforms_repeat() -> None:
    once = Remembered()
    once.first("Ev1", NOW)

    assert not once.first("Ev1", NOW + timedelta(hours=1))
    assert once.first("Ev1", NOW + KEPT_FOR + timedelta(seconds=1))


def test_where_room_is_short_the_oldest_is_forgotten() -> None:
    once = Remembered(room=2)
    for key in ("Ev1", "Ev2", "Ev3"):
        once.first(key, NOW)

    assert not once.first("Ev3", NOW)
    assert once.first("Ev1", NOW)
