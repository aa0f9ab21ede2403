"""Outcomes: how many are given in each span, on which crimes, on which day, and of which kind.

Outcomes count on the day they are given.  Every crime first draws the day on which it *would* be
closed with a positive outcome; each span then takes exactly its number of outcomes from the
crimes whose day falls in it.  The other crimes are filed after a while, or are still under
investigation on the last day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demonstration.crime_types import CRIME_TYPES, TYPE_IDS, type_index
from demonstration.figures import FigureKind, Integers
from demonstration.flags import Flags
from demonstration.outcome_totals import (
    BATCHES,
    NOWHERE,
    UNITS,
    command_units,
    flag_targets,
    strict_groups,
    unit_targets,
)
from demonstration.periods import BOARD_DAY, DAYS, SPANS, YEAR_TO_DATE, day_number, span_of_days
from demonstration.published import PUBLISHED
from demonstration.records import Records

Reals = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

POSITIVE = (
    "Charge/summons",
    "Caution",
    "Community resolution",
    "Penalty notice",
    "Cannabis warning",
    "Taken into consideration",
)
FILED = (
    "Filed - no suspect identified",
    "Filed - evidential difficulties",
    "Filed - not in the public interest",
)
KINDS = (*POSITIVE, *FILED)
_TIC = POSITIVE.index("Taken into consideration")

_LONGEST_LAG = 300
_SAME_DAYS_SHARE = 0.30  # outcomes given within three days of recording
# Share of each positive kind, in the order of POSITIVE.
_MIXES: dict[str, tuple[float, ...]] = {
    "drugs": (0.34, 0.17, 0.07, 0.06, 0.36, 0.0),
    "shoplifting": (0.52, 0.14, 0.18, 0.14, 0.0, 0.02),
    "public-order": (0.52, 0.16, 0.14, 0.18, 0.0, 0.0),
    "domestic-burglary": (0.76, 0.03, 0.03, 0.0, 0.0, 0.18),
    "burglary-other-than-dwelling": (0.74, 0.06, 0.06, 0.0, 0.0, 0.14),
    "theft-of-motor-vehicle": (0.72, 0.08, 0.08, 0.0, 0.0, 0.12),
    "theft-from-motor-vehicle": (0.68, 0.07, 0.07, 0.0, 0.0, 0.18),
    "all-other-theft": (0.58, 0.16, 0.18, 0.02, 0.0, 0.06),
    "rape": (0.97, 0.03, 0.0, 0.0, 0.0, 0.0),
}
_USUAL_MIX = (0.62, 0.19, 0.17, 0.02, 0.0, 0.0)
_FILED_MIX = (0.74, 0.21, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Per crime: index in `KINDS`, and the day number; -1 for under investigation."""

    kind: Integers
    day: Integers


class NotEnoughCrimesError(ValueError):
    """A span has to give more outcomes than there are crimes to give them to."""


def give(
    records: Records,
    flags: Flags,
    totals: Integers,
    solved: dict[str, tuple[int, int]],
    rng: np.random.Generator,
) -> Outcomes:
    """The outcome of every crime.

    Args:
        records: Crimes in order of recording.
        flags: Flags of the same crimes.
        totals: Crimes per (span, type, area).
        solved: Outcomes in City and in Counties, 2013/14 to the board day, per crime type.
        rng: Source of every random number used.
    """
    unit = command_units(records)
    day, priority, batched = _possible_days(records, flags, unit, rng)
    span = span_of_days(day)
    positive = np.zeros(records.count, dtype=np.bool_)
    injured = flags.domestic & (records.crime_type == type_index("violence-with-injury"))
    # Records without a place get no flagged outcomes, so that City and Counties add up.
    placed = unit != NOWHERE
    _take(
        positive,
        flags.hate & placed,
        span,
        priority,
        flag_targets(records, flags.hate, "hate-crime"),
    )
    _take(
        positive,
        injured & placed,
        span,
        priority,
        flag_targets(records, injured, "domestic-violence-with-injury"),
    )
    targets = unit_targets(totals, solved)
    group = (span * len(TYPE_IDS) + records.crime_type) * UNITS + unit
    inside = span >= 0
    done = np.bincount(group[positive & inside], minlength=targets.size)
    _take(
        positive,
        ~flags.hate & ~injured & inside,
        group,
        priority,
        targets.ravel() - done,
        strict=strict_groups(targets),
    )
    closed = _filed_days(records, positive, day, rng)
    kind = _kinds(records, positive, batched, rng)
    kind[closed < 0] = -1
    return Outcomes(kind=kind, day=closed)


