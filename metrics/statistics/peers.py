"""Where the force stands among its most similar group: rate, rank, quartile and funnel.

A rate has a chance interval of its own; forces also differ for reasons of their own.  The funnel
adds that between-force variance, so that a force is called significantly above or below its peers
only where it stands out from how much they differ anyway.  Eight forces are few: rank and quartile
are always shown beside the verdict.

Arrays are (measures, forces); NaN where a force's figure is not held.
Docs: docs/methods/comparison.md, "Most similar forces".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from metrics.statistics.verdict import WORD, Flags, Floats, Words, floats

PER: Final = 1000.0
"""Rates are per 1,000 residents (or households)."""

WINSORISED: Final = 0.1
"""Share of the z-scores at each end drawn in before the between-force variance is measured
(Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202)."""

MINIMUM_FORCES: Final = 4
"""With fewer forces held the variance between them cannot be measured at all."""

ZERO_COUNT: Final = 0.5
"""A count of zero has no logarithm: it is read as half a crime."""


SAME_DIGITS: Final = 12
"""Significant digits in which equal rates agree."""


class PeerVerdict(StrEnum):
    """How a force's rate compares with its group's."""

    IN_LINE = "in_line"
    SIGNIFICANTLY_ABOVE = "significantly_above"
    SIGNIFICANTLY_BELOW = "significantly_below"
    NOT_TESTABLE = "not_testable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerPosition:
    """Where every force of the group stands on every measure.

    Attributes:
        rate: Per 1,000, (measures, forces); NaN: not held.
        rate_low: Lower end of the force's own 95% interval.
        rate_high: Upper end.
        rank: 1 = best; ties share the better rank; 0: not held.  (measures, forces)
        tied: Whether another force has the same rate.
        forces: How many forces are held, (measures,).
        quartile: 1 = best quarter of the forces held, 4 = worst; 0: not held.
        group_rate: The group's typical rate per 1,000, (measures,).
        group_low: Lower end of the group's 95% interval, differences between forces included.
        group_high: Upper end.
        between_variance: tau2 of the log rate between forces, (measures,).
        z: (log rate - log group rate) / sqrt(phi / O + tau2), (measures, forces).
        verdict: Values of `PeerVerdict`.
    """

    rate: Floats
    rate_low: Floats
    rate_high: Floats
    rank: NDArray[np.intp]
    tied: Flags
    forces: NDArray[np.intp]
    quartile: NDArray[np.intp]
    group_rate: Floats
    group_low: Floats
    group_high: Floats
    between_variance: Floats
    z: Floats
    verdict: Words


def peer_positions(
    counts: ArrayLike,
    residents: ArrayLike,
    *,
    dispersion: ArrayLike = 1.0,
    lowest_is_best: ArrayLike = True,
    winsorised: float = WINSORISED,
    confidence: float = 0.95,
) -> PeerPosition:
    """Place every force of the group on every measure.

    Args:
        counts: O, (measures, forces), the force's own among them; NaN: not held.
        residents: Population (or households), broadcast to (measures, forces).
        dispersion: phi of each measure, (measures,) or one for all, at least 1.
        lowest_is_best: Whether the lowest rate ranks 1st (crime), (measures,) or one for all.
        winsorised: Share of z-scores drawn in at each end.
        confidence: Of the intervals.

    Returns:
        Positions of all forces; the verdict is "in line" where the force's interval overlaps the
        group's.

    Source: Spiegelhalter 2005 (additive over-dispersion); tau2 by moments after DerSimonian and
        Laird 1986.
    """
    observed, population = np.broadcast_arrays(floats(counts), floats(residents))
    held = ~np.isnan(observed) & (population > 0)
    observed = np.where(held, observed, np.nan)
    phi = np.broadcast_to(floats(dispersion), observed.shape[:1])[:, None]
    rate = observed / np.where(held, population, np.nan) * PER
    usable = np.where(observed > 0, observed, np.where(held, ZERO_COUNT, np.nan))
    log_rate = np.log(usable / np.where(held, population, np.nan) * PER)
    variance = phi / usable
    forces = held.sum(axis=1)
    tau2 = between_variance(log_rate, variance, winsorised=winsorised)
    tau2 = np.where(forces >= MINIMUM_FORCES, tau2, np.nan)
    group, group_variance = _group(log_rate, variance, tau2)
    width = float(special.ndtri(0.5 + confidence / 2.0))
    own = width * np.sqrt(variance)
    spread = width * np.sqrt(tau2 + group_variance)
    rank, tied = _ranks(rate, lowest_is_best)
    apart = log_rate - group[:, None]
    return PeerPosition(
        rate=rate,
        rate_low=np.exp(log_rate - own),
        rate_high=np.exp(log_rate + own),
        rank=rank,
        tied=tied,
        forces=forces,
        quartile=np.ceil(4 * rank / np.maximum(forces, 1)[:, None]).astype(np.intp),
        group_rate=np.exp(group),
        group_low=np.exp(group - spread),
        group_high=np.exp(group + spread),
        between_variance=tau2,
        z=apart / np.sqrt(variance + tau2[:, None]),
        verdict=_verdict(apart, own + spread[:, None]),
    )


def between_variance(
    log_rate: Floats, variance: Floats, *, winsorised: float = WINSORISED
) -> Floats:
    """Return tau2, the variance of the true log rate between forces, by moments.

    Drawing the ends in takes variance away even where nothing is unusual, so the sum of squares
    is divided by what it keeps of a normal sample's; without that two to three times too many
    forces are called different.

    Args:
        log_rate: (measures, forces); NaN: not held.
        variance: Chance variance of each log rate; NaN: not held.
        winsorised: Share of z-scores at each end set to the value at that share; 0: none, which
            is DerSimonian and Laird's estimate.

    Returns:
        (measures,), at least 0; NaN with fewer than two forces.
    """
    weight = 1.0 / variance
    total = np.nansum(weight, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        common = np.nansum(weight * log_rate, axis=1) / total
        z = (log_rate - common[:, None]) * np.sqrt(weight)
        low, high = _quantile(z, winsorised), _quantile(z, 1.0 - winsorised)
        drawn_in = np.clip(z, low[:, None], high[:, None])
        forces = np.sum(~np.isnan(z), axis=1)
        spread = np.nansum(drawn_in**2, axis=1) / _winsorised_variance(winsorised)
        excess = spread - (forces - 1)
        tau2 = excess / (total - np.nansum(weight**2, axis=1) / total)
    return np.where(forces > 1, np.maximum(0.0, tau2), np.nan)


def _winsorised_variance(share: float) -> float:
    """Variance of a standard normal value drawn in to its `share` and 1 - `share` quantiles."""
    if share == 0.0:
        return 1.0
    z = float(special.ndtri(1.0 - share))
    density = math.exp(-(z**2) / 2.0) / math.sqrt(2.0 * math.pi)
    return 1.0 - 2.0 * share - 2.0 * z * density + 2.0 * share * z**2


def _quantile(values: Floats, share: float) -> Floats:
    """Quantile of the recorded values of each row, between neighbours linearly; NaN: none."""
    ordered = np.sort(values, axis=1)  # NaN sorts last
    last = np.maximum(np.sum(~np.isnan(values), axis=1) - 1, 0)
    at = share * last
    below = np.floor(at).astype(np.intp)
    above = np.minimum(below + 1, last)
    rows = np.arange(len(values))
    return np.asarray(
        ordered[rows, below] + (at - below) * (ordered[rows, above] - ordered[rows, below])
    )


def _group(log_rate: Floats, variance: Floats, tau2: Floats) -> tuple[Floats, Floats]:
    """The group's typical log rate and its variance, each force weighted by its certainty."""
    weight = 1.0 / (variance + tau2[:, None])
    total = np.nansum(weight, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nansum(weight * log_rate, axis=1) / total
        return mean, np.where(total > 0, 1.0 / total, np.nan)


def _ranks(rate: Floats, lowest_is_best: ArrayLike) -> tuple[NDArray[np.intp], Flags]:
    """Rank 1 for the best; ties share the better rank; 0 where not held."""
    low_first = np.broadcast_to(np.asarray(lowest_is_best, dtype=bool), rate.shape[:1])
    # Rates that only the last digits of arithmetic tell apart are the same rate.
    size = np.where(rate > 0, rate, 1.0)
    digits = 10.0 ** (SAME_DIGITS - 1 - np.floor(np.log10(size)))
    same = np.round(rate * digits) / digits
    key = np.where(low_first[:, None], same, -same)
    better = np.sum(key[:, None, :] < key[:, :, None], axis=2)
    equal = np.sum(key[:, None, :] == key[:, :, None], axis=2)
    held = ~np.isnan(rate)
    return np.where(held, better + 1, 0).astype(np.intp), np.asarray(equal > 1)


def _verdict(apart: Floats, room: Floats) -> Words:
    """In line where the distance to the group is within both intervals laid end to end."""
    return np.select(
        [np.isnan(apart) | np.isnan(room), apart > room, apart < -room],
        [
            PeerVerdict.NOT_TESTABLE,
            PeerVerdict.SIGNIFICANTLY_ABOVE,
            PeerVerdict.SIGNIFICANTLY_BELOW,
        ],
        default=PeerVerdict.IN_LINE,
    ).astype(WORD)
