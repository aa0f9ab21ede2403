"""The guarded force, in a database: whatever the product tells, told for real.

Every measure of `plan/` that has a restriction is counted in millions, so that its figures can be
searched for in whatever is rendered; net damage, which is sensitive, is small in one area.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from bot import daily
from bot.alerts.subscriptions import Subscription
from bot.app import App
from bot.channels.console.posting import CONSOLE, ConsolePoster
from bot.delivery import Delivery as Delivering
from bot.delivery import Elsewhere
from config.settings import Settings
from metrics.assess import assess
from metrics.calendar import last_month_end
from metrics.delivery import CountTable, Delivery, InputFile
from metrics.model import Catalogue
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import Figures, Snapshot, SnapshotKind
from metrics.trending import trends_of
from store.loads import SqlLoads
from tests.demonstrated import quiet

PLAN: Final = Path(__file__).parent / "plan"

FIRST, LAST = date(2017, 4, 1), date(2020, 12, 11)
MORNING: Final = datetime(2020, 12, 14, 9, 0, tzinfo=UTC)
"""A Monday, on which the weekly briefing is due."""

LOADED: Final = datetime(2020, 12, 12, 5, 0, tzinfo=UTC)

LEAVES: Final = ("quay", "sands", "flow")
"""The smallest areas; quay and sands make up ebb."""

A_DAY: Final[Mapping[str, float]] = {
    "boat-theft": 3.0,
    "net-damage": 3.0,
    "piracy": 4_001.0,
    "smuggling": 4_703.0,
    "oyster-theft": 5_303.0,
    "wrecking": 5_903.0,
    "poaching": 41.0,
    "other": 53.0,
}
"""Crimes a day in each area, by type."""

FEW: Final = ("net-damage", "quay")
"""The sensitive type, and the area where there is one crime of it in some weeks."""

FOLLOWED: Final = (
    Subscription(person="member", priority="4", area=""),
    Subscription(person="member", priority="2", area="quay"),
    Subscription(person="flow-lead", priority="2", area="ebb"),
    Subscription(person="flow-lead", priority="3", area=""),
)
"""What people ask to be told that they may not be told."""

Tilt = Mapping[tuple[str, str], int]
"""Crimes that a month has more or less of, by type and area."""


def some_records(tilt: Tilt | None = None, *, seed: int = 7) -> CountTable:
    """Return crimes of every type in every area, with a burst of everything at the end.

    Args:
        tilt: What is added to the first day of every month.
        seed: Of chance.
    """
    chance = np.random.default_rng(seed)
    days = pd.date_range(FIRST, LAST, unit="s")
    burst = np.where(days > pd.Timestamp(LAST) - pd.Timedelta(days=56), 1.6, 1.0)
    parts = []
    for kind, mean in A_DAY.items():
        for area in LEAVES:
            level = 0.1 if (kind, area) == FEW else mean
            counts = chance.poisson(level * burst).astype(float)
            parts.append(_rows(days, area, f"{kind}.outcomes", np.floor(counts * 0.3)))
            parts.append(_rows(days, area, f"{kind}.closed", np.floor(counts * 0.5)))
            counts[days.day == 1] += (tilt or {}).get((kind, area), 0)
            parts.append(_rows(days, area, f"{kind}.recorded", counts))
    months = pd.date_range(FIRST, LAST, freq="ME", unit="s")
    for survey, asked, pleased in (("anglers", 80.0, 60.0), ("crews", 7_919.0, 4_271.0)):
        for area in LEAVES:
            name = f"survey.{survey}.overall"
            parts.append(_rows(months, area, f"{name}.responses", np.full(len(months), asked)))
            parts.append(_rows(months, area, f"{name}.satisfied", np.full(len(months), pleased)))
    quarters = pd.date_range(FIRST, LAST, freq="QE", unit="s")
    for area, name, value in (
        ("ebb", "rescues", 6_143_007.0),
        ("flow", "rescues", 6_143_011.0),
        ("saltmarsh", "savings", 8_837_111.0),
    ):
        parts += [_rows(quarters, area, f"return.{name}", np.full(len(quarters), value))]
    people = pd.to_datetime(["2017-06-30", "2018-06-30", "2019-06-30", "2020-06-30"]).as_unit("s")
    parts += [_rows(people, area, "population", np.full(4, 90_000.0)) for area in LEAVES]
    rows = pd.concat(parts, ignore_index=True)
    return CountTable(
        rows=rows[rows["count"] > 0].reset_index(drop=True).astype(
            {"area": "category", "tally": "category"}
        ),
        covers=_covers(rows),
    )  # fmt: skip


def _rows(
    days: pd.DatetimeIndex,
    area: str,
    tally: str,
    counts: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> pd.DataFrame:
    return pd.DataFrame(
        {"cohort": days, "day": days, "area": area, "tally": tally, "count": counts}
    )


def _covers(rows: pd.DataFrame) -> pd.DataFrame:
    """Say that everything has been delivered from its first day on."""
    tallies = rows["tally"].unique()
    last_month, last_quarter = date(2020, 11, 30), date(2020, 9, 30)

    def ends(tally: str) -> tuple[str, date, date]:
        if tally.startswith("survey."):
            return "saltmarsh", FIRST, last_month
        if tally.startswith("return."):
            return "saltmarsh", FIRST, last_quarter
        return "saltmarsh", FIRST, LAST

    found = [(tally, *ends(tally)) for tally in tallies if tally != "population"]
    found += [
        ("population", area, date(year, 6, 30), date(year, 6, 30))
        for area in LEAVES
        for year in (2017, 2018, 2019, 2020)
    ]
    return pd.DataFrame(found, columns=["tally", "area", "first", "last"]).astype(
        {"first": "datetime64[s]", "last": "datetime64[s]"}
    )


def some_figures(plan: Catalogue, table: CountTable, kind: SnapshotKind) -> Figures:
    """Compute the newest figures of a kind, and keep nothing."""
    day = LAST if kind is SnapshotKind.DAILY else last_month_end(LAST)
    counts = dense(table, plan, to=day)
    positions = reckon(counts, table, plan, as_at=day)
    snapshot = Snapshot(
        as_at=day,
        kind=kind,
        made_at=LOADED,
        catalogue_version=plan.version,
        product_version="1.0",
        inputs=(),
        positions=positions,
        assessments=assess(counts, positions, table, plan, as_at=day),
        trends=trends_of(counts, positions, plan, as_at=day),
    )
    return Figures(snapshot=snapshot, catalogue=plan)


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """The product over the guarded force, its day decided, told and briefed."""

    app: App
    daily: Figures
    month_end: Figures


@contextmanager
def a_world(
    folder: Path, table: CountTable, *, plan: Path = PLAN, inputs: Sequence[InputFile] = ()
) -> Iterator[World]:
    """Load records, compute two days a week apart and a month's end, decide, brief, and tell.

    Args:
        folder: Where the database is.
        table: What was recorded.
        plan: The folder of the plan.
        inputs: The files that the records are said to be from.
    """
    settings = Settings(
        database_url=f"sqlite:///{folder / 'desk.db'}",
        plan=str(plan),
        data=folder,
        briefing_channel="console:#performance",
        _env_file=None,
    )
    with App(settings=settings) as app:
        with app.database.transaction() as session:
            delivery = Delivery(source="crimes", table=table, inputs=tuple(inputs))
            SqlLoads(session).save(delivery, changed=table, fingerprint="", at=LOADED)
        for day in (LAST - timedelta(days=7), LAST):
            daily.run(
                database=app.database,
                catalogue=app.catalogue,
                plan_texts=app.plan_texts,
                product_version="1.0",
                as_at=day,
                now=LOADED,
                progress=quiet,
            )
        for one in FOLLOWED:
            app.subscriptions.add(one, now=MORNING)
        now = app.shelf.find(SnapshotKind.DAILY, None)
        month = app.shelf.find(SnapshotKind.MONTH_END, None)
        app.deciding.day(now, now=MORNING)
        app.briefings.week(MORNING.date(), MORNING)
        app.briefings.month(MORNING.date(), MORNING)
        Delivering(
            app.outbox,
            {CONSOLE: ConsolePoster()},
            elsewhere=Elsewhere(operators=None, fallback=None),
            name="attack",
            clock=lambda: MORNING,
        ).deliver(at_most=10_000)
        yield World(app=app, daily=now, month_end=month)
