"""A delivery, a count table and a snapshot to store: small, but with every kind of value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from metrics.delivery import CountTable, Delivery, InputFile, Rejection
from metrics.model import AreaId, MeasureId
from metrics.positions import WINDOWS, Positions
from metrics.snapshot import InputUsed, Snapshot, SnapshotKind
from metrics.trends import Trends
from tests.metrics.dashboards.conftest import some_assessments

DAY = date(2013, 12, 11)
MORNING = datetime(2013, 12, 12, 6, 0, tzinfo=UTC)
CATALOGUE = "c0ffee"
BURGLARY = "domestic-burglary.recorded"


def a_table(
    counts: Sequence[tuple[str, str, str, float]] = (("2013-12-10", "charnwood", BURGLARY, 3.0),),
    covers: Sequence[tuple[str, str, str, str]] = (
        (BURGLARY, "force", "2013-12-10", "2013-12-11"),
    ),
) -> CountTable:
    """Counts as (day, area, tally, count), covers as (tally, area, first, last)."""
    days = pd.Series([one[0] for one in counts], dtype="datetime64[s]")
    return CountTable(
        rows=pd.DataFrame(
            {
                "cohort": days,
                "day": days,
                "area": words([one[1] for one in counts]),
                "tally": words([one[2] for one in counts]),
                "count": np.array([one[3] for one in counts], dtype=np.float64),
            }
        ),
        covers=pd.DataFrame(
            {
                "tally": pd.Series([one[0] for one in covers], dtype="str"),
                "area": pd.Series([one[1] for one in covers], dtype="str"),
                "first": pd.Series([one[2] for one in covers], dtype="datetime64[s]"),
                "last": pd.Series([one[3] for one in covers], dtype="datetime64[s]"),
            }
        ),
    )


def words(values: Sequence[str], categories: Sequence[str] | None = None) -> pd.Categorical:
    """Words as a category column, which may know more words than it uses."""
    known = sorted(set(values)) if categories is None else list(categories)
    return pd.Categorical(list(values), categories=pd.Index(known, dtype="str"))


def a_delivery(source: str = "crimes", table: CountTable | None = None) -> Delivery:
    """Two files, one of them with rows that could not be counted."""
    return Delivery(
        source=source,
        table=a_table() if table is None else table,
        inputs=(
            InputFile(name="2013-11.csv", size=120, sha256="aa", rows=10),
            InputFile(name="2013-12.csv", size=80, sha256="bb", rows=7),
        ),
        rejected=(
            Rejection(reason="No day: “31/02/2013”.", rows=2, first=("2013-12.csv, line 4",)),
        ),
        remarks=("December is not complete.",),
    )


def some_positions(value: float = 2678.0) -> Positions:
    """Two measures in one area: one with a figure, one of which nothing is known."""
    rows, windows = 2, len(WINDOWS)
    values = np.full((rows, windows), np.nan)
    values[0] = value
    return Positions(
        measures=(MeasureId(BURGLARY), MeasureId("asb.satisfaction")),
        areas=(AreaId("force"),),
        years=(2012, 2013),
        to=np.array([16050, np.iinfo(np.int32).min]),
        first=np.full((rows, windows), 15796),
        last=np.full((rows, windows), 16050),
        numerator=values,
        denominator=np.full((rows, windows), np.nan),
        observed=np.full((rows, windows), 255),
        value=values,
        target=np.array([2414.25, np.nan]),
        gap=np.array([value - 2414.25, np.nan]),
        outcomes_required=np.array([np.nan, np.nan]),
        under_investigation=np.array([522.0, np.nan]),
        population=np.array([1_000_000.0, 1_000_000.0]),
        yearly=np.array([[3935.0, np.nan], [np.nan, np.nan]]),
    )


def some_trends(value: float = 300.0) -> Trends:
    """Two months and two weeks of the same two measures: one a count, one not known."""
    known = np.array([[value, 90.0], [np.nan, np.nan]])
    unknown = np.full((2, 2), np.nan)
    return Trends(
        measures=(MeasureId(BURGLARY), MeasureId("asb.satisfaction")),
        areas=(AreaId("force"),),
        months=(date(2013, 11, 1), date(2013, 12, 1)),
        days=(date(2013, 12, 11), date(2014, 3, 31)),
        is_rate=np.array([0, 1]),
        is_daily=np.array([1, 0]),
        last_is_part=np.array([1, 1]),
        above=known,
        below=unknown,
        mean=np.array([[310.0, np.nan], [np.nan, np.nan]]),
        spread=np.array([[12.5, np.nan], [np.nan, np.nan]]),
        signals=np.zeros((2, 2), dtype=np.int64),
        counted=np.array([[2678.0, np.nan], [np.nan, np.nan]]),
        counted_last_year=np.array([[2775.0, 1160.0], [np.nan, np.nan]]),
    )


def a_snapshot(
    *,
    as_at: date = DAY,
    kind: SnapshotKind = SnapshotKind.DAILY,
    made_at: datetime = MORNING,
    value: float = 2678.0,
    catalogue_version: str = CATALOGUE,
    trends: Trends | None = None,
) -> Snapshot:
    """The figures of a day; `no_trends()` of one that an earlier version kept."""
    used = InputUsed(
        load=1, source="crimes", name="2013-12.csv", sha256="bb", rows=7, loaded_at=MORNING
    )
    return Snapshot(
        as_at=as_at,
        kind=kind,
        made_at=made_at,
        catalogue_version=catalogue_version,
        product_version="0.1.0",
        inputs=(used,),
        positions=some_positions(value),
        assessments=some_assessments(some_positions(value)),
        trends=some_trends() if trends is None else trends,
    )


def allow_changes(session: Session, table: str) -> None:
    """Do what a person who edits the database would have to do first."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"DROP TRIGGER {table}_refuses_update"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
