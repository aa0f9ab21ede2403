"""Issues and actions in words: what, who has it, by when; and whether they may be told at all.

What people write is not measured and so cannot be hidden by the gate figure by figure: words about
a measure that may not be shown are left out whole, and nothing of a register is published.
"""

from __future__ import annotations

from datetime import date

from bot.access import Sight
from bot.access.writing import Writing
from bot.people import Surface
from bot.replies.doing import DueAction, OpenIssue
from bot.replies.phrases import counted
from metrics.calendar import say_date
from metrics.model import AreaId, MeasureId


def may_tell(sight: Sight, measure: MeasureId | None, area: AreaId | None, priority: str) -> bool:
    """Whether words about a measure or priority may be told where the figures are."""
    if sight.surface is Surface.PUBLIC:
        return False
    gate = Writing(
        sight,
        catalogue=sight.catalogue,
        person=sight.person,
        surface=sight.surface,
        today=sight.as_at,
    )
    return not gate.refusal(measure=measure, area=area, priority=priority)


def owner_words(owner: str, *, has_left: bool) -> str:
    """Name who has something; that nobody has it is said."""
    if not owner:
        return "nobody yet"
    return f"{owner}, who has left: it needs a new owner" if has_left else owner


def action_words(action: DueAction, today: date) -> str:
    """Say an action, who has it, when it is due: "Patrols (A. Lead, due 2 January 2014)."."""
    who = owner_words(action.owner, has_left=action.owner_has_left)
    if action.due is None:
        return f"{action.text.rstrip('.')} ({who})."
    late = (today - action.due).days
    when = f"due {say_date(action.due)}"
    if late > 0:
        when = f"{when}, {counted(late, 'days')} overdue"
    return f"{action.text.rstrip('.')} ({when}; {who})."


def issue_words(issue: OpenIssue) -> str:
    """Say an issue, how far it has come and who has it, in a line."""
    who = owner_words(issue.owner, has_left=issue.owner_has_left)
    return f"{issue.id}: {issue.title.rstrip('.')} ({issue.status}; {who})."
