"""The daily computation: load what changed, reckon every position, keep it as a snapshot.

Decide, then do: everything up to the snapshot is a pure function of what was loaded; the load
and the snapshot are each written in one transaction, so that a run that dies leaves the figures
before it as they were.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from metrics.assess import assess
from metrics.cache import Cache
from metrics.calendar import last_month_end, london_day, say_date
from metrics.counts import changed
from metrics.delivery import CountTable, Delivery, Load
from metrics.errors import UserError
from metrics.model import Catalogue, MeasureKind
from metrics.monthly import MonthTotals
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import Snapshot, SnapshotKind, inputs_behind
from metrics.sources import ChangingSource, Source
from metrics.trending import trends_of
from store.catalogues import SqlCatalogues
from store.database import Database
from store.known import known, known_before
from store.loads import SqlLoads
from store.snapshots import SqlSnapshots

log = logging.getLogger(__name__)

Progress = Callable[[str], None]
"""Told what is going on, in words."""

FORECASTS: Final = "forecasts"
"""The folder of the watch's forecasts and of what rests on whole months, inside the cache's."""

_HALF: Final = 32
"""Characters of a fingerprint that stand for the rules; as many stand for the input."""

YESTERDAY: Final = timedelta(days=1)

LATEST_BEFORE: Final = timedelta(days=62)
"""An assessment older than two months has no hold on today's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How the load of one source ended."""

    source: str
    load: Load | None = None  # None: nothing was taken in
    unchanged: bool = False  # the source looks as it did at its last load
    problem: UserError | None = None
    standing: Load | None = None  # where there is a problem: the load that stands meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A snapshot that a run made, or found made already."""

    snapshot: Snapshot
    is_new: bool
    before: Snapshot | None  # the one that its assessments go on from


def load(
    sources: Sequence[Source],
    *,
    database: Database,
    catalogue: Catalogue,
    rules: str,
    now: datetime,
    progress: Progress,
    cache: Path | None = None,
) -> tuple[Loaded, ...]:
    """Load every source whose input, or whose meaning, has changed.

    A source that cannot be read does not stop the others: its previous figures stand, and the
    result says so.

    Args:
        rules: Identifies how inputs are read (the plan and the settings of the sources); when it
            changes, everything is read again.
        now: The moment of the load, timezone-aware.
        cache: A folder for what need not be worked out again; figures are the same without it.
    """
    return tuple(
        _load_one(
            source,
            database=database,
            catalogue=catalogue,
            rules=rules,
            now=now,
            progress=progress,
            cache=cache,
        )
        for source in sources
    )


def _load_one(
    source: Source,
    *,
    database: Database,
    catalogue: Catalogue,
    rules: str,
    now: datetime,
    progress: Progress,
    cache: Path | None,
) -> Loaded:
    with database.reading() as session:
        standing = SqlLoads(session).latest(source.name)
    try:
        progress(f"{source.name}: looking for changes")
        fingerprint = _fingerprint(rules, source.fingerprint())
        if standing and fingerprint and fingerprint == standing.fingerprint:
            return Loaded(source=source.name, unchanged=True, standing=standing)
        progress(f"{source.name}: reading")
        delivery = _delivery(
            source, catalogue, standing=standing, fingerprint=fingerprint, progress=progress
        )
    except UserError as problem:
        log.warning("%s was not loaded: %s", source.name, problem)
        return Loaded(source=source.name, problem=problem, standing=standing)
    progress(f"{source.name}: telling what is new")
    with database.reading() as session:
        before = known_before(
            session,
            source.name,
            catalogue.within,
            about=delivery.table.covers,
            cache=cache,
        )
    news = changed(before, delivery.table, catalogue.within)
    with database.transaction() as session:
        saved = SqlLoads(session).save(delivery, changed=news, fingerprint=fingerprint, at=now)
    return Loaded(source=source.name, load=saved)


def _delivery(
    source: Source,
    catalogue: Catalogue,
    *,
    standing: Load | None,
    fingerprint: str,
    progress: Progress,
) -> Delivery:
    """Have a source deliver, of one that can tell it only what may have changed since its load."""
    if (
        isinstance(source, ChangingSource)
        and standing
        and fingerprint
        and standing.fingerprint[:_HALF] == fingerprint[:_HALF]
    ):
        return source.deliver_changes(catalogue, before=standing.inputs, progress=progress)
    return source.deliver(catalogue, progress=progress)


def _fingerprint(rules: str, content: str) -> str:
    """Return what identifies a load: how the input is read, then what it holds."""
    if not content:
        return ""
    return "".join(hashlib.sha256(one.encode()).hexdigest()[:_HALF] for one in (rules, content))


