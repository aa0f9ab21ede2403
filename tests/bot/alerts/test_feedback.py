"""How right the rules are."""

from __future__ import annotations

import math
from datetime import timedelta

from bot.alerts.feedback import judgements
from bot.alerts.model import AlertId, Feedback, RuleName
from tests.bot.alerts.making import MORNING


def said(alert: str, by: str, *, useful: bool, rule: RuleName, hours: int = 0) -> Feedback:
    return Feedback(
        alert=AlertId(alert),
        rules=frozenset({rule}),
        useful=useful,
        by=by,
        at=MORNING + timedelta(hours=hours),
    )


def test_precision_is_told_for_each_rule_and_is_not_known_without_a_word() -> None:
    made = judgements(
        [
            said("A-1", "Jane", useful=True, rule=RuleName.SURGE),
            said("A-2", "Jane", useful=False, rule=RuleName.SURGE),
        ]
    )

    assert made[RuleName.SURGE].precision == 0.5
    assert math.isnan(made[RuleName.PEERS].precision)


def test_the_last_word_of_a_person_counts() -> None:
    made = judgements(
        [
            said("A-1", "Jane", useful=True, rule=RuleName.SURGE, hours=2),
            said("A-1", "Jane", useful=False, rule=RuleName.SURGE, hours=1),
        ]
    )

    assert (made[RuleName.SURGE].useful, made[RuleName.SURGE].not_useful) == (1, 0)
