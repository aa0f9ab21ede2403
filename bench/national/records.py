"""The records of a force, month by month: drawn from a seed, written as they stood on a day.

A month is drawn as it will one day be, and written as it was known: records up to the day, and of
them the outcomes that had been given by then.  A day later the files of the months in which
anything has changed are written again, as a force's warehouse does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from bench.national.country import CLOSURES, KINDS, OUTCOMES, Force

LAST_DAY: Final = date(2025, 3, 26)
"""The day before the one that the incremental run adds: a Wednesday, and no month's end."""

LONGEST_DELAY: Final = 240
"""Days after which no outcome is given any more: files of older months then stand."""

MEAN_DELAY: Final = 45.0
CLOSED: Final = 0.85
"""The proportion of crimes without an outcome that are closed in the end."""

UNLOCATED: Final = 0.02
"""The proportion whose area is not known."""

UNREADABLE: Final = 0.0002
"""The proportion whose crime type no plan knows: they are rejected."""

DOMESTIC: Final = 0.30
HATE: Final = 0.02
"""Of violence; of everything else a tenth of each."""

GROWTH: Final = 0.01
"""How much more crime is recorded each year."""

NOISE: Final = 25.0
"""The shape of the gamma that each day and crime type is multiplied with: some 20% of variation."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is generated."""

    records: int  # of the whole country
    years: int
    seed: int = 1


def months(size: Size) -> tuple[date, ...]:
    """Return the first day of every month, oldest first; the last is that of `LAST_DAY`."""
    last = LAST_DAY.year * 12 + LAST_DAY.month - 1
    return tuple(
        date(number // 12, number % 12 + 1, 1)
        for number in range(last - 12 * size.years + 1, last + 1)
    )


def write(force: Force, folder: Path, size: Size, *, known: date) -> Iterator[Path]:
    """Write every month of a force as it stood on a day; yield the files one by one."""
    folder.mkdir(parents=True, exist_ok=True)
    totals = _totals(force, size)
    for number, first in enumerate(months(size)):
        if first <= known:
            yield _write_month(force, folder, size, number, int(totals[number]), known=known)


def write_changes(force: Force, folder: Path, size: Size, *, known: date) -> Iterator[Path]:
    """Write the months again that changed on a day; yield the files."""
    totals = _totals(force, size)
    for number, first in enumerate(months(size)):
        if first <= known and known - first <= timedelta(days=LONGEST_DELAY + 31):
            yield _write_month(force, folder, size, number, int(totals[number]), known=known)


def _totals(force: Force, size: Size) -> Integers:
    """Return how many records each month has: together the share of the force."""
    firsts = months(size)
    weights = np.array(
        [
            _days(first) * (1 + GROWTH * (first.year - firsts[0].year)) * _season(first, 0.04)
            for first in firsts
        ]
    )
    edges = np.round(np.cumsum(weights / weights.sum()) * round(size.records * force.share))
    return np.diff(edges, prepend=0).astype(np.int64)


def _write_month(
    force: Force, folder: Path, size: Size, number: int, rows: int, *, known: date
) -> Path:
    first = months(size)[number]
    table = _month(force, size, number, rows, first, known=known)
    path = folder / f"{first:%Y-%m}.parquet"
    # Under another name first: a reader never sees half a month.
    parquet.write_table(table, path.with_suffix(".part"), compression="zstd")
    path.with_suffix(".part").replace(path)
    return path


def _month(
    force: Force, size: Size, number: int, rows: int, first: date, *, known: date
) -> pa.Table:
    """Draw a month, and return it as it was known on a day."""
    rng = np.random.default_rng([size.seed, force.number, number])
    day, kind, area = _cells(rng, force, rows, first)
    detected = np.array([one.detected for one in KINDS])[kind]
    fate = rng.random(rows)
    given = fate < detected
    closed = ~given & (fate < detected + (1 - detected) * CLOSED)
    ending = np.where(
        given, rng.integers(0, len(OUTCOMES), rows), len(OUTCOMES) + rng.integers(0, 2, rows)
    )
    delay = np.minimum(rng.exponential(MEAN_DELAY, rows).astype(np.int64), LONGEST_DELAY)
    violent = kind < 3
    domestic = rng.random(rows) < np.where(violent, DOMESTIC, DOMESTIC / 10)
    hate = rng.random(rows) < np.where(violent, HATE, HATE / 10)
    nowhere = rng.random(rows) < UNLOCATED
    unreadable = rng.random(rows) < UNREADABLE
    origin = np.datetime64(first, "D").astype(np.int64)
    recorded, ended = origin + day, origin + day + delay
    today = np.datetime64(known, "D").astype(np.int64)
    told = (given | closed) & (ended <= today)
    there = recorded <= today
    table = pa.table(
        {
            "reference": pa.array(
                np.char.add(f"{force.number:02d}/{first:%Y%m}/", np.arange(rows).astype("U7"))
            ),
            "recorded_date": pa.array(recorded.astype("datetime64[D]")),
            "crime_type": _words(
                np.where(unreadable, len(KINDS), kind), [*(one.id for one in KINDS), "999X"]
            ),
            "area": _words(
                np.where(nowhere, len(force.partnerships), area), [*force.partnerships, ""]
            ),
            "flags": _words(domestic + 2 * hate, ["", "domestic", "hate", "domestic;hate"]),
            "outcome_type": _words(ending, [*OUTCOMES, *CLOSURES], missing=~told),
            "outcome_date": pa.array(ended.astype("datetime64[D]"), mask=~told),
        }
    )
    return table.filter(pa.array(there))


def _cells(
    rng: np.random.Generator, force: Force, rows: int, first: date
) -> tuple[Integers, Integers, Integers]:
    """Draw the day, crime type and area of each record, in order of the days."""
    days = _days(first)
    weekday = (first.weekday() + np.arange(days)) % 7
    weekend = np.where(weekday >= 5, 1.0, -0.4)  # of a week together nought
    by_kind = np.array([one.share * _season(first, one.summer) for one in KINDS])
    by_day = 1 + np.outer(weekend, [one.weekend for one in KINDS])
    noise = rng.gamma(NOISE, 1 / NOISE, (days, len(KINDS)))
    usual = np.random.default_rng([force.number])
    places = usual.dirichlet(np.full(len(force.partnerships), 3.0))
    mix = usual.gamma(40.0, 1 / 40.0, (len(KINDS), len(places))) * places
    weights = (by_kind * by_day * noise)[:, :, None] * mix
    counts = rng.multinomial(rows, (weights / weights.sum()).ravel())
    cell = np.repeat(np.arange(counts.size), counts)
    day, rest = np.divmod(cell, len(KINDS) * len(places))
    kind, area = np.divmod(rest, len(places))
    return day, kind, area


def _season(first: date, summer: float) -> float:
    """Return the month's share of the mean: highest in July, lowest in January."""
    return 1 + summer * float(np.cos(2 * np.pi * (first.month - 7) / 12))


def _days(first: date) -> int:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return (following - first).days


def _words(
    codes: Integers, words: list[str], *, missing: NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32), mask=missing), pa.array(words)
    )
