"""What every answer ends with: how firm its figures are, as at when, and where they come from."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.access import Sight
from bot.replies.model import Block, Bullets, Footnote
from metrics.calendar import say_date
from metrics.dashboards.caveats import SYNTHETIC
from metrics.model import Area, Catalogue, Measure, Note

MARK: Final = " (synthetic data)"
"""Ends a summary that is read alone, where the figures are those of a demonstration."""

SUMMARY_LENGTH: Final = 150
"""Characters of a summary: what a locked phone shows of a notification."""

CLAUSE_ENDS: Final = ("; ", ". ")
"""Where a summary may be cut without a sign that it was."""

SHORTEST: Final = 60
"""Characters that a summary cut at a clause has to keep; a shorter one says too little."""


def footing(sight: Sight) -> tuple[Footnote, ...]:
    """Return the as-at line and the source, and that the figures are invented where they are."""
    invented = f"{SYNTHETIC} " if sight.catalogue.synthetic else ""
    return (Footnote(text=f"{invented}{sight.standing}. {sight.source}."),)


def remarks(words: tuple[str, ...]) -> tuple[Block, ...]:
    """Return what has to be known before the figures, one line each; nothing of nothing."""
    return (Bullets(items=words),) if words else ()


def summary(sight: Sight, words: str) -> str:
    """Return words as a summary: cut at a clause where they are too long, invented data marked."""
    mark = MARK if sight.catalogue.synthetic else ""
    room = SUMMARY_LENGTH - len(mark)
    if len(words) > room:
        ends = [words.rfind(end, 0, room) for end in CLAUSE_ENDS]
        whole = words[: max(ends)] if max(ends) > SHORTEST else ""
        words = whole or f"{words[: room - 1].rpartition(' ')[0]}…"
    return f"{words}{mark}"


def notes_on(
    catalogue: Catalogue, measures: list[Measure], area: Area, *, since: date, until: date
) -> tuple[Note, ...]:
    """Return the data-quality notes that bear on measures in an area over a stretch of days."""
    names = {one.id for one in measures}
    places = catalogue.within[area.id]
    return tuple(
        note
        for note in catalogue.notes
        if names.intersection(note.measures)
        and (not note.areas or places.intersection(note.areas))
        and since <= note.day <= until
    )


def note_words(note: Note) -> str:
    """Write a data-quality note as one line."""
    return f"{say_date(note.day)}: {note.text}"
