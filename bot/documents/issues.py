"""Issues in a briefing: regional, directorate and departmental ones, then each with its actions.

What people write is not measured and so cannot be hidden by the gate figure by figure: an issue
about a measure that may not be shown is left out whole, and nothing of a register is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bot.access import Sight
from bot.documents.model import Part, Section
from bot.people import Surface
from bot.replies.csp import moved_words
from bot.replies.doing import Doing, DueAction, OpenIssue
from bot.replies.model import Bullets, Paragraph, Table, TableColumn, TableRow
from bot.replies.owners import action_words, may_tell, owner_words
from bot.replies.phrases import counted
from bot.replies.tables import table
from metrics.calendar import say_date
from metrics.dashboards import DashboardName

NO_REGISTER: Final = "No performance issue register is kept here yet."
NO_ISSUES: Final = "The register holds no open issue."
NOT_PUBLISHED: Final = "The register is not published."
CSP_COLUMNS: Final = ("Year to date", "Last year", "Change", "Change %", "Significance")


def issue_sections(sight: Sight, doing: Doing, today: date) -> Iterator[Section]:
    """Yield the regional and departmental issues, and the register with what is being done."""
    shown, withheld = _may_tell(sight, doing.issues)
    elsewhere = [one for one in shown if one.level]
    yield Section(
        title="Regional, directorate and departmental issues",
        parts=(*_elsewhere(sight, doing, elsewhere), *_partnerships(sight)),
    )
    yield Section(title="Open issues", parts=tuple(_register(sight, doing, shown, withheld, today)))


def _may_tell(sight: Sight, issues: Sequence[OpenIssue]) -> tuple[tuple[OpenIssue, ...], int]:
    """Return the issues that may be told, and how many others there are."""
    shown = tuple(one for one in issues if may_tell(sight, one.measure, one.area, one.priority))
    return shown, len(issues) - len(shown)


def _elsewhere(sight: Sight, doing: Doing, issues: Sequence[OpenIssue]) -> tuple[Part, ...]:
    if sight.surface is Surface.PUBLIC:
        return ()
    if not issues:
        words = "The register holds no open issue of a region, directorate or department."
        return (Paragraph(text=words if doing.is_kept else NO_REGISTER),)
    lines = tuple(
        f"{one.id} ({one.level}): {one.title.rstrip('.')}. {one.doing}".strip() for one in issues
    )
    return (Bullets(items=lines),)


def _partnerships(sight: Sight) -> tuple[Part, ...]:
    """Tell all crime in every partnership, so that a local problem is not lost in the whole."""
    made = sight.dashboard(DashboardName.CSP, sight.catalogue.force)
    if not made.rows:
        return ()
    whole = table(made)
    places = [n for n, one in enumerate(whole.columns) if one.name in CSP_COLUMNS]
    kept = Table(
        caption=whole.caption,
        label="Partnership",
        columns=tuple(whole.columns[n] for n in places),
        rows=tuple(
            TableRow(
                label=row.label, cells=tuple(row.cells[n] for n in places), is_total=row.is_total
            )
            for row in whole.rows
        ),
    )
    words = f"All crime by partnership: {moved_words(made, 'partnership')}"
    return Paragraph(text=words), kept


def _register(
    sight: Sight, doing: Doing, shown: Sequence[OpenIssue], withheld: int, today: date
) -> Iterator[Part]:
    if sight.surface is Surface.PUBLIC:
        yield Paragraph(text=NOT_PUBLISHED)
        return
    if not doing.is_kept:
        yield Paragraph(text=NO_REGISTER)
        return
    if shown:
        yield _issue_table(shown)
        yield Bullets(items=tuple(_doing_about(one, doing.actions, today) for one in shown))
    elif not withheld:
        yield Paragraph(text=NO_ISSUES)
    if withheld:
        be = "is" if withheld == 1 else "are"
        noun = counted(withheld, "issues")
        yield Paragraph(text=f"{noun} about measures that may not be shown here {be} left out.")


def _issue_table(issues: Sequence[OpenIssue]) -> Table:
    return Table(
        caption="Open issues of the register",
        label="Issue",
        columns=tuple(
            TableColumn(name=name) for name in ("Priority", "Status", "Owner", "Raised", "Review")
        ),
        rows=tuple(
            TableRow(
                label=f"{one.id} {one.title}",
                cells=(
                    one.priority,
                    one.status,
                    owner_words(one.owner, has_left=one.owner_has_left),
                    say_date(one.raised),
                    say_date(one.review) if one.review else "",
                ),
            )
            for one in issues
        ),
    )


def _doing_about(issue: OpenIssue, actions: Sequence[DueAction], today: date) -> str:
    """Say what the force is doing about an issue, action by action."""
    said = [f"{issue.id}, {issue.title.rstrip('.')}."]
    if issue.doing:
        said.append(issue.doing if issue.doing.endswith(".") else f"{issue.doing}.")
    said += [action_words(one, today) for one in actions if one.issue == issue.id]
    if len(said) == 1:
        said.append("No action is recorded.")
    return " ".join(said)
