"""A replay as a value: what was tried, on which days, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.alerts.history import History
from bot.alerts.truth import Judged
from config.alerts import AlertPolicy
from config.events import Event
from metrics.model import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One way to configure alerts, and what to call it."""

    name: str
    policy: AlertPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one configuration."""

    history: History
    judged: Judged | None  # None: there is no truth to hold it against


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay found."""

    first: date
    last: date
    days: int  # that figures were made for
    is_daily: bool  # False: month ends, because nothing is delivered by day
    is_exact: bool  # whether the daily watch learnt every day, and not once a week
    days_as_known: int  # days of which it is known what was known on them
    first_loaded: date
    events: tuple[Event, ...]
    told: tuple[Told, ...]  # one for each configuration, in their order
    catalogue: Catalogue
