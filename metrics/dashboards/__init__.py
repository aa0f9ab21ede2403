"""The dashboards of the papers, made from positions by arithmetic alone.

Every dashboard is the same kind of thing: a table whose cells know their unit, with its as-at
date, its caveats and its source.  How it looks is decided elsewhere.
"""

from metrics.dashboards.all_crime import all_crime
from metrics.dashboards.csp import csp
from metrics.dashboards.long_term import long_term
from metrics.dashboards.plan import plan
from metrics.dashboards.table import Cell, Column, Dashboard, Row, Unit
from metrics.dashboards.targets import targets

__all__ = [
    "Cell",
    "Column",
    "Dashboard",
    "Row",
    "Unit",
    "all_crime",
    "csp",
    "long_term",
    "plan",
    "targets",
]
