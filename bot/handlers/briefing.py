"""`/briefing [weekly|monthly|theme NAME]`: the 1-1 briefing as it would be posted now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.access import Sight
from bot.alerts.model import Transition
from bot.documents.monthly import monthly_message, theme_message
from bot.documents.rotation import theme_named, theme_of_quarter
from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import Question, question
from bot.names import Kind
from bot.people import Person, Surface
from bot.replies import Reply
from bot.replies.briefing import digest_reply
from bot.replies.doing import FindDoing
from bot.replies.interest import Interest
from bot.replies.week import week_between
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

A_WEEK: Final = timedelta(days=7)


class Changes(Protocol):
    """Where the changes of alerts are kept."""

    def changes(self, *, since: datetime, until: datetime) -> tuple[Transition, ...]:
        """Return the changes of all alerts from a moment to before another, oldest first."""


def briefing_command(changes: Changes, doing: FindDoing) -> Command:
    """Make the command.

    Args:
        changes: Gives what happened to alerts.
        doing: Gives the register, the operations and the horizon-scanning items.
    """
    parts: Mapping[str, Part] = {
        "weekly": lambda asked, rest: _weekly(asked, rest, changes, doing),
        "monthly": lambda asked, rest: _monthly(asked, rest, doing),
        "theme": lambda asked, rest: _theme(asked, rest, doing),
    }
    return Command(
        name="briefing",
        usage="/briefing [weekly|monthly|theme NAME] [as at DATE]",
        does="The 1-1 briefing: what changed this week, the month's performance, or a theme.",
        examples=(
            Example(text="/briefing", gives="What changed since last week, and what to ask"),
            Example(text="/briefing monthly", gives="The performance briefing at the month end"),
            Example(text="/briefing theme", gives="The theme that this quarter reports"),
        ),
        handler=lambda asked: _answer(asked, parts),
    )


Part = Callable[[Asked, str], Reply]
"""What one word after /briefing gives, with the words that follow it."""


def _answer(asked: Asked, parts: Mapping[str, Part]) -> Reply:
    first, _, rest = asked.words.strip().partition(" ")
    if first.casefold() in parts:
        return parts[first.casefold()](asked, rest.strip())
    # "/briefing as at 11 December 2013" is the weekly one of that day.
    return parts["weekly"](asked, asked.words.strip())


def _weekly(asked: Asked, rest: str, changes: Changes, doing: FindDoing) -> Reply:
    found = _figures(asked, rest, SnapshotKind.DAILY, said="weekly")
    sight = found.sight
    interest = Interest(catalogue=sight.catalogue, person=_reader(asked))
    # As at a day, the week up to the end of it; otherwise the week up to now.
    until = asked.now
    if found.reading.as_at is not None:
        until = _day_after(asked.now, sight)
    week = week_between(
        sight,
        _week_before(asked, sight),
        changes.changes(since=until - A_WEEK, until=until),
        interest=interest,
    )
    today = london_day(until)
    return digest_reply(
        sight,
        week,
        doing(today),
        interest=interest,
        today=today,
        said_first=found.said_first,
    )


def _figures(asked: Asked, words: str, usual: SnapshotKind, *, said: str) -> Question:
    """Find the figures of the day that is named; of the newest by default.

    Raises:
        UserError: Something else is named as well, or there are no figures.
    """
    found = question(asked, (Kind.AREA,), usual=usual, words=words, said=said)
    if found.reading.areas:
        raise UserError(
            "A briefing is not made for one area.",
            hint="Leads are briefed of their own; /threats and /csp answer for an area.",
        )
    return found


def _reader(asked: Asked) -> Person | None:
    """Return who reads: in a channel, everybody there."""
    return asked.person if asked.surface is Surface.PRIVATE else None


def _day_after(now: datetime, sight: Sight) -> datetime:
    """Return the same time of the day after the figures' day, on which they are told."""
    return now - (london_day(now) - sight.as_at - timedelta(days=1))


def _week_before(asked: Asked, sight: Sight) -> Sight | None:
    """Return the figures of a week before; None where there are none."""
    try:
        return asked.see(sight.kind, sight.as_at - A_WEEK)
    except UserError:
        return None


def _monthly(asked: Asked, rest: str, doing: FindDoing) -> Reply:
    found = _figures(asked, rest, SnapshotKind.MONTH_END, said="monthly")
    today = london_day(asked.now)
    return monthly_message(found.sight, doing(today), made_on=today, said_first=found.said_first)


def _theme(asked: Asked, rest: str, doing: FindDoing) -> Reply:
    """Show a theme; what is named before "as at" is its name."""
    name, at, when = rest.partition("as at")
    said = f"theme {name}".strip()
    found = _figures(asked, f"{at}{when}", SnapshotKind.MONTH_END, said=said)
    # Whoever asks, and wherever: what is shown is what may be published.
    figures = found.sight.figures
    sight = Sight(figures=figures, person=asked.person, surface=Surface.PUBLIC)
    theme = (
        theme_named(sight.catalogue, name)
        if name.strip()
        else theme_of_quarter(sight.catalogue, sight.as_at)
    )
    return theme_message(sight, theme, doing(london_day(asked.now)), said_first=found.said_first)
