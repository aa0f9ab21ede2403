"""A force in which nothing changes: crimes by day, their outcomes, and surveys by month.

    python -m bench.generators.steady --seed 1

Six years, April 2007 to March 2013, in the areas and measures of a plan.  Crimes are those of
`bench.generators.police` without deteriorations and without steps in recording: level, trend,
season, weekday, special days, latent noise of the measure and of the small area, bursts that are
over before the last year, negative binomial counts.  Outcome rates and satisfaction move as those
of `bench.generators.rates` do without drops: a slow walk of the measure and of each area.  Every
threat that is found in the last year is therefore a false alarm.  A troubled twin has the
deteriorations of the police generator, and nothing else that is new.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.generators import police
from bench.generators.rates import REGIMES, Kind, Regime
from config.catalogue import PLANS, read_catalogue
from config.events import Event
from metrics.delivery import CountTable, Load
from metrics.model import Catalogue, Level, MeasureKind

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

PLAN: Final = "leicestershire"
STREAM: Final = 91
"""Second word of the random seed of what is drawn here."""

LAST_DAY: Final = police.FIRST_DAY + timedelta(days=police.DAYS - 1)
MEAN_DAYS_TO_OUTCOME: Final = 45.0
MONTHLY_WALK: Final = 0.015
AREA_WALK: Final = 0.01
AREA_SPREAD: Final = 0.2
"""Standard deviations on the logit scale, as in `bench.generators.rates`."""

COLUMNS: Final = ("cohort", "day", "area", "tally", "count")


def steady(seed: int, catalogue: Catalogue, *, troubled: bool = False) -> tuple[Load, CountTable]:
    """Draw one force, as one load that was made when the records end.

    Args:
        seed: Of the random numbers; a troubled force and a steady one of a seed are twins.
        catalogue: Its measures and areas.
        troubled: Whether crimes deteriorate in the last year, as `events` says.
    """
    rng = np.random.default_rng([seed, STREAM])
    areas = [area.id for area in catalogue.at_level(Level.LPU)]
    types = [one.id for one in catalogue.crime_types.values() if not one.members]
    force = police.simulate(seed, null=not troubled)
    crimes = _paired(force.counts[_chosen(force, len(types), len(areas))], len(areas))
    frames = list(_recorded(rng, crimes, types, areas))
    frames += list(_surveys(rng, catalogue, areas))
    rows = pd.concat(frames, ignore_index=True)
    for name in ("area", "tally"):
        rows[name] = pd.Categorical(rows[name])
    for name in ("cohort", "day"):
        rows[name] = rows[name].astype("datetime64[s]")
    table = CountTable(rows=rows[list(COLUMNS)], covers=_covers(rows, catalogue.force.id))
    load = Load(
        id=1,
        source="simulated",
        loaded_at=datetime.combine(LAST_DAY + timedelta(days=1), datetime.min.time(), UTC),
        fingerprint=str(seed),
        rows_in=len(rows),
        rows_rejected=0,
        span=(police.FIRST_DAY, LAST_DAY),
        cohort_days_changed=police.DAYS,
        inputs=(),
        rejections=(),
        remarks=(),
    )
    return load, table


def events(seed: int, catalogue: Catalogue) -> tuple[Event, ...]:
    """Return the deteriorations of a troubled force, one for each area of the plan they strike."""
    force = police.simulate(seed)
    areas = [area.id for area in catalogue.at_level(Level.LPU)]
    types = [one.id for one in catalogue.crime_types.values() if not one.members]
    chosen = _chosen(force, len(types), len(areas))
    days = [police.FIRST_DAY + timedelta(days=n) for n in range(police.DAYS)]
    found = []
    for one in force.events:
        if one.measure not in chosen:
            continue
        base = force.base[one.measure, : 2 * len(areas), one.days].sum(axis=1)
        lifted = (force.base * force.lift)[one.measure, : 2 * len(areas), one.days].sum(axis=1)
        before, after = (line.reshape(-1, 2).sum(axis=1) for line in (base, lifted))
        struck = [n for n in range(len(areas)) if after[n] / before[n] > 1 + police.AFFECTED_FROM]
        everywhere = one.scope == "force"
        found += [
            Event(
                name=f"{one.kind} {one.event}",
                measure=catalogue.recorded(types[chosen.index(one.measure)]).id,
                area=catalogue.force.id if everywhere else areas[n],
                first=days[one.start],
                last=days[one.end],
                size=float(after[n] / before[n] - 1),
            )
            for n in (struck[:1] if everywhere else struck)
        ]
    return tuple(found)


def _chosen(force: police.Force, types: int, areas: int) -> list[int]:
    """Return the simulated measures that are used: those whose recording never changes."""
    stepped = {str(one["measure"]) for one in force.changes}
    chosen = [n for n, name in enumerate(police.MEASURES) if name not in stepped][:types]
    if len(chosen) < types or 2 * areas > police.SMALL_AREAS:
        raise ValueError("the plan has more crime types or areas than are simulated")
    return chosen


def _paired(crimes: Integers, areas: int) -> Integers:
    """(types, areas, days) counts; two small areas of the generator make one of the plan's."""
    small = crimes[:, : 2 * areas]
    return np.asarray(small[:, ::2] + small[:, 1::2])


