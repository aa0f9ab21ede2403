"""Partners' returns: what was received counts, what was not is never zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.sources import ReturnsSource
from metrics.model import Catalogue
from metrics.sources.returns import COLUMNS, Returns, ReturnsDelivery
from tests.metrics.sources.conftest import counts, covers, silent

Written = Callable[..., Path]
ENTRANTS = "return.entrants"


def delivered(path: Path, catalogue: Catalogue) -> ReturnsDelivery:
    source = ReturnsSource(kind="returns", name="returns", path=str(path), max_rejected=1)
    return Returns(source, Path()).deliver(catalogue, progress=silent)


def row(
    value: object = 12.5,
    period_end: str = "2024-03-31",
    supplied_on: str = "2024-04-20",
    publishable_from: str = "",
    area: str = "east",
) -> list[object]:
    supplier = "Youth Offending Service"
    return ["Entrants", area, period_end, value, supplier, supplied_on, publishable_from]


def test_a_return_stands_on_the_last_day_of_its_quarter_and_covers_it_for_its_area(
    written: Written, catalogue: Catalogue
) -> None:
    delivery = delivered(written("r.csv", COLUMNS, row()), catalogue)

    assert counts(delivery) == {("2024-03-31", "east", ENTRANTS): 12.5}
    assert covers(delivery, ENTRANTS) == [("east", "2024-01-01", "2024-03-31")]


def test_a_return_of_nought_is_covered_and_one_not_received_is_not(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("r.csv", COLUMNS, row(0), row("", area="west"))

    delivery = delivered(path, catalogue)

    assert covers(delivery, ENTRANTS) == [("east", "2024-01-01", "2024-03-31")]
    assert delivery.remarks[0] == "1 rows have no value: these returns were not received."
    assert not delivery.rejected


def test_the_delivery_knows_who_supplied_a_return_and_when_it_may_be_shown(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("r.csv", COLUMNS, row(), row(area="west", publishable_from="2024-05-01"))

    east, west = delivered(path, catalogue).supplied

    assert (east.supplied_by, east.supplied_on) == ("Youth Offending Service", date(2024, 4, 20))
    assert east.publishable_from is None
    assert west.publishable_from == date(2024, 5, 1)


def test_remarks_say_who_supplied_and_never_the_figure(
    written: Written, catalogue: Catalogue
) -> None:
    remark = delivered(written("r.csv", COLUMNS, row(987654)), catalogue).remarks[0]

    assert remark == (
        "entrants, east: latest return to 31 March 2024, supplied by Youth Offending Service on "
        "20 April 2024; internal until published."
    )


def test_of_a_corrected_return_the_one_supplied_last_counts(
    written: Written, catalogue: Catalogue
) -> None:
    path = written(
        "r.csv", COLUMNS, row(2, supplied_on="2024-06-01"), row(1, supplied_on="2024-04-20")
    )

    delivery = delivered(path, catalogue)

    assert list(counts(delivery).values()) == [2]
    assert delivery.remarks[0].startswith("1 rows give a return again")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("many"), "the value “many” is not a number"),
        (row("-1"), "the value “-1” is not a number, 0 or more"),
        (row("inf"), "the value “inf” is not a number"),
        (row("1e999"), "is not a number"),
        (row(period_end="2024-02-29"), "is not the last day of a quarter"),
        (row(period_end=""), "the period_end is missing"),
        (row(supplied_on="20/04/2024"), 'date_format = "%d/%m/%Y" would read “20/04/2024”'),
        (["ghosts", *row()[1:]], "the return “ghosts”"),
        (row(area="moon"), "no area “moon”"),
    ],
)
def test_a_return_that_cannot_be_read_is_told_with_its_line(
    written: Written, catalogue: Catalogue, bad: list[object], reason: str
) -> None:
    delivery = delivered(written("r.csv", COLUMNS, bad), catalogue)

    assert reason in delivery.rejected[0].reason
    assert delivery.rejected[0].first == ("r.csv, line 2",)
    assert delivery.table.covers.empty
