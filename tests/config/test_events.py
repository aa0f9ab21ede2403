"""Events for a replay are read from TOML or CSV, and mistakes are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.events import read_events
from metrics.errors import CatalogueError
from metrics.model import Catalogue

TOML = """
[[event]]
name = "net cutting"
measure = "net-damage.recorded"
area = "ebb"
from = 2020-06-01
to = 2020-08-31
size = 0.4
"""

CSV = "measure,area,from,to,size\nnet-damage.recorded,ebb,2020-06-01,2020-08-31,0.4\n"


@pytest.mark.parametrize(("ending", "text"), [("toml", TOML), ("csv", CSV)])
def test_an_event_is_read_from_either_form(
    tmp_path: Path, saltmarsh: Catalogue, ending: str, text: str
) -> None:
    path = tmp_path / f"events.{ending}"
    path.write_text(text)

    (event,) = read_events(path, saltmarsh)

    assert (event.measure, event.area, event.size) == ("net-damage.recorded", "ebb", 0.4)
    assert (event.first, event.last) == (date(2020, 6, 1), date(2020, 8, 31))


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("nets.recorded", "net-damage.recorded", "the plan has no such measure"),
        ("atlantis", "ebb", "the plan has no such area"),
        ("2020-01-31", "2020-08-31", "`to` must not be before `from`"),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path, saltmarsh: Catalogue, wrong: str, right: str, said: str
) -> None:
    path = tmp_path / "events.toml"
    path.write_text(TOML.replace(right, wrong))

    with pytest.raises(CatalogueError, match=said):
        read_events(path, saltmarsh)


def test_a_file_that_is_not_there_is_said(tmp_path: Path, saltmarsh: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_events(tmp_path / "events.toml", saltmarsh)
