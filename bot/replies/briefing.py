"""The weekly 1-1 digest: what changed since last week first, then what to ask about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bot.access import Sight
from bot.people import Person
from bot.replies import commands
from bot.replies.doing import Doing, DueAction, OpenIssue
from bot.replies.footing import footing, note_words, notes_on, remarks, summary
from bot.replies.interest import Interest
from bot.replies.judged import Judged, judge
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Facts,
    Heading,
    Paragraph,
    Reply,
    Standing,
    Style,
)
from bot.replies.owners import action_words, issue_words, may_tell
from bot.replies.phrases import counted, in_list, together
from bot.replies.questions import questions
from bot.replies.subject import called, family, measures_of
from bot.replies.threat import classified_rows
from bot.replies.verdict import in_brief, subject
from bot.replies.week import Turn, Week, nothing_new
from metrics.calendar import say_date
from metrics.dashboards import DashboardName
from metrics.model import Area, Level, Measure, MeasureKind
from metrics.snapshot import SnapshotKind

HEADINGS: Final = {
    Turn.NEW: "New",
    Turn.WORSE: "Worse",
    Turn.BETTER: "Better",
    Turn.CLOSED: "Closed",
}

SHOWN: Final = 5
"""So many lines of a list are told; the others are counted."""

LATE_NAMED: Final = 4
"""So many measures that are behind are named for each day that they reach."""


def digest_reply(
    sight: Sight,
    week: Week,
    doing: Doing,
    *,
    interest: Interest,
    today: date,
    said_first: tuple[str, ...] = (),
) -> Reply:
    """Write the digest for one reader, or for a channel.

    Args:
        sight: The newest figures, as the reader may see them.
        week: What changed since last week, of what is theirs.
        doing: The register and what else is being done.
        interest: Who reads, and what is theirs.
        today: The day on which it is written.
        said_first: What has to be known before, e.g. of which day the figures are.
    """
    judged = [one for area in interest.areas for one in _judged(sight, area, interest)]
    actions = _actions(sight, doing, interest, today)
    issues = _issues(sight, doing, interest)
    is_quiet = week.is_quiet
    blocks = [
        Heading(text=f"Weekly briefing{_for(interest.person)}, {say_date(today)}"),
        Paragraph(text=_verdict(week, sight), strong=True),
        *remarks(said_first),
        *_news(week),
        *_standing_still(sight, interest),
        *(() if is_quiet else _own_priorities(sight, interest)),
        *(() if is_quiet else _questions(sight, week, judged, actions, today)),
        *_to_do(actions, issues, doing, today, is_quiet=is_quiet),
        *_provisional(sight, judged, week, is_quiet=is_quiet),
        *footing(sight),
        _buttons(sight, interest, doing),
    ]
    return Reply(
        summary=summary(sight, f"Weekly briefing: {_in_brief(week, actions)}"),
        blocks=tuple(blocks),
        standing=_standing(week),
    )


def _for(person: Person | None) -> str:
    return f" for {person.name}" if person else ""


def _verdict(week: Week, sight: Sight) -> str:
    """Say what a week came to, and against which figures."""
    if quiet := nothing_new(week):
        since = f" since {say_date(week.since.as_at)}" if week.since else ""
        return quiet.replace("Nothing new", f"Nothing new{since}")
    compared = (
        f" since the figures as at {say_date(week.since.as_at)}"
        if week.since and week.since.snapshot != sight.snapshot
        else " since last week"
    )
    return f"{_first_upper(week.counts)}{compared}."


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in_brief(week: Week, actions: Sequence[DueAction]) -> str:
    said = week.counts or "nothing new"
    overdue = f"; {counted(len(actions), 'actions')} overdue" if actions else ""
    first = week.news[0].words.partition(":")[0] if week.news else ""
    return f"{said}{overdue}{f'. First: {first}' if first else ''}"


def _standing(week: Week) -> Standing:
    if week.of(Turn.NEW) or week.of(Turn.WORSE):
        return Standing.WORSE
    return Standing.BETTER if week.news else Standing.PLAIN


def _news(week: Week) -> Iterator[Block]:
    for turn, heading in HEADINGS.items():
        found = week.of(turn)
        if not found:
            continue
        yield Heading(text=heading)
        yield Bullets(items=_some([one.words for one in found]))


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= SHOWN:
        return tuple(lines)
    return (*lines[:SHOWN], f"… and {len(lines) - SHOWN} more: /threats shows what is open.")


def _standing_still(sight: Sight, interest: Interest) -> Iterator[Block]:
    """Tell what is High, which does not go away because it is not new."""
    rows = []
    for area in interest.areas:
        [(_, high), *_] = classified_rows(sight, area, _measures(sight, interest, area))
        rows.append((f"High, {area.name}", high))
    yield Facts(rows=tuple(rows))


def _own_priorities(sight: Sight, interest: Interest) -> Iterator[Block]:
    """Tell the reader's own priorities, the leading measure of each in a few words."""
    lines = []
    for priority in interest.priorities:
        shown = [
            one
            for part in family(sight.catalogue, priority)
            for one in measures_of(sight.catalogue, part)
            if not sight.refusal(one, sight.catalogue.force)
        ]
        if shown:
            lead = judge(sight, shown[0], sight.catalogue.force)
            lines.append(f"{priority.number}, {called(priority)}. {in_brief(lead)}.")
    if lines:
        yield Heading(text="Your priorities")
        yield Bullets(items=tuple(lines))