def _recorded(
    rng: np.random.Generator, crimes: Integers, types: Sequence[str], areas: Sequence[str]
) -> Iterator[pd.DataFrame]:
    """Give crimes by the day they were recorded on, and outcomes by the day they were given on."""
    regime = REGIMES[Kind.OUTCOMES]
    first = np.datetime64(police.FIRST_DAY)
    month = (first + np.arange(police.DAYS)).astype("datetime64[M]").astype(int)
    month -= month[0]
    for number, name in enumerate(types):
        place, day = np.nonzero(crimes[number])
        count = crimes[number, place, day]
        yield _frame(first + day, first + day, areas, place, f"{name}.recorded", count)
        rate = _rates(rng, regime, len(areas), int(month[-1]) + 1)
        given = rng.binomial(count, rate[place, month[day]])
        where, cohort = np.repeat(place, given), np.repeat(day, given)
        after = cohort + np.floor(rng.exponential(MEAN_DAYS_TO_OUTCOME, cohort.size)).astype(int)
        known = after < police.DAYS
        one = np.ones(int(known.sum()))
        yield _frame(
            first + cohort[known], first + after[known], areas, where[known],
            f"{name}.outcomes", one,
        )  # fmt: skip


def _surveys(
    rng: np.random.Generator, catalogue: Catalogue, areas: Sequence[str]
) -> Iterator[pd.DataFrame]:
    """Give answers by month, in every area, of each survey's questions."""
    regime = REGIMES[Kind.SATISFACTION]
    months = np.arange(np.datetime64(police.FIRST_DAY, "M"), np.datetime64(LAST_DAY, "M") + 1)
    ends = (months + 1).astype("datetime64[D]") - 1
    for measure in catalogue.measures.values():
        if measure.kind is not MeasureKind.SATISFACTION or len(measure.numerator) > 1:
            continue
        size = np.exp(rng.uniform(*np.log(regime.trials)))
        share = rng.dirichlet(np.full(len(areas), 5.0))
        asked = rng.poisson(size * share[:, None], (len(areas), len(months)))
        satisfied = rng.binomial(asked, _rates(rng, regime, len(areas), len(months)))
        place, column = np.nonzero(asked)
        for tally, count in (
            (measure.numerator[0], satisfied[place, column]),
            (measure.denominator[0], asked[place, column]),
        ):
            yield _frame(ends[column], ends[column], areas, place, tally, count)


def _rates(rng: np.random.Generator, regime: Regime, areas: int, months: int) -> Array:
    """(areas, months) true rates, which walk slowly and never drop."""
    level = rng.uniform(*regime.rate)
    angle = 2 * np.pi * np.arange(months) / 12 - rng.uniform(0, 2 * np.pi)
    walk = np.cumsum(rng.normal(0, MONTHLY_WALK, months))
    own = np.cumsum(rng.normal(0, AREA_WALK, (areas, months)), axis=1)
    area = rng.normal(0, AREA_SPREAD, (areas, 1))
    logit = np.log(level / (1 - level)) + area + regime.season * np.cos(angle) + walk + own
    return np.asarray(1 / (1 + np.exp(-logit)))


def _frame(
    cohort: NDArray[np.datetime64],
    day: NDArray[np.datetime64],
    areas: Sequence[str],
    place: NDArray[np.intp],
    tally: str,
    count: NDArray[np.generic],
) -> pd.DataFrame:
    frame = pd.DataFrame({"cohort": cohort, "day": day, "area": np.array(areas)[place]})
    frame["tally"] = tally
    frame["count"] = count.astype(np.float64)
    return frame


def _covers(rows: pd.DataFrame, force: str) -> pd.DataFrame:
    tallies = [str(one) for one in rows["tally"].cat.categories]
    day = pd.Series([pd.Timestamp(police.FIRST_DAY)] * len(tallies)).astype("datetime64[s]")
    end = pd.Series([pd.Timestamp(LAST_DAY)] * len(tallies)).astype("datetime64[s]")
    return pd.DataFrame({"tally": tallies, "area": force, "first": day, "last": end})


def main() -> None:
    """Say what one force holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    catalogue, _ = read_catalogue(PLANS / PLAN)
    _, table = steady(given.seed, catalogue)
    print(f"{len(table.rows):,} rows from {police.FIRST_DAY} to {LAST_DAY}")


if __name__ == "__main__":
    main()