def _possible_days(
    records: Records, flags: Flags, unit: Integers, rng: np.random.Generator
) -> tuple[Integers, Reals, Booleans]:
    """For each crime: the day of a possible outcome, its place in the queue, and if in a batch."""
    mean = np.array([crime_type.lag for crime_type in CRIME_TYPES])[records.crime_type]
    later = rng.gamma(1.3, mean / 1.3)
    quick = rng.random(records.count) < _SAME_DAYS_SHARE
    lag = np.where(quick, rng.integers(0, 4, records.count), np.minimum(later, _LONGEST_LAG))
    day = records.day + lag.astype(np.int64)
    priority = rng.random(records.count)
    batched = np.zeros(records.count, dtype=np.bool_)
    plain = ~(flags.hate | flags.domestic)
    for batch in BATCHES:
        number = day_number(batch.day)
        able = np.flatnonzero(
            (records.crime_type == type_index(batch.crime_type))
            & (unit == batch.unit)
            & (records.day >= number - 240)
            & (records.day <= number - 14)
            & plain
            & ~batched
        )
        admitted = rng.choice(able, batch.count, replace=False)
        day[admitted], priority[admitted], batched[admitted] = number, -1.0, True
    return day, priority, batched


def _take(
    positive: Booleans,
    able: Booleans,
    group: Integers,
    priority: Reals,
    wanted: Integers,
    *,
    strict: Booleans | None = None,
) -> None:
    """Mark the `wanted` first of each group as positive, in place.

    Where a group that is not strict has too few, it takes what there is.

    Raises:
        NotEnoughCrimesError: If a strict group has too few able crimes, or already too many.
    """
    candidates = np.flatnonzero(able & (group >= 0))
    key = group[candidates]
    have = np.bincount(key, minlength=wanted.size)
    short = (have < wanted) | (wanted < 0)
    if (short if strict is None else short & strict).any():
        raise NotEnoughCrimesError(
            "Fewer crimes than published outcomes: widen the lags or the rates."
        )
    order = candidates[np.lexsort((priority[candidates], key))]
    starts = np.cumsum(have) - have
    rank = np.arange(order.size) - np.repeat(starts, have)
    positive[order[rank < np.repeat(wanted, have)]] = True


def _filed_days(
    records: Records, positive: Booleans, possible: Integers, rng: np.random.Generator
) -> Integers:
    """The day each crime was closed, positively or by filing; -1 while under investigation."""
    mean = np.array([crime_type.filing for crime_type in CRIME_TYPES])[records.crime_type]
    filed = records.day + 1 + rng.exponential(mean).astype(np.int64)
    closed = np.where(positive, possible, filed)
    for figure in PUBLISHED:
        if figure.kind is FigureKind.UNDER_INVESTIGATION:
            _hold_open(records, positive, closed, type_index(figure.subject), figure.scaled)
    return np.where(closed >= DAYS, -1, closed)


def _hold_open(
    records: Records, positive: Booleans, closed: Integers, crime_type: int, pending: int
) -> None:
    """Move filing days, in place, so that `pending` of the year's crimes are open on the day.

    The crimes that close last stay open; as few days move as possible.
    """
    board = day_number(BOARD_DAY)
    this_year = (
        (records.crime_type == crime_type)
        & (records.day >= SPANS[YEAR_TO_DATE].start)
        & (records.day <= board)
    )
    wanted = pending - int((this_year & positive & (closed > board)).sum())
    filed = np.flatnonzero(this_year & ~positive)
    order = filed[np.argsort(-closed[filed], kind="stable")]
    open_still, shut = order[:wanted], order[wanted:]
    closed[open_still] = np.maximum(closed[open_still], board + 1 + np.arange(wanted) % 21)
    late = shut[closed[shut] > board]
    closed[late] = np.maximum(records.day[late], board - np.arange(late.size) % 14)


def _kinds(
    records: Records, positive: Booleans, batched: Booleans, rng: np.random.Generator
) -> Integers:
    """Which outcome or reason for filing each crime has, as an index in `KINDS`."""
    mixes = np.array([_MIXES.get(crime_type, _USUAL_MIX) for crime_type in TYPE_IDS])
    edges = np.cumsum(mixes, axis=1)[records.crime_type]
    chance = rng.random(records.count)
    given = np.minimum((chance[:, None] >= edges).sum(axis=1), len(POSITIVE) - 1)
    given = np.where(batched, _TIC, given)
    filed = np.searchsorted(np.cumsum(_FILED_MIX)[:-1], chance, side="right") + len(POSITIVE)
    return np.where(positive, given, filed).astype(np.int64)
