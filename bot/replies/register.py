"""The performance issue register in words: one issue, lists of them, what became of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, assert_never

from bot.people import Person
from bot.register.history import (
    Assigned,
    Change,
    Explained,
    Planned,
    Raised,
    Stepped,
    TakenIn,
    Written,
)
from bot.register.model import Action, Issue, IssueLevel, Step
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Facts,
    Footnote,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Standing,
    Style,
    Table,
    TableColumn,
    TableRow,
)
from bot.replies.people import owner_short, owner_words, writer_words
from metrics.calendar import london_day, say_date
from metrics.model import Catalogue

SHOWN: Final = 20
"""So many issues are listed; the others are counted."""

UPDATES_SHOWN: Final = 5
"""The newest so many updates are shown; the others are counted."""

WITHHELD: Final = "words not shown here"

NEXT_STEP: Final[Mapping[Step, Step]] = {
    Step.SCANNING: Step.ANALYSIS,
    Step.ANALYSIS: Step.RESPONSE,
    Step.RESPONSE: Step.ASSESSMENT,
}

STEPS: Final[Mapping[Step, str]] = {
    Step.SCANNING: "Scanning: what the problem is",
    Step.ANALYSIS: "Analysis: why it is there",
    Step.RESPONSE: "Response: something is being done",
    Step.ASSESSMENT: "Assessment: whether it worked",
    Step.CLOSED: "Closed",
}

Refusal = Callable[[Issue], str]
"""Say why an issue's words may not be shown here; empty where they may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads, and with what names are put to ids."""

    catalogue: Catalogue
    people: Mapping[str, Person]
    today: date
    refusal: Refusal
    may_write: Callable[[Issue], bool]


def issue_reply(issue: Issue, reading: Reading, *, said: str = "") -> Reply:
    """Show an issue whose words may be shown here.

    Args:
        issue: As it stands.
        reading: Who reads.
        said: What was just done with it; empty: it is looked at.
    """
    verdict = _verdict(issue, reading)
    return Reply(
        summary=said or f"{issue.id}: {issue.title}. {verdict}",
        blocks=(
            *((Paragraph(text=said, strong=True),) if said else ()),
            Heading(text=f"{issue.id}: {issue.title}"),
            Paragraph(text=verdict, strong=not said),
            Facts(rows=tuple(_facts(issue, reading))),
            *_actions(issue, reading),
            *_updates(issue, reading),
            *(_next(issue) if reading.may_write(issue) else ()),
        ),
        standing=Standing.NOTICE if issue.overdue(reading.today) else Standing.PLAIN,
    )


def issues_reply(
    issues: Sequence[Issue], reading: Reading, *, what: str, empty: str, there_are: int
) -> Reply:
    """List issues: those with overdue actions first, then by number.

    Args:
        issues: Those that were asked for.
        reading: Who reads.
        what: What they are, as a noun with its number to come, e.g. "open issue".
        empty: What is said where there are none.
        there_are: How many the register holds in all.
    """
    if not issues:
        words = empty if there_are else "The register is empty: no issue has been raised yet."
        hint = "/issue new raises one; so does the button “Raise issue” of an alert."
        return Reply(
            summary=words, blocks=(Paragraph(text=words, strong=True), Footnote(text=hint))
        )
    ordered = sorted(issues, key=lambda one: (not one.overdue(reading.today), one.number))
    shown = ordered[:SHOWN]
    overdue = sum(len(one.overdue(reading.today)) for one in issues)
    late = f", {_counted(overdue, 'action')} overdue" if overdue else ", nothing overdue"
    said = f"{_counted(len(issues), what)}{late}."
    more = len(ordered) - len(shown)
    return Reply(
        summary=said,
        blocks=(
            Paragraph(text=said, strong=True),
            _table(shown, reading),
            *(
                (Paragraph(text=f"… and {more} more: ask for a priority or an area."),)
                if more
                else ()
            ),
            Menu(
                label="Show",
                items=tuple(Button(label=one.id, command=f"/issue show {one.id}") for one in shown),
            ),
            *_withheld(shown, reading),
        ),
        standing=Standing.NOTICE if overdue else Standing.PLAIN,
    )


