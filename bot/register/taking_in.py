"""What an import changes: a file's issues against the register as it stands.  Pure.

A row that nobody has changed since it was exported changes nothing, however old the file is.  A
row that was changed in the file *and* in the register is left to a person.  Nothing is removed by
an import, and nothing is doubled by importing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.register.acts import Actor
from bot.register.history import Change, TakenIn, with_action
from bot.register.model import Action, Issue, IssueId, Update, issue_id
from bot.register.sheets import ISSUES, Problem, Stated, check_of


@dataclass(slots=True, kw_only=True)
class Taken:
    """What an import comes to."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    new: list[IssueId] = field(default_factory=list)
    changed: list[IssueId] = field(default_factory=list)
    unchanged: int = 0


def take_in(
    stated: Iterable[Stated],
    *,
    standing: Mapping[IssueId, Issue],
    twins: Mapping[str, IssueId],
    actor: Actor,
    file: str,
) -> Taken:
    """Decide what a file changes.

    Args:
        stated: The issues of the file.
        standing: Every issue as it stands.
        twins: The issues that came without a number before, by their content's hash.
        actor: Who imports, and when.
        file: Its name, for the reason of each change.
    """
    taken = Taken()
    rows = sorted(stated, key=lambda one: (not one.issue.number, one.issue.number, one.line))
    numbers = [one.number for one in standing.values()]
    highest = max([*numbers, *(one.issue.number for one in rows)], default=0)
    met = set(twins)
    for row in rows:
        before = standing.get(row.issue.id)
        if not row.issue.number:
            if row.twin in met:
                taken.unchanged += 1
                continue
            met.add(row.twin)
            highest += 1
            made = replace(row.issue, id=issue_id(highest))
            taken.new.append(made.id)
            taken.changes.append(_change(made, 1, actor, file, twin=row.twin))
        elif before is None:
            taken.new.append(row.issue.id)
            taken.changes.append(_change(row.issue, 1, actor, file))
        else:
            _take_known(row, before, taken, actor, file)
    return taken


def _take_known(row: Stated, before: Issue, taken: Taken, actor: Actor, file: str) -> None:
    """Take in a row about an issue that there is."""
    check, now = check_of(row.issue), check_of(before)
    if check in (row.check, now):
        taken.unchanged += 1
        return
    if row.check != now:
        said = (
            f"{before.id} has changed in the register since this file was exported."
            if row.check
            else f"{before.id} is in the register, and the row has no check."
        )
        said = f"{said} Export it again and make the change there."
        taken.problems.append(Problem(sheet=ISSUES, line=row.line, said=said))
        return
    if reworded := _reworded(row.issue, before):
        said = f"An update of {before.id} is worded otherwise ({reworded}): write another one."
        taken.problems.append(Problem(sheet=ISSUES, line=row.line, said=said))
        return
    merged = replace(
        row.issue,
        raised_at=before.raised_at,
        raised_by=before.raised_by,
        updated_at=actor.at,
        updates=_together(before.updates, row.issue.updates),
        actions=_all_actions(before, row.issue),
    )
    if check_of(replace(merged, updated_at=before.updated_at)) == now:
        taken.unchanged += 1  # rows were left out, and nothing is removed by an import
        return
    taken.changed.append(before.id)
    taken.changes.append(_change(merged, before.revision + 1, actor, file))


def _change(stands: Issue, revision: int, actor: Actor, file: str, *, twin: str = "") -> Change:
    return Change(
        issue=stands.id,
        revision=revision,
        at=actor.at,
        by=actor.by,
        what=TakenIn(stands=replace(stands, revision=revision), twin=twin),
        why=f"Imported from {file}.",
    )


def _reworded(stated: Issue, before: Issue) -> str:
    """Return when an update was written that the file words otherwise; empty where none is."""
    texts: dict[tuple[str, datetime], set[str]] = {}
    for one in before.updates:
        texts.setdefault((one.by, one.at), set()).add(one.text)
    for one in stated.updates:
        known = texts.get((one.by, one.at))
        if known and one.text not in known:
            return f"{one.at:%d %B %Y, %H:%M}"
    return ""


def _together(kept: tuple[Update, ...], stated: tuple[Update, ...]) -> tuple[Update, ...]:
    new = [one for one in stated if one not in kept]
    return tuple(sorted([*kept, *new], key=lambda one: one.at))


def _all_actions(before: Issue, stated: Issue) -> tuple[Action, ...]:
    actions = before.actions
    for one in stated.actions:
        actions = with_action(actions, one)
    return actions
