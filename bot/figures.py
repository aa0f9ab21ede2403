"""Figures that have been kept: found by day, and read under the catalogue they were made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.catalogue import catalogue_from
from metrics import dashboards
from metrics.calendar import say_date
from metrics.dashboards import Dashboard, Explanation
from metrics.errors import UserError
from metrics.model import Area, Catalogue
from metrics.snapshot import Snapshot, SnapshotKind
from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import SqlSnapshots


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A snapshot, and the catalogue it was made with."""

    snapshot: Snapshot
    catalogue: Catalogue


def find_figures(database: Database, *, kind: SnapshotKind | None, as_at: date | None) -> Figures:
    """Return the newest figures on or before a day.

    Args:
        kind: Daily or month-end figures; either, whichever is newer, if None.
        as_at: The day; the newest there are if None.

    Raises:
        UserError: There are none.
    """
    with database.reading() as session:
        snapshot = SqlSnapshots(session).newest(kind=kind, as_at=as_at)
        if snapshot is None:
            raise _nothing(kind, as_at)
        texts = SqlCatalogues(session).files(snapshot.catalogue_version)
    if texts is None:
        raise UserError(
            f"The plan that snapshot {snapshot.id} was made with is not in the database.",
            hint="Restore the database from a backup.",
        )
    return Figures(snapshot=snapshot, catalogue=catalogue_from(texts))


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
        return dashboards.csp(snapshot, catalogue, place, crime_type=kind)
    return _MAKERS[name](snapshot, catalogue, place)


def explain_claim(figures: Figures, measure: str, area: str | None) -> Explanation:
    """Put together everything that is known of one measure in one area.

    Args:
        measure: Its id, name or alias.
        area: Its id, name or alias; the force if None.

    Raises:
        UnknownName: There is no such measure or area.
    """
    snapshot, catalogue = figures.snapshot, figures.catalogue
    place = catalogue.area(area) if area else catalogue.force
    return dashboards.explain(
        snapshot, catalogue, catalogue.measure(measure), place, rule=catalogue.rule
    )


_MAKERS: dict[DashboardName, Callable[[Snapshot, Catalogue, Area], Dashboard]] = {
    DashboardName.ALL_CRIME: dashboards.all_crime,
    DashboardName.TARGETS: dashboards.targets,
    DashboardName.SCORECARD: dashboards.scorecard,
    DashboardName.PLAN: dashboards.plan,
    DashboardName.LONG_TERM: dashboards.long_term,
}


def _nothing(kind: SnapshotKind | None, as_at: date | None) -> UserError:
    what = {None: "", SnapshotKind.DAILY: "daily ", SnapshotKind.MONTH_END: "month-end "}[kind]
    when = f" on or before {say_date(as_at)}" if as_at else ""
    day = f" --as-at {as_at}" if as_at else ""
    return UserError(
        f"There are no {what}figures{when}.",
        hint=f"Make them with `threatdesk run{day}`.",
    )