def _measures(sight: Sight, interest: Interest, area: Area) -> list[Measure]:
    """Return the plan's measures that are the reader's in one of their areas."""
    catalogue = sight.catalogue
    found: dict[str, Measure] = {
        one.id: one
        for priority in catalogue.priorities.values()
        for one in measures_of(catalogue, priority)
    }
    own_area = interest.is_whole or area.level is not Level.FORCE
    return [one for one in found.values() if own_area or interest.is_their_priority(one.priority)]


def _judged(sight: Sight, area: Area, interest: Interest) -> list[Judged]:
    shown = [one for one in _measures(sight, interest, area) if not sight.refusal(one, area)]
    found = [judge(sight, one, area) for one in shown]
    return [one for one in found if one.position.to is not None]


def _questions(
    sight: Sight,
    week: Week,
    judged: Sequence[Judged],
    actions: Sequence[DueAction],
    today: date,
) -> Iterator[Block]:
    asked = questions(sight, week.since, judged, actions, today=today)
    if asked:
        yield Heading(text="Worth asking")
        yield Bullets(items=asked)


def _actions(sight: Sight, doing: Doing, interest: Interest, today: date) -> tuple[DueAction, ...]:
    """Return the overdue actions that are the reader's, or of what they lead."""
    return tuple(
        one
        for one in doing.overdue(today)
        if interest.concerns(owner=one.owner_id, priority=one.priority, area=one.area)
        and may_tell(sight, one.measure, one.area, one.priority)
    )


def _issues(sight: Sight, doing: Doing, interest: Interest) -> tuple[OpenIssue, ...]:
    return tuple(
        one
        for one in doing.issues
        if interest.concerns(owner=one.owner_id, priority=one.priority, area=one.area)
        and may_tell(sight, one.measure, one.area, one.priority)
    )


def _to_do(
    actions: Sequence[DueAction],
    issues: Sequence[OpenIssue],
    doing: Doing,
    today: date,
    *,
    is_quiet: bool,
) -> Iterator[Block]:
    """Tell what is overdue, and the open issues; in a quiet week the issues are only counted."""
    if actions:
        yield Heading(text="Overdue")
        yield Bullets(items=_some([f"{one.issue}: {action_words(one, today)}" for one in actions]))
    if not doing.is_kept:
        return
    if not issues:
        yield Paragraph(text="No open issue.")
    elif is_quiet:
        yield Paragraph(text=f"{counted(len(issues), 'issues')} open, as before.")
    else:
        yield Heading(text="Open issues")
        yield Bullets(items=_some([issue_words(one) for one in issues]))


def _provisional(
    sight: Sight, judged: Sequence[Judged], week: Week, *, is_quiet: bool
) -> Iterator[Block]:
    """Say what is provisional, what is behind, and what changed in how things are recorded."""
    lines = []
    if sight.kind is SnapshotKind.DAILY:
        lines.append("Provisional: late records and re-classifications are still to come.")
    if not is_quiet:
        lines += _behind(judged)
    lines += _new_notes(sight, judged, week)
    if lines:
        yield Bullets(items=tuple(lines))


def _behind(judged: Sequence[Judged]) -> Iterator[str]:
    """Say which figures end before the day that the others stand at."""
    reach: dict[date, dict[str, None]] = {}
    for one in judged:
        if one.is_late and one.position.to and not math.isnan(one.value):
            reach.setdefault(one.position.to, {})[_name(one.measure)] = None
    for to, names in sorted(reach.items()):
        listed = list(names)
        some = [*listed[:LATE_NAMED]]
        if len(listed) > LATE_NAMED:
            some.append(f"{len(listed) - LATE_NAMED} more")
        yield f"To {say_date(to)} only: {together(some)}."


def _new_notes(sight: Sight, judged: Sequence[Judged], week: Week) -> tuple[str, ...]:
    """Tell the data-quality notes that have come into force since last week."""
    if week.since is None or not judged:
        return ()
    notes = notes_on(
        sight.catalogue,
        [one.measure for one in judged],
        judged[0].area,
        since=week.since.as_at,
        until=sight.as_at,
    )
    return tuple(note_words(one) for one in notes)


def _name(measure: Measure) -> str:
    return subject(measure) if measure.kind is MeasureKind.RECORDED else in_list(measure.name)


def _buttons(sight: Sight, interest: Interest, doing: Doing) -> Buttons:
    area = interest.areas[0]
    items = [
        Button(label="What is open", command=commands.threats(area, sight), style=Style.PRIMARY),
        Button(label="All targets", command=commands.dashboard(DashboardName.TARGETS, area, sight)),
        Button(label="Monthly briefing", command="/briefing monthly"),
    ]
    if doing.is_kept:
        items.append(Button(label="Issues", command="/issue list"))
    return Buttons(items=tuple(items))
