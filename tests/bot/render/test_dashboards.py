"""Dashboards in a terminal and as files."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from rich.console import Console

from bot.render.export import to_csv, to_json, to_xlsx
from bot.render.text import print_dashboard
from metrics.dashboards import Cell, Column, Dashboard, Row, Unit
from metrics.model import AreaId, MeasureId
from metrics.snapshot import SnapshotKind


def a_dashboard(label: str = "Boat theft") -> Dashboard:
    columns = ("Year to date", "Change %", "Rank", "Empty")
    return Dashboard(
        name="all-crime",
        title="all crime against last year",
        area="Saltmarsh",
        as_at=date(2020, 12, 11),
        kind=SnapshotKind.DAILY,
        snapshot="abc123",
        columns=tuple(Column(name=name, meaning="…", is_detail=name == "Rank") for name in columns),
        rows=(
            Row(
                label=label,
                measure=MeasureId("boat-theft.recorded"),
                area=AreaId("saltmarsh"),
                cells=(
                    Cell(value=1141, unit=Unit.COUNT),
                    Cell(value=0.028, unit=Unit.CHANGE_PROPORTION),
                    Cell(value=math.nan, unit=Unit.RANK),
                    Cell(),
                ),
            ),
        ),
        caveats=("SYNTHETIC",),
        source="Snapshot abc123, from crimes",
    )


def printed(dashboard: Dashboard, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    print_dashboard(dashboard, console)
    return console.export_text()


def test_the_page_says_what_where_when_and_from_what() -> None:
    page = printed(a_dashboard())

    assert "Saltmarsh: all crime against last year" in page
    assert "As at 11 December 2020, provisional daily figures" in page
    assert "1,141" in page
    assert "+2.8%" in page
    assert "SYNTHETIC" in page
    assert "Snapshot abc123" in page


def test_a_column_with_nothing_to_say_is_left_away() -> None:
    assert "Empty" not in printed(a_dashboard())


def test_what_there_is_no_room_for_is_left_out_and_said_details_first() -> None:
    dashboard = a_dashboard()
    known = Cell(value=3, unit=Unit.RANK)
    cells = (*dashboard.rows[0].cells[:2], known, Cell())
    row = Row(label="Boat theft", measure=MeasureId("m"), area=AreaId("a"), cells=cells)

    page = printed(
        Dashboard(
            **{name: getattr(dashboard, name) for name in dashboard.__slots__} | {"rows": (row,)}
        ),
        width=26,
    )

    assert "No room here for: Rank" in " ".join(page.split())
    assert "1,141" in page


def a_judged_dashboard() -> Dashboard:
    """A dashboard of long names, with a column of words and a detail after it."""
    columns = (
        Column(name="Change", meaning="…"),
        Column(name="Significance", meaning="…"),
        Column(name="Year end", meaning="…", is_detail=True),
    )
    row = Row(
        label="A crime type with rather a long name",
        measure=MeasureId("m"),
        area=AreaId("a"),
        cells=(
            Cell(value=1141, unit=Unit.CHANGE),
            Cell(words="not tested: definition changed"),
            Cell(value=59488, unit=Unit.COUNT),
        ),
    )
    return replace(a_dashboard(), columns=columns, rows=(row,))


@pytest.mark.parametrize("width", [50, 60, 70, 90, 120])
def test_words_are_never_cut_off_at_the_edge(width: int) -> None:
    page = printed(a_judged_dashboard(), width=width)

    assert {"not", "tested:", "definition", "changed"} <= set(page.split())
    assert {"A", "crime", "type", "with", "rather", "a", "long", "name"} <= set(page.split())


def test_a_detail_makes_room_for_words() -> None:
    page = " ".join(printed(a_judged_dashboard(), width=56).split())

    assert "No room here for: Year end." in page
    assert "definition" in page


def test_a_detail_goes_before_words_that_stand_to_its_right() -> None:
    dashboard = a_judged_dashboard()
    [row] = dashboard.rows
    made = replace(
        dashboard,
        columns=(*reversed(dashboard.columns),),
        rows=(replace(row, cells=(*reversed(row.cells),)),),
    )

    page = " ".join(printed(made, width=56).split())

    assert "No room here for: Year end." in page
    assert "definition" in page


def test_a_name_makes_room_for_what_is_no_detail() -> None:
    dashboard = a_judged_dashboard()
    [row] = dashboard.rows
    made = replace(
        dashboard,
        columns=dashboard.columns[:2],
        rows=(replace(row, cells=row.cells[:2]),),
    )

    assert "definition" in printed(made, width=46)


def test_markup_in_a_name_is_only_text() -> None:
    assert "[bold red]Boats[/]" in printed(a_dashboard("[bold red]Boats[/]"))


def test_csv_keeps_figures_in_full_and_unknown_empty() -> None:
    header, line, *_ = csv.reader(io.StringIO(to_csv(a_dashboard())))

    assert header == ["name", "measure", "area", "Year to date", "Change %", "Rank", "Empty"]
    assert line[3:] == ["1141", "0.028", "", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_cannot_be_run_as_a_formula(start: str) -> None:
    dashboard = a_dashboard(f"{start}1+1")

    _, line, *_ = csv.reader(io.StringIO(to_csv(dashboard)))
    sheet = load_workbook(io.BytesIO(to_xlsx(dashboard))).active

    assert line[0].startswith("'")
    assert sheet is not None
    assert sheet["A4"].data_type == "s"


def test_json_can_be_read_and_says_null_for_what_is_not_known() -> None:
    content = json.loads(to_json(a_dashboard()))

    values = content["rows"][0]["values"]
    assert values["Year to date"] == {"value": 1141, "unit": "count"}
    assert values["Rank"]["value"] is None
    assert content["as_at"] == "2020-12-11"


def test_a_workbook_holds_numbers_with_their_format_and_the_caveats() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(a_dashboard()))).active

    assert sheet is not None
    assert sheet["B4"].value == 1141
    assert sheet["C4"].number_format.startswith("+0.0%")
    assert sheet["D4"].value is None
    texts = [cell.value for cell in sheet["A"]]
    assert "SYNTHETIC" in texts
