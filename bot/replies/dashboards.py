"""A dashboard as an answer: first what it comes to in words, then its table."""

from __future__ import annotations

import math
from typing import Final, assert_never

from bot.access import Sight
from bot.render.words import number, say
from bot.replies import commands
from bot.replies.csp import moved_words
from bot.replies.footing import remarks, summary
from bot.replies.model import Block, Button, Buttons, Heading, Paragraph, Reply
from bot.replies.phrases import in_list, some, together
from bot.replies.pictures import long_term_picture
from bot.replies.tables import column, dashboard_blocks
from metrics.classification import ClassificationRule, ThreatLevel
from metrics.dashboards import Dashboard, DashboardName
from metrics.dashboards.significance import UNCHANGED
from metrics.model import Area

LABELS: Final = {
    DashboardName.ALL_CRIME: "All crime",
    DashboardName.TARGETS: "Targets",
    DashboardName.SCORECARD: "Scorecard",
    DashboardName.PLAN: "Plan",
    DashboardName.CSP: "CSPs",
    DashboardName.LONG_TERM: "Long term",
}
"""What the dashboards are called on a button."""

ON_COURSE: Final = ("yes", "no", "not known")
"""What the targets dashboard says of a target with a number; a figure withheld says neither."""

LEVEL_COLUMNS: Final = ("Recorded crime", "Outcomes", "Satisfaction", "Other")


def dashboard_reply(
    sight: Sight, name: DashboardName, area: Area, *, said_first: tuple[str, ...] = ()
) -> Reply:
    """Answer with a dashboard, after a sentence of what it comes to.

    Args:
        sight: The figures, as the asker may see them.
        name: Which dashboard.
        area: Where.
        said_first: How the question was read, and of which day the figures are.
    """
    made = sight.dashboard(name, area)
    words = verdict_of(name, made, rule=sight.catalogue.rule)
    picture: tuple[Block, ...] = ()
    if name is DashboardName.LONG_TERM:
        picture = long_term_picture(sight, area)
    return Reply(
        summary=summary(sight, f"{made.heading}. {words}"),
        blocks=(
            Heading(text=made.heading),
            Paragraph(text=words, strong=True),
            *remarks(said_first),
            *picture,
            *dashboard_blocks(made),
            *_next(sight, name, area),
        ),
        share=commands.dashboard(name, area, sight),
    )


def verdict_of(name: DashboardName, made: Dashboard, *, rule: ClassificationRule) -> str:
    """Say what a dashboard comes to, in a sentence or two.

    Args:
        name: Which dashboard.
        made: Its rows.
        rule: From which chance down a target counts as unlikely to be met.
    """
    if not made.rows:
        return "There is nothing to show."
    match name:
        case DashboardName.ALL_CRIME:
            return _all_crime(made)
        case DashboardName.TARGETS:
            return _targets(made, rule.unlikely_met)
        case DashboardName.SCORECARD:
            return _scorecard(made)
        case DashboardName.PLAN:
            return _plan(made)
        case DashboardName.CSP:
            several = any(row.is_total for row in made.rows)
            return moved_words(made, "partnership" if several else "crime type")
        case DashboardName.LONG_TERM:
            return _long_term(made)
        case _:
            assert_never(name)


def _all_crime(made: Dashboard) -> str:
    """Say how the total moved, and which crime types moved by more than chance explains."""
    [total] = [n for n, row in enumerate(made.rows) if row.is_total][:1] or [0]
    cells = {name: say(column(made, name)[total]) for name in ("Change", "Change %")}
    tested = column(made, "Significance")[total].words
    first = (
        f"{made.rows[total].label} {cells['Change %']} on last year ({cells['Change']}): {tested}."
    )
    return f"{first} {moved_words(made, 'crime type')}"


def _targets(made: Dashboard, cut: float) -> str:
    """Say how many targets are met today, and which have less than a chance of being met."""
    now = [cell.words for cell in column(made, "On course")]
    numeric = [one for one in now if one in ON_COURSE]
    if not numeric:
        return "The framework in force sets no numeric targets."
    chances = column(made, "Chance of meeting")
    unlikely = [
        in_list(row.label)
        for row, cell in zip(made.rows, chances, strict=True)
        if not math.isnan(cell.value) and cell.value < cut
    ]
    met = f"{numeric.count('yes')} of {len(numeric)} targets are met as things stand."
    if not unlikely:
        return f"{met} None is unlikely to be met."
    under = f"a chance under {number(cut * 100)}%"
    return f"{met} Unlikely to be met ({under}): {some(unlikely)}."


def _scorecard(made: Dashboard) -> str:
    """Say what is High, by crime type and what is classified of it."""
    high = [
        f"{row.label} ({name.lower()})"
        for row_place, row in enumerate(made.rows)
        for name in LEVEL_COLUMNS
        if column(made, name)[row_place].words == ThreatLevel.HIGH.name.capitalize()
    ]
    return f"High: {together(high)}." if high else "Nothing is High."


def _plan(made: Dashboard) -> str:
    """Count the plan's assessments, and name what deteriorated and what improved."""
    told = column(made, "Assessment")
    parts = []
    for word in ("deterioration", "improvement"):
        names = [
            in_list(row.label)
            for row, cell in zip(made.rows, told, strict=True)
            if cell.words.endswith(word)
        ]
        if names:
            parts.append(f"Statistically significant {word}: {some(names)}.")
    unchanged = sum(cell.words == UNCHANGED for cell in told)
    if not parts:
        parts.append("No measure improved or deteriorated by more than chance explains.")
    return f"{' '.join(parts)} No statistically significant change: {number(unchanged)}."


def _long_term(made: Dashboard) -> str:
    """Say the newest whole year against the one before, and against the highest held."""
    totals = [cell.value for cell in column(made, "Crimes")]
    last, year = totals[-1], made.rows[-1].label
    highest = max(range(len(totals)), key=lambda n: totals[n])
    change = say(column(made, "Change %")[-1])
    told = f"{year}: {number(last)} crimes, {change} on the year before."
    if highest == len(totals) - 1:
        return f"{told} It is the highest of the {len(totals)} years held."
    share = number((last - totals[highest]) / totals[highest] * 100, 1)
    return f"{told} That is {share}% from the highest, {made.rows[highest].label}."


def _next(sight: Sight, name: DashboardName, area: Area) -> tuple[Block, ...]:
    buttons = tuple(
        Button(label=label, command=commands.dashboard(one, area, sight))
        for one, label in LABELS.items()
        if one is not name
    )
    places = [(one, commands.dashboard(name, one, sight)) for one in commands.others(sight, area)]
    return Buttons(items=buttons), *commands.menu("By area", places)
