"""A small force over both platforms: one series gets worse and better, from day to day.

Everything but its figures is the product: it decides, tells, hears, answers, reminds and briefs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from bot.alerts.model import Alert
from metrics.classification import ThreatLevel
from metrics.series import Counts
from metrics.snapshot import Figures
from metrics.statistics.verdict import Verdict
from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import SqlSnapshots
from tests.conftest import SALTMARSH
from tests.journeys.chaos import CATALOGUE, FILES, FIRST, WATCHED, snapshot_of, years
from tests.journeys.desks import Both, TimedApp, a_desk, heard
from tests.journeys.platforms import OnSlack, OnTeams, Platform, a_tenant, a_workspace
from tests.metrics.dashboards.conftest import Said, a_verdict

WORKING_HOURS: Final = time(9, 30)
"""Nothing waits for quiet hours to end."""

BOATS: Final = ("boat-theft.recorded", "saltmarsh")
BOATS_IN_EBB: Final = ("boat-theft.recorded", "ebb")

UP: Final[Said] = {
    **a_verdict(Verdict.SIGNIFICANT_RISE, p=1e-4),
    "threat.level": ThreatLevel.LOW,
}
WORSE: Final[Said] = {**UP, "threat.level": ThreatLevel.HIGH}
CALM: Final[Said] = {
    **a_verdict(Verdict.NO_SIGNIFICANT_CHANGE, p=0.6),
    "threat.level": ThreatLevel.LOW,
}

ALERTS: Final = """
levels = ["force", "csp"]
classification_levels = ["force"]

[life]
quiet_days = 2
longest_snooze_days = 30

[[route]]
name = "slack"
to = "{slack}"
least = "low"
areas = ["saltmarsh"]

[[route]]
name = "teams"
to = "{teams}"
least = "low"
areas = ["saltmarsh"]
"""
"""alerts.toml: the whole force is told in one channel of each platform."""


@dataclass(kw_only=True)
class SmallForce:
    """The force, one day after another."""

    app: TimedApp
    slack: Platform
    teams: Platform
    day: date = FIRST - timedelta(days=1)

    def next_day(self, said: Mapping[tuple[str, str], Said]) -> None:
        """Let the next day's figures come, decide about alerts, and tell."""
        self.day += timedelta(days=1)
        snapshot = snapshot_of(_counts(), self.day, dict.fromkeys(WATCHED, CALM) | dict(said))
        with self.app.database.transaction() as session:
            SqlSnapshots(session).save(snapshot, load_ids=())
        self.at(self.day + timedelta(days=1))
        figures = Figures(snapshot=snapshot, catalogue=CATALOGUE)
        assert self.app.deciding.day(figures, now=self.app.now())
        self.app.tell()

    def at(self, day: date) -> datetime:
        """Let it be the working hours of a day."""
        now = datetime.combine(day, WORKING_HOURS, tzinfo=UTC)
        self.app.clock.now = max(now, self.app.clock.now)
        return self.app.clock.now

    @property
    def alert(self) -> Alert:
        """The one alert that is open."""
        [alert] = self.app.deciding.standing()
        return alert

    def other(self, platform: Platform) -> Platform:
        """Return the platform that is not this one."""
        return self.teams if platform is self.slack else self.slack


@cache
def _counts() -> Counts:
    return years()


def keep_plan(file: Path) -> None:
    """Make a database that knows the plan."""
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE.version, FILES.texts)
    database.close()


@contextmanager
def a_small_force(both: Both, folder: Path, **settings: object) -> Iterator[SmallForce]:
    """Open the force on both platforms, heard by one web process."""
    a_workspace(both.slack)
    a_tenant(both.teams)
    alerts = folder / "alerts.toml"
    alerts.write_text(ALERTS.format(slack=OnSlack.channel_address, teams=OnTeams.channel_address))
    database = folder / "threatdesk.db"
    keep_plan(database)
    now = datetime.combine(FIRST, WORKING_HOURS, tzinfo=UTC)
    desk = a_desk(
        both,
        folder,
        database=f"sqlite:///{database}",
        now=now,
        plan=str(SALTMARSH),
        alerts=alerts,
        **settings,
    )
    with desk as app, heard(app, both):
        both.slack.workspace.clock = lambda: app.clock.now.timestamp()
        yield SmallForce(app=app, slack=OnSlack(both.slack), teams=OnTeams(both.teams))
