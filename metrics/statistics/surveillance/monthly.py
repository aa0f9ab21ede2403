"""Surveillance of sources that only report by month: windows of one month and of three.

The same hierarchy and the same out-of-sample variance as the daily detector.  What a month cannot
give: no weekday profile and no special days, no search for steps nobody announced, and a verdict
only after the month has closed: at best a few weeks after a surge began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.errors import UserError
from metrics.statistics.glm import fit_robust_poisson, pearson_parts
from metrics.statistics.surveillance import constants
from metrics.statistics.surveillance.child import ChildModel
from metrics.statistics.surveillance.hindcast import Hindcasts
from metrics.statistics.surveillance.history import Layout
from metrics.statistics.surveillance.variance import (
    area_doubt,
    drift_variance,
    weekly_dispersion,
)
from metrics.statistics.surveillance.verdict import Surveillance, verdicts

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

WINDOWS: Final = (1, 3)
WINDOW_DAYS: Final = (30, 91)
GUARD: Final = 3
"""Newest months that do not train."""

TRAINING: Final = 48
FULL: Final = 21
"""Recorded training months for trend and season: two years less the guard."""

LEVEL: Final = 9
"""Recorded training months for a level: one year less the guard."""

HINDCASTS: Final = 24
"""Forecasts made again, one a month."""

BASE_TERMS: Final = 6
MONTH_DAYS: Final = 365.25 / 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyHistory:
    """Counts by month.

    Attributes:
        counts: (series, months) float64, NaN = not recorded, never zero.
        first_month: Calendar month of the first column, 1 to 12.
        days: (months,) days of each month.
        layout: How the series hang together.
        changes: (measure, column) of announced changes of recording practice; list a change once
            more for each total that contains the measure.
    """

    counts: Array
    first_month: int
    days: Array
    layout: Layout
    changes: Sequence[tuple[int, int]] = ()


def assess_month(history: MonthlyHistory, month: int) -> Surveillance:
    """Judge the windows that end with a month.

    Args:
        history: Counts by month; columns after `month` are not looked at.
        month: Column of the month.

    Returns:
        Verdicts with `windows` in months.  A window with a month that was not recorded has none.

    Raises:
        UserError: The counts do not reach `month`.
    """
    if not 0 <= month < history.counts.shape[1]:
        raise UserError(
            f"There are {history.counts.shape[1]} months of counts; month {month} is not one.",
            hint="Load counts up to the month that is to be assessed.",
        )
    model = _fit(history, month)
    hindcasts = _hindcasts(history, month)
    dispersion = weekly_dispersion(history.layout, _in_weeks(model.children))
    drift = drift_variance(history.layout, hindcasts, dispersion)
    observed, expected = _windows(history, model, month)
    phi = (dispersion * area_doubt(history.layout))[:, None] + expected * drift
    return verdicts(history.layout, observed, expected, phi, windows=WINDOWS, days=WINDOW_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Parents' and children's coefficients as of a month."""

    as_of: int
    rows: Indices
    parents: Array
    steps: Array
    parent_months: Array
    children: ChildModel


def _fit(history: MonthlyHistory, as_of: int) -> _Model:
    rows = np.unique(history.layout.parent)
    steps = _steps(history, rows, as_of)
    newest = np.where(np.isfinite(steps), steps, -np.inf).max(axis=1, initial=-np.inf)
    # A step just announced is learnt from every month since, until the guard has passed them.
    last = np.maximum(np.minimum(newest + GUARD + 2, as_of), as_of - GUARD)
    columns = np.arange(max(0, as_of - GUARD - TRAINING + 1), as_of + 1)
    weights = (columns <= last[:, None]) * ~np.isnan(history.counts[rows][:, columns])
    months = weights.sum(axis=1).astype(np.float64)
    offset = np.broadcast_to(_log_length(history, columns), weights.shape)
    parents = fit_robust_poisson(
        history.counts[rows][:, columns],
        _parent_design(history, columns, as_of, steps),
        offset=offset,
        weights=weights.astype(np.float64),
        penalty=_parent_penalty(months, steps.shape[1]),
    )
    model = _Model(
        as_of=as_of, rows=rows, parents=parents.coefficients, steps=steps,
        parent_months=months, children=_no_children(),
    )  # fmt: skip
    return _with_children(history, model)


def _with_children(history: MonthlyHistory, model: _Model) -> _Model:
    last = model.as_of - GUARD
    columns = np.arange(max(0, last - TRAINING + 1), last + 1)
    counts = history.counts[:, columns]
    offset = _log_parent(history, model, columns)
    recorded = ~np.isnan(counts)
    months = recorded.sum(axis=1).astype(np.float64)
    start = np.zeros((len(counts), 4))
    total = np.where(recorded, counts, 0.0).sum(axis=1)
    start[:, 0] = np.log((total + 0.5) / ((recorded * np.exp(offset)).sum(axis=1) + 0.5))
    fit = fit_robust_poisson(
        counts,
        _season(history, columns, model.as_of, harmonics=1),
        offset=offset,
        penalty=_child_penalty(months),
        start=start,
    )
    pearson, freedom = pearson_parts(counts, fit)
    children = ChildModel(
        coefficients=fit.coefficients, weeks=months, pearson=pearson, freedom=freedom
    )
    return _Model(
        as_of=model.as_of, rows=model.rows, parents=model.parents, steps=model.steps,
        parent_months=model.parent_months, children=children,
    )  # fmt: skip


