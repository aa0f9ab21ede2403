"""Counts and expectations summed over the last days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.surveillance import constants

Array = NDArray[np.float64]


def window_sums(counts: Array, expected: Array, windows: tuple[int, ...]) -> tuple[Array, Array]:
    """Sum the last days of counts and of expectations, over the recorded days only.

    Args:
        counts: (series, days), the newest day last.  NaN = not recorded: such a day counts in
            neither sum, so that a gap is never read as zero.
        expected: (series, days), of the same days.
        windows: Lengths in days.

    Returns:
        (series, windows) observed and expected.  Observed is NaN where less than
        `MIN_SHARE_RECORDED` of the window's days were recorded, or where the counts do not reach
        back far enough.
    """
    recorded = ~np.isnan(counts)
    days = counts.shape[1]
    observed = np.full((len(counts), len(windows)), np.nan)
    predicted = np.full((len(counts), len(windows)), np.nan)
    filled, scaled = np.where(recorded, counts, 0.0), np.where(recorded, expected, 0.0)
    no_model = np.isnan(expected).any(axis=1)
    for index, length in enumerate(windows):
        newest = slice(max(0, days - length), days)
        share = recorded[:, newest].sum(axis=1) / length
        enough = share >= constants.MIN_SHARE_RECORDED
        observed[:, index] = np.where(enough, filled[:, newest].sum(axis=1), np.nan)
        predicted[:, index] = scaled[:, newest].sum(axis=1)
    predicted[no_model] = np.nan
    return observed, predicted
