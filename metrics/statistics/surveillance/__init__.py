"""Surveillance of many count series: is any of them deteriorating beyond what is expected?

`fit` learns what is normal, `assess` compares a day with it.
"""

from metrics.statistics.surveillance.detector import (
    SurveillanceState,
    assess,
    fit,
    has_new_forecast,
)
from metrics.statistics.surveillance.hindcast import ForecastCache
from metrics.statistics.surveillance.history import (
    Direction,
    History,
    Layout,
    LevelIndex,
    RecordingChange,
)
from metrics.statistics.surveillance.verdict import NoVerdict, Surveillance

__all__ = [
    "Direction",
    "ForecastCache",
    "History",
    "Layout",
    "LevelIndex",
    "NoVerdict",
    "RecordingChange",
    "Surveillance",
    "SurveillanceState",
    "assess",
    "fit",
    "has_new_forecast",
]