def run(
    *,
    database: Database,
    catalogue: Catalogue,
    plan_texts: Mapping[str, str],
    product_version: str,
    as_at: date | None,
    now: datetime,
    progress: Progress,
    cache: Path | None = None,
) -> tuple[Made, ...]:
    """Compute the figures as at a day from what has been loaded, and keep them.

    The daily figures are provisional.  The first run at or after a month's end also makes that
    month end's figures, which then stand: one version of the truth for every board.

    Args:
        plan_texts: The files of the plan, kept with the figures.
        as_at: The day; by default the newest day before today that the records reach.
        now: The moment of the run, timezone-aware.
        cache: A folder for what need not be worked out again; figures are the same without it.

    Raises:
        UserError: Nothing has been loaded, or the records do not reach back to the day.
    """
    progress("Putting together what has been loaded")
    with database.reading() as session:
        loaded = known(session, catalogue.within, known_at=now, cache=cache)
    table = loaded.table
    forecasts = Cache(cache / FORECASTS, made_by=(product_version,)) if cache else None
    day = _day_to_compute(table, catalogue, as_at=as_at, now=now)
    month_end = last_month_end(day)
    progress(f"Reckoning every position as at {say_date(day)}")
    counts = dense(table, catalogue, to=day)
    totals = MonthTotals(counts)
    wanted = [(day, SnapshotKind.DAILY)]
    if month_end >= counts.first and not _month_end_stands(database, month_end):
        wanted.append((month_end, SnapshotKind.MONTH_END))
    snapshots = []
    for one, kind in wanted:
        before = _assessed_before(database, catalogue, one, kind)
        upto = counts.until(one)
        positions = reckon(upto, table, catalogue, as_at=one, totals=totals)
        progress(f"Assessing {len(positions):,} positions as at {say_date(one)}")
        snapshot = Snapshot(
            as_at=one,
            kind=kind,
            made_at=now,
            catalogue_version=catalogue.version,
            product_version=product_version,
            inputs=inputs_behind(loaded.loads),
            positions=positions,
            assessments=assess(
                upto,
                positions,
                table,
                catalogue,
                as_at=one,
                previous=before.assessments if before else None,
                watch=kind is SnapshotKind.DAILY,
                totals=totals,
                cache=forecasts,
            ),
            trends=trends_of(upto, positions, catalogue, as_at=one, totals=totals, cache=forecasts),
        )
        snapshots.append((snapshot, before))
    if forecasts:
        forecasts.keep_only(forecasts.used)
    progress("Keeping the figures")
    with database.transaction() as session:
        SqlCatalogues(session).save(catalogue.version, plan_texts)
        store = SqlSnapshots(session)
        load_ids = [load.id for load in loaded.loads]
        return tuple(
            Made(snapshot=one, is_new=store.save(one, load_ids=load_ids), before=before)
            for one, before in snapshots
        )


def _day_to_compute(
    table: CountTable, catalogue: Catalogue, *, as_at: date | None, now: datetime
) -> date:
    """Return the day to compute, or say why there is none."""
    tallies = {
        tally
        for measure in catalogue.measures.values()
        if measure.kind is MeasureKind.RECORDED and measure.crime_type
        for tally in measure.numerator
    }
    covers = table.covers[table.covers["tally"].isin(tallies)]
    if covers.empty:
        raise UserError(
            "No crime records have been loaded, so there are no figures to compute.",
            hint="Load them with `threatdesk load`; `threatdesk check` looks at the sources.",
        )
    first: date = covers["first"].min().date()
    last: date = covers["last"].max().date()
    if as_at is None:
        return min(last, london_day(now) - YESTERDAY)
    if as_at < first:
        raise UserError(
            f"The records begin on {say_date(first)}: there are none up to {say_date(as_at)}.",
            hint=f"Ask for a day from {say_date(first)} to {say_date(last)}.",
        )
    return as_at


def _assessed_before(
    database: Database, catalogue: Catalogue, day: date, kind: SnapshotKind
) -> Snapshot | None:
    """Return the snapshot before a day's, made under the same plan and not long ago."""
    with database.reading() as session:
        snapshot = SqlSnapshots(session).newest(kind=kind, as_at=day - YESTERDAY)
    if (
        snapshot is None
        or snapshot.catalogue_version != catalogue.version
        or day - snapshot.as_at > LATEST_BEFORE
    ):
        return None
    return snapshot


def _month_end_stands(database: Database, month_end: date) -> bool:
    """Whether the figures of a month end have been made: they are not made again."""
    with database.reading() as session:
        found = SqlSnapshots(session).list(kind=SnapshotKind.MONTH_END, as_at=month_end, limit=1)
    return bool(found) and found[0].as_at == month_end
