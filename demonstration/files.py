"""Writes the demonstration: the files a force would deliver, all of them synthetic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from demonstration import flags, incidents, outcomes, peers, population, records, returns, surveys
from demonstration.areas import AREAS
from demonstration.crime_types import TYPE_IDS
from demonstration.periods import DAYS, FIRST_DAY
from demonstration.totals import build

Progress = Callable[[str, float], None]

# Any number will do, as long as it stays: the same bytes are written every time.
SEED = 20131211
_STREAMS = ("records", "flags", "outcomes", "incidents", "surveys", "peers")
_UNIX_EPOCH = np.datetime64("1970-01-01")

NOTICE = """\
SYNTHETIC DEMONSTRATION DATA - not real crimes, not real people, not real answers.

A made-up force of the size and shape of Leicestershire, 1 April 2008 to 31 March 2016. Totals were
chosen so that figures printed in public papers of 2013 to 2016 come out; every single record,
date, place and outcome was drawn by a random number generator. Do not quote any of it as fact.
Only population.csv holds real figures.

crimes.parquet      one row a crime: reference, recorded_date, crime_type, area, flags (domestic,
                    hate, alcohol; joined with ";"), outcome_type and outcome_date (empty while a
                    crime is under investigation). A CSV with these seven columns, dates written
                    YYYY-MM-DD, is the same layout.
incidents.csv       anti-social behaviour incidents: month, area, incident, count.
surveys.csv         month, area, group, component, satisfied, responses. The force's row is the sum
                    of City and Counties: do not add the three.
returns.csv         partners' returns: measure, area, period_end, value, supplied_by, supplied_on,
                    publishable_from (empty: internal until published). A return that was not
                    received has no row.
peers.csv           month, force, crime_type, count of the seven most similar forces.
population.csv      mid-year populations: area, year, population. Source: Office for National
                    Statistics, licensed under the Open Government Licence v3.0.
"""


def write(folder: Path, progress: Progress | None = None) -> None:
    """Write every file of the demonstration into `folder`, which is made if need be.

    Args:
        folder: Where the files go; files of the same names are replaced.
        progress: Told what is being made and the share done, 0 to 1.
    """
    tell = progress or _silent
    folder.mkdir(parents=True, exist_ok=True)
    rng = {name: np.random.default_rng([SEED, place]) for place, name in enumerate(_STREAMS)}
    (folder / "README.txt").write_text(NOTICE, encoding="utf-8")
    tell("Solving the published figures", 0.0)
    totals = build()
    tell("Recording crimes", 0.1)
    crimes = records.spread(totals.crimes, rng["records"])
    marks = flags.choose(crimes, rng["flags"])
    tell("Giving outcomes", 0.4)
    given = outcomes.give(crimes, marks, totals.crimes, totals.outcomes, rng["outcomes"])
    tell("Writing crimes", 0.6)
    pq.write_table(_crimes(crimes, marks, given), folder / "crimes.parquet", compression="zstd")
    tell("Writing incidents, surveys, returns and peers", 0.8)
    people = population.table()
    by_day = np.zeros((len(TYPE_IDS), DAYS))
    np.add.at(by_day, (crimes.crime_type, crimes.day), 1)
    _write(incidents.table(rng["incidents"]), folder / "incidents.csv")
    _write(surveys.table(rng["surveys"]), folder / "surveys.csv")
    _write(returns.table(), folder / "returns.csv")
    _write(peers.table(peers.own_months(by_day), people, rng["peers"]), folder / "peers.csv")
    _write(people, folder / "population.csv")
    tell("Done", 1.0)


def _silent(_what: str, _share: float) -> None:
    """Tell nobody."""


def _write(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


def _crimes(crimes: records.Records, marks: flags.Flags, given: outcomes.Outcomes) -> pa.Table:
    """The crime records as written."""
    open_still = given.kind < 0
    return pa.table(
        {
            "reference": pa.array(records.reference_numbers(crimes.count), type=pa.string()),
            "recorded_date": _dates(crimes.day),
            "crime_type": _words(TYPE_IDS, crimes.crime_type),
            "area": _words(AREAS, crimes.area),
            "flags": pa.array(flags.as_text(marks), type=pa.string()),
            "outcome_type": _words(outcomes.KINDS, given.kind, missing=open_still),
            "outcome_date": _dates(given.day, missing=open_still),
        }
    )


def _dates(days: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    first = int((np.datetime64(FIRST_DAY) - _UNIX_EPOCH).astype(np.int64))
    numbers = (days + first).astype(np.int32)
    return pa.array(numbers, type=pa.int32(), mask=missing).cast(pa.date32())


def _words(
    words: tuple[str, ...],
    index: npt.NDArray[np.int64],
    missing: npt.NDArray[np.bool_] | None = None,
) -> pa.Array:
    codes = pa.array(index.astype(np.int32), type=pa.int32(), mask=missing)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words)).cast(pa.string())
