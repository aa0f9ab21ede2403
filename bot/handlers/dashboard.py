"""`/dashboard targets city`: one of the dashboards."""

from __future__ import annotations

import re
from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import area_of, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.dashboards import dashboard_reply
from metrics.dashboards import DashboardName
from metrics.errors import UnknownName

NAMES: Final = "all-crime, targets, plan, scorecard, csp and long-term"

SPELLINGS: Final = {
    "all crime": DashboardName.ALL_CRIME,
    "crime": DashboardName.ALL_CRIME,
    "target": DashboardName.TARGETS,
    "police targets": DashboardName.TARGETS,
    "police and crime plan": DashboardName.PLAN,
    "emergent scorecard": DashboardName.SCORECARD,
    "score card": DashboardName.SCORECARD,
    "csps": DashboardName.CSP,
    "partnerships": DashboardName.CSP,
    "long term": DashboardName.LONG_TERM,
    "long term trend": DashboardName.LONG_TERM,
    "long-term trend": DashboardName.LONG_TERM,
    **{one.value: one for one in DashboardName},
}
"""What people call the dashboards; the longest spelling that a question starts with counts."""


def dashboard(asked: Asked) -> Reply:
    """Answer with a dashboard of an area; of the force by default.

    Raises:
        UserError: No dashboard was named, several areas were, or there are no figures.
    """
    name, rest = _named(asked.words)
    found = question(asked, (Kind.AREA,), usual=name.usual_kind, words=rest, said=name.value)
    return dashboard_reply(found.sight, name, area_of(found), said_first=found.said_first)


def _named(words: str) -> tuple[DashboardName, str]:
    """Take the dashboard's name off the front of what was typed."""
    typed = " ".join(words.split())
    for spelling in sorted(SPELLINGS, key=len, reverse=True):
        if re.match(rf"{re.escape(spelling)}(?!\S)", typed, re.IGNORECASE):
            return SPELLINGS[spelling], typed[len(spelling) :].strip()
    asked_for = f"There is no dashboard called “{typed}”." if typed else "Which dashboard?"
    hint = f"There are {NAMES}: for example /dashboard targets city."
    raise UnknownName(asked_for, hint=hint)


COMMAND: Final = Command(
    name="dashboard",
    usage="/dashboard all-crime|targets|plan|scorecard|csp|long-term [AREA] [as at DATE]",
    does="One of the dashboards of the board papers, after what it comes to in words.",
    examples=(
        Example(text="/dashboard all-crime", gives="Every crime type against last year"),
        Example(text="/dashboard targets city", gives="Every target, in the City"),
        Example(text="/dashboard plan as at 31 December 2015", gives="The plan's assessments then"),
    ),
    handler=dashboard,
    aliases=("dash", "board"),
)
