"""What a replay found, as a report: in the terminal, as Markdown, CSV and JSON.

All forms say the same: the sections are made once, and written down in each form's way.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.alerts.history import FOLLOW_UPS, LISTS, POSTS, History, Life, only_in
from bot.alerts.model import Concern, RuleName
from bot.alerts.replayed import Replay, Told
from bot.alerts.truth import AFTERGLOW, Judged, Mark
from bot.render.export import FORMULA_STARTS
from bot.render.fit import clean
from bot.render.words import number
from metrics.calendar import performance_year, say_date, whole_year, year_name

RULE_WORDS: Final = {
    RuleName.DETERIORATION: "Worse than last year",
    RuleName.SURGE: "Surge in the latest weeks",
    RuleName.CLASSIFICATION: "Classification risen",
    RuleName.TARGET_UNLIKELY: "Target unlikely",
    RuleName.CONTROL: "Control chart",
    RuleName.PEERS: "Similar forces",
    RuleName.LATE: "Figures late",
    RuleName.TARGET_SECURED: "Target secured",
}

NONE: Final = "–"
"""Stands where there is nothing to count or say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A small table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report."""

    heading: str
    sentences: tuple[str, ...] = ()
    grid: Grid | None = None


def verdict(made: Replay) -> str:
    """Say in a sentence what the rules would have sent: of the first configuration."""
    history = made.told[0].history
    raised, still = history.raised, history.open_at_end
    own = [one for one in raised if not one.is_child]
    a_week = number(history.a_week(raised), 1)
    return (
        f"{_span(made)} the rules would have raised {_many(len(raised), 'alert')}, {a_week} a "
        f"week; {number(len(own))} of them as messages of their own, the others under those; "
        f"{number(len(still))} were open at the end."
    )


def sections(made: Replay) -> tuple[Section, ...]:
    """Return the report, from what matters most to the list of every alert."""
    first = made.told[0]
    parts = [
        Section(heading="How to read this", sentences=tuple(_basis(made))),
        _by_rule(first),
        _by_level(first.history),
        _by_month(first.history),
        _heard(first.history),
    ]
    if first.judged is not None:
        parts += _truth(made, first.judged, first.history)
    if len(made.told) > 1:
        parts += _side_by_side(made)
    return (*parts, *_lists(made, first))


def print_replay(made: Replay, console: Console) -> None:
    """Print the report; nothing from data is read as markup."""
    console.print(Text(clean(verdict(made)), style="bold"))
    for part in sections(made):
        console.print()
        console.print(Text(clean(part.heading), style="bold underline"))
        for sentence in part.sentences:
            console.print(Text(clean(sentence)))
        if part.grid:
            table = Table(box=SIMPLE_HEAD, pad_edge=False)
            for name in part.grid.columns:
                table.add_column(Text(clean(name)))
            for row in part.grid.rows:
                table.add_row(*(Text(clean(cell)) for cell in row))
            console.print(table)


def to_markdown(made: Replay) -> str:
    """Write the report as Markdown."""
    lines = [f"# Replay: {say_date(made.first)} to {say_date(made.last)}", "", verdict(made), ""]
    for part in sections(made):
        lines += [f"## {part.heading}", ""]
        for sentence in part.sentences:
            lines += [sentence, ""]
        if part.grid:
            lines.append(_line(part.grid.columns))
            lines.append(_line(tuple("---" for _ in part.grid.columns)))
            lines += [_line(row) for row in part.grid.rows]
            lines.append("")
    return "\n".join(lines)


def to_csv(made: Replay) -> str:
    """Write every alert of every configuration as a line of CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = list(_records(made))
    writer.writerow(rows[0] if rows else _record_names())
    for row in rows:
        writer.writerow([_safe(value) for value in row.values()])
    return out.getvalue()


