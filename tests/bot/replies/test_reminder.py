"""A reminder says how much, what, since when, and when it is the last."""

from __future__ import annotations

from datetime import timedelta

from bot.register.model import Issue
from bot.register.reminders import Patience, Reminded, reminders, told
from bot.replies import Reply
from bot.replies.reminder import reminder_reply
from tests.bot.asked import every_word
from tests.bot.register.making import PEOPLE, TODAY, an_action, an_issue


def a_reminder(*issues: Issue, times: int = 5, refused: str = "") -> Reply:
    [reminder] = reminders(
        issues, today=TODAY, here=set(PEOPLE), reminded=(), patience=Patience(most_times=times)
    )
    return reminder_reply(reminder, people=PEOPLE, today=TODAY, refusal=lambda _issue: refused)


LATE = an_issue(actions=(an_action(due=TODAY - timedelta(days=2)), an_action(2, due=TODAY)))


def test_the_summary_counts_what_is_to_do() -> None:
    assert a_reminder(LATE).summary == (
        "You have 2 things to do or to look at in the issue register, 1 of them overdue."
    )


def test_each_line_says_what_and_since_when() -> None:
    said = every_word(a_reminder(LATE))

    assert "I-12: Light the quay. Overdue by 2 days: it was due 9 December 2020." in said


def test_the_last_time_says_so() -> None:
    assert "told for the last time" in every_word(a_reminder(LATE, times=1))


def test_what_somebody_had_who_has_left_says_whose_it_was() -> None:
    gone = an_issue(actions=(an_action(owner="bob", due=TODAY),))

    said = every_word(a_reminder(gone))

    assert "Nobody here has 1 thing" in said
    assert "bob, who is not here any more" in said


def test_words_that_may_not_be_told_there_are_left_out() -> None:
    said = every_word(a_reminder(LATE, refused="It is internal."))

    assert "Light the quay" not in said
    assert "I-12: words not shown here" in said


def test_what_is_kept_is_what_was_said() -> None:
    [reminder] = reminders([LATE], today=TODAY, here=set(PEOPLE), reminded=())

    assert told(reminder, today=TODAY) == tuple(
        Reminded(key=item.key, day=TODAY, person="tom") for item in reminder.items
    )
