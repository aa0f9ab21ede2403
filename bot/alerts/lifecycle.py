"""What became of every alert: today's candidates against those that stand.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.alerts.model import (
    Alert,
    AlertId,
    AlertKey,
    Candidate,
    Change,
    Ending,
    Reason,
    RuleName,
    Transition,
)
from bot.alerts.muting import is_broken, is_over
from metrics.calendar import london_day, say_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One day's judgement, and the terms on which it is taken."""

    as_at: date
    now: datetime  # timezone-aware
    rules: Mapping[AlertKey, Collection[RuleName]]  # what could be judged of each key
    basis: Mapping[AlertKey, str]  # what it was judged under
    quiet_for: timedelta  # as-at days that an alert must be quiet before it ends
    clearly_larger: float  # the factor that breaks a snooze
    reach: Mapping[AlertKey, date] = field(default_factory=dict)  # the day that its figures reach

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.now)


def reconcile(
    *,
    open_alerts: Iterable[Alert],
    candidates: Iterable[Candidate],
    evaluation: Evaluation,
    new_id: Callable[[], AlertId],
) -> list[Transition]:
    """Decide what changed.  It saves nothing and tells nobody.

    A key whose rules could not be judged neither fires nor ends: missing data is not recovery.  An
    alert ends when every rule that holds it up has been judged quiet for `quiet_for`; it counts in
    days of figures, so that days without any do not help it along.  The same figures again change
    nothing, and older figures than those an alert rests on are not taken.

    Args:
        open_alerts: Alerts that have not ended, at most one for each key.
        candidates: What the rules found, at most one for each key.
        evaluation: What could be judged, when, and on what terms.
        new_id: Gives the next alert's number.

    Returns:
        At most one transition for each key, in key order.
    """
    standing = {alert.key: alert for alert in open_alerts}
    fired = {candidate.key: candidate for candidate in candidates}
    transitions = []
    for key in sorted(standing.keys() | fired.keys()):
        alert, candidate = standing.get(key), fired.get(key)
        if alert is None:
            if candidate is not None:
                transitions.append(_raised(candidate, now=evaluation.now, id_=new_id()))
            continue
        if candidate is not None and evaluation.as_at >= alert.as_at:
            made = _seen(alert, candidate, evaluation)
        elif candidate is None and evaluation.as_at >= alert.as_at:
            made = _unseen(alert, evaluation)
        else:
            made = None
        made = made or _woken(alert, evaluation)
        if made is not None:
            transitions.append(made)
    return transitions


def _raised(candidate: Candidate, *, now: datetime, id_: AlertId) -> Transition:
    alert = Alert(
        id=id_,
        key=candidate.key,
        level=candidate.level,
        reasons=candidate.reasons,
        figures=candidate.figures,
        notes=candidate.notes,
        as_at=candidate.as_at,
        snapshot=candidate.snapshot,
        basis=candidate.basis,
        raised_at=now,
        last_seen_at=now,
        at_level_at=now,
    )
    return Transition(change=Change.RAISED, alert=alert, at=now)


def _seen(alert: Alert, candidate: Candidate, evaluation: Evaluation) -> Transition | None:
    """Return what became of an alert whose rules fire again."""
    same = candidate.snapshot == alert.snapshot and candidate.basis == alert.basis
    if same and alert.quiet_since is None:
        return None
    now = evaluation.now
    reasons = _with_kept(alert, candidate, evaluation)
    level = max(one.level for one in reasons)
    rejudged = candidate.basis != alert.basis
    after = replace(
        alert,
        reasons=reasons,
        figures=candidate.figures,
        notes=candidate.notes,
        as_at=candidate.as_at,
        snapshot=candidate.snapshot,
        basis=candidate.basis,
        last_seen_at=now,
        quiet_since=None,
        at_level_at=now if level >= alert.level else alert.at_level_at,
        revision=alert.revision + 1,
    )
    if level > alert.level:
        worse = replace(after, level=level, escalated_at=now, snooze=None)
        return _changed(Change.ESCALATED, worse, alert, now, _said(alert, rejudged=rejudged))
    stood = evaluation.today - london_day(alert.at_level_at)  # in days: runs begin at their minute
    eased = level < alert.level and (rejudged or stood >= evaluation.quiet_for)
    if eased:
        after = replace(after, level=level, escalated_at=None, at_level_at=now)
    if alert.snooze and is_broken(alert.snooze, reasons, clearly_larger=evaluation.clearly_larger):
        broken = replace(after, snooze=None, escalated_at=now)
        return _changed(Change.SNOOZE_BROKEN, broken, alert, now, _said(alert, rejudged=rejudged))
    if alert.snooze and is_over(alert.snooze, today=evaluation.today, as_at=evaluation.as_at):
        awake = replace(after, snooze=None)
        return _changed(Change.SNOOZE_ENDED, awake, alert, now, _said(alert, rejudged=rejudged))
    if rejudged:
        return _changed(Change.REJUDGED, after, alert, now, _said(alert, rejudged=rejudged))
    return _changed(Change.EASED if eased else Change.CONTINUED, after, alert, now)


