"""The public papers the figures come from, and the days they stand at."""

from __future__ import annotations

from datetime import date

BOARD = "Strategic Assurance Board performance report, December 2013"
ANNUAL = "Police and Crime Commissioner annual report 2013/14 (Police and Crime Panel, July 2014)"
TREND = "Police and Crime Panel performance report, March 2014, Appendix A"
DASHBOARD = "Plan dashboard, period ended December 2015 (Police and Crime Panel, March 2016)"

YEAR_START = date(2013, 4, 1)
YEAR_END = date(2014, 3, 31)
BASELINE_START = date(2012, 4, 1)
BASELINE_END = date(2013, 3, 31)
# The board paper compares with peers to 30 November 2013, the last complete month before it, and
# satisfaction is a monthly rolling figure: it stands at 30 November, not at the day of the crimes.
SATISFACTION_MONTH_END = date(2013, 11, 30)
LATEST_START = date(2015, 1, 1)
LATEST_END = date(2015, 12, 31)  # "period ended December 2015"
