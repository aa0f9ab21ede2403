"""What has changed between two moments: alerts that came, moved or ended, and classifications.

Alerts are told by what happened to them in all, not step by step: one that got worse and better
again is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.access import Sight
from bot.alerts.model import Alert, Change, Concern, Ending, Transition
from bot.replies.alert import title
from bot.replies.interest import OVERSEEN, Interest
from bot.replies.phrases import in_list
from bot.replies.subject import measures_of
from bot.replies.verdict import level_words, subject
from metrics.classification import ThreatLevel
from metrics.model import Area, AreaId, Measure, MeasureId, MeasureKind

TOLD: Final = (Concern.THREAT, Concern.SECURED)
"""Late figures are told where it is said how far the figures reach."""


class Turn(StrEnum):
    """How a thing stands against a week ago."""

    NEW = "new"
    WORSE = "worse"
    BETTER = "better"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that changed, as a line."""

    turn: Turn
    words: str
    level: ThreatLevel | None
    alert: str = ""  # its number; empty: a classification without an alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What changed, the gravest first within each turn."""

    news: tuple[News, ...]
    since: Sight | None  # the figures it is compared with; None: there were none

    def of(self, turn: Turn) -> tuple[News, ...]:
        """Return what turned one way."""
        return tuple(one for one in self.news if one.turn is turn)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing changed; without figures to compare with, that is not known."""
        return self.since is not None and not self.news

    @property
    def counts(self) -> str:
        """Say how much of each there is, e.g. "2 new, 1 worse, 1 closed"; empty of nothing."""
        return ", ".join(f"{len(self.of(one))} {one.value}" for one in Turn if self.of(one))


def week_between(
    now: Sight,
    before: Sight | None,
    transitions: Sequence[Transition],
    *,
    interest: Interest,
) -> Week:
    """Put together what changed for a reader.

    Args:
        now: The newest figures, as the reader may see them.
        before: Those of a week before, as the reader may see them; None: there are none.
        transitions: The changes of all alerts in between, oldest first.
        interest: What of it is the reader's.
    """
    told: set[tuple[MeasureId, AreaId]] = set()
    news = list(_alerts(now, transitions, interest, told))
    if before is not None and before.snapshot != now.snapshot:
        news += _classifications(now, before, interest, told)
    # Stable: of one level, in the order they came about.
    ordered = sorted(news, key=lambda one: -(one.level or 0))
    return Week(news=tuple(ordered), since=before)


def _alerts(
    sight: Sight,
    transitions: Iterable[Transition],
    interest: Interest,
    told: set[tuple[MeasureId, AreaId]],
) -> Iterator[News]:
    lives: dict[str, list[Transition]] = {}
    for one in transitions:
        lives.setdefault(one.alert.id, []).append(one)
    for life in lives.values():
        alert = life[-1].alert
        if alert.key.concern not in TOLD or not _may_tell(sight, alert, interest):
            continue
        turn = _turn(life)
        if turn is not None:
            told.add((alert.key.measure, alert.key.area))
            words = _words(alert, life, turn, sight)
            yield News(turn=turn, words=words, level=alert.level, alert=alert.id)


def _may_tell(sight: Sight, alert: Alert, interest: Interest) -> bool:
    measure = sight.catalogue.measures.get(alert.key.measure)
    area = sight.catalogue.areas.get(alert.key.area)
    if measure is None or area is None or not interest.covers(measure, area):
        return False
    return not sight.refusal(measure, area)


def _turn(life: Sequence[Transition]) -> Turn | None:
    """Say what a stretch of an alert's life comes to; None where it stands as it did."""
    alert, changes = life[-1].alert, [one.change for one in life]
    is_good = alert.key.concern is Concern.SECURED
    if alert.resolved_at is not None:
        return Turn.WORSE if is_good else Turn.CLOSED
    if Change.RAISED in changes:
        return Turn.BETTER if is_good else Turn.NEW
    start = next((one.before for one in life if one.before is not None), alert.level)
    if alert.level == start:
        return None
    return Turn.WORSE if alert.level > start else Turn.BETTER


def _words(alert: Alert, life: Sequence[Transition], turn: Turn, sight: Sight) -> str:
    name = f"{alert.id}, {title(alert, sight.catalogue)}"
    reason = alert.reasons[0].sentence if alert.reasons else ""
    if alert.key.concern is Concern.SECURED:
        what = "target secured" if turn is Turn.BETTER else "target no longer as good as met"
        return f"{name}: {what}. {reason}".strip()
    if turn is Turn.CLOSED:
        if alert.ending is Ending.REJUDGED:
            return f"{name}: closed, because it is judged anew; this is no recovery."
        came = life[0].change is Change.RAISED
        return f"{name}: {'came and went within the week' if came else 'recovered'}."
    if turn is Turn.NEW:
        return f"{name} ({level_words(alert.level)}): {reason}"
    start = next((one.before for one in life if one.before is not None), None)
    return f"{name} ({level_words(start)} to {level_words(alert.level)}): {reason}"


def _classifications(
    now: Sight, before: Sight, interest: Interest, told: set[tuple[MeasureId, AreaId]]
) -> Iterator[News]:
    """Tell the classifications that moved, of what no alert has told already."""
    for measure, area in _watched(now, interest):
        known = measure.id in before.catalogue.measures and area.id in before.catalogue.areas
        if (measure.id, area.id) in told or not known:
            continue
        if now.refusal(measure, area) or before.refusal(measure, area):
            continue
        then = before.assessment(measure, area).threat
        threat = now.assessment(measure, area).threat
        if then.level is None or threat.level is None or then.level == threat.level:
            continue
        reason = threat.sentences[0] if threat.sentences else ""
        yield News(
            turn=Turn.WORSE if threat.level > then.level else Turn.BETTER,
            words=(
                f"{_name(measure)}, {area.name} ({level_words(then.level)} to "
                f"{level_words(threat.level)}): {reason}"
            ),
            level=threat.level,
        )


def _watched(sight: Sight, interest: Interest) -> Iterator[tuple[Measure, Area]]:
    """Yield every measure of the plan in every area that is the reader's own.

    Areas inside theirs are left out: what moves there stands in theirs as well, or is an alert.
    """
    catalogue = sight.catalogue
    measures = {
        one.id: one
        for priority in catalogue.priorities.values()
        for one in measures_of(catalogue, priority)
    }
    own = interest.areas
    for measure in measures.values():
        for area in catalogue.tree:
            if interest.covers(measure, area) and (area in own or area.level in OVERSEEN):
                yield measure, area


def _name(measure: Measure) -> str:
    if measure.kind is MeasureKind.RECORDED:
        return subject(measure)
    return in_list(measure.name)


def nothing_new(week: Week) -> str:
    """Say that nothing changed, since when; empty where something did."""
    if week.news:
        return ""
    if week.since is None:
        return "No alert was raised, moved or closed; there are no figures of a week before."
    return "Nothing new: no alert was raised, moved or closed, and no classification changed."
