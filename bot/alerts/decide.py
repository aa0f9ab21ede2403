"""One day decided: rules, what became of every alert, what belongs together, who is told.

A pure function of what is passed in; what it returns is written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic

from bot.alerts.grouping import regroup
from bot.alerts.judging import judge, without_twins
from bot.alerts.lifecycle import Evaluation, reconcile
from bot.alerts.model import Alert, AlertId, Notification, ReplyType, Transition
from bot.alerts.routing import Decision, Listener, MayTell, decide_all
from bot.alerts.telling import Occasion, Told, Write, tell
from config.alerts import AlertPolicy
from metrics.model import Catalogue
from metrics.snapshot import Figures, Snapshot


@dataclass(frozen=True, kw_only=True)  # no slots: Python 3.11 cannot subscript those
class Decided(Generic[ReplyType]):
    """What came of a day."""

    transitions: tuple[Transition, ...]
    notifications: tuple[Notification[ReplyType], ...]
    routes: Mapping[AlertId, tuple[Decision, ...]]  # of every open alert, and those that changed


def decide(
    figures: Figures,
    *,
    previous: Snapshot | None,
    open_alerts: Iterable[Alert],
    policy: AlertPolicy,
    audience: Sequence[Listener],
    told: Told,
    may_tell: MayTell,
    write: Write[ReplyType],
    now: datetime,
    new_id: Callable[[], AlertId],
) -> Decided[ReplyType]:
    """Decide what a day's figures change, and who is told.

    Args:
        figures: Today's daily snapshot with its catalogue.
        previous: The snapshot that was decided on before; None: this is the first.
        open_alerts: Every alert that has not ended.
        policy: Cuts, budget, quiet hours.
        audience: Every route with its destination.
        told: What has been told before.
        may_tell: The gate.
        write: Turns what is to be said into a reply.
        now: The time, timezone-aware.
        new_id: Gives the next alert's number.
    """
    standing = tuple(open_alerts)
    judged = judge(figures, previous=previous, open_alerts=standing, policy=policy)
    evaluation = Evaluation(
        as_at=figures.snapshot.as_at,
        now=now,
        rules=judged.rules,
        basis=judged.basis,
        quiet_for=timedelta(days=policy.life.quiet_days),
        clearly_larger=policy.life.clearly_larger,
        reach=judged.reach,
    )
    candidates = without_twins(
        judged.candidates,
        standing=frozenset(one.key for one in standing),
        catalogue=figures.catalogue,
    )
    changed = reconcile(
        open_alerts=standing, candidates=candidates, evaluation=evaluation, new_id=new_id
    )
    transitions = regroup(
        changed,
        standing,
        figures.catalogue,
        now=now,
        within=timedelta(days=policy.life.merge_days),
    )
    occasion = Occasion(
        now=now,
        as_at=figures.snapshot.as_at,
        catalogue=figures.catalogue,
        quiet_hours=policy.quiet_hours,
        merge_within=timedelta(days=policy.life.merge_days),
        may_tell=may_tell,
        write=write,
    )
    return tell_all(
        transitions, open_alerts=standing, audience=audience, told=told, occasion=occasion
    )


def tell_all(
    transitions: Sequence[Transition],
    *,
    open_alerts: Iterable[Alert],
    audience: Sequence[Listener],
    told: Told,
    occasion: Occasion[ReplyType],
) -> Decided[ReplyType]:
    """Decide who is told of transitions: of a day's, or of one that a button brought about."""
    after = {one.id: one for one in open_alerts}
    after |= {one.alert.id: one.alert for one in transitions}
    routes = routes_of(after.values(), audience, occasion.catalogue, occasion.may_tell)
    notifications = tell(
        transitions,
        open_alerts=[one for one in after.values() if one.is_open],
        decisions=routes,
        audience=audience,
        told=told,
        occasion=occasion,
    )
    return Decided(
        transitions=tuple(transitions), notifications=tuple(notifications), routes=routes
    )


def routes_of(
    alerts: Iterable[Alert],
    audience: Sequence[Listener],
    catalogue: Catalogue,
    may_tell: MayTell,
) -> dict[AlertId, tuple[Decision, ...]]:
    """Return for each alert where it is told and where not, each with its reason."""
    return {one.id: decide_all(one, audience, catalogue, may_tell) for one in alerts}
