"""The operations of a plan are read and checked as a whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.catalogue import PLANS
from config.operations import OPERATIONS_FILE, operations_from, read_operations
from metrics.errors import CatalogueError
from metrics.model import Catalogue

GOOD = """
[[operation]]
id = "lantern"
name = "Operation Lantern"
from = 2020-12-01
to = 2021-01-31
priorities = ["1"]
areas = ["ebb"]
comparison_areas = ["flow"]
"""


def test_what_is_written_is_read(saltmarsh: Catalogue) -> None:
    [one] = operations_from(GOOD, saltmarsh)

    assert (one.id, one.first, one.last) == ("lantern", date(2020, 12, 1), date(2021, 1, 31))
    assert (one.areas, one.comparison_areas) == (("ebb",), ("flow",))


def test_operation_tiger_ships_with_the_demonstration(leicestershire: Catalogue) -> None:
    file = PLANS / "leicestershire" / OPERATIONS_FILE

    [tiger] = read_operations(file, leicestershire)

    assert (tiger.name, tiger.first, tiger.last) == ("Operation Tiger", date(2013, 10, 28), None)
    assert tiger.priorities == ("12", "13", "14")


def test_a_plan_need_not_have_any(saltmarsh: Catalogue, tmp_path: Path) -> None:
    assert read_operations(tmp_path / OPERATIONS_FILE, saltmarsh) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('areas = ["ebb"]', 'areas = ["atlantis"]'), "line 8: .*the plan has no such area"),
        (('priorities = ["1"]', 'priorities = ["99"]'), "the plan has no such priority"),
        (("to = 2021-01-31", "to = 2020-01-31"), "it would end before it began"),
        (("from = 2020-12-01", ""), "from = "),
        (("[[operation]]", "[[operations]]"), "is not known here"),
        (('comparison_areas = ["flow"]', 'comparison_areas = ["ebb"]'), "in both lists"),
        (('name = "Operation Lantern"', 'name = "Operation Lantern"\nend = 1'), "end = 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    saltmarsh: Catalogue, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(CatalogueError, match=said):
        operations_from(GOOD.replace(*change), saltmarsh)


def test_an_id_is_given_once(saltmarsh: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="another operation has this id too"):
        operations_from(GOOD + GOOD, saltmarsh)
