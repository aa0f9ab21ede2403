"""Acknowledging and snoozing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.alerts.model import SnoozeUntil
from bot.alerts.muting import AlertClosed, acknowledge, is_over, snooze
from metrics.errors import UserError
from tests.bot.alerts.making import MORNING, an_alert

TODAY = MORNING.date()
BOARDS = (date(2020, 10, 15), date(2021, 1, 14), date(2021, 4, 15))


def until(kind: SnoozeUntil, day: date | None = None, boards: tuple[date, ...] = BOARDS) -> date:
    made = snooze(
        an_alert(), kind=kind, by="Jane", at=MORNING, boards=boards, longest_days=92, day=day
    ).alert.snooze
    assert made is not None
    return made.until


def test_the_second_acknowledgement_changes_nothing() -> None:
    first = acknowledge(an_alert(), by="Jane", at=MORNING)

    assert first is not None
    assert acknowledge(first.alert, by="Ann", at=MORNING + timedelta(hours=1)) is None


def test_what_has_ended_cannot_be_acknowledged_or_snoozed() -> None:
    ended = an_alert(resolved_at=MORNING)

    with pytest.raises(AlertClosed, match="A-17 ended on 12 December 2020"):
        acknowledge(ended, by="Jane", at=MORNING)
    with pytest.raises(AlertClosed):
        snooze(
            ended,
            kind=SnoozeUntil.NEXT_BOARD,
            by="Jane",
            at=MORNING,
            boards=BOARDS,
            longest_days=92,
        )


def test_the_next_board_is_the_first_that_is_still_to_come() -> None:
    assert until(SnoozeUntil.NEXT_BOARD) == date(2021, 1, 14)


def test_without_a_board_to_come_a_snooze_asks_for_a_date() -> None:
    with pytest.raises(UserError, match="not known") as caught:
        until(SnoozeUntil.NEXT_BOARD, boards=BOARDS[:1])

    assert "date" in caught.value.hint


def test_a_data_month_is_waited_for_no_longer_than_three_weeks() -> None:
    assert until(SnoozeUntil.NEXT_DATA_MONTH) == date(2021, 1, 21)


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=93)])
def test_a_snooze_cannot_end_in_the_past_or_for_ever(day: date) -> None:
    with pytest.raises(UserError, match="from tomorrow"):
        until(SnoozeUntil.DATE, day)


def test_a_snooze_until_the_29th_of_february_ends_on_it() -> None:
    leap = date(2024, 2, 29)
    at = MORNING.replace(year=2024, month=2, day=1)
    made = snooze(
        an_alert(at=at),
        kind=SnoozeUntil.DATE,
        by="Jane",
        at=at,
        boards=(),
        longest_days=92,
        day=leap,
    ).alert.snooze

    assert made is not None
    assert not is_over(made, today=date(2024, 2, 28), as_at=leap)
    assert is_over(made, today=leap, as_at=leap)
