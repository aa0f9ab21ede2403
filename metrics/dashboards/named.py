"""The dashboards by the names that people ask for them by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final

from metrics.dashboards.all_crime import all_crime
from metrics.dashboards.csp import csp
from metrics.dashboards.explanation import Explanation, explain
from metrics.dashboards.long_term import long_term
from metrics.dashboards.plan import plan
from metrics.dashboards.scorecard import scorecard
from metrics.dashboards.table import Dashboard
from metrics.dashboards.targets import targets
from metrics.model import Area, AreaId, Catalogue, MeasureId
from metrics.snapshot import Figures, Snapshot, SnapshotKind


class DashboardName(StrEnum):
    """The dashboards that can be asked for."""

    ALL_CRIME = "all-crime"
    TARGETS = "targets"
    SCORECARD = "scorecard"
    PLAN = "plan"
    CSP = "csp"
    LONG_TERM = "long-term"

    @property
    def usual_kind(self) -> SnapshotKind:
        """What is watched from day to day is daily; board papers use the last month end."""
        daily = self in (DashboardName.ALL_CRIME, DashboardName.TARGETS, DashboardName.SCORECARD)
        return SnapshotKind.DAILY if daily else SnapshotKind.MONTH_END


def make_dashboard(
    figures: Figures, name: DashboardName, area: str | None, *, crime_type: str | None = None
) -> Dashboard:
    """Make a dashboard from figures that were kept.

    Args:
        area: Its id, name or alias; the force if None.
        crime_type: Of the CSP table: which crime type; all crime if None.

    Raises:
        UnknownName: There is no such area or crime type.
    """
    snapshot, catalogue = figures.snapshot, figures.catalogue
    place = catalogue.area(area) if area else catalogue.force
    if name is DashboardName.CSP:
        kind = catalogue.crime_type(crime_type).id if crime_type else None
        return csp(snapshot, catalogue, place, crime_type=kind)
    return MAKERS[name](snapshot, catalogue, place)


def explain_claim(
    figures: Figures,
    measure: str,
    area: str | None,
    *,
    hidden: Collection[tuple[MeasureId, AreaId]] = (),
) -> Explanation:
    """Put together everything that is known of one measure in one area.

    Args:
        measure: Its id, name or alias.
        area: Its id, name or alias; the force if None.
        hidden: Measures in areas that are not named among what moved it.

    Raises:
        UnknownName: There is no such measure or area.
    """
    snapshot, catalogue = figures.snapshot, figures.catalogue
    place = catalogue.area(area) if area else catalogue.force
    about = catalogue.measure(measure)
    return explain(snapshot, catalogue, about, place, rule=catalogue.rule, hidden=hidden)


MAKERS: Final[Mapping[DashboardName, Callable[[Snapshot, Catalogue, Area], Dashboard]]] = {
    DashboardName.ALL_CRIME: all_crime,
    DashboardName.TARGETS: targets,
    DashboardName.SCORECARD: scorecard,
    DashboardName.PLAN: plan,
    DashboardName.LONG_TERM: long_term,
}
