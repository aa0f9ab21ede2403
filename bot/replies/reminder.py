"""A reminder in words: everything that is due of one person's, in one message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, assert_never

from bot.register.model import Issue
from bot.register.reminders import Item, Matter, Reminder
from bot.replies.model import Bullets, Button, Buttons, Footnote, Paragraph, Reply, Standing
from bot.replies.people import People, owner_words
from metrics.calendar import say_date

WITHHELD: Final = "words not shown here"


def reminder_reply(
    reminder: Reminder, *, people: People, today: date, refusal: Callable[[Issue], str]
) -> Reply:
    """Write a reminder.

    Args:
        reminder: What is due, of one person's or of nobody's here.
        people: Everyone who is known, by id.
        today: The day in London.
        refusal: Says why an issue's words may not be shown where this is told; empty where they
            may.
    """
    late = sum(one.key.matter is Matter.OVERDUE for one in reminder.items)
    said = _said(len(reminder.items) + reminder.left_out, late, is_own=bool(reminder.person))
    ids = dict.fromkeys(one.key.issue for one in reminder.items)
    return Reply(
        summary=said,
        blocks=(
            Paragraph(text=said, strong=True),
            Bullets(
                items=tuple(
                    _line(one, people, today, shown=not refusal(one.issue), own=reminder.person)
                    for one in reminder.items
                )
            ),
            *_rest(reminder),
            Buttons(
                items=tuple(
                    Button(label=one, command=f"/issue show {one}") for one in list(ids)[:5]
                )
            ),
        ),
        standing=Standing.NOTICE,
    )


def _said(count: int, late: int, *, is_own: bool) -> str:
    things = f"{count} thing{'s' if count != 1 else ''}"
    whose = f"You have {things}" if is_own else f"Nobody here has {things}"
    overdue = ""
    if late:
        overdue = ", and it is overdue" if count == 1 else f", {late} of them overdue"
    return f"{whose} to do or to look at in the issue register{overdue}."


def _line(item: Item, people: People, today: date, *, shown: bool, own: str) -> str:
    text = item.text if shown else WITHHELD
    whose = "" if own else f" It is with {owner_words(item.owner, people)}."
    last = " This is told for the last time." if item.is_last else ""
    return f"{item.key.issue}: {text}. {_when(item, today)}{whose}{last}"


def _when(item: Item, today: date) -> str:
    day = say_date(item.key.day)
    match item.key.matter:
        case Matter.OVERDUE:
            days = (today - item.key.day).days
            return f"Overdue by {days} day{'s' if days != 1 else ''}: it was due {day}."
        case Matter.DUE:
            return f"Due {day}."
        case Matter.REVIEW:
            return f"Done; whether it worked was to be looked at on {day}."
        case Matter.ISSUE_REVIEW:
            return f"The issue was to be looked at again on {day}."
        case _:
            assert_never(item.key.matter)


def _rest(reminder: Reminder) -> Iterator[Footnote]:
    if reminder.left_out:
        yield Footnote(text=f"{reminder.left_out} more are told on the next working day.")
