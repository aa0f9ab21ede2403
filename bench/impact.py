"""How good the measured effect of an operation is: coverage, false findings, power.

    python -m bench.impact --simulated [--forces 20] [--seed 2013]
    python -m bench.impact --monthly FILE.csv[.gz]
    python -m bench.impact --daily FILE.csv[.gz]

`--simulated` launches operations of known effect in made-up forces.  `--monthly` (columns as in
`bench.projection`) and `--daily` (columns date, count and what names a series) launch operations
that never were on real counts: there, everything found is false.
"""

from __future__ import annotations

import argparse
import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.projection import read_monthly
from metrics.statistics.glm import fit_poisson, pearson_dispersion
from metrics.statistics.impact import (
    AHEAD,
    HARMONICS,
    LEAST_EXPECTED,
    Months,
    Placebos,
    chance_of_effect,
    chance_variance,
    counterfactual,
    drift,
    log_ratio,
    placebo_launches,
    reach,
    since_launch,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONTHS: Final = 12
BEFORE: Final = 46
"""Months before a launch, as a snapshot of 60 months holds for an operation of a year ago."""
GAP: Final = 1
HORIZONS: Final = (1, 3, 6, 12)
NORMAL_95: Final = 1.959964
HIGH: Final = 0.9
"""An operation launched after the highest tenth of three-month rises is launched because of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """One launch on many series: (series, months); the launch is `BEFORE` months in."""

    counts: Floats
    months: Months
    measure: Integers
    level: Integers
    effect: float = 0.0  # as a proportion, of every month after the launch


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A made-up force: areas of different size, measures that share shocks."""

    name: str
    trend: float = 0.0  # a year, standard deviation between measures, on the log scale
    season: float = 0.15  # size of the yearly wave
    noise: float = 0.0  # standard deviation of the autocorrelated part of the log mean
    shared: float = 0.0  # the same, shared by all areas of a measure
    memory: float = 0.8  # autocorrelation of both from month to month
    dispersion: float = 1.0  # variance over mean of a count


SCENARIOS: Final = (
    Scenario(name="Poisson"),
    Scenario(name="overdispersed", dispersion=2.5),
    Scenario(name="strong season", season=0.4, dispersion=1.5),
    Scenario(name="trends of 10% a year", trend=0.1, dispersion=1.5),
    Scenario(name="autocorrelated", noise=0.08, shared=0.05, dispersion=1.5),
    Scenario(name="all together", trend=0.05, season=0.3, noise=0.1, shared=0.08, dispersion=2.0),
)

EFFECTS: Final = (0.0, -0.1, -0.2, -0.4)

MEASURES: Final = 10
AREAS: Final = 12
SMALLEST, LARGEST = 10.0, 300.0
"""Counts a month of the smallest and largest series."""


def simulated(scenario: Scenario, effect: float, forces: int, seed: int) -> Iterator[Launched]:
    """Make forces in which an operation of known effect is launched, one at a time."""
    rng = np.random.default_rng(seed)
    time = np.arange(BEFORE + GAP + AHEAD)
    series = MEASURES * AREAS
    measure = np.repeat(np.arange(MEASURES), AREAS)
    for _ in range(forces):
        size = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST), series))
        slope = rng.normal(0.0, scenario.trend, MEASURES)[measure]
        phase = rng.uniform(0.0, 2.0 * np.pi, MEASURES)[measure]
        wave = scenario.season * np.cos(2.0 * np.pi * time / MONTHS + phase[:, None])
        drifted = _remembered(rng, series, time.size, scenario.noise, scenario.memory)
        common = _remembered(rng, MEASURES, time.size, scenario.shared, scenario.memory)
        years = (time - BEFORE) / MONTHS
        log_mean = np.log(size)[:, None] + slope[:, None] * years + wave + drifted + common[measure]
        mean = np.exp(log_mean) * np.where(time >= BEFORE + GAP, 1.0 + effect, 1.0)
        yield Launched(
            counts=_drawn(rng, mean, scenario.dispersion),
            months=_months(2009 * MONTHS, time.size),
            measure=measure,
            level=np.zeros(series, dtype=np.int64),
            effect=effect,
        )


def _remembered(
    rng: np.random.Generator, series: int, months: int, deviation: float, memory: float
) -> Floats:
    """Return autoregressive noise of order one, (series, months)."""
    noise = rng.normal(0.0, 1.0, (series, months))
    for month in range(1, months):
        fresh = np.sqrt(1.0 - memory**2) * noise[:, month]
        noise[:, month] = memory * noise[:, month - 1] + fresh
    return np.asarray(deviation * noise)


