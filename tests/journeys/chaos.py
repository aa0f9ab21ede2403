"""A force in a hurry: many days, two workers that are killed all the time, platforms that fail.

Everything that decides and tells is the product's own; only the figures are made up, and time
stands in a file.
"""

from __future__ import annotations

import fcntl
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from typing import Final

import stamina
from slack_sdk import WebClient

from bot.alerts.model import Destination
from bot.alerts.routing import Listener, listeners
from bot.app import SLACK
from bot.channels.slack.posting import SlackPoster
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.posting import TeamsPoster
from bot.deciding import Deciding
from bot.delivery import Delivery, Elsewhere, Poster
from bot.figures import find_figures
from bot.jobs import Job
from bot.people import Person, Role
from bot.replies.charts import Drawing
from bot.working import Shift, outcome
from config.alerts import AlertPolicy
from config.catalogue import read_catalogue
from metrics.calendar import LONDON, london_day
from metrics.classification import ThreatLevel
from metrics.reckoning import reckon
from metrics.series import Counts, dense
from metrics.snapshot import Figures, Snapshot, SnapshotKind
from metrics.statistics.verdict import Verdict
from metrics.trends import no_trends
from store.catalogues import SqlCatalogues
from store.conversations import SqlConversations
from store.database import Database
from store.outbox import SqlOutbox, plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns
from store.snapshots import SqlSnapshots
from tests.conftest import SALTMARSH, a_table
from tests.fakes import teams
from tests.fakes.slack import BOT_TOKEN
from tests.metrics.dashboards.conftest import CRIME, Said, a_verdict, some_assessments

FIRST: Final = date(2021, 6, 1)
"""The day that the first figures are of: two months into a performance year."""

AT: Final = time_of_day(6, 30)

TIMEOUT_S: Final = 0.4
"""How long the workers wait for a platform."""

CATALOGUE, FILES = read_catalogue(SALTMARSH)

WATCHED: Final = [
    (f"{kind}.recorded", area)
    for kind in ("boat-theft", "net-damage", "other", "harbour-crime", "all-crime")
    for area in ("saltmarsh", "ebb", "flow")
]

POLICY: Final = AlertPolicy.model_validate(
    {
        "levels": ["force", "csp"],
        "classification_levels": ["force"],
        "life": {"quiet_days": 2, "longest_snooze_days": 30},
        "route": [
            {"name": "everything", "to": "slack:C1", "least": "low", "daily_cap": 50},
            {"name": "ebb", "to": "slack:C2", "least": "low", "areas": ["ebb"], "daily_cap": 2},
            {"name": "chiefs", "to": "slack:U1", "least": "high", "nothing_new": True},
            {
                "name": "everything there too",
                "to": f"teams:{teams.CHANNEL}",
                "least": "low",
                "daily_cap": 50,
            },
            {"name": "a chief there", "to": f"teams:{teams.JANE}", "least": "high"},
        ],
    }
)

OPERATORS: Final = Destination(platform="slack", address="C3")


def audience() -> tuple[Listener, ...]:
    """Channels and people, on both platforms."""
    return listeners(POLICY.route, ())


def keep_figures(database: Database, *, days: int, seed: int) -> None:
    """Keep a snapshot of each day: threats come, grow and go."""
    random = Random(seed)  # noqa: S311 - the same figures every time
    counts, threats = years(), dict[tuple[str, str], bool]()
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE.version, FILES.texts)
        for number in range(days):
            for one in WATCHED:
                if random.random() < 0.08:
                    threats[one] = not threats.get(one)
            said = {
                one: {
                    **a_verdict(Verdict.SIGNIFICANT_RISE, p=1e-4),
                    "threat.level": ThreatLevel.HIGH if random.random() < 0.3 else ThreatLevel.LOW,
                }
                if threats.get(one)
                else a_verdict(Verdict.NO_SIGNIFICANT_CHANGE, p=0.6)
                for one in WATCHED
            }
            snapshot = snapshot_of(counts, FIRST + timedelta(days=number), said)
            SqlSnapshots(session).save(snapshot, load_ids=())


def years() -> Counts:
    """Count three years, the last of them half as much again as the others."""
    rows = [
        (f"{year}-05-01", area, f"{kind}.recorded", usual * more)
        for year, more in ((2019, 1.0), (2020, 1.0), (2021, 1.5))
        for kind, usual in (("boat-theft", 100), ("net-damage", 60), ("other", 40))
        for area in ("ebb", "flow")
    ]
    covers = [(tally, "saltmarsh", "2019-04-01", "2022-03-31") for tally in CRIME]
    return dense(a_table(rows, covers), CATALOGUE, to=date(2022, 3, 31))


def snapshot_of(counts: Counts, day: date, said: Mapping[tuple[str, str], Said]) -> Snapshot:
    """Make the figures of a day, with what is said of single ones."""
    positions = reckon(counts.until(day), a_table(), CATALOGUE, as_at=day)
    return Snapshot(
        as_at=day,
        kind=SnapshotKind.DAILY,
        made_at=datetime.combine(day, AT, tzinfo=UTC),
        catalogue_version=CATALOGUE.version,
        product_version="1.0",
        inputs=(),
        positions=positions,
        assessments=some_assessments(positions, said),
        trends=no_trends(),
    )


