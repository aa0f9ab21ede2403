"""A table on a phone: figures whole and side by side, words below the names, nothing unsaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.render.teams_limits import weight
from bot.render.teams_tables import Layout, layout, table_elements
from bot.replies import Table, TableColumn, TableRow
from tests.bot.render.samples import CSP

[CRIMES] = [block for block in CSP.blocks if isinstance(block, Table)]

ROOM = 60_000


def figures(*names: str, detail: str = "") -> tuple[TableColumn, ...]:
    columns = tuple(TableColumn(name=name, is_number=True) for name in names)
    return (*columns, TableColumn(name=detail, is_detail=True)) if detail else columns


def a_table(columns: tuple[TableColumn, ...], *rows: tuple[str, ...]) -> Table:
    made = tuple(TableRow(label=row[0], cells=row[1:]) for row in rows)
    return Table(caption="Crimes", label="Type", columns=columns, rows=made)


def beats(number: int) -> Table:
    rows = tuple(TableRow(label=f"Beat {n}", cells=("7",)) for n in range(number - 1))
    total = TableRow(label="Total", cells=("2,093",), is_total=True)
    return replace(a_table(figures("Crimes")), rows=(*rows, total))


def grid(elements: list[dict[str, Any]]) -> dict[str, Any]:
    [table] = [element for element in elements if element["type"] == "Table"]
    return table


def cells(table: dict[str, Any], row: int) -> list[list[str]]:
    return [[item["text"] for item in cell["items"]] for cell in table["rows"][row]["cells"]]


def test_figures_stand_side_by_side_and_the_rest_below_the_name() -> None:
    table = grid(table_elements(CRIMES, ROOM))

    assert cells(table, 0) == [["Crime type"], ["This year"], ["Change"], ["Change %"]]
    assert cells(table, 1) == [
        ["All crime", "Rank of 9: 4th; 12 months: ▃▃▄▅▅▆"], ["7,012"], ["+168"], ["+2.5%"],
    ]  # fmt: skip


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    columns = (TableColumn(name="Level"), *figures("Now"))

    table = grid(table_elements(a_table(columns, ("Theft", "High", "7")), ROOM))

    sides = [column.get("horizontalCellContentAlignment") for column in table["columns"]]
    assert sides == [None, "Left", "Right"]


def test_the_row_of_names_is_the_table_s_head_and_totals_are_bold() -> None:
    table = grid(table_elements(CRIMES, ROOM))

    assert table["firstRowAsHeader"] is True
    last = table["rows"][-1]["cells"]
    assert [cell["items"][0].get("weight") for cell in last] == ["Bolder"] * 4
    assert "weight" not in table["rows"][1]["cells"][0]["items"][0]


def test_columns_of_words_go_below_however_much_room_there_is() -> None:
    columns = (TableColumn(name="Why"), *figures("Now"))

    made = layout(a_table(columns, ("Theft", "more than chance explains", "7")))

    assert made == Layout(beside=(1,), below=(0,), left_out=())


def test_details_are_shown_only_where_everything_else_stands_beside() -> None:
    few = a_table(figures("Now", detail="Month"), ("Theft", "7", "3"))
    many = a_table(
        figures("Now", "Then", "Change", "Target", "Gap", "Rank", detail="Month"),
        ("Theft", *["1,234"] * 6, "3"),
    )

    assert layout(few).beside == (0, 1)
    assert layout(many).left_out == (6,)
    assert sorted([*layout(many).beside, *layout(many).below]) == [0, 1, 2, 3, 4, 5]


def test_the_details_left_out_are_named() -> None:
    *_, remark = table_elements(CRIMES, ROOM)

    assert remark["text"] == "… No room here for: Last year, p, Rate per 1,000."


def test_no_figure_gets_less_room_than_it_takes() -> None:
    """On the narrowest screen that is reckoned with, six and two thirds pixels to a letter."""
    names = ("Year to date", "Last year", "Change", "Change %")
    rows = [("Theft", "105,352", "105,208", "+1,144", "+12.8%")]

    table = grid(table_elements(a_table(figures(*names), *rows), ROOM))

    whole = sum(column["width"] for column in table["columns"])
    for cell, column in zip(table["rows"][1]["cells"][1:], table["columns"][1:], strict=True):
        room = column["width"] / whole * 320 - 17  # the space and the line beside a cell
        assert len(cell["items"][0]["text"]) * 6.67 <= room


def test_a_client_without_tables_is_told_row_by_row() -> None:
    fallback = grid(table_elements(CRIMES, ROOM))["fallback"]

    assert fallback["facts"][0] == {
        "title": "All crime",
        "value": "This year: 7,012; Change: +168; Change %: +2.5%; Rank of 9: 4th; "
        "12 months: ▃▃▄▅▅▆",
    }


def test_a_table_without_room_is_told_row_by_row_with_every_row() -> None:
    elements = table_elements(CRIMES, 6_000)

    [facts] = [element for element in elements if element["type"] == "FactSet"]
    assert len(facts["facts"]) == len(CRIMES.rows)
    assert elements[-1]["text"] == "… No room here for: Last year, p, Rate per 1,000."


def test_rows_without_room_are_counted_and_the_total_stays() -> None:
    elements = table_elements(beats(300), 5_000)

    [facts] = [element for element in elements if element["type"] == "FactSet"]
    left_out = 300 - len(facts["facts"])
    assert facts["facts"][-1] == {"title": "Total", "value": "Crimes: 2,093"}
    assert elements[-1]["text"] == f"… {left_out} more rows left out."
    assert weight(elements) <= 5_000


def test_a_table_of_nothing_says_so() -> None:
    elements = table_elements(replace(CRIMES, rows=()), ROOM)

    assert elements[-1]["text"] == "There is nothing to show."


def test_a_row_with_too_few_cells_has_empty_ones() -> None:
    table = grid(table_elements(a_table(figures("Now", "Then"), ("Theft", "7")), ROOM))

    assert cells(table, 1) == [["Theft"], ["7"], ["–"]]


def test_rows_without_a_heading_have_none() -> None:
    table = grid(table_elements(replace(beats(3), label=""), ROOM))

    assert table["rows"][0]["cells"][0]["items"] == []
