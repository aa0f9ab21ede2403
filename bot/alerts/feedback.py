"""How right the rules are, as the people who got their alerts judge it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.alerts.model import Feedback, RuleName, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What people said of one rule's alerts."""

    useful: int
    not_useful: int

    @property
    def precision(self) -> float:
        """The proportion that was useful; NaN where nobody has said anything."""
        judged = self.useful + self.not_useful
        return self.useful / judged if judged else float("nan")


def judgements(feedback: Iterable[Feedback]) -> Mapping[RuleName, Judgement]:
    """Count for every rule what people said of its alerts.

    The last word of each person on each alert counts; an alert of several rules counts for each.
    """
    last: dict[tuple[str, str], Feedback] = {}
    for one in sorted(feedback, key=lambda one: one.at):
        last[one.alert, one.by] = one
    return {
        rule: Judgement(
            useful=sum(one.useful and rule in one.rules for one in last.values()),
            not_useful=sum(not one.useful and rule in one.rules for one in last.values()),
        )
        for rule in RuleName
    }


def brought_up(transitions: Iterable[Transition]) -> Mapping[RuleName, int]:
    """Count for every rule the alerts that it ever held up."""
    seen = {(rule, one.alert.id) for one in transitions for rule in one.alert.rules}
    return {rule: sum(found is rule for found, _ in seen) for rule in RuleName}
