"""The real months of data.police.uk: what the files hold is what the dashboards add up to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from math import isnan
from pathlib import Path

import pandas as pd
import pytest

from bot import daily
from bot.app import App
from bot.figures import find_figures
from metrics.calendar import Window, month_end
from metrics.dashboards import DashboardName, make_dashboard
from metrics.model import AreaId, Level
from metrics.snapshot import SnapshotKind
from tests.journeys.conftest import NOW, a_run, an_app, quiet

REFERENCE = os.environ.get("THREATDESK_REFERENCE")
PLAN = "leicestershire-policeuk"
LATER = NOW.replace(year=2024, month=6)

pytestmark = pytest.mark.skipif(
    REFERENCE is None, reason="THREATDESK_REFERENCE names no folder of published files"
)


@pytest.fixture(scope="module")
def files() -> Path:
    return Path(str(REFERENCE)) / "data" / "policeuk" / "leicestershire"


@pytest.fixture(scope="module")
def app(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The product with every published month loaded."""
    data = tmp_path_factory.mktemp("real")
    (data / "policeuk").symlink_to(files)
    shutil.copy(Path(__file__).parents[2] / "demonstration" / "population.csv", data)
    with an_app(data, f"sqlite:///{data / 'desk.db'}", plan=PLAN) as made:
        results = daily.load(
            made.sources,
            database=made.database,
            catalogue=made.catalogue,
            rules=made.rules,
            now=LATER,
            progress=quiet,
        )
        assert [result.problem for result in results] == [None] * len(results)
        yield made


@pytest.fixture(scope="module")
def published(files: Path, app: App) -> pd.DataFrame:
    """Count the files' own rows by month, district and crime type, by pandas alone."""
    months = []
    for path in sorted(files.glob("*-street.csv.gz")):
        rows = pd.read_csv(path, usecols=["Month", "LSOA name", "Crime type"], dtype="str")
        months.append(rows)
    rows = pd.concat(months)
    names = {area.name: area.id for area in app.catalogue.at_level(Level.CSP)} | {
        "Leicester": AreaId("leicester-city")
    }
    district = rows["LSOA name"].str.replace(r" \d{3}[A-Z]$", "", regex=True)
    rows["area"] = district.map(names).fillna("not located")
    return rows.groupby(["Month", "Crime type", "area"]).size().rename("rows").reset_index()


def month_of(app: App, month: str) -> Mapping[tuple[str, str], float]:
    """Return the month's count by (crime type, area) as the daily job gives it."""
    day = month_end(date.fromisoformat(f"{month}-01"))
    positions = a_run(app, day, now=LATER)[0].snapshot.positions
    areas = [app.catalogue.force, *app.catalogue.at_level(Level.CSP)]
    return {
        (kind.name, area.id): positions.get(
            app.catalogue.recorded(kind.id).id, area.id
        ).values[Window.MONTH]
        for kind in app.catalogue.crime_types.values()
        if not kind.is_total
        for area in areas
    }  # fmt: skip


MONTHS = sorted(
    path.name[:7]
    for path in (Path(REFERENCE) / "data" / "policeuk" / "leicestershire").glob("*-street.csv.gz")
) if REFERENCE else []  # fmt: skip


@pytest.mark.parametrize("month", MONTHS)
def test_partnerships_and_the_rest_add_up_to_the_files_own_rows(
    app: App, published: pd.DataFrame, month: str
) -> None:
    rows = published[published["Month"] == month]
    expected = {
        (str(kind), str(area)): int(count)
        for kind, area, count in zip(rows["Crime type"], rows["area"], rows["rows"], strict=True)
    }

    ours = month_of(app, month)

    for area in app.catalogue.at_level(Level.CSP):
        for kind in {kind for kind, _ in ours}:
            assert ours[kind, area.id] == expected.get((kind, area.id), 0), (kind, area.id)
    for kind in {kind for kind, _ in ours}:
        total = sum(count for (one, _), count in expected.items() if one == kind)
        assert ours[kind, app.catalogue.force.id] == total, kind


def test_a_missing_month_is_missing_and_not_zero(app: App) -> None:
    positions = a_run(app, date(2024, 4, 30), now=LATER)[0].snapshot.positions
    position = positions.get(app.catalogue.total_crime().id, app.catalogue.force.id)

    assert position.values[Window.YTD] > 0
    assert isnan(position.values[Window.LYTD])
    assert isnan(position.values[Window.ROLLING_12])
    assert position.figures[Window.ROLLING_12].days_missing == 245


def test_asked_in_a_gap_the_figures_stand_at_the_last_month_before_it(app: App) -> None:
    positions = a_run(app, date(2023, 6, 15), now=LATER)[0].snapshot.positions

    position = positions.get(app.catalogue.total_crime().id, app.catalogue.force.id)

    assert position.to == date(2022, 10, 31)


def test_areas_that_the_files_do_not_know_are_not_at_zero(app: App) -> None:
    positions = a_run(app, date(2022, 10, 31), now=LATER)[0].snapshot.positions

    lpu = positions.get(app.catalogue.total_crime().id, AreaId("city-centre"))

    assert isnan(lpu.values[Window.MONTH])


def test_the_csp_table_shows_what_lies_in_no_partnership(app: App) -> None:
    a_run(app, date(2022, 10, 31), now=LATER)
    figures = find_figures(app.database, kind=SnapshotKind.MONTH_END, as_at=date(2022, 10, 31))

    made = make_dashboard(figures, DashboardName.CSP, None)

    *parts, total = [row.cells[0].value for row in made.rows]
    assert made.rows[-2].label == "Not located in a CSP"
    assert sum(parts) == total
