"""What becomes of an alert from one day to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from bot.alerts.lifecycle import Evaluation, reconcile
from bot.alerts.model import (
    Alert,
    AlertId,
    AlertState,
    Candidate,
    Change,
    Ending,
    RuleName,
    SnoozeUntil,
    Transition,
)
from bot.alerts.muting import acknowledge, snooze
from metrics.classification import ThreatLevel
from tests.bot.alerts.making import DAY, MORNING, a_candidate, a_key, a_reason, an_alert

HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW
EVERY_RULE = frozenset(RuleName)
BOARDS = (date(2021, 1, 14),)


def evaluate(
    alerts: Iterable[Alert] = (),
    fired: Iterable[Candidate] = (),
    *,
    day: int = 1,
    judged: frozenset[RuleName] = EVERY_RULE,
    basis: str = "b1",
    snapshot_day: int | None = None,
    reach_day: int | None = None,
) -> list[Transition]:
    """Evaluate one day, so many days after the first."""
    standing, candidates = list(alerts), list(fired)
    numbers = count(100)
    keys = {one.key for one in standing} | {one.key for one in candidates}
    evaluation = Evaluation(
        as_at=DAY + timedelta(days=day if snapshot_day is None else snapshot_day),
        now=MORNING + timedelta(days=day),
        rules=dict.fromkeys(keys, judged),
        basis=dict.fromkeys(keys, basis),
        quiet_for=timedelta(days=28),
        clearly_larger=1.5,
        reach={} if reach_day is None else dict.fromkeys(keys, DAY + timedelta(days=reach_day)),
    )
    return reconcile(
        open_alerts=standing,
        candidates=candidates,
        evaluation=evaluation,
        new_id=lambda: AlertId(f"A-{next(numbers)}"),
    )


def fires(day: int = 1, *reasons: Any, **changes: Any) -> Candidate:
    """Let rules fire on the figures of a day."""
    as_at = DAY + timedelta(days=day)
    given = reasons or (a_reason(as_at=as_at),)
    return a_candidate(*given, as_at=as_at, snapshot=f"day-{day}", **changes)


def test_a_first_sight_raises_an_alert() -> None:
    [transition] = evaluate(fired=[fires()])

    assert transition.change is Change.RAISED
    assert transition.alert.state is AlertState.RAISED
    assert transition.alert.id == "A-100"


def test_seen_again_next_day_is_ongoing_not_a_second_alert() -> None:
    [transition] = evaluate([an_alert()], [fires()])

    assert transition.change is Change.CONTINUED
    assert transition.alert.state is AlertState.ONGOING
    assert transition.alert.id == "A-17"


def test_the_same_figures_again_change_nothing() -> None:
    again = a_candidate(snapshot="s1", as_at=DAY)

    assert evaluate([an_alert()], [again], snapshot_day=0) == []


def test_older_figures_than_those_it_rests_on_are_not_taken() -> None:
    assert evaluate([an_alert()], [fires(-1)], snapshot_day=-1) == []


def test_one_quiet_day_is_not_recovery() -> None:
    [transition] = evaluate([an_alert()])

    assert transition.change is Change.CONTINUED
    assert transition.alert.is_open
    assert transition.alert.quiet_since == DAY + timedelta(days=1)


def test_a_quiet_month_is_recovery() -> None:
    quiet = an_alert(quiet_since=DAY)

    assert evaluate([quiet], day=27) == []
    [transition] = evaluate([quiet], day=28)
    assert transition.change is Change.RESOLVED
    assert transition.alert.ending is Ending.RECOVERED


def test_firing_again_starts_the_quiet_days_anew() -> None:
    [transition] = evaluate([an_alert(quiet_since=DAY)], [fires(20)], day=20)

    assert transition.alert.quiet_since is None


@pytest.mark.parametrize("judged", [frozenset[RuleName](), EVERY_RULE - {RuleName.DETERIORATION}])
def test_missing_data_is_not_recovery(judged: frozenset[RuleName]) -> None:
    assert evaluate([an_alert()], day=300, judged=judged) == []
    assert evaluate([an_alert(quiet_since=DAY)], day=300, judged=judged) == []


def test_days_without_new_figures_do_not_help_an_alert_to_its_end() -> None:
    assert evaluate([an_alert(quiet_since=DAY)], day=60, snapshot_day=10) == []


def test_a_quiet_month_in_which_the_figures_did_not_move_on_is_not_recovery() -> None:
    quiet = an_alert(quiet_since=DAY)

    assert evaluate([quiet], day=60, reach_day=0) == []
    [transition] = evaluate([quiet], day=60, reach_day=1)
    assert transition.change is Change.RESOLVED


def test_a_reason_that_cannot_be_judged_today_is_kept_beside_what_fires() -> None:
    two = an_alert(
        level=HIGH, reasons=(a_reason(RuleName.SURGE, HIGH), a_reason(RuleName.DETERIORATION))
    )
    without = EVERY_RULE - {RuleName.SURGE}

    [transition] = evaluate([two], [fires()], judged=without)

    assert transition.alert.rules == {RuleName.SURGE, RuleName.DETERIORATION}
    assert transition.alert.level is HIGH


def test_a_higher_level_is_an_escalation() -> None:
    [transition] = evaluate([an_alert()], [fires(1, a_reason(level=HIGH))])

    assert transition.change is Change.ESCALATED
    assert transition.before is MEDIUM
    assert transition.alert.state is AlertState.ESCALATED


def test_a_level_eases_only_after_a_quiet_month_so_it_cannot_flap() -> None:
    high = an_alert(level=HIGH)

    [soon] = evaluate([high], [fires(3)], day=3)
    assert soon.change is Change.CONTINUED
    assert soon.alert.level is HIGH
    [later] = evaluate([high], [fires(28)], day=28)
    assert later.change is Change.EASED
    assert later.alert.level is MEDIUM


# People


def acknowledged(alert: Alert) -> Alert:
    made = acknowledge(alert, by="Jane Smith", at=MORNING)
    assert made is not None
    return made.alert


def snoozed(alert: Alert, kind: SnoozeUntil = SnoozeUntil.DATE, days: int = 20) -> Alert:
    return snooze(
        alert,
        kind=kind,
        by="Jane Smith",
        at=MORNING,
        boards=BOARDS,
        longest_days=92,
        day=DAY + timedelta(days=days),
    ).alert


def test_a_new_day_does_not_wipe_an_acknowledgement_or_a_snooze() -> None:
    [transition] = evaluate([snoozed(acknowledged(an_alert()))], [fires()])

    assert transition.alert.acknowledged_by == "Jane Smith"
    assert transition.alert.state is AlertState.SNOOZED


def test_what_got_worse_wants_a_new_look_and_remembers_who_had_it() -> None:
    [transition] = evaluate([acknowledged(an_alert())], [fires(1, a_reason(level=HIGH))])

    assert not transition.alert.is_acknowledged
    assert transition.alert.acknowledged_by == "Jane Smith"
    again = acknowledge(transition.alert, by="Ann Lee", at=MORNING + timedelta(days=2))
    assert again is not None
    assert again.alert.state is AlertState.ACKNOWLEDGED


@pytest.mark.parametrize("judged", [EVERY_RULE, frozenset[RuleName]()])
def test_a_snooze_ends_by_itself_whatever_the_figures_say(judged: frozenset[RuleName]) -> None:
    asleep = replace(snoozed(an_alert()), quiet_since=DAY)

    assert [one.change for one in evaluate([asleep], day=18, judged=judged)] == []
    [transition] = evaluate([asleep], day=19, judged=judged)
    assert transition.change is Change.SNOOZE_ENDED
    assert transition.alert.snooze is None


def test_a_snooze_until_the_next_data_month_ends_with_its_figures() -> None:
    asleep = snoozed(an_alert(), SnoozeUntil.NEXT_DATA_MONTH)

    [before] = evaluate([asleep], [fires(19)], day=19)  # 30 December
    [after] = evaluate([asleep], [fires(20)], day=20)  # 31 December, a month end
    assert before.change is Change.CONTINUED
    assert after.change is Change.SNOOZE_ENDED


def test_a_snooze_until_a_data_month_that_never_comes_ends_all_the_same() -> None:
    asleep = snoozed(an_alert(), SnoozeUntil.NEXT_DATA_MONTH)

    nothing = frozenset[RuleName]()
    assert evaluate([asleep], day=39, snapshot_day=0, judged=nothing) == []  # 20 January
    [last] = evaluate([asleep], day=40, snapshot_day=0, judged=nothing)
    assert last.change is Change.SNOOZE_ENDED


@pytest.mark.parametrize(
    ("reasons", "change"),
    [
        pytest.param((a_reason(level=HIGH),), Change.ESCALATED, id="a raised level"),
        pytest.param((a_reason(size=0.31),), Change.SNOOZE_BROKEN, id="half as large again"),
        pytest.param((a_reason(size=0.29),), Change.CONTINUED, id="a little larger"),
        pytest.param(
            (a_reason(), a_reason(RuleName.SURGE)), Change.SNOOZE_BROKEN, id="a surge begins"
        ),
    ],
)
def test_a_snooze_breaks_when_things_get_worse(reasons: Any, change: Change) -> None:
    [transition] = evaluate([snoozed(an_alert())], [fires(1, *reasons)])

    assert transition.change is change
    assert (transition.alert.snooze is None) is (change is not Change.CONTINUED)


# An edited rule or target


def test_an_alert_that_still_stands_under_new_cuts_says_what_it_was_made_under() -> None:
    [transition] = evaluate([an_alert()], [fires(basis="b2")], basis="b2")

    assert transition.change is Change.REJUDGED
    assert "under the old ones" in transition.note
    assert transition.alert.basis == "b2"


def test_an_alert_that_is_none_under_new_cuts_ends_and_is_not_called_a_recovery() -> None:
    [transition] = evaluate([an_alert()], basis="b2")

    assert transition.change is Change.RESOLVED
    assert transition.alert.ending is Ending.REJUDGED


def test_an_alert_that_new_cuts_cannot_judge_yet_stays_as_it_is() -> None:
    assert evaluate([an_alert()], basis="b2", judged=frozenset()) == []


def test_a_lower_level_under_new_cuts_is_taken_at_once() -> None:
    [transition] = evaluate([an_alert(level=HIGH)], [fires(basis="b2")], basis="b2")

    assert transition.alert.level is MEDIUM
    assert transition.before is HIGH


def test_alerts_are_handled_in_the_order_of_their_keys() -> None:
    keys = [a_key(area="flow"), a_key(area="ebb")]

    made = evaluate(fired=[fires(key=key) for key in keys])

    assert [one.alert.key.area for one in made] == ["ebb", "flow"]