def _with_kept(alert: Alert, candidate: Candidate, evaluation: Evaluation) -> tuple[Reason, ...]:
    """Return today's reasons, with those of before that could not be judged today."""
    judged = evaluation.rules.get(alert.key, ())
    fired = {one.rule for one in candidate.reasons}
    kept = [one for one in alert.reasons if one.rule not in judged and one.rule not in fired]
    return tuple(sorted([*candidate.reasons, *kept], key=lambda one: -one.level))


def _unseen(alert: Alert, evaluation: Evaluation) -> Transition | None:
    """Return what became of an alert that no rule holds up today."""
    judged = evaluation.rules.get(alert.key, ())
    if not alert.rules.issubset(judged):
        return None
    now = evaluation.now
    rejudged = evaluation.basis.get(alert.key, alert.basis) != alert.basis
    if rejudged:
        ended = replace(
            alert,
            resolved_at=now,
            ending=Ending.REJUDGED,
            snooze=None,
            basis=evaluation.basis[alert.key],
            revision=alert.revision + 1,
        )
        return Transition(change=Change.RESOLVED, alert=ended, at=now)
    if alert.quiet_since is None:
        quiet = replace(alert, quiet_since=evaluation.as_at, revision=alert.revision + 1)
        if evaluation.quiet_for:
            over = alert.snooze and is_over(
                alert.snooze, today=evaluation.today, as_at=evaluation.as_at
            )
            change = Change.SNOOZE_ENDED if over else Change.CONTINUED
            return Transition(
                change=change, alert=replace(quiet, snooze=None) if over else quiet, at=now
            )
        alert = quiet
    since = alert.quiet_since
    if since is None or evaluation.as_at - since < evaluation.quiet_for:
        return None
    evidence = max(reason.as_at for reason in alert.reasons)
    if evaluation.reach.get(alert.key, date.max) <= evidence:
        return None  # no newer figures than those that raised it: what has not come is no recovery
    ended = replace(
        alert,
        resolved_at=now,
        ending=Ending.RECOVERED,
        snooze=None,
        revision=alert.revision + 1,
    )
    return Transition(change=Change.RESOLVED, alert=ended, at=now)


def _woken(alert: Alert, evaluation: Evaluation) -> Transition | None:
    """End a snooze whose time has come, whatever the figures do or do not say."""
    if alert.snooze is None or not is_over(
        alert.snooze, today=evaluation.today, as_at=max(alert.as_at, evaluation.as_at)
    ):
        return None
    awake = replace(alert, snooze=None, revision=alert.revision + 1)
    return Transition(change=Change.SNOOZE_ENDED, alert=awake, at=evaluation.now)


def _changed(
    change: Change, after: Alert, before: Alert, now: datetime, note: str = ""
) -> Transition:
    moved = before.level if before.level != after.level else None
    return Transition(change=change, alert=after, at=now, before=moved, note=note)


def _said(alert: Alert, *, rejudged: bool) -> str:
    """Say what else changed with it."""
    said = []
    if rejudged:
        said.append(
            "Its target, cuts or definition have changed: until "
            f"{say_date(alert.as_at)} it was judged under the old ones."
        )
    if alert.snooze is not None:
        said.append(
            f"{alert.snooze.by} had snoozed it until {say_date(alert.snooze.until)} at the latest."
        )
    return " ".join(said)
