"""An alert, from first sight to its end, and what is told of it.

Only facts and times are kept; the state is worked out from them, so that no alert can be in two
states at once.  Everything here is a value: what changes an alert returns another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, NamedTuple, NewType, TypeVar

from metrics.classification import ThreatLevel
from metrics.model import AreaId, MeasureId
from metrics.snapshot import SnapshotId

AlertId = NewType("AlertId", str)
"""What people call it by, e.g. "A-17"."""

ReplyType = TypeVar("ReplyType")
"""A `bot.replies.Reply`, which stands above this room and so cannot be named in it."""


class Concern(StrEnum):
    """What an alert is about.  All rules of one concern share an alert."""

    THREAT = "threat"  # performance has become worse, or is about to miss its target
    LATE = "late"  # a feed or return has not come: what is not known, not what is wrong
    SECURED = "secured"  # good news: a target that is as good as met


class RuleName(StrEnum):
    """The rules, as they are written in configuration and counted in feedback."""

    DETERIORATION = "deterioration"
    SURGE = "surge"
    CLASSIFICATION = "classification"
    TARGET_UNLIKELY = "target_unlikely"
    CONTROL = "control"
    PEERS = "peers"
    LATE = "late"
    TARGET_SECURED = "target_secured"


class AlertKey(NamedTuple):
    """What makes two alerts the same alert: one threat, one alert, however many rules see it."""

    concern: Concern
    measure: MeasureId
    area: AreaId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one rule found, in words, with what it rests on."""

    rule: RuleName
    level: ThreatLevel
    sentence: str  # with its figures and the chance test
    size: float  # how large in the rule's own unit; larger is worse
    as_at: date  # the day its figures reach
    snapshot: SnapshotId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigures:
    """The figures of an alert as data.  Counts, or proportions 0-1 of a rate; NaN: not known."""

    is_rate: bool
    unit: str
    value: float  # the year to date; of surveys the last 12 months
    last_year: float
    responses: float  # of a rate: what it is a proportion of; NaN of a count
    p_value: float  # of the change, two-sided, adjusted for all series that were looked at
    target: float
    gap: float
    chance_met: float  # of the target at the year's end
    expected: float  # at the year's end
    classification: ThreatLevel | None
    window: str  # the latest weeks or months that stand out most, e.g. "28 days"; empty: none
    observed: float  # in that window
    usual: float  # what was to be expected in it
    rank: int  # among the most similar forces; 0: not known
    forces: int

    @property
    def change(self) -> float:
        """This year less last year."""
        return self.value - self.last_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the rules found of one key today.  At most one for each key."""

    key: AlertKey
    level: ThreatLevel
    reasons: tuple[Reason, ...]  # the gravest first; never empty
    figures: KeyFigures
    notes: tuple[str, ...]  # what the figures must be read with
    as_at: date
    snapshot: SnapshotId
    basis: str  # identifies the target, cuts and definition that it was judged under


class SnoozeUntil(StrEnum):
    """What a snooze waits for."""

    NEXT_DATA_MONTH = "next_data_month"
    NEXT_BOARD = "next_board"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """Silence that ends by itself, and at once when things get worse."""

    kind: SnoozeUntil
    until: date  # the first day on which it is over, whatever happens
    after_month: date | None  # of NEXT_DATA_MONTH: over when figures hold a later month end
    at: datetime
    by: str
    level: ThreatLevel  # when it began
    sizes: Mapping[RuleName, float]  # of its reasons when it began


class Ending(StrEnum):
    """Why an alert ended."""

    RECOVERED = "recovered"  # judged, and quiet for long enough
    REJUDGED = "rejudged"  # its target, cuts or definition changed; under the new ones it is none


class AlertState(StrEnum):
    """Where an alert is in its life."""

    RAISED = "raised"
    ONGOING = "ongoing"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One threat, from first sight to its end."""

    id: AlertId
    key: AlertKey
    level: ThreatLevel
    reasons: tuple[Reason, ...]
    figures: KeyFigures
    notes: tuple[str, ...]
    as_at: date
    snapshot: SnapshotId
    basis: str
    raised_at: datetime
    last_seen_at: datetime  # when a rule last fired
    at_level_at: datetime  # when the evidence last stood at `level`
    quiet_since: date | None = None  # as at when it was first judged quiet; None: it fires
    revision: int = 1  # counts the changes: with the id it names one of them
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    snooze: Snooze | None = None
    head: AlertId | None = None  # the alert under whose message this one is told; None: its own
    resolved_at: datetime | None = None
    ending: Ending | None = None

    @property
    def state(self) -> AlertState:
        """The one state these facts amount to."""
        if self.resolved_at is not None:
            return AlertState.RESOLVED
        if self.snooze is not None:
            return AlertState.SNOOZED
        if self.escalated_at is not None and not self.is_acknowledged:
            return AlertState.ESCALATED
        if self.is_acknowledged:
            return AlertState.ACKNOWLEDGED
        if self.last_seen_at > self.raised_at:
            return AlertState.ONGOING
        return AlertState.RAISED

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.resolved_at is None

    @property
    def is_acknowledged(self) -> bool:
        """Whether someone has it as it now stands; what got worse since wants a new look."""
        at, worse = self.acknowledged_at, self.escalated_at
        return at is not None and (worse is None or at >= worse)

    @property
    def rules(self) -> frozenset[RuleName]:
        """The rules that hold it up."""
        return frozenset(reason.rule for reason in self.reasons)


