"""Try before you trust: a stretch of history, day by day, and what the rules would have sent.

Nothing is written and nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from functools import cache
from typing import Final

from bot.access import Sight
from bot.alerts.history import history_of
from bot.alerts.model import Destination
from bot.alerts.rehearsal import Rehearsed, Stage, rehearse, stand_ins
from bot.alerts.replayed import Configuration, Replay, Told
from bot.alerts.truth import judge_history
from bot.past import Past
from bot.people import ANYONE, Surface
from config.alerts import AlertPolicy
from config.events import Event
from metrics.calendar import say_date
from metrics.errors import UserError
from metrics.model import Area, Catalogue, Measure
from metrics.snapshot import Figures
from store.database import Database
from store.loads import SqlLoads

Progress = Callable[[str], None]
"""Told what is going on, in words."""

A_YEAR: Final = timedelta(days=364)


def replay(
    *,
    database: Database,
    catalogue: Catalogue,
    configurations: Sequence[Configuration],
    first: date | None,
    last: date | None,
    run_at: time,
    progress: Progress,
    events: Sequence[Event] | None = None,
    is_exact: bool = False,
) -> Replay:
    """Run a stretch of history day by day, and gather every alert that would have been sent.

    Args:
        configurations: At least one; all are tried on the same figures.
        first: The first as-at day; by default a year before the last.
        last: The last as-at day; by default the last day of the records.
        run_at: The time in London at which the daily job runs.
        progress: Told each day.
        events: What is known to have happened; None: nothing is known.
        is_exact: Whether the watch learns every day and not once a week: ten times slower.

    Raises:
        UserError: Nothing has been loaded, or the records do not reach the days.
    """
    progress("Putting together what has been loaded")
    with database.reading() as session:
        loads = SqlLoads(session).tables()
    if not loads:
        raise UserError(
            "Nothing has been loaded, so there is no history to replay.",
            hint="Load records with `threatdesk load`.",
        )
    begin, end = _stretch(Past.reach(loads, catalogue), first, last)
    past = Past(loads, catalogue, run_at=run_at, is_exact=is_exact)
    days = past.days(begin, end)
    if not days:
        raise UserError(
            f"No month ends from {say_date(begin)} to {say_date(end)}, and these figures are by "
            "month.",
            hint="Ask for at least a month.",
        )
    rehearsals = _rehearsed(past, days, configurations, progress)
    histories = [
        history_of(one.name, rehearsed)
        for one, rehearsed in zip(configurations, rehearsals, strict=True)
    ]
    return Replay(
        first=begin,
        last=end,
        days=len(days),
        is_daily=past.is_daily,
        is_exact=is_exact,
        days_as_known=sum(past.is_as_known(day) for day in days),
        first_loaded=past.first_loaded,
        events=tuple(events or ()),
        told=tuple(
            Told(
                history=one,
                judged=None if events is None else judge_history(one, events, catalogue),
            )
            for one in histories
        ),
        catalogue=catalogue,
    )


def rehearsal_of(
    past: Past, days: Sequence[date], policy: AlertPolicy, stage: Stage
) -> Iterator[tuple[Rehearsed, Stage]]:
    """Give each day as it would have gone under one configuration, and where it left things.

    Args:
        past: Makes the figures; it must not have been asked for these days or later ones.
        days: As-at days, oldest first.
        policy: The configuration.
        stage: Where the day before the first of them left things.
    """
    for figures in past.figures(days):
        now = past.morning(figures.snapshot.as_at)
        day, stage = rehearse(
            figures, stage, policy=policy, may_tell=gate(figures, policy), now=now
        )
        yield day, stage


def gate(figures: Figures, policy: AlertPolicy) -> Callable[[Measure, Area, Destination], str]:
    """Return the gate that the stand-ins of routes are asked through, on one day's figures."""
    readers = {one.destination: one.person for one in stand_ins(policy)}

    @cache
    def sight(destination: Destination) -> Sight:
        person = readers.get(destination)
        surface = Surface.PRIVATE if person else Surface.CHANNEL
        return Sight(figures=figures, person=person or ANYONE, surface=surface)

    def may_tell(measure: Measure, area: Area, destination: Destination) -> str:
        return sight(destination).refusal(measure, area)

    return may_tell


def _rehearsed(
    past: Past,
    days: Sequence[date],
    configurations: Sequence[Configuration],
    progress: Progress,
) -> list[list[Rehearsed]]:
    """Return every day under every configuration; the figures of a day are made once."""
    stages = [Stage() for _ in configurations]
    made: list[list[Rehearsed]] = [[] for _ in configurations]
    for number, figures in enumerate(past.figures(days), start=1):
        as_at = figures.snapshot.as_at
        progress(f"{say_date(as_at)}: day {number:,} of {len(days):,}")
        for place, one in enumerate(configurations):
            day, stages[place] = rehearse(
                figures,
                stages[place],
                policy=one.policy,
                may_tell=gate(figures, one.policy),
                now=past.morning(as_at),
            )
            made[place].append(day)
    return made


def _stretch(reach: tuple[date, date], first: date | None, last: date | None) -> tuple[date, date]:
    """Return the days to replay, or say why they cannot be."""
    end = reach[1] if last is None else last
    begin = max(end - A_YEAR, reach[0]) if first is None else first
    if begin > end:
        raise UserError(f"--from {begin} is after --to {end}.", hint="Swap them.")
    if begin < reach[0] or end > reach[1]:
        raise UserError(
            f"The records run from {say_date(reach[0])} to {say_date(reach[1])}: they do not hold "
            f"{say_date(begin)} to {say_date(end)}.",
            hint="Ask for days among them, best from the fourth year on: judgement needs history.",
        )
    return begin, end