def _drawn(rng: np.random.Generator, mean: Floats, dispersion: float) -> Floats:
    if dispersion == 1.0:
        return rng.poisson(mean).astype(np.float64)
    shape = mean / (dispersion - 1.0)
    return rng.poisson(rng.gamma(shape, mean / shape)).astype(np.float64)


def real(
    counts: Floats, first: int, measure: Integers, level: Integers, *, leave_out: tuple[int, int]
) -> Iterator[Launched]:
    """Launch operations that never were, half a year apart.

    Args:
        counts: (series, months).
        first: The first month, as months since the year 0.
        measure: (series,) index of the measure.
        level: (series,) index of the level of areas.
        leave_out: The first and last month that no window may hold, as months since the year 0.
    """
    width = BEFORE + GAP + AHEAD
    for start in range(0, counts.shape[1] - width + 1, 6):
        if first + start + width > leave_out[0] and first + start <= leave_out[1]:
            continue
        yield Launched(
            counts=counts[:, start : start + width],
            months=_months(first + start, width),
            measure=measure,
            level=level,
        )


def _months(first: int, many: int) -> Months:
    places = first + np.arange(many)
    days = [calendar.monthrange(int(one) // MONTHS, int(one) % MONTHS + 1)[1] for one in places]
    of_year = np.asarray(places % MONTHS + 1, dtype=np.int64)
    return Months(of_year=of_year, days=np.array(days, dtype=np.float64))


Estimate = Callable[[Launched], Iterator[tuple[int, Floats, Floats, Floats]]]
"""Gives horizon, log effect, reach and expected count, (series,) each."""


def product(one: Launched) -> Iterator[tuple[int, Floats, Floats, Floats]]:
    """Measure as the product does."""
    yield from _against(one, comparison=None)


def compared(one: Launched) -> Iterator[tuple[int, Floats, Floats, Floats]]:
    """Measure against each measure's first three areas together, which are then left out."""
    place = _place_in_measure(one.measure)
    theirs = np.stack(
        [one.counts[(one.measure == m) & (place < 3)].sum(axis=0) for m in np.unique(one.measure)]
    )
    yield from _against(one, comparison=theirs, usable=place >= 3)


def _place_in_measure(measure: Integers) -> Integers:
    counted = pd.Series(measure).groupby(measure).cumcount()
    return np.asarray(counted.to_numpy(), dtype=np.int64)


def _against(
    one: Launched, *, comparison: Floats | None, usable: NDArray[np.bool_] | None = None
) -> Iterator[tuple[int, Floats, Floats, Floats]]:
    counts = one.counts if usable is None else np.where(usable[:, None], one.counts, np.nan)
    placebos = placebo_launches(counts, one.months, launch=BEFORE, gap=GAP)
    observed, expected = _since(counts, one.months)
    log_effect, chance = log_ratio(observed, expected), chance_of_effect(observed, expected)
    theirs = None
    if comparison is not None:
        # The product's comparison areas are not touched by the operation.
        untouched = comparison.copy()
        untouched[:, BEFORE + GAP :] /= 1.0 + one.effect
        seen, wanted = (part[one.measure] for part in _since(untouched, one.months))
        log_effect, chance = log_effect - log_ratio(seen, wanted), chance + chance_variance(wanted)
        found = placebo_launches(untouched, one.months, launch=BEFORE, gap=GAP)
        theirs = Placebos(
            observed=found.observed[one.measure], expected=found.expected[one.measure]
        )
    tau2 = drift(
        placebos, measure=one.measure, level=one.level, over=since_launch, comparison=theirs
    )
    for horizon in HORIZONS:
        at = horizon - 1
        yield horizon, log_effect[:, at], reach(chance[:, at], tau2[:, at]), expected[:, at]


def _since(counts: Floats, months: Months) -> tuple[Floats, Floats]:
    expected = counterfactual(counts, months, before=BEFORE)
    return since_launch(counts[:, BEFORE + GAP :]), since_launch(expected[:, BEFORE + GAP :])


def textbook(one: Launched) -> Iterator[tuple[int, Floats, Floats, Floats]]:
    """Measure by segmented quasi-Poisson regression with its in-sample standard error.

    Source: Bernal, Cummins and Gasparrini (2017), model 3: step, trend and two harmonics.
    """
    for horizon in HORIZONS:
        end = BEFORE + GAP + horizon
        time = np.arange(end)
        angle = 2.0 * np.pi * one.months.of_year[:end] / MONTHS
        waves = [wave(n * angle) for n in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
        step = (time >= BEFORE + GAP) * 1.0
        design = np.column_stack([np.ones(end), step, (time - BEFORE) / MONTHS, *waves])
        counts = one.counts[:, :end].copy()
        counts[:, BEFORE : BEFORE + GAP] = np.nan
        offset = np.broadcast_to(np.log(one.months.days[:end]), counts.shape)
        fit = fit_poisson(counts, design, offset=offset)
        variance = np.linalg.inv(fit.information)[:, 1, 1] * pearson_dispersion(counts, fit)
        after = fit.mean[:, BEFORE + GAP :].sum(axis=1)
        expected = after / np.exp(fit.coefficients[:, 1])
        yield (
            horizon,
            fit.coefficients[:, 1],
            NORMAL_95 * np.sqrt(np.maximum(variance, 0.0)),
            expected,
        )


def scored(launches: Iterator[Launched], estimate: Estimate) -> pd.DataFrame:
    """Return one row for each series, launch and horizon that an effect is told of."""
    frames = []
    for number, one in enumerate(launches):
        before = one.counts[:, BEFORE - 3 : BEFORE].sum(axis=1)
        year = one.counts[:, BEFORE - 3 - MONTHS : BEFORE - MONTHS].sum(axis=1)
        rise = (before - year) / np.sqrt(np.maximum(before + year, 1.0))
        is_high = rise >= np.nanquantile(rise, HIGH)
        for horizon, log_effect, reached, expected in estimate(one):
            told = np.isfinite(log_effect) & np.isfinite(reached) & (expected >= LEAST_EXPECTED)
            frames.append(
                pd.DataFrame(
                    {
                        "launch": number,
                        "months": horizon,
                        "level": one.level[told],
                        "expected": expected[told],
                        "error": log_effect[told] - np.log1p(one.effect),
                        "estimate": log_effect[told],
                        "reach": reached[told],
                        "is_high": is_high[told],
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage of the 95% interval, and what was found, by level of areas and months since."""
    covered = rows["error"].abs() <= rows["reach"]
    told = pd.DataFrame(
        {
            "level": rows["level"],
            "months": rows["months"],
            "estimates": 1,
            "coverage": covered,
            "fall_found": rows["estimate"] < -rows["reach"],
            "rise_found": rows["estimate"] > rows["reach"],
            "bias": rows["error"],
            "rms_error": rows["error"] ** 2,
            "half_width": rows["reach"],
        }
    ).groupby(["level", "months"])
    table = told.mean()
    table["estimates"] = told["estimates"].sum()
    table["rms_error"] = np.sqrt(table["rms_error"])
    after_high = rows[rows["is_high"]].assign(covered=covered)
    table["coverage_after_high"] = after_high.groupby(["level", "months"])["covered"].mean()
    table["bias_after_high"] = after_high.groupby(["level", "months"])["error"].mean()
    return table


def read_daily(path: Path) -> tuple[Floats, int]:
    """Read daily counts as counts by month, (series, months), with the first month.

    Columns: date, count, and any others, which together name the series.
    """
    table = pd.read_csv(path, parse_dates=["date"])
    names = [one for one in table.columns if one not in ("date", "count")]
    table["series"] = table[names].fillna("").agg(" | ".join, axis=1)
    place = table["date"].dt.year * MONTHS + table["date"].dt.month - 1
    wide = table.assign(place=place).pivot_table(
        index="series", columns="place", values="count", aggfunc="sum"
    )
    first, last = int(place.min()), int(place.max())
    return wide.reindex(columns=range(first, last + 1)).to_numpy(dtype=np.float64), first


COVID: Final = (2020 * MONTHS + 2, 2022 * MONTHS + 2)
"""March 2020 to March 2022: windows that hold any of it are left out."""


def main() -> None:
    """Run one part of the bench and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--forces", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--monthly", type=Path)
    parser.add_argument("--daily", type=Path)
    given = parser.parse_args()
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.precision", 3)
    if given.simulated:
        for scenario in SCENARIOS:
            for effect in EFFECTS:
                made = simulated(scenario, effect, given.forces, given.seed)
                print(f"\n{scenario.name}, true effect {effect:+.0%}")
                print(summary(scored(made, product)))
    if given.monthly:
        data = read_monthly(given.monthly)
        first = data.first_year * MONTHS + 3
        for estimate in (product, compared, textbook):
            made = real(data.counts, first, data.measure, data.level, leave_out=COVID)
            print(f"\n{given.monthly.name}, {estimate.__name__}")
            print(summary(scored(made, estimate)))
    if given.daily:
        counts, first = read_daily(given.daily)
        nought = np.zeros(len(counts), dtype=np.int64)
        for estimate in (product, textbook):
            made = real(counts, first, nought, nought, leave_out=COVID)
            print(f"\n{given.daily.name}, {estimate.__name__}")
            print(summary(scored(made, estimate)))


if __name__ == "__main__":
    main()