def history_reply(issue: Issue, changes: Sequence[Change], reading: Reading) -> Reply:
    """Tell every change of an issue: who, when and why."""
    said = f"{issue.id} has changed {_counted(len(changes), 'time')}."
    return Reply(
        summary=said,
        blocks=(
            Heading(text=f"{issue.id}: {issue.title}"),
            Paragraph(text=said, strong=True),
            Bullets(items=tuple(_told(one, reading) for one in changes)),
        ),
    )


def about_words(issue: Issue, catalogue: Catalogue) -> str:
    """Say in short what an issue is about: measure or priority, and area."""
    measure = catalogue.measures.get(issue.measure) if issue.measure else None
    area = catalogue.areas.get(issue.area) if issue.area else None
    what = measure.name if measure else issue.measure or ""
    if not what and issue.priority:
        what = f"Priority {issue.priority}"
    where = area.name if area else issue.area or ""
    return ", ".join(one for one in (what, where) if one)


def _verdict(issue: Issue, reading: Reading) -> str:
    """Say where an issue stands, who has it, and what is late."""
    if issue.closed_at is not None:
        return f"Closed on {say_date(london_day(issue.closed_at))}."
    overdue, still = len(issue.overdue(reading.today)), len(issue.open_actions)
    if overdue:
        late = f"{_counted(overdue, 'action')} overdue."
    elif still:
        late = f"{_counted(still, 'action')} to do, none overdue."
    else:
        late = "No action is planned." if not issue.actions else "Every action is done."
    owner = owner_words(issue.owner, reading.people)
    gone = bool(issue.owner) and issue.owner not in reading.people
    call = f" Give it to someone: /issue assign {issue.id}." if gone else ""
    return f"{STEPS[issue.step]}. With {owner}. {late}{call}"


def _facts(issue: Issue, reading: Reading) -> Iterator[tuple[str, str]]:
    if about := about_words(issue, reading.catalogue):
        yield "About", about
    if issue.priority:
        found = reading.catalogue.priorities.get(issue.priority)
        yield "Priority", f"{issue.priority}, {found.name}" if found else issue.priority
    if issue.level is not IssueLevel.FORCE:
        yield "Level", issue.level.value
    yield "Owner", owner_words(issue.owner, reading.people)
    yield "Status", STEPS[issue.step]
    yield "Root cause", issue.root_cause or "not known yet"
    raised = f"{_day(issue.raised_at)}, by {writer_words(issue.raised_by, reading.people)}"
    yield "Raised", f"{raised}, from {issue.alert}" if issue.alert else raised
    yield "Last changed", _day(issue.updated_at)
    if issue.review is not None:
        yield "Review", say_date(issue.review)


def _actions(issue: Issue, reading: Reading) -> Iterator[Block]:
    if issue.actions:
        yield Heading(text="Actions")
        yield Bullets(items=tuple(action_words(one, reading) for one in issue.actions))


def action_words(action: Action, reading: Reading) -> str:
    """Tell an action in a line: what, who, by when, and how it stands."""
    parts = [f"{action.number}. {action.text}", owner_words(action.owner, reading.people)]
    if action.done is not None:
        parts.append(f"done on {say_date(action.done)}")
    elif action.is_overdue(reading.today) and action.due is not None:
        days = (reading.today - action.due).days
        parts.append(f"overdue by {_counted(days, 'day')}, was due {say_date(action.due)}")
    elif action.due is not None:
        parts.append(f"due {say_date(action.due)}")
    if action.review is not None:
        parts.append(f"review {say_date(action.review)}")
    return " · ".join(parts)


def _updates(issue: Issue, reading: Reading) -> Iterator[Block]:
    if not issue.updates:
        return
    newest = issue.updates[::-1][:UPDATES_SHOWN]
    more = len(issue.updates) - len(newest)
    yield Heading(text="Updates")
    yield Bullets(
        items=(
            *(
                f"{_day(one.at)}, {writer_words(one.by, reading.people)}: {one.text}"
                for one in newest
            ),
            *((f"… and {more} earlier",) if more else ()),
        )
    )


