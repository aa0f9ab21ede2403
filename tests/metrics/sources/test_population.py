"""Populations stand on 30 June, once however many levels a file gives them at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.sources import PopulationSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.population import COLUMNS, Population
from tests.metrics.sources.conftest import counts, covers, silent

Written = Callable[..., Path]


def delivered(path: Path, catalogue: Catalogue) -> Delivery:
    source = PopulationSource(kind="population", name="people", path=str(path), max_rejected=1)
    return Population(source, Path()).deliver(catalogue, progress=silent)


def test_a_population_stands_on_and_covers_30_june(written: Written, catalogue: Catalogue) -> None:
    path = written("p.csv", COLUMNS, ["East", 2023, 100], ["Southshire", 2023, 900])

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {
        ("2023-06-30", "east", "population"): 100,
        ("2023-06-30", "southshire", "population"): 900,
    }
    assert covers(delivery, "population") == [
        ("east", "2023-06-30", "2023-06-30"),
        ("southshire", "2023-06-30", "2023-06-30"),
    ]


def test_nobody_is_counted_at_two_levels(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "p.csv",
        COLUMNS,
        ["Northshire", 2023, 300],
        ["East", 2023, 100],
        ["West", 2023, 200],
        ["West Harbour", 2023, 50],
    )

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {
        ("2023-06-30", "east", "population"): 100,
        ("2023-06-30", "west", "population"): 150,
        ("2023-06-30", "west-harbour", "population"): 50,
    }
    assert covers(delivery, "population") == [("northshire", "2023-06-30", "2023-06-30")]


@pytest.mark.parametrize("year", ["23", "2023/24", "", "twenty"])
def test_a_year_that_is_none_is_rejected(written: Written, catalogue: Catalogue, year: str) -> None:
    delivery = delivered(written("p.csv", COLUMNS, ["East", year, 100]), catalogue)

    assert "is not written with four digits" in delivery.rejected[0].reason
