"""The dashboards of the papers, made from what a snapshot keeps, by arithmetic alone.

Every dashboard is the same kind of thing: a table whose cells know their unit, with its as-at
date, its caveats and its source.  How it looks is decided elsewhere.
"""

from metrics.dashboards.all_crime import all_crime
from metrics.dashboards.csp import csp
from metrics.dashboards.explanation import Explanation, Line, Section, explain
from metrics.dashboards.long_term import long_term
from metrics.dashboards.named import DashboardName, explain_claim, make_dashboard
from metrics.dashboards.plan import plan
from metrics.dashboards.scorecard import scorecard
from metrics.dashboards.table import Cell, Column, Dashboard, Row, Unit
from metrics.dashboards.targets import targets

__all__ = [
    "Cell",
    "Column",
    "Dashboard",
    "DashboardName",
    "Explanation",
    "Line",
    "Row",
    "Section",
    "Unit",
    "all_crime",
    "csp",
    "explain",
    "explain_claim",
    "long_term",
    "make_dashboard",
    "plan",
    "scorecard",
    "targets",
]
