"""What is said of alerts, as values; `bot.replies.alert` turns them into replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.alerts.model import Alert, AlertId, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """An alert as it now stands, with those that are told under it."""

    alert: Alert
    children: tuple[Alert, ...] = ()  # the gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An alert that had a message of its own, and is now told under another's."""

    alert: Alert
    head: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An alert whose figures may not be told here any more."""

    alert: AlertId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What happened to an alert, or to those told under it."""

    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """Alerts that a day's cap left without a message of their own."""

    alerts: tuple[Alert, ...]  # the gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingNew:
    """A day on which there was nothing to tell."""

    as_at: date
    is_open: tuple[Alert, ...]  # what stands, as far as it may be told here


Saying = Living | Moved | Withdrawn | FollowUp | RollUp | NothingNew