def _windows(history: MonthlyHistory, model: _Model, month: int) -> tuple[Array, Array]:
    """(series, windows) counts and expectations; a missing month leaves its windows without."""
    columns = np.arange(max(0, month - max(WINDOWS) + 1), month + 1)
    design = _season(history, columns, model.as_of, harmonics=1)
    expected = np.exp(_log_parent(history, model, columns) + model.children.coefficients @ design.T)
    which = np.searchsorted(model.rows, history.layout.parent)
    unfitted = (model.children.weeks < LEVEL) | (model.parent_months[which] < LEVEL)
    expected[unfitted] = np.nan
    counts = history.counts[:, columns]
    observed = [
        counts[:, -length:].sum(axis=1) if len(columns) >= length else np.full(len(counts), np.nan)
        for length in WINDOWS
    ]
    predicted = [expected[:, -length:].sum(axis=1) for length in WINDOWS]
    return np.column_stack(observed), np.column_stack(predicted)


def _hindcasts(history: MonthlyHistory, month: int) -> Hindcasts:
    months = range(max(GUARD + LEVEL, month - HINDCASTS + 1), month + 1)
    pairs = [_windows(history, _fit(history, past), past) for past in months]
    shape = (0, len(history.counts), len(WINDOWS))
    return Hindcasts(
        days=np.array(months, dtype=np.intp),
        observed=np.stack([one[0] for one in pairs]) if pairs else np.empty(shape),
        expected=np.stack([one[1] for one in pairs]) if pairs else np.empty(shape),
    )


def _steps(history: MonthlyHistory, rows: Indices, as_of: int) -> Array:
    measures = history.layout.measure[rows]
    known = [
        sorted({float(month) for measure, month in history.changes if measure == one})
        for one in measures
    ]
    slots = max(map(len, known), default=0)
    padded = [months + [np.inf] * (slots - len(months)) for months in known]
    steps = np.array(padded, dtype=np.float64).reshape(len(rows), slots)
    return np.where((steps > as_of - TRAINING) & (steps <= as_of), steps, np.inf)


def _parent_design(history: MonthlyHistory, columns: Indices, as_of: int, steps: Array) -> Array:
    base = _season(history, columns, as_of, harmonics=2)
    held = (columns[:, None] >= steps[:, None, :]).astype(np.float64)
    return np.concatenate([np.broadcast_to(base, (len(steps), *base.shape)), held], axis=2)


def _log_parent(history: MonthlyHistory, model: _Model, columns: Indices) -> Array:
    """(series, columns) log expected count of each series' parent."""
    design = _parent_design(history, columns, model.as_of, model.steps)
    linear = np.einsum("pct,pt->pc", design, model.parents) + _log_length(history, columns)
    return np.asarray(linear[np.searchsorted(model.rows, history.layout.parent)])


def _season(history: MonthlyHistory, columns: Indices, origin: int, *, harmonics: int) -> Array:
    angle = 2.0 * np.pi * (columns + history.first_month - 0.5) / 12.0
    waves = [wave(order * angle) for order in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones(len(columns)), (columns - origin) / 12.0, *waves])


def _log_length(history: MonthlyHistory, columns: Indices) -> Array:
    return np.asarray(np.log(history.days[columns] / MONTH_DAYS), dtype=np.float64)


def _parent_penalty(months: Array, slots: int) -> Array:
    short = months < FULL
    penalty = np.zeros((len(months), BASE_TERMS + slots))
    penalty[:, 1] = np.where(short, constants.FIXED_PRECISION, constants.PARENT_TREND_PRECISION)
    penalty[:, 2:BASE_TERMS] = np.where(
        short, constants.SHORT_SEASON_PRECISION, constants.PARENT_SEASON_PRECISION
    )[:, None]
    penalty[:, BASE_TERMS:] = constants.STEP_PRECISION
    return penalty


def _child_penalty(months: Array) -> Array:
    short = months < FULL
    penalty = np.zeros((len(months), 4))
    penalty[:, 1] = np.where(short, constants.FIXED_PRECISION, constants.CHILD_TREND_PRECISION)
    season = np.where(short, constants.FIXED_PRECISION, constants.CHILD_SEASON_PRECISION)
    penalty[:, 2:] = season[:, None]
    return penalty


def _no_children() -> ChildModel:
    nothing = np.empty(0)
    return ChildModel(
        coefficients=np.empty((0, 4)), weeks=nothing, pearson=nothing, freedom=nothing
    )


def _in_weeks(children: ChildModel) -> ChildModel:
    """Months told in the unit that `weekly_dispersion` compares with its minimum."""
    enough = np.where(children.weeks >= LEVEL, constants.LEVEL_WEEKS, 0)
    return ChildModel(
        coefficients=children.coefficients,
        weeks=enough.astype(np.float64),
        pearson=children.pearson,
        freedom=children.freedom,
    )
