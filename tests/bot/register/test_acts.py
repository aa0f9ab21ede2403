"""What people do with issues, and what is refused with a word on how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.register import acts
from bot.register.history import Raised, replay
from bot.register.model import LONGEST_TEXT, Action, Operation, Step, issue_id
from metrics.errors import UserError
from tests.bot.register.making import BY_JANE, TODAY, an_action, an_issue, texts


def test_a_new_action_has_the_next_number() -> None:
    issue = an_issue(actions=(an_action(1), an_action(4)))
    new = Action(number=0, text="Mend the gate", owner="tom")

    change = acts.plan(issue, new, BY_JANE)

    assert change is not None
    assert [one.number for one in replay([change], issue).actions] == [1, 4, 5]


def test_an_action_that_is_done_says_on_which_day() -> None:
    issue = an_issue(actions=(an_action(1),))

    change = acts.finish(issue, 1, BY_JANE)

    assert change is not None
    assert replay([change], issue).actions[0].done == TODAY


def test_what_is_done_already_is_not_done_again() -> None:
    issue = an_issue(actions=(an_action(1, done=TODAY),))

    assert acts.finish(issue, 1, BY_JANE) is None


def test_an_action_cannot_be_done_tomorrow() -> None:
    with pytest.raises(UserError, match="still to come"):
        acts.finish(an_issue(actions=(an_action(1),)), 1, BY_JANE, done=TODAY + timedelta(days=1))


def test_an_action_that_there_is_not_names_those_there_are() -> None:
    with pytest.raises(UserError) as caught:
        acts.finish(an_issue(actions=(an_action(2),)), 1, BY_JANE)

    assert "2" in caught.value.hint


def test_a_review_before_it_is_due_is_refused() -> None:
    late = an_action(0, due=date(2021, 2, 1), review=date(2021, 1, 1))

    with pytest.raises(UserError, match="before the action is due"):
        acts.plan(an_issue(), late, BY_JANE)


def test_an_issue_is_not_closed_without_a_word_on_what_became_of_it() -> None:
    with pytest.raises(UserError, match="Why is I-12 closed"):
        acts.step(an_issue(), Step.CLOSED, BY_JANE)


def test_a_closed_issue_takes_no_new_action() -> None:
    closed = an_issue(step=Step.CLOSED, closed_at=BY_JANE.at)

    with pytest.raises(UserError, match="is closed"):
        acts.plan(closed, an_action(0), BY_JANE)


def test_giving_it_to_whom_it_is_with_changes_nothing() -> None:
    assert acts.assign(an_issue(owner="tom"), "tom", BY_JANE) is None


def test_a_title_is_one_line() -> None:
    change = acts.raise_issue(issue_id(1), Raised(title=" Two\n lines ", owner=""), BY_JANE)

    assert replay([change]).title == "Two lines"


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(UserError, match="4,001 characters"):
        acts.write(an_issue(), "x" * (LONGEST_TEXT + 1), BY_JANE)


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_can_be_kept_by_any_database(typed: str) -> None:
    kept = acts.plain(typed)

    assert "\x00" not in kept
    assert kept.encode().decode() == kept


@given(st.lists(texts, max_size=5))
@settings(max_examples=30, deadline=None)
def test_several_things_at_once_are_one_after_the_other(said: list[str]) -> None:
    issue = an_issue()

    changes = acts.all_of(issue, [partial(acts.write, text=text, actor=BY_JANE) for text in said])

    assert replay(changes, issue).revision == issue.revision + len(said) if said else not changes
    assert [one.revision for one in changes] == [2 + n for n in range(len(said))]


def test_an_operation_does_not_end_before_it_begins() -> None:
    tiger = Operation(id="tiger", name="Operation Tiger", first=date(2013, 10, 28))

    with pytest.raises(UserError, match="before it began"):
        acts.set_operation(replace(tiger, last=date(2013, 1, 1)), 1, BY_JANE)
