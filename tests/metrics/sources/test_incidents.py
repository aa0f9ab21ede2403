"""Incidents by month and area: what is given, what is absent, and totals beside their parts."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.sources import IncidentsSource
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.incidents import COLUMNS, Incidents
from tests.metrics.sources.conftest import a_catalogue, counts, covers, silent

Written = Callable[..., Path]
ASB = "incident.asb"


def delivered(path: Path, catalogue: Catalogue, **changes: object) -> Delivery:
    source = IncidentsSource.model_validate(
        {"kind": "incidents", "name": "incidents", "path": str(path), "max_rejected": 1} | changes
    )
    return Incidents(source, Path()).deliver(catalogue, progress=silent)


def row(month: str = "2024-02", area: str = "east", count: object = 5) -> list[object]:
    return [month, area, "ASB", count]


def test_a_count_stands_on_the_last_day_of_its_month(
    written: Written, catalogue: Catalogue
) -> None:
    delivery = delivered(written("i.csv", COLUMNS, row(), row(area="west", count=7)), catalogue)

    assert counts(delivery) == {("2024-02-29", "east", ASB): 5, ("2024-02-29", "west", ASB): 7}
    assert covers(delivery, ASB) == [("northshire", "2024-02-01", "2024-02-29")]


def test_months_that_follow_each_other_are_one_stretch(
    written: Written, catalogue: Catalogue
) -> None:
    rows = [row(month, "northshire") for month in ("2024-01", "2024-02", "2024-04")]

    delivery = delivered(written("i.csv", COLUMNS, *rows), catalogue)

    assert covers(delivery, ASB) == [
        ("northshire", "2024-01-01", "2024-02-29"),
        ("northshire", "2024-04-01", "2024-04-30"),
    ]


def test_areas_that_do_not_make_up_the_force_do_not_cover_it(
    written: Written, catalogue: Catalogue
) -> None:
    delivery = delivered(written("i.csv", COLUMNS, row()), catalogue)

    assert covers(delivery, ASB) == [("east", "2024-02-01", "2024-02-29")]


def test_the_parts_of_an_area_stand_for_it(written: Written, catalogue: Catalogue) -> None:
    path = written("i.csv", COLUMNS, row(), row(area="West Harbour"))

    assert covers(delivered(path, catalogue), ASB)[0][0] == "northshire"


def test_an_absent_row_is_not_delivered_unless_told_to_be_zero(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("i.csv", COLUMNS, row("2024-01"), row("2024-01", "west"), row("2024-02"))

    gap, zero = delivered(path, catalogue), delivered(path, catalogue, absent_rows="zero")

    assert covers(gap, ASB) == [
        ("east", "2024-02-01", "2024-02-29"),
        ("northshire", "2024-01-01", "2024-01-31"),
    ]
    assert covers(zero, ASB) == [("northshire", "2024-01-01", "2024-02-29")]
    assert "West, 29 February 2024, asb" in gap.remarks[0]


@pytest.mark.parametrize(
    ("total", "rest", "remarked"), [(12, None, False), (15, 3, True), (11, None, True)]
)
def test_a_total_counts_only_what_its_parts_do_not_explain(
    written: Written, catalogue: Catalogue, total: int, rest: int | None, *, remarked: bool
) -> None:
    path = written(
        "i.csv", COLUMNS, row(), row(area="west", count=7), row(area="northshire", count=total)
    )

    delivery = delivered(path, catalogue, force_rows="total")

    assert counts(delivery).get(("2024-02-29", "northshire", ASB)) == rest
    assert any("differ from the sum" in remark for remark in delivery.remarks) is remarked


def test_a_force_row_beside_parts_is_what_was_not_located(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("i.csv", COLUMNS, row(), row(area="", count=2))

    assert sum(counts(delivered(path, catalogue)).values()) == 7


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (["2024-02", "east", "ghosts", 1], "the incident “ghosts”"),
        (["02/2024", "east", "asb", 1], 'month_format = "%m/%Y" would read “02/2024”'),
        (["2024-13", "east", "asb", 1], "the month is not written as"),
        (["", "east", "asb", 1], "the month is missing"),
        (["2024-02", "moon", "asb", 1], "no area “moon”"),
        (["2024-02", "southshire", "asb", 1], "no area “southshire”"),
        (["2024-02", "east", "asb", ""], "the count is missing"),
        (["2024-02", "east", "asb", "-1"], "“-1” is not a whole number"),
        (["2024-02", "east", "asb", "1.5"], "“1.5” is not a whole number"),
        (["2024-02", "east", "asb", "nan"], "“nan” is not a whole number"),
        (["2024-02", "east", "asb"], "3 columns where the first line has 4"),
    ],
)
def test_a_row_that_cannot_be_counted_is_told_with_its_line(
    written: Written, catalogue: Catalogue, bad: list[object], reason: str
) -> None:
    delivery = delivered(written("i.csv", COLUMNS, row(), bad), catalogue)

    assert reason in delivery.rejected[0].reason
    assert delivery.rejected[0].first == ("i.csv, line 3",)
    assert sum(counts(delivery).values()) == 5


def test_a_figure_given_again_replaces_the_earlier_one(
    written: Written, catalogue: Catalogue
) -> None:
    delivery = delivered(written("i.csv", COLUMNS, row(), row(count=6)), catalogue)

    assert counts(delivery) == {("2024-02-29", "east", ASB): 6}
    assert "i.csv, line 3" in delivery.remarks[0]


def test_columns_by_other_names_are_mapped(written: Written, catalogue: Catalogue) -> None:
    path = written("i.csv", ("Monat", *COLUMNS[1:]), row())

    assert counts(delivered(path, catalogue, columns={"month": "monat"}))
    with pytest.raises(SourceError, match="no column “month”; it has “Monat”"):
        delivered(path, catalogue)
    with pytest.raises(SourceError, match="names day, which the layout does not have"):
        delivered(path, catalogue, columns={"day": "Monat"})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_however_it_is_encoded(
    tmp_path: Path, catalogue: Catalogue, encoding: str
) -> None:
    path = tmp_path / "i.csv"
    path.write_bytes("month,area,incident,count\r\n2024-02,Öst,asb,5\r\n".encode(encoding))

    assert counts(delivered(path, catalogue, areas={"öst": "east"}))


def test_a_quotation_mark_that_is_not_closed_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    (tmp_path / "i.csv").write_text('month,area,incident,count\n2024-02,"east,asb,5\n')

    with pytest.raises(SourceError, match="line 2: unexpected end of data"):
        delivered(tmp_path / "i.csv", catalogue)


def test_parquet_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "i.parquet").write_bytes(b"PAR1")

    with pytest.raises(SourceError, match="this kind of source is read from CSV"):
        delivered(tmp_path / "i.parquet", catalogue)


AREAS = {"east": "east", "West": "west", "": "northshire", "Atlantis": None}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["2024-01", "2024-03", "soon"]), st.sampled_from(list(AREAS))),
        st.integers(0, 50),
    )
)
def test_what_is_given_is_what_is_counted(
    tmp_path: Path, table: dict[tuple[str, str], int]
) -> None:
    path = tmp_path / "random.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *(row(*key, many) for key, many in table.items())])
    expected: dict[tuple[str, str, str], float] = defaultdict(float)
    for (month, area), many in table.items():
        place = AREAS[area]
        if month != "soon" and place and many:
            expected[f"{month}-31", place, ASB] += many

    delivery = delivered(path, a_catalogue())

    assert counts(delivery) == expected
    assert delivery.rows_in == len(table)
    assert delivery.rows_rejected == sum(
        month == "soon" or area == "Atlantis" for month, area in table
    )
