"""Six years of daily crime counts of a simulated force, with known deteriorations.

python -m bench.generators.police --seed 11 --out DIR [--null]

30 measures (27 and 3 totals) in 25 areas (20 small areas in 4 BCUs, and the force): 750 series,
about 60,000 crimes a year; the last 365 days are the test year.  The daily mean of a measure in a
small area is level x trend x season x weekday x special days x latent noise (of the measure by day
and by week, of the small area by week) x past bursts x steps in recording practice x injected
deteriorations; counts are negative binomial.  Every record also arrives with a delay.  With --null
the deteriorations are listed but not applied: what is "detected" then is chance.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

FIRST_DAY: Final = date(2007, 4, 1)
DAYS: Final = (date(2013, 3, 31) - FIRST_DAY).days + 1
TEST_START: Final = DAYS - 365
SMALL_AREAS: Final = 20
BCUS: Final = 4
SINGLE_MEASURES: Final = 27
CRIMES_A_YEAR: Final = 60_000.0

MEASURES: Final = tuple(f"m{index:02d}" for index in range(SINGLE_MEASURES))
TOTALS: Final = {
    "all": tuple(range(SINGLE_MEASURES)),
    "acq": tuple(range(12)),
    "viol": tuple(range(12, 20)),
}
"""Totals by name, with the measures they add up."""

BCU_OF: Final = np.arange(SMALL_AREAS) // (SMALL_AREAS // BCUS)
AREAS: Final = {
    **{f"a{index:02d}": np.array([index]) for index in range(SMALL_AREAS)},
    **{f"bcu{index}": np.flatnonzero(index == BCU_OF) for index in range(BCUS)},
    "force": np.arange(SMALL_AREAS),
}
"""Areas by name, with the small areas they add up."""

KINDS: Final = ("step10", "step20", "step40", "ramp40", "burst100")
LONGEST_DELAY: Final = 180
META_COLUMNS: Final = ("series_id", "measure", "area", "level", "annual")
EVENT_COLUMNS: Final = (
    "event", "kind", "scope", "measure", "area", "start", "end", "mult", "snr", "annual",
)  # fmt: skip

AFFECTED_FROM: Final = 0.03
"""A series is affected by a deterioration that lifts its mean by this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deterioration:
    """One injected rise; `start` and `end` are its first and last day."""

    event: int
    kind: str
    scope: str
    measure: int
    small_areas: Indices
    area: str
    start: int
    end: int
    factor: Array

    @property
    def days(self) -> slice:
        """Its days."""
        return slice(self.start, self.end + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """Everything drawn for one seed.  Small-area arrays have shape (measures, areas, days)."""

    counts: NDArray[np.int64]
    base: Array
    lift: Array
    phi: Array
    changes: Sequence[Mapping[str, object]]
    events: Sequence[Deterioration]
    arrivals: tuple[Indices, Indices, Indices, Indices]


def simulate(seed: int, *, null: bool = False) -> Force:
    """Draw one force.  The order of the draws is fixed, so that a seed always gives the same."""
    rng = np.random.default_rng([seed, 77])
    volume = np.exp(rng.normal(0, 0.2, SINGLE_MEASURES))
    volume *= (np.arange(1, SINGLE_MEASURES + 1) ** -1.1)[rng.permutation(SINGLE_MEASURES)]
    volume *= CRIMES_A_YEAR / volume.sum()
    share = rng.dirichlet(np.full(SMALL_AREAS, 6.0), SINGLE_MEASURES)
    log_mean = _log_mean(rng, volume, share)
    _add_bursts(rng, log_mean)
    changes, order = _recording_changes(rng, log_mean)
    base = np.exp(log_mean)
    lift = np.ones(base.shape)
    untouched = [
        measure for measure in rng.permutation(SINGLE_MEASURES) if measure not in order[4:6]
    ]
    events = _deteriorations(rng, lift, volume, share, untouched)
    mean = base if null else base * lift
    phi = rng.uniform(1.0, 1.5, (SINGLE_MEASURES, 1, 1)) + 1e-3
    counts = rng.poisson(rng.gamma(mean / (phi - 1), np.broadcast_to(phi - 1, mean.shape)))
    return Force(
        counts=counts.astype(np.int64), base=base, lift=lift, phi=phi[:, 0, 0],
        changes=changes, events=events, arrivals=_arrivals(rng, counts),
    )  # fmt: skip


def _log_mean(rng: np.random.Generator, volume: Array, share: Array) -> Array:
    """Log daily mean without bursts, steps and deteriorations."""
    day = np.arange(DAYS)
    dates = [FIRST_DAY + timedelta(days=int(one)) for one in day]
    weekday = np.array([one.weekday() for one in dates])
    of_year = np.array([(one - date(one.year, 1, 1)).days for one in dates])
    angle = 2 * np.pi * of_year / 365.25
    trend = rng.normal(-0.02, 0.05, (SINGLE_MEASURES, 1))
    trend = trend + rng.normal(0, 0.02, (SINGLE_MEASURES, SMALL_AREAS))
    amplitude = rng.uniform(0.02, 0.18, (SINGLE_MEASURES, 2)) * np.array([1, 0.4])
    phase = rng.uniform(0, 2 * np.pi, (SINGLE_MEASURES, 2))
    season = amplitude[:, [0]] * np.cos(angle - phase[:, [0]])
    season = season + amplitude[:, [1]] * np.cos(2 * angle - phase[:, [1]])
    profile = rng.normal(0, 1, (SINGLE_MEASURES, 7)) * rng.uniform(0.03, 0.15, (SINGLE_MEASURES, 1))
    profile -= profile.mean(1, keepdims=True)
    special = np.zeros((SINGLE_MEASURES, DAYS))
    new_year = np.array([(one.month, one.day) == (1, 1) for one in dates])
    christmas = np.array([(one.month, one.day) in ((12, 25), (12, 26)) for one in dates])
    special[:, new_year] += rng.uniform(0.0, 0.8, (SINGLE_MEASURES, 1))
    special[:, christmas] -= rng.uniform(0.0, 0.5, (SINGLE_MEASURES, 1))
    week, weeks = day // 7, DAYS // 7 + 2
    of_measure = _autoregressive(rng, weeks, 0.04, (SINGLE_MEASURES,))[:, week]
    of_measure = of_measure + rng.normal(0, 0.06, (SINGLE_MEASURES, DAYS))
    of_area = _autoregressive(rng, weeks, 0.06, (SINGLE_MEASURES, SMALL_AREAS))[:, :, week]
    level = np.log(volume / 365.25)[:, None, None] + np.log(share)[:, :, None]
    drift = trend[:, :, None] * ((day - TEST_START) / 365.25)
    shared = (season + profile[:, weekday] + special + of_measure)[:, None, :]
    return np.asarray(level + drift + shared + of_area, dtype=np.float64)


def _autoregressive(
    rng: np.random.Generator, length: int, sd: float, shape: tuple[int, ...], rho: float = 0.8
) -> Array:
    """Stationary first-order autoregression with standard deviation `sd` along the last axis."""
    noise = rng.normal(0, sd * np.sqrt(1 - rho**2), (*shape, length))
    path = np.empty_like(noise)
    path[..., 0] = rng.normal(0, sd, shape)
    for step in range(1, length):
        path[..., step] = rho * path[..., step - 1] + noise[..., step]
    return path


def _add_bursts(rng: np.random.Generator, log_mean: Array) -> None:
    """Past surges of two to six weeks, about one per small-area series, before the test year."""
    for measure in range(SINGLE_MEASURES):
        for area in range(SMALL_AREAS):
            for _ in range(rng.poisson(1.0)):
                start, length = int(rng.integers(0, TEST_START - 60)), int(rng.integers(14, 43))
                lift = np.log1p(rng.uniform(0.5, 1.5))
                log_mean[measure, area, start : start + length] += lift


def _recording_changes(
    rng: np.random.Generator, log_mean: Array
) -> tuple[list[dict[str, object]], NDArray[np.int64]]:
    """Steps in what is recorded: four before the test year (two announced), two within it."""
    order = rng.permutation(SINGLE_MEASURES)
    changes: list[dict[str, object]] = []
    for index, measure in enumerate(order[:6]):
        factor = float(rng.choice([0.75, 1.15, 1.3, 1.5]))
        if index < 4:
            day, announced = int(rng.integers(TEST_START - 4 * 365, TEST_START - 120)), index % 2
        else:
            day, announced = int(rng.integers(TEST_START + 60, DAYS - 120)), 1
            factor = max(factor, 1.15)
        log_mean[measure, :, day:] += np.log(factor)
        name = MEASURES[measure]
        changes.append({"measure": name, "day": day, "mult": factor, "announced": announced})
    return changes, order


def _deteriorations(
    rng: np.random.Generator, lift: Array, volume: Array, share: Array, untouched: list[int]
) -> list[Deterioration]:
    """Five for the whole force, six in a BCU, twenty in a small area; `lift` is multiplied."""
    events: list[Deterioration] = []

    def kind_and_start() -> tuple[str, int]:
        kind = KINDS[int(rng.integers(0, len(KINDS)))]
        margin = 30 if kind == "burst100" else 120
        return kind, int(rng.integers(TEST_START + 14, DAYS - margin))

    def strike(measure: int, areas: Indices, scope: str, area: str, kind: str, start: int) -> None:
        end = min(start + (14 if kind == "burst100" else 150), DAYS) - 1
        factor = _rise(kind, end - start + 1)
        days = slice(start, end + 1)
        lift[measure, areas, days] *= factor
        events.append(
            Deterioration(
                event=len(events),
                kind=kind,
                scope=scope,
                measure=measure,
                small_areas=areas,
                area=area,
                start=start,
                end=end,
                factor=factor,
            )
        )

    # Local ones sit mostly in the larger measures.
    large = sorted(untouched, key=lambda one: -volume[one] * rng.uniform(0.3, 1))
    for measure in large[12:17]:
        strike(measure, np.arange(SMALL_AREAS), "force", "force", *kind_and_start())
    for measure in large[0:12:2]:
        bcu = int(rng.integers(0, BCUS))
        strike(measure, AREAS[f"bcu{bcu}"], "bcu", f"bcu{bcu}", *kind_and_start())
    for measure in [*large[1:12:2], *large[17:21]]:
        for bcu in rng.choice(BCUS, 2, replace=False):
            inside = AREAS[f"bcu{bcu}"]
            weight = share[measure, inside] / share[measure, inside].sum()
            area = int(rng.choice(inside, p=weight))
            strike(measure, np.array([area]), "leaf", f"a{area:02d}", *kind_and_start())
    return events


def _rise(kind: str, days: int) -> Array:
    """Factor on each day of a deterioration."""
    if kind.startswith("step"):
        return np.full(days, 1 + int(kind.removeprefix("step")) / 100)
    if kind == "ramp40":
        return 1 + 0.4 * np.minimum(1, np.arange(1, days + 1) / 90)
    return np.full(days, 2.0)


def _arrivals(
    rng: np.random.Generator, counts: NDArray[np.int64]
) -> tuple[Indices, Indices, Indices, Indices]:
    """Measure, small area, day and day of arrival of every record."""
    at_once = rng.uniform(0.3, 0.7, SINGLE_MEASURES)
    median = rng.uniform(1.5, 6, SINGLE_MEASURES)
    spread = rng.uniform(0.8, 1.4, SINGLE_MEASURES)
    cells = np.nonzero(counts)
    measure, area, day = (np.repeat(index, counts[cells]) for index in cells)
    late = rng.random(len(measure)) > at_once[measure]
    log_delay = np.log(median[measure]) + spread[measure] * rng.normal(size=len(measure))
    delay = np.where(late, 1 + np.floor(np.exp(log_delay)), 0).astype(np.intp)
    return measure, area, day, day + np.minimum(delay, LONGEST_DELAY)


def roll_up(small: NDArray[np.generic]) -> NDArray[np.generic]:
    """(series, days) of all measures in all areas, from (measures, small areas, days)."""
    by_measure = np.concatenate(
        [small, np.stack([small[np.array(members)].sum(axis=0) for members in TOTALS.values()])]
    )
    everywhere = np.stack(
        [by_measure[:, members].sum(axis=1) for members in AREAS.values()], axis=1
    )
    return everywhere.reshape(-1, small.shape[2])


def write(folder: Path, seed: int, *, null: bool = False) -> None:
    """Write the seven files of one force."""
    folder.mkdir(parents=True, exist_ok=True)
    force = simulate(seed, null=null)
    measures, areas = [*MEASURES, *TOTALS], list(AREAS)
    names = [f"{measure}.{area}" for measure in measures for area in areas]
    counts = roll_up(force.counts)
    annual = roll_up(force.base)[:, TEST_START:].sum(axis=1)
    header = ["series_id", *(f"d{day}" for day in range(DAYS))]
    _write_rows(
        folder / "series.csv",
        header,
        ([name, *row.tolist()] for name, row in zip(names, counts, strict=True)),
    )
    _write_rows(folder / "meta.csv", META_COLUMNS, _meta(annual))
    days = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
    _write_rows(
        folder / "calendar.csv",
        ["day", "date", "test"],
        ([day, one.isoformat(), int(day >= TEST_START)] for day, one in enumerate(days)),
    )
    columns = ["measure", "day", "mult", "announced"]
    rows = ([change[column] for column in columns] for change in force.changes)
    _write_rows(folder / "changes.csv", columns, rows)
    _write_rows(
        folder / "events.csv", EVENT_COLUMNS, (_event_row(force, one) for one in force.events)
    )
    columns = ["event", "series_id", "elevation", "status"]
    _write_rows(folder / "truth_series.csv", columns, _truth(force))
    _write_records(folder / "records.csv.gz", force)


def _meta(annual: Array) -> Iterable[list[object]]:
    rate = iter(annual)
    for measure in [*MEASURES, *TOTALS]:
        for area in AREAS:
            level = "leaf" if area.startswith("a") else "bcu" if area.startswith("b") else "force"
            suffix = "_total" if measure in TOTALS else ""
            crimes = round(float(next(rate)), 1)
            yield [f"{measure}.{area}", measure, area, level + suffix, crimes]


def _event_row(force: Force, one: Deterioration) -> list[object]:
    here = force.base[one.measure, one.small_areas]
    during = here[:, one.days]
    lift = force.lift[one.measure, one.small_areas, one.days]
    spread = np.sqrt((during * force.phi[one.measure]).sum())
    snr = round(float((during * (lift - 1)).sum() / spread), 2)
    annual = round(float(here[:, TEST_START:].sum()), 1)
    peak = float(one.factor.max())
    name = MEASURES[one.measure]
    return [one.event, one.kind, one.scope, name, one.area, one.start, one.end, peak, snr, annual]


def _truth(force: Force) -> Iterable[list[object]]:
    """Which series each deterioration lifts, and by what share."""
    members = {**{name: (index,) for index, name in enumerate(MEASURES)}, **TOTALS}
    for one in force.events:
        for measure, parts in members.items():
            if one.measure not in parts:
                continue
            for area, small_areas in AREAS.items():
                shared = np.intersect1d(small_areas, one.small_areas)
                if not len(shared):
                    continue
                excess = force.base[one.measure, shared, one.days] * (one.factor.max() - 1)
                whole = force.base[np.ix_(np.array(parts), small_areas)][:, :, one.days].sum()
                elevation = float(excess.sum() / whole)
                status = "affected" if elevation >= AFFECTED_FROM else "neutral"
                yield [one.event, f"{measure}.{area}", round(elevation, 4), status]


def _write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _write_records(path: Path, force: Force) -> None:
    measures, areas, days, arrivals = (index.tolist() for index in force.arrivals)
    rows = zip(measures, areas, days, arrivals, strict=True)
    with gzip.open(path, "wt", compresslevel=3) as file:
        file.write("measure,area,day,arrival\n")
        file.writelines(
            f"{MEASURES[measure]},a{area:02d},{day},{arrival}\n"
            for measure, area, day, arrival in rows
        )


def main() -> None:
    """Write one force."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--null", action="store_true", help="list the deteriorations, apply none")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write(arguments.out, arguments.seed, null=arguments.null)
    print(f"seed {arguments.seed}: {len(MEASURES) + len(TOTALS)} measures in {len(AREAS)} areas "
          f"over {DAYS} days -> {arguments.out}")  # fmt: skip


if __name__ == "__main__":
    main()