def to_json(made: Replay) -> str:
    """Write the whole replay as JSON; what is not known is null."""
    content = {
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "days": made.days,
        "days_as_known": made.days_as_known,
        "verdict": verdict(made),
        "configurations": [_as_data(one) for one in made.told],
        "alerts": list(_records(made)),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _span(made: Replay) -> str:
    year = whole_year(performance_year(made.last))
    if (made.first, made.last) == (year.first, year.last):
        return f"Over {year_name(year.first.year)}"
    return f"From {say_date(made.first)} to {say_date(made.last)}"


def _basis(made: Replay) -> Iterator[str]:
    looked = "days" if made.is_daily else "month ends"
    yield f"{number(made.days)} {looked} were judged, each as the daily job would have judged it."
    if made.days_as_known == made.days:
        yield "The figures of each day are as they were known the morning after."
    else:
        before = number(made.days - made.days_as_known)
        yield (
            f"Records were first loaded on {say_date(made.first_loaded)}. Of the {before} {looked} "
            "before, the figures are by the day of recording: what was corrected before that load "
            "is corrected in them, and nothing came late."
        )
    stood = len(made.told[0].history.stood_before)
    yield (
        f"{_many(stood, 'alert')} stood already on the first day and are not counted as raised: "
        "when they began is not known."
    )
    if not made.is_exact:
        yield (
            "The daily watch learns once a week here and not every day (--exact: every day); how "
            "little that changes is measured in docs/methods/alerts.md."
        )


def _by_rule(told: Told) -> Section:
    history, judged = told.history, told.judged
    columns = ["Rule", "Raised", "A week"] + (["Right", "False", "Precision"] if judged else [])
    rows = []
    for rule, count in history.by_rule().items():
        row = [RULE_WORDS[rule], number(count), number(count / history.weeks, 1)]
        if judged:
            right, false = judged.right_by_rule.get(rule, 0), judged.false_by_rule.get(rule, 0)
            row += [number(right), number(false), _share(judged.precision_of(rule))]
        rows.append(tuple(row))
    return Section(
        heading="By rule",
        sentences=("An alert that several rules raised together is counted with each.",),
        grid=Grid(columns=tuple(columns), rows=tuple(rows)),
    )


def _by_level(history: History) -> Section:
    rows = [
        (level.name.title(), number(count), number(count / history.weeks, 1))
        for level, count in history.by_level().items()
    ]
    grid = Grid(columns=("Threats raised as", "Raised", "A week"), rows=tuple(rows))
    return Section(heading="By level", grid=grid)


def _by_month(history: History) -> Section:
    found = Counter(one.raised.replace(day=1) for one in history.raised)
    own = Counter(one.raised.replace(day=1) for one in history.raised if not one.is_child)
    rows = [
        (f"{month:%B %Y}", number(found[month]), number(own[month])) for month in _months(history)
    ]
    return Section(
        heading="By month",
        grid=Grid(columns=("Month", "Raised", "With a message of their own"), rows=tuple(rows)),
    )


def _months(history: History) -> Iterator[date]:
    month = history.first.replace(day=1)
    while month <= history.last:
        yield month
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _heard(history: History) -> Section:
    rows = [
        (
            there.address,
            number(sounds[POSTS]),
            number(sounds[FOLLOW_UPS]),
            number(sounds[LISTS]),
            number((sounds[POSTS] + sounds[FOLLOW_UPS]) / history.weeks, 1),
        )
        for there, sounds in history.heard().items()
    ]
    columns = ("Route", "Alerts posted", "Follow-ups in threads", "Lists", "A week without lists")
    return Section(
        heading="What each route would have heard",
        sentences=(
            (
                "Edits of a standing message make no sound and are not counted. Lists are roll-ups "
                "over a day's cap and days with nothing new. A role's route is heard as by one "
                "person who leads no area."
            ),
        )
        if rows
        else ("No routes are configured: nobody would have been told.",),
        grid=Grid(columns=columns, rows=tuple(rows)) if rows else None,
    )


def _truth(made: Replay, judged: Judged, history: History) -> Iterator[Section]:
    right, near, false = (judged.count(one) for one in (Mark.RIGHT, Mark.NEAR, Mark.FALSE))
    found = [one for one in judged.found if one.by is not None]
    delay = f", half of them within {number(median(one.days for one in found))} days" * bool(found)
    yield Section(
        heading="Against what is known to have happened",
        sentences=(
            (
                f"Of {_many(right + near + false, 'threat')}, {number(right)} were right, "
                f"{number(near)} were of a total or a wider area that holds an event, and "
                f"{number(false)} were false: {number(false / history.weeks, 1)} false a week, "
                f"precision {_share(judged.precision)}."
            ),
            (
                f"Events spoken of: {number(len(found))} of {number(len(judged.found))}"
                f"{delay}. An alert counts from an event's first day to {AFTERGLOW.days} days "
                "after its last."
            ),
        ),
        grid=Grid(
            columns=("Event", "From", "To", "Size", "Alert", "After days"),
            rows=tuple(
                (
                    one.event.name or _where(made, one.event.measure, one.event.area),
                    say_date(one.event.first),
                    say_date(one.event.last),
                    f"{number(one.event.size * 100)}%",
                    one.by or "missed",
                    number(one.days) if one.by else NONE,
                )
                for one in judged.found
            ),
        ),
    )


def _side_by_side(made: Replay) -> Iterator[Section]:
    histories = [one.history for one in made.told]
    rows = [
        ("Alerts raised", *(number(len(one.raised)) for one in histories)),
        ("A week", *(number(one.a_week(one.raised), 1) for one in histories)),
        (
            "With a message of their own",
            *(number(sum(not life.is_child for life in one.raised)) for one in histories),
        ),
        ("Stood already on the first day", *(number(len(one.stood_before)) for one in histories)),
        ("Open at the end", *(number(len(one.open_at_end)) for one in histories)),
        *(
            (RULE_WORDS[rule], *(number(one.by_rule().get(rule, 0)) for one in histories))
            for rule in RuleName
            if any(rule in one.by_rule() for one in histories)
        ),
    ]
    judged = [one.judged for one in made.told if one.judged is not None]
    if judged:
        rows += [
            ("Right", *(number(one.count(Mark.RIGHT)) for one in judged)),
            ("False", *(number(one.count(Mark.FALSE)) for one in judged)),
            ("Precision", *(_share(one.precision) for one in judged)),
            (
                "Events spoken of",
                *(number(sum(found.by is not None for found in one.found)) for one in judged),
            ),
        ]
    yield Section(
        heading="Side by side",
        grid=Grid(columns=("", *(one.name for one in histories)), rows=tuple(rows)),
    )
    one, other = histories[0], histories[1]
    for has, lacks in ((one, other), (other, one)):
        alone = only_in(has, lacks, within=AFTERGLOW)
        yield Section(
            heading=f"Only under {has.name}: {_many(len(alone), 'alert')}",
            grid=_grid(made, alone, has, made.told[0].judged if has is one else None),
        )


def _lists(made: Replay, told: Told) -> Iterator[Section]:
    history = told.history
    groups = (
        ("With a message of their own", [one for one in history.raised if not one.is_child]),
        ("Told under those", [one for one in history.raised if one.is_child]),
        ("Stood already on the first day", list(history.stood_before)),
    )
    for heading, lives in groups:
        yield Section(
            heading=f"{heading}: {_many(len(lives), 'alert')}",
            grid=_grid(made, lives, history, told.judged),
        )


def _grid(
    made: Replay, lives: Sequence[Life], history: History, judged: Judged | None
) -> Grid | None:
    if not lives:
        return None
    columns = ["No.", "What", "Raised", "Level", "Rules", "Escalated", "Ended", "Days"]
    rows = []
    for one in lives:
        row = [
            one.id,
            _where(made, one.key.measure, one.key.area, one.key.concern),
            _short(one.raised),
            one.level.name.title(),
            ", ".join(RULE_WORDS[rule] for rule in RuleName if rule in one.raised_by),
            ", ".join(_short(day) for day in one.escalated) or NONE,
            _short(one.ended) if one.ended else "open",
            number(one.days(history.last)),
        ]
        rows.append(tuple(row + ([judged.marks[one.id].value] if judged else [])))
    return Grid(columns=tuple(columns + (["Truth"] if judged else [])), rows=tuple(rows))


def _records(made: Replay) -> Iterator[dict[str, Any]]:
    for told in made.told:
        for one in told.history.lives:
            values = (
                told.history.name,
                one.id,
                one.key.concern.value,
                one.key.measure,
                one.key.area,
                one.level.name.lower(),
                one.highest.name.lower(),
                " ".join(rule.value for rule in RuleName if rule in one.raised_by),
                " ".join(rule.value for rule in RuleName if rule in one.rules),
                one.raised.isoformat(),
                one.stood_before,
                " ".join(day.isoformat() for day in one.escalated),
                one.ended.isoformat() if one.ended else None,
                one.ending.value if one.ending else None,
                one.days(told.history.last),
                one.is_child,
                told.judged.marks[one.id].value if told.judged else None,
                one.sentence,
            )
            yield dict(zip(_record_names(), values, strict=True))


def _record_names() -> tuple[str, ...]:
    return (
        "configuration", "alert", "concern", "measure", "area", "level", "highest_level",
        "raised_by", "rules", "raised", "stood_before", "escalated", "ended", "ending", "days",
        "under_another", "truth", "sentence",
    )  # fmt: skip


def _as_data(told: Told) -> dict[str, Any]:
    history, judged = told.history, told.judged
    made: dict[str, Any] = {
        "name": history.name,
        "raised": len(history.raised),
        "a_week": round(history.a_week(history.raised), 3),
        "stood_before": len(history.stood_before),
        "open_at_end": len(history.open_at_end),
        "by_rule": {rule.value: count for rule, count in history.by_rule().items()},
        "by_level": {level.name.lower(): n for level, n in history.by_level().items()},
        "routes": {there.address: dict(sounds) for there, sounds in history.heard().items()},
    }
    if judged is not None:
        made["truth"] = {mark.value: judged.count(mark) for mark in Mark}
        made["precision"] = None if math.isnan(judged.precision) else round(judged.precision, 3)
        made["events"] = [
            {**one.event.model_dump(mode="json"), "alert": one.by, "days": one.days}
            for one in judged.found
        ]
    return made


def _where(made: Replay, measure: str, area: str, concern: Concern = Concern.THREAT) -> str:
    catalogue = made.catalogue
    what = next((one.name for id_, one in catalogue.measures.items() if id_ == measure), measure)
    place = next((one.name for id_, one in catalogue.areas.items() if id_ == area), area)
    about = {Concern.LATE: "late: ", Concern.SECURED: "secured: "}.get(concern, "")
    return f"{about}{what}, {place}"


def _many(count: int, what: str) -> str:
    return f"{number(count)} {what}" if count == 1 else f"{number(count)} {what}s"


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _share(value: float) -> str:
    return NONE if math.isnan(value) else f"{number(value * 100)}%"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _safe(value: object) -> object:
    """Keep a spreadsheet from running a text."""
    starts = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if starts else value
