"""How an issue stands follows from its changes, whoever works it out and in how many goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.register.history import (
    Change,
    OutOfOrder,
    Raised,
    Stepped,
    Written,
    replay,
    together,
)
from bot.register.model import IssueLevel, Operation, Step, issue_id, number_of
from tests.bot.register.making import MORNING, lives

RAISED = Change(
    issue=issue_id(3),
    revision=1,
    at=MORNING,
    by="jane",
    what=Raised(title="Nets are cut", owner="tom", level=IssueLevel.REGIONAL),
)


def then(before: Change, what: object, **more: object) -> Change:
    return replace(before, revision=before.revision + 1, what=what, **more)  # type: ignore[arg-type]


def test_the_first_change_says_who_raised_it_and_when() -> None:
    issue = replay([RAISED])

    assert (issue.id, issue.title, issue.owner) == ("I-3", "Nets are cut", "tom")
    assert (issue.raised_at, issue.raised_by, issue.revision) == (MORNING, "jane", 1)
    assert (issue.step, issue.level) == (Step.SCANNING, IssueLevel.REGIONAL)


def test_an_update_carries_who_wrote_it() -> None:
    issue = replay([RAISED, then(RAISED, Written(text="Divers found knives."), by="ana")])

    [update] = issue.updates
    assert (update.text, update.by) == ("Divers found knives.", "ana")


def test_what_is_closed_and_opened_again_has_no_day_of_closing() -> None:
    closed = then(RAISED, Stepped(step=Step.CLOSED))
    opened = then(closed, Stepped(step=Step.ANALYSIS))

    assert replay([RAISED, closed]).closed_at == MORNING
    assert replay([RAISED, closed, opened]).closed_at is None


@given(lives(), st.data())
@settings(max_examples=60, deadline=None)
def test_changes_give_the_same_issue_in_one_go_and_in_two(
    life: Sequence[Change], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(life)))

    assert replay(life[cut:], replay(life[:cut])) == replay(life)


@given(lives(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_change_that_is_missing_is_noticed(life: Sequence[Change], data: st.DataObject) -> None:
    missing = data.draw(st.integers(0, len(life) - 1))
    rest = [*life[:missing], *life[missing + 1 :]]

    if missing == len(life) - 1 and rest:
        assert replay(rest).revision == len(rest)  # only the last can be wanting unseen
    else:
        with pytest.raises(OutOfOrder):
            replay(rest)


def test_an_issue_is_not_raised_twice() -> None:
    with pytest.raises(OutOfOrder, match="raised twice"):
        replay([RAISED, then(RAISED, RAISED.what)])


@pytest.mark.parametrize(
    ("written", "number"),
    [("I-12", 12), ("i-12", 12), ("12", 12), (" I12 ", 12), ("A-12", 0), ("", 0), ("I-1e3", 0)],
)
def test_an_issue_is_called_by_its_number(written: str, number: int) -> None:
    assert number_of(written) == number


def test_an_operation_recorded_in_chat_takes_the_place_of_the_plans() -> None:
    shipped = Operation(id="tiger", name="Operation Tiger", first=date(2013, 10, 28))
    ended = replace(shipped, last=date(2014, 3, 31))

    assert together([shipped], [ended]) == (ended,)