@dataclass(frozen=True, kw_only=True)
class StandingTime:
    """Time in a file: it goes on only when no living worker is at work.

    As on any machine, a worker that lives gets its work done long before its lease ends.  The locks
    are the operating system's, so a killed worker holds none.
    """

    folder: Path

    def __call__(self) -> datetime:
        """Return the moment."""
        return datetime.fromisoformat((self.folder / "now").read_text())

    def set(self, now: datetime) -> None:
        """Let it be later, as soon as no worker is at work."""
        with self._lock("gate", fcntl.LOCK_EX), self._lock("work", fcntl.LOCK_EX):
            fresh = self.folder / "now.fresh"
            fresh.write_text(now.isoformat())
            fresh.replace(self.folder / "now")

    @contextmanager
    def stands(self) -> Iterator[None]:
        """Let no time go by."""
        with self._lock("gate", fcntl.LOCK_EX):
            lock = os.open(self.folder / "work", os.O_CREAT | os.O_RDWR)
            fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _lock(self, name: str, kind: int) -> Iterator[None]:
        file = os.open(self.folder / name, os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(file, kind)
            yield
        finally:
            os.close(file)


@dataclass(frozen=True, kw_only=True)
class Force:
    """Everything that decides and tells, on one database."""

    url: str
    folder: Path  # of the time, and of what went wrong
    slack_url: str = ""
    teams_url: str = ""
    clock: StandingTime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", StandingTime(folder=self.folder))

    def deciding(self, database: Database) -> Deciding:
        """Decide as the product does, on the figures of the day before."""

        def find(kind: SnapshotKind | None, day: date | None) -> Figures:
            yesterday = london_day(self.clock()) - timedelta(days=1)
            return find_figures(database, kind=kind, as_at=day or yesterday)

        return Deciding(database, policy=POLICY, audience=audience, find=find)

    def job(self, database: Database) -> Job:
        """Return the daily run."""

        def work(day: date, _now: datetime) -> str:
            # As if it were never late, so that what is decided is the same whoever took it over.
            now = datetime.combine(day, AT, tzinfo=LONDON)
            with database.reading() as session:
                found = SqlSnapshots(session).newest(as_at=day - timedelta(days=1))
            assert found is not None
            figures = Figures(snapshot=found, catalogue=CATALOGUE)
            return outcome(self.deciding(database).day(figures, now=now))

        return Job(name="daily", does="The daily run", at=AT, work=work)

    def shift(self, database: Database, posters: Mapping[str, Poster], name: str) -> Shift:
        """Return a worker's shift."""
        outbox = SqlOutbox(database)

        def tell(key: str, words: str) -> None:
            now = self.clock()
            outbox.put([plain_post(OPERATORS, key, words, now)], now=now)

        return Shift(
            [self.job(database)],
            runs=SqlRuns(database),
            delivery=Delivery(
                outbox,
                posters,
                elsewhere=Elsewhere(operators=OPERATORS, fallback=None),
                name=name,
                clock=self.clock,
            ),
            signs=SqlSigns(database),
            name=name,
            clock=self.clock,
            tell_operators=tell,
        )

    def posters(self, database: Database) -> Mapping[str, Poster]:
        """Return what posts to the platforms there are."""
        client = WebClient(token=BOT_TOKEN, base_url=self.slack_url, retry_handlers=[])
        client.timeout = TIMEOUT_S  # type: ignore[assignment]  # annotated as whole seconds
        in_teams = TeamsPoster(
            teams_token,
            tenant=teams.TENANT,
            conversations=SqlConversations(database, platform=TEAMS),
            draw=no_pictures,
            clock=self.clock,
            service_url=self.teams_url,
            timeout_s=TIMEOUT_S,
        )
        return {SLACK: SlackPoster(client, draw=no_pictures), TEAMS: in_teams}


async def teams_token() -> str:
    """Return what the fake takes."""
    return teams.BOT_TOKEN


def no_pictures(drawing: Drawing) -> bytes:
    """Draw nothing."""
    raise AssertionError(drawing)


def work_until_killed(force: Force, name: str) -> None:
    """Be one worker process."""
    stamina.set_testing(True, attempts=1)  # whatever fails is the outbox's to try again
    database = Database(force.url)
    shift = force.shift(database, force.posters(database), name)
    while True:
        done = 0
        try:
            with force.clock.stands():
                done = shift.once()
        except Exception:  # kept for the test to see
            (force.folder / f"error-{name}").write_text(traceback.format_exc())
        time.sleep(0.001 if done else 0.02)


def morning(number: int) -> datetime:
    """Return when the run on a day's figures is due."""
    return datetime.combine(FIRST + timedelta(days=number + 1), AT, tzinfo=LONDON)


OFFICER: Final = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)
