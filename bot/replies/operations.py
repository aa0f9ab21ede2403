"""Operations in words: one, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bot.register.model import Operation
from bot.replies.model import (
    Button,
    Buttons,
    Facts,
    Footnote,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Table,
    TableColumn,
    TableRow,
)
from bot.replies.people import People, owner_words
from bot.replies.phrases import together
from metrics.calendar import say_date
from metrics.model import AreaId, Catalogue

SHOWN: Final = 20


def operations_reply(
    operations: Sequence[Operation], *, catalogue: Catalogue, today: date
) -> Reply:
    """List operations, those that go on first."""
    if not operations:
        words = "No operation is recorded."
        hint = "/operation new records one."
        return Reply(
            summary=words, blocks=(Paragraph(text=words, strong=True), Footnote(text=hint))
        )
    running = [one for one in operations if one.runs_on(today)]
    ordered = [*running, *(one for one in operations if one not in running)]
    said = f"{len(running)} of {len(operations)} recorded operations go on."
    if len(operations) == 1:
        said = f"{operations[0].name} {'goes on' if running else 'is over'}."
    shown = ordered[:SHOWN]
    more = len(ordered) - len(shown)
    return Reply(
        summary=said,
        blocks=(
            Paragraph(text=said, strong=True),
            Table(
                caption="Operations, those that go on first",
                label="Operation",
                columns=(
                    TableColumn(name="From"),
                    TableColumn(name="To"),
                    TableColumn(name="Priorities"),
                    TableColumn(name="Where", is_detail=True),
                ),
                rows=tuple(_row(one, catalogue) for one in shown),
            ),
            *((Paragraph(text=f"… and {more} more."),) if more else ()),
            Menu(
                label="Show",
                items=tuple(
                    Button(label=one.name, command=f"/operation show {one.id}") for one in shown
                ),
            ),
        ),
    )


def operation_reply(
    operation: Operation,
    *,
    catalogue: Catalogue,
    people: People,
    today: date,
    may_write: bool,
    said: str = "",
) -> Reply:
    """Show one operation."""
    verdict = f"{operation.name}: {span_words(operation, today)}."
    ends = operation.last is None and may_write
    return Reply(
        summary=said or verdict,
        blocks=(
            *((Paragraph(text=said, strong=True),) if said else ()),
            Heading(text=operation.name),
            Paragraph(text=verdict, strong=not said),
            *((Paragraph(text=operation.does),) if operation.does else ()),
            Facts(rows=tuple(_facts(operation, catalogue, people))),
            *(
                (Buttons(items=(Button(label="End", command=f"/operation end {operation.id}"),)),)
                if ends
                else ()
            ),
            *((Footnote(text=operation.source),) if operation.source else ()),
        ),
    )


def span_words(operation: Operation, today: date) -> str:
    """Say since when an operation goes on, or from when to when it went on."""
    if operation.first > today:
        return f"from {say_date(operation.first)}"
    if operation.last is not None:
        return f"from {say_date(operation.first)} to {say_date(operation.last)}"
    return f"since {say_date(operation.first)}"


def places(areas: Sequence[AreaId], catalogue: Catalogue) -> str:
    """Name areas; the whole force, where none is named."""
    names = [catalogue.areas[one].name if one in catalogue.areas else one for one in areas]
    return together(names) if names else "the whole force"


def _row(operation: Operation, catalogue: Catalogue) -> TableRow:
    return TableRow(
        label=operation.name,
        cells=(
            say_date(operation.first),
            say_date(operation.last) if operation.last else "goes on",
            ", ".join(operation.priorities) or "all",
            places(operation.areas, catalogue),
        ),
    )


def _facts(operation: Operation, catalogue: Catalogue, people: People) -> Iterator[tuple[str, str]]:
    yield "Name for commands", operation.id
    known = catalogue.priorities
    named = [f"{one}, {known[one].name}" if one in known else one for one in operation.priorities]
    yield "Priorities", "; ".join(named) or "all"
    yield "Where", places(operation.areas, catalogue)
    if operation.comparison_areas:
        yield "Compared with", places(operation.comparison_areas, catalogue)
    if operation.lead:
        known_lead = operation.lead in people
        yield "Lead", owner_words(operation.lead, people) if known_lead else operation.lead
