"""Populations: each person once, the newest estimate, and nothing made up."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.model import AreaId, Catalogue, Level
from metrics.population import population
from tests.conftest import a_table

ON = date(2015, 12, 31)


def people(catalogue: Catalogue, **given: float) -> dict[str, float]:
    rows = [("2015-06-30", area.replace("_", "-"), "population", n) for area, n in given.items()]
    covers = [("population", area, "2015-06-30", "2015-06-30") for _, area, _, _ in rows]
    found = population(a_table(rows, covers), catalogue, ON)
    return {str(area): count for area, count in found.items()}


def test_a_partnership_that_is_also_part_of_a_joint_one_counts_once(
    leicestershire: Catalogue,
) -> None:
    given = {area.id.replace("-", "_"): 10.0 for area in leicestershire.at_level(Level.CSP)}

    found = people(leicestershire, **given)

    assert found["leicestershire"] == 90
    assert found["counties"] == 80
    assert found["blaby-and-hinckley"] == 20


def test_an_area_with_a_part_missing_is_not_known(leicestershire: Catalogue) -> None:
    found = people(leicestershire, blaby=10)

    assert found == {"blaby": 10}


def test_a_force_given_as_a_whole_is_known_without_its_parts(leicestershire: Catalogue) -> None:
    assert people(leicestershire, leicestershire=1000) == {"leicestershire": 1000}


@pytest.mark.parametrize(("on", "count"), [("2015-06-29", 8), ("2015-06-30", 9)])
def test_the_newest_estimate_is_used_from_its_day(
    saltmarsh: Catalogue, on: str, count: int
) -> None:
    table = a_table(
        [("2014-06-30", "ebb", "population", 8), ("2015-06-30", "ebb", "population", 9)],
        [("population", "ebb", "2014-06-30", "2015-06-30")],
    )

    found = population(table, saltmarsh, date.fromisoformat(on))

    assert found[AreaId("ebb")] == count
