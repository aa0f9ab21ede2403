"""Whether forces differ on a measure by more than chance, and which of them stand apart.

What a force does not define as the others do, may not tell, or holds only to an earlier day is
left out by name and with the reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.replies.forces import MAY_LAG, ForceHeld, Together
from bot.replies.judged import Judged
from metrics.calendar import Window, say_date
from metrics.model import Measure, MeasureId, MeasureKind, Polarity
from metrics.statistics.homogeneity import homogeneity
from metrics.statistics.peers import MINIMUM_FORCES, PER, PeerVerdict, peer_positions
from metrics.statistics.proportions import wilson_interval

Floats = NDArray[np.float64]

WINDOW: Final = Window.ROLLING_12
"""Forces are compared over the last 12 months, whatever the season."""

NO_DISPERSION: Final = 1.0
"""The least that counts stray: as chance alone would have it."""

LEAST_DISPERSION: Final = 0.05
"""Of proportions near 1: so that a few answers never look certain."""


class Basis(StrEnum):
    """What the figures of several forces are compared as."""

    RATE = "rate"  # counts per 1,000 people
    SHARE = "share"  # proportions of what is counted or asked
    NOTHING = "nothing"  # as given: not compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One force in a comparison."""

    force: ForceHeld
    judged: Judged
    count: float  # over 12 months: of a proportion, what is counted above the line
    of: float  # people; of a proportion, what it is of; NaN: not known
    value: float  # per 1,000 people, or a proportion; NaN: not known
    low: float  # 95% interval of the force's own
    high: float
    verdict: PeerVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure in every force that it is alike in."""

    measure: Measure
    basis: Basis
    places: tuple[Place, ...]
    left_out: tuple[tuple[str, str], ...]  # forces by name, and why
    p_value: float  # of forces that do not differ being so far apart; adjusted; NaN: not tested
    group_low: float  # what is usual among the forces; NaN with fewer than four
    group_high: float

    @property
    def tested(self) -> tuple[Place, ...]:
        """The forces whose figures were tested."""
        return tuple(one for one in self.places if not math.isnan(one.value))

    @property
    def apart(self) -> tuple[Place, ...]:
        """The forces that stand significantly above or below what is usual among them."""
        usual = (PeerVerdict.IN_LINE, PeerVerdict.NOT_TESTABLE)
        return tuple(one for one in self.places if one.verdict not in usual)


def compare(forces: Together, measures: Sequence[MeasureId]) -> tuple[Compared, ...]:
    """Compare forces on measures, all tested together.

    Returns:
        One comparison for each measure that any of the forces defines, in the order given.
    """
    alike = [one for id_ in measures if (one := _alike(forces, id_))]
    if not alike:
        return ()
    counts, of = _table(forces, alike)
    dispersion = np.array([_dispersion(one, counts[n], of[n]) for n, one in enumerate(alike)])
    better = [one.measure.polarity is not Polarity.HIGHER_IS_BETTER for one in alike]
    funnel = peer_positions(counts, of, dispersion=dispersion, lowest_is_best=better)
    differ = homogeneity(counts, of, dispersion=dispersion)
    return tuple(
        Compared(
            measure=one.measure,
            basis=one.basis,
            places=tuple(
                _place(
                    one,
                    force,
                    count=float(counts[row, column]),
                    of=float(of[row, column]),
                    ends=(
                        float(funnel.rate_low[row, column]),
                        float(funnel.rate_high[row, column]),
                    ),
                    verdict=PeerVerdict(str(funnel.verdict[row, column])),
                )
                for column, force in enumerate(forces.held)
                if force.id in one.judged
            ),
            left_out=one.left_out,
            p_value=float(differ.p_adjusted[row]),
            group_low=_scaled(one.basis, float(funnel.group_low[row])),
            group_high=_scaled(one.basis, float(funnel.group_high[row])),
        )
        for row, one in enumerate(alike)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """One measure with the forces in which it is the same quantity, to the same day."""

    measure: Measure
    basis: Basis
    judged: Mapping[str, Judged]  # by force
    left_out: tuple[tuple[str, str], ...]


def _alike(forces: Together, id_: MeasureId) -> _Alike | None:
    """Find the forces whose figures of a measure can be put side by side; None: it is nowhere."""
    defined = [one for one in forces.held if id_ in one.definitions]
    if not defined:
        return None
    # What most of them count; of equals, what the first in the region's order does.
    usual = Counter(one.definitions[id_] for one in defined).most_common(1)[0][0]
    why: dict[str, str] = {}
    judged: dict[str, Judged] = {}
    for one in forces.held:
        if id_ not in one.definitions:
            why[one.name] = "its plan has no such measure"
        elif differs := usual.differs(one.definitions[id_]):
            why[one.name] = f"its plan differs in {' and '.join(differs)}"
        elif id_ in one.hidden:
            why[one.name] = one.hidden[id_]
        else:
            judged[one.id] = one.shown[id_]
    _leave_out_what_is_behind(forces, judged, why)
    measure = next((one.measure for one in judged.values()), None)
    if measure is None:
        return None
    return _Alike(
        measure=measure, basis=_basis(measure), judged=judged, left_out=tuple(why.items())
    )


def _leave_out_what_is_behind(
    forces: Together, judged: dict[str, Judged], why: dict[str, str]
) -> None:
    """Take out the forces whose figures of this measure end before those of the others."""
    ends = {force: one.position.to for force, one in judged.items()}
    newest = max((day for day in ends.values() if day is not None), default=None)
    for force in forces.held:
        day = ends.get(force.id)
        if force.id not in ends:
            continue
        if day is None or newest is None:
            why[force.name] = "nothing has been recorded"
        elif newest - day > MAY_LAG[force.kind]:
            why[force.name] = f"its figures end on {say_date(day)}"
        else:
            continue
        del judged[force.id]


def _basis(measure: Measure) -> Basis:
    if measure.kind.is_rate:
        return Basis.SHARE
    return Basis.RATE if measure.kind is MeasureKind.RECORDED else Basis.NOTHING


def _table(forces: Together, alike: Sequence[_Alike]) -> tuple[Floats, Floats]:
    """Return what is counted and what it is of, (measures, forces); NaN: not held."""
    counts = np.full((len(alike), len(forces.held)), np.nan)
    of = np.full_like(counts, np.nan)
    for row, one in enumerate(alike):
        for column, force in enumerate(forces.held):
            judged = one.judged.get(force.id)
            if judged is None or one.basis is Basis.NOTHING:
                continue
            figure = judged.position.figures[WINDOW]
            share = one.basis is Basis.SHARE
            counts[row, column] = figure.numerator if share else judged.position.values[WINDOW]
            of[row, column] = figure.denominator if share else judged.position.population
    unknown = np.isnan(counts) | np.isnan(of)
    counts[unknown] = np.nan
    return counts, of


def _dispersion(one: _Alike, counts: Floats, of: Floats) -> float:
    """Return how far figures stray: of counts, as the most restless force's do from year to year.

    Of a proportion p the variance of a count is 1 - p of what it would be of a rate.
    """
    if one.basis is Basis.SHARE:
        held = ~np.isnan(counts)
        total = float(of[held].sum())
        pooled = float(counts[held].sum()) / total if total else 0.0
        return max(1.0 - pooled, LEAST_DISPERSION)
    known = [judged.assessment.last_year.dispersion for judged in one.judged.values()]
    return max([NO_DISPERSION, *(phi for phi in known if math.isfinite(phi))])


def _place(
    one: _Alike,
    force: ForceHeld,
    *,
    count: float,
    of: float,
    ends: tuple[float, float],
    verdict: PeerVerdict,
) -> Place:
    low, high = ends
    value = math.nan
    if one.basis is Basis.SHARE:
        value = count / of if of > 0 else math.nan
        low, high = (float(end) for end in wilson_interval(count, of))
    elif one.basis is Basis.RATE:
        value = _scaled(one.basis, PER * count / of) if of > 0 else math.nan
    return Place(
        force=force,
        judged=one.judged[force.id],
        count=count,
        of=of,
        value=value,
        low=low,
        high=high,
        verdict=verdict,
    )


def _scaled(basis: Basis, rate: float) -> float:
    """Return a rate per 1,000 as it is shown: of a proportion, 0-1."""
    return rate / PER if basis is Basis.SHARE else rate


def is_ranked(compared: Compared) -> bool:
    """Whether enough forces are held to say which stand apart, not only whether they differ."""
    return len(compared.tested) >= MINIMUM_FORCES
