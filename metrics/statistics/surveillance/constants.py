"""The constants of the detector, each with its origin.

"Measured" means chosen on simulated police-like years whose truth is known, and confirmed on years
that were not looked at while choosing (docs/methods/surveillance.md, "Evidence").
"""

from __future__ import annotations

from typing import Final

WINDOWS: Final = (7, 28, 56)
"""Days summed, ending today.  Measured: short windows find surges, long ones find drifts."""

SCORE_OFFSETS: Final = (2.40, 1.99, 1.81)
"""-log10 p of each window at which it raises an equal share of false alerts.  Measured."""

GUARD_DAYS: Final = 91
"""The newest days that do not train a model: a running deterioration must not explain itself."""

TRAINING_WEEKS: Final = 208
"""Four years."""

FULL_WEEKS: Final = 91
"""Recorded training weeks for a full model: two years less the guard."""

LEVEL_WEEKS: Final = 39
"""Recorded training weeks for a level of one's own under the parent's trend and season: one year
less the guard."""

PARENT_TREND_PRECISION: Final = 25.0
"""Prior of the force's yearly trend: sd 20% a year."""

PARENT_SEASON_PRECISION: Final = 4.0
"""Prior of each harmonic term of the force: sd 0.5 on the log scale, hardly a constraint."""

SHORT_SEASON_PRECISION: Final = 100.0
"""The same with less than two years of training: sd 0.1.  Not measured."""

STEP_PRECISION: Final = 10.0
"""Prior of a recording step: sd 0.32 on the log scale."""

CHILD_TREND_PRECISION: Final = 900.0
"""Prior of an area's trend against the force's: sd 3.3% a year.  Measured."""

CHILD_SEASON_PRECISION: Final = 400.0
"""Prior of an area's harmonic terms against the force's: sd 0.05.  Measured."""

FIXED_PRECISION: Final = 1e9
"""A coefficient with this precision is zero in effect: too little history for it."""

STEP_MARGIN_WEEKS: Final = 13
"""Weeks needed on either side of a step nobody announced."""

STEP_LIMIT: Final = 6.0
"""Score statistic from which a step nobody announced is accepted.  Measured."""

STEPS_SEARCHED: Final = 2
"""Most steps nobody announced that are accepted in four years of one measure."""

RECENT_CHANGE_DAYS: Final = GUARD_DAYS + 56
"""For this many days after an announced change the force model trains without its guard."""

NEW_STEP_DAYS: Final = 365
"""The doubt about a step's size is added to the variance for so long.  Measured with the former."""

PROFILE_DAYS: Final = 1096
"""Days of the weekday profile and of the special days: three years."""

PROFILE_PRIOR: Final = 20.0
"""Crimes added to both sides of observed / expected by weekday: small measures stay flat."""

SPECIAL_PRIOR: Final = 5.0
"""Crimes added to both sides of observed / expected on special days."""

DISPERSION_RANGE: Final = (1.0, 3.0)
"""Bounds of a measure's weekly dispersion."""

HINDCAST_DAYS: Final = 800
"""How far back forecasts are made again to see how wrong they were."""

HINDCAST_STEP: Final = 28
"""Days between two such forecasts."""

LARGEST_SQUARE: Final = 50.0
"""Squared errors count at most this many times their variance: one past catastrophe is not drift.
Measured on real daily series, whose errors have longer tails than simulated ones."""

AREA_DOUBT: Final = 1.055
"""Widens the dispersion of single areas.  Measured on real daily series (docs/methods/
surveillance.md, "Evidence"); without it they had p < 0.01 on 1.3% of days."""

MEASURE_PSEUDO: Final = 6.0
"""Pseudo-observations by which a measure's drift variance is drawn to its level's."""

SERIES_PSEUDO: Final = 8.0
"""Pseudo-observations by which a series' drift variance is drawn to its measure's."""

PRIOR_DRIFT: Final = 0.02
"""Drift variance before any forecast could be checked: sd 14%.  Cautious, not measured."""

SMALLEST_DRIFT: Final = 1e-4
"""Drift variance of a level is taken as at least this: sd 1%."""

MIN_SHARE_RECORDED: Final = 0.8
"""Share of a window's days that must be recorded for a verdict."""

MIN_EXPECTED: Final = 2.0
"""Expected count in the longest window below which a series gets no verdict of its own."""

MIN_COUNT: Final = 5.0
"""Count needed in a window to be scored: seen for a rise, expected for a fall.  The rule of
Farrington et al. (1996), 5 reports in 4 weeks; on Noufaily's scenarios it raised the detection
rate at a false-positive rate of 0.1%."""
