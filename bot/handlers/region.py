"""`/region burglary`: the forces of a region side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.handlers.command import Asked, Command, Example
from bot.names import Kind, Reading
from bot.replies import Reply
from bot.replies.forces import Together
from bot.replies.region import measure_reply, overview_reply, threats_reply
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import MeasureId
from metrics.snapshot import SnapshotKind

THREATS = "threats"
"""The word that asks for classifications instead of figures."""

FindTogether = Callable[[Asked, SnapshotKind, date | None], Together]
"""Find the figures of every force that the asker may compare.  Raises `Refused`."""


def region_command(find: FindTogether) -> Command:
    """Make the command over the forces of an installation."""
    return Command(
        name="region",
        usage="/region [threats|CRIME TYPE|MEASURE] [as at DATE]",
        does="The forces of the region side by side: what differs by more than chance.",
        examples=(
            Example(text="/region", gives="All crime, and every measure in which forces differ"),
            Example(text="/region threats", gives="What each force has classified as High"),
        ),
        handler=lambda asked: _region(asked, find),
        aliases=("regional", "forces"),
    )


def _region(asked: Asked, find: FindTogether) -> Reply:
    """Answer how the forces stand beside each other.

    Raises:
        Refused: The asker has no regional role, or it is not a place to compare in.
        UserError: Several measures were named, or no force has figures.
    """
    words = asked.words.split()
    threats = bool(words) and words[0].casefold().rstrip("?") in (THREATS, "threat")
    reading = asked.names.read(
        " ".join(words[1:] if threats else words),
        today=london_day(asked.now),
        wanted=(Kind.CRIME_TYPE, Kind.MEASURE),
    )
    # Board papers use the month end: it is the one day that every force has figures of.
    forces = find(asked, reading.kind or SnapshotKind.MONTH_END, reading.as_at)
    if reading.kind is None and not forces.held:
        forces = find(asked, SnapshotKind.DAILY, reading.as_at)
    if not forces.held:
        reasons = " ".join(f"{one.name}: {one.why}" for one in forces.missing)
        raise UserError(
            f"No force of {forces.region} has figures to compare. {reasons}",
            hint="They appear here after the first daily run of each force.",
        )
    for one in forces.held:
        asked.used(one.snapshot)
    if threats:
        return threats_reply(forces)
    measure = _measure(asked, reading)
    return measure_reply(forces, measure) if measure else overview_reply(forces)


def _measure(asked: Asked, reading: Reading) -> MeasureId | None:
    """Return the measure that was named; None where none was.

    Raises:
        UserError: Several were.
    """
    named = [asked.names.catalogue.recorded(one.id).id for one in reading.crime_types]
    named += [one.id for one in reading.measures]
    if len(named) > 1:
        raise UserError(
            "Forces are compared on one measure at a time.",
            hint="Name one, for example /region burglary; /region alone shows where they differ.",
        )
    return named[0] if named else None