class Change(StrEnum):
    """What happened to an alert."""

    RAISED = "raised"
    CONTINUED = "continued"
    ESCALATED = "escalated"
    EASED = "eased"
    REJUDGED = "rejudged"  # its target, cuts or definition changed, and it still stands
    FOLDED = "folded"  # from now on told under another alert's message
    UNFOLDED = "unfolded"  # ... and no longer
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    SNOOZE_ENDED = "snooze_ended"
    SNOOZE_BROKEN = "snooze_broken"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One alert after one change.  Stored for ever: it is the audit trail."""

    change: Change
    alert: Alert
    at: datetime
    by: str = ""  # who did it; empty: nobody, it came about
    before: ThreatLevel | None = None  # the level before it, where that changed
    note: str = ""  # what else there is to say of it, as a sentence


ANY_OPEN: Final = frozenset(AlertState) - {AlertState.RESOLVED}

LEGAL: Final[Mapping[Change, frozenset[AlertState]]] = {
    Change.RAISED: frozenset(),
    Change.CONTINUED: ANY_OPEN,
    Change.ESCALATED: ANY_OPEN,
    Change.EASED: ANY_OPEN,
    Change.REJUDGED: ANY_OPEN,
    Change.FOLDED: ANY_OPEN,
    Change.UNFOLDED: ANY_OPEN,
    Change.ACKNOWLEDGED: ANY_OPEN,
    Change.SNOOZED: ANY_OPEN,
    Change.SNOOZE_ENDED: frozenset({AlertState.SNOOZED}),
    Change.SNOOZE_BROKEN: frozenset({AlertState.SNOOZED}),
    Change.RESOLVED: ANY_OPEN,
}
"""The states from which each change may come about; RAISED comes from none."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Destination:
    """A channel or a person's own messages on a platform."""

    platform: str  # "slack"
    address: str  # the platform's own id of the channel or person

    def __str__(self) -> str:
        return f"{self.platform}:{self.address}"

    @classmethod
    def read(cls, written: str) -> Destination:
        """Return the destination that is written as `platform:address`."""
        platform, _, address = written.partition(":")
        return cls(platform=platform, address=address)


class Operation(StrEnum):
    """What is done with a message."""

    POST = "post"  # a new message
    EDIT = "edit"  # the living message, as it now stands
    THREAD = "thread"  # a follow-up under the living message


@dataclass(frozen=True, kw_only=True)  # no slots: Python 3.11 cannot subscript those
class Notification(Generic[ReplyType]):
    """One thing to be done at one destination, once.

    Those of one destination are done in the order that they were decided in, so that an edit or a
    follow-up waits for the post that it belongs to.
    """

    key: str  # the same thing to do has the same key, however often it is decided
    alert: AlertId | None  # whose news it is; None: of a list, not of one alert
    message: AlertId | None  # whose living message is posted, edited or replied to; None: no one's
    destination: Destination
    operation: Operation
    reply: ReplyType
    at: datetime  # not before: the end of quiet hours, or the moment it was decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Someone's judgement of an alert, kept for each of the rules that raised it."""

    alert: AlertId
    rules: frozenset[RuleName]
    useful: bool
    by: str
    at: datetime
    comment: str = ""
