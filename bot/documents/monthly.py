"""The monthly briefing and the thematic report as messages, with what to look at next."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.access import Sight
from bot.documents.attention import judged_measures
from bot.documents.briefing import performance_briefing
from bot.documents.message import as_message
from bot.documents.theme import theme_report
from bot.replies import commands
from bot.replies.doing import Doing
from bot.replies.footing import summary
from bot.replies.model import Button, Buttons, Reply, Style
from bot.replies.phrases import counted
from bot.replies.verdict import in_brief
from metrics.calendar import say_date
from metrics.classification import ThreatLevel
from metrics.dashboards import DashboardName
from metrics.snapshot import SnapshotKind

THEME_TOLD: Final = ("Summary",)
"""Of a thematic report a message tells the summary; the trends are in the paper."""


def monthly_message(
    sight: Sight, doing: Doing, *, made_on: date, said_first: tuple[str, ...] = ()
) -> Reply:
    """Return the performance briefing as a message.

    Args:
        sight: The figures, as the reader may see them.
        doing: The register and what else is being done.
        made_on: The day on which it is made.
        said_first: What has to be known before, e.g. of which day the figures are.
    """
    document = performance_briefing(sight, doing, made_on=made_on)
    force = sight.catalogue.force
    judged = judged_measures(sight, force)
    high = sum(one.assessment.threat.level is ThreatLevel.HIGH for one in judged)
    total = next(
        (one for one in judged if one.measure.id == sight.catalogue.total_crime().id), None
    )
    words = f"{in_brief(total, target=False)}; " if total else ""
    first = f"Performance briefing, {say_date(sight.as_at)}: {words}{counted(high, 'High threats')}"
    day = sight.as_at.isoformat()
    which = f"--month-end {day}" if sight.kind is SnapshotKind.MONTH_END else f"--as-at {day}"
    return as_message(
        document,
        summary=summary(sight, first),
        said_first=said_first,
        paper=f"The paper itself, with tables and charts: threatdesk briefing {which} "
        "--output briefing.pdf (or .docx).",
        buttons=Buttons(
            items=(
                Button(
                    label="All targets",
                    command=commands.dashboard(DashboardName.TARGETS, force, sight),
                    style=Style.PRIMARY,
                ),
                Button(
                    label="Scorecard",
                    command=commands.dashboard(DashboardName.SCORECARD, force, sight),
                ),
                Button(label="Threats", command=commands.threats(force, sight)),
            )
        ),
    )


def theme_message(
    sight: Sight, theme: str, doing: Doing, *, said_first: tuple[str, ...] = ()
) -> Reply:
    """Return the report of a theme as a message: what it says first.

    Args:
        sight: The figures, as the public may see them.
        theme: Its name.
        doing: The operations that run.
        said_first: What has to be known before.
    """
    document = theme_report(sight, theme, doing)
    return as_message(
        document,
        summary=summary(sight, f"Thematic report: {theme}"),
        said_first=said_first,
        paper="The report itself, with its trends: threatdesk briefing --theme quarter "
        "--output report.pdf (or .docx).",
        told=THEME_TOLD,
    )