def _next(issue: Issue) -> Iterator[Block]:
    if not issue.is_open:
        again = f"/issue step {issue.id} {Step.ANALYSIS}"
        yield Buttons(items=(Button(label="Open again", command=again), _history(issue)))
        return
    further = NEXT_STEP.get(issue.step)
    yield Buttons(
        items=(
            Button(label="Update", command=f"/issue update {issue.id}", style=Style.PRIMARY),
            Button(label="Action", command=f"/issue action {issue.id}"),
            Button(label="Assign", command=f"/issue assign {issue.id}"),
            *(
                (Button(label=f"To {further}", command=f"/issue step {issue.id} {further}"),)
                if further
                else ()
            ),
            Button(label="Close", command=f"/issue close {issue.id}"),
            _history(issue),
        )
    )
    if issue.open_actions:
        yield Menu(
            label="Action done",
            items=tuple(
                Button(label=f"Action {one.number}", command=f"/issue done {issue.id} {one.number}")
                for one in issue.open_actions
            ),
        )


def _history(issue: Issue) -> Button:
    return Button(label="History", command=f"/issue history {issue.id}")


def _table(issues: Sequence[Issue], reading: Reading) -> Table:
    columns = (
        TableColumn(name="Issue"),
        TableColumn(name="Next due"),
        TableColumn(name="Owner"),
        TableColumn(name="Status"),
        TableColumn(name="About", is_detail=True),
    )
    return Table(
        caption="Issues, those with something overdue first",
        label="Number",
        columns=columns,
        rows=tuple(TableRow(label=one.id, cells=_cells(one, reading)) for one in issues),
    )


def _cells(issue: Issue, reading: Reading) -> tuple[str, ...]:
    title = WITHHELD if reading.refusal(issue) else issue.title
    return (
        title,
        _next_due(issue, reading.today),
        owner_short(issue.owner, reading.people),
        issue.step.value,
        about_words(issue, reading.catalogue),
    )


def _next_due(issue: Issue, today: date) -> str:
    days = [one.due for one in issue.open_actions if one.due is not None]
    if not issue.is_open or not days:
        return ""
    first = min(days)
    return f"{say_date(first)}, overdue" if first < today else say_date(first)


def _withheld(issues: Sequence[Issue], reading: Reading) -> Iterator[Block]:
    """Say why the words of some are not shown, each reason once."""
    reasons = dict.fromkeys(reason for one in issues if (reason := reading.refusal(one)))
    for reason in reasons:
        yield Footnote(text=f"{WITHHELD[:1].upper()}{WITHHELD[1:]}: {reason}")


def _told(change: Change, reading: Reading) -> str:
    when = f"{_day(change.at)}, {writer_words(change.by, reading.people)}"
    why = f" {change.why}" if change.why else ""
    return f"{when}: {_happened(change, reading)}{why}"


def _happened(change: Change, reading: Reading) -> str:
    what = change.what
    match what:
        case Raised():
            return f"Raised from {what.alert}." if what.alert else "Raised."
        case Written():
            return f"Wrote “{what.text}”."
        case Explained():
            return f"Root cause: “{what.root_cause}”."
        case Assigned():
            return f"Given to {owner_words(what.owner, reading.people)}."
        case Stepped():
            return f"To {what.step}."
        case Planned():
            return _planned(what.action, reading)
        case TakenIn():
            return f"{STEPS[what.stands.step]}."
        case _:
            assert_never(what)


def _planned(action: Action, reading: Reading) -> str:
    """Tell what was said of an action then, whatever has become of it since."""
    if action.done is not None:
        return f"Action {action.number}, “{action.text}”, done on {say_date(action.done)}."
    due = f", due {say_date(action.due)}" if action.due else ""
    who = owner_words(action.owner, reading.people)
    return f"Action {action.number}: “{action.text}”, with {who}{due}."


def _day(moment: datetime) -> str:
    return say_date(london_day(moment))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
