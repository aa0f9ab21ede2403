"""How fresh the figures are: snapshots, sources, and what is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from bot.access import Sight
from bot.replies.model import (
    Block,
    Bullets,
    Facts,
    Footnote,
    Heading,
    Paragraph,
    Reply,
    Standing,
    Table,
    TableColumn,
    TableRow,
)
from metrics.calendar import LONDON, last_whole, say_date
from metrics.dashboards.caveats import SYNTHETIC
from metrics.model import Measure
from metrics.snapshot import SnapshotKind

KINDS: Final = {SnapshotKind.DAILY: "Daily figures", SnapshotKind.MONTH_END: "Month-end figures"}

NAMED: Final = 4
"""So many late measures are named in one line; the others are counted."""


def status_reply(sights: Sequence[Sight]) -> Reply:
    """Say how fresh the newest figures of each kind are.

    Args:
        sights: The newest figures of each kind that there are; at least one.
    """
    newest = max(sights, key=lambda one: (one.as_at, one.kind is SnapshotKind.DAILY))
    late = _late(newest)
    count = sum(len(names) for names in late.values())
    # What is late is told of the newest figures: those are the ones that people look at.
    verdict = f"The newest figures are as at {say_date(newest.as_at)}; " + (
        "nothing is late."
        if not count
        else f"{count} measure{' ends' if count == 1 else 's end'} before that day."
    )
    return Reply(
        summary=verdict,
        blocks=(
            Paragraph(text=verdict, strong=True),
            *_snapshots(sights),
            *_lateness(late),
            _sources(newest),
            *([Footnote(text=SYNTHETIC)] if newest.catalogue.synthetic else []),
        ),
        standing=Standing.NOTICE if count else Standing.PLAIN,
    )


def _snapshots(sights: Sequence[Sight]) -> Iterator[Block]:
    rows = []
    for sight in sights:
        snapshot = sight.figures.snapshot
        said = (
            f"as at {say_date(snapshot.as_at)}, made {_moment(snapshot.made_at)} by version "
            f"{snapshot.product_version}; snapshot {sight.snapshot}"
        )
        rows.append((KINDS[snapshot.kind], said))
    yield Facts(rows=tuple(rows))


def _late(sight: Sight) -> dict[date | None, list[str]]:
    """Return the measures of the force that do not reach as far as their source should.

    A measure of months or quarters is not late before the next of them has ended.
    """
    late: dict[date | None, list[str]] = {}
    for measure in sight.catalogue.measures.values():
        reached = _reached(sight, measure)
        if reached is None or reached < last_whole(sight.as_at, measure.grain):
            late.setdefault(reached, []).append(measure.name)
    return late


def _reached(sight: Sight, measure: Measure) -> date | None:
    """Return the last day that a measure has figures of; a day is no figure, and not restricted."""
    return sight.figures.snapshot.positions.get(measure.id, sight.catalogue.force.id).to


def _lateness(late: dict[date | None, list[str]]) -> Iterator[Block]:
    if not late:
        return
    yield Heading(text="Late")
    items = []
    for to, names in sorted(late.items(), key=lambda one: one[0] or date.min):
        rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        reach = "nothing has been recorded" if to is None else f"to {say_date(to)}"
        items.append(f"{'; '.join(names[:NAMED])}{rest}: {reach}.")
    yield Bullets(items=tuple(items))


def _sources(sight: Sight) -> Table:
    inputs = sight.figures.snapshot.inputs
    names = dict.fromkeys(one.source for one in inputs)
    rows = []
    for name in names:
        of_source = [one for one in inputs if one.source == name]
        loaded = max(one.loaded_at for one in of_source)
        total = sum(one.rows for one in of_source)
        rows.append(TableRow(label=name, cells=(_moment(loaded), f"{total:,}")))
    return Table(
        caption="Sources of the newest figures",
        label="Source",
        columns=(TableColumn(name="Loaded"), TableColumn(name="Rows", is_number=True)),
        rows=tuple(rows),
    )


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{say_date(local.date())}, {local:%H:%M}"
