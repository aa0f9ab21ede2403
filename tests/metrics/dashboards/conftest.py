"""A year of the invented force, as a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import InputUsed, Snapshot, SnapshotKind
from tests.conftest import a_table

MORNING = datetime(2020, 12, 12, 6, 0, tzinfo=UTC)

MakeSnapshot = Callable[..., Snapshot]


@pytest.fixture
def snapshot_of(saltmarsh: Catalogue) -> MakeSnapshot:
    """Make a snapshot of the invented force from a count table."""

    def make(table: CountTable, as_at: str = "2020-12-11") -> Snapshot:
        day = date.fromisoformat(as_at)
        return Snapshot(
            as_at=day,
            kind=SnapshotKind.DAILY,
            made_at=MORNING,
            catalogue_version=saltmarsh.version,
            product_version="1.0",
            inputs=(
                InputUsed(
                    load=1, source="crimes", name="a.csv", sha256="ab", rows=9, loaded_at=MORNING
                ),
            ),
            positions=reckon(dense(table, saltmarsh, to=day), table, saltmarsh, as_at=day),
        )

    return make


CRIME = [
    f"{kind}.{what}"
    for kind in ("boat-theft", "net-damage", "other")
    for what in ("recorded", "outcomes", "closed")
]


def a_year() -> CountTable:
    """Return two years of records: boats from 100 to 120, nets from 0 to 4, 10 not located."""
    return a_table(
        [
            ("2019-05-01", "ebb", "boat-theft.recorded", 60),
            ("2019-05-01", "flow", "boat-theft.recorded", 40),
            ("2020-05-01", "ebb", "boat-theft.recorded", 80),
            ("2020-05-01", "flow", "boat-theft.recorded", 30),
            ("2020-05-01", "saltmarsh", "boat-theft.recorded", 10),
            ("2020-06-01", "ebb", "boat-theft.outcomes", 20),
            ("2020-06-01", "ebb", "boat-theft.closed", 50),
            ("2020-07-01", "flow", "net-damage.recorded", 4),
            ("2019-06-30", "ebb", "population", 1000),
            ("2019-06-30", "flow", "population", 1000),
        ],
        [
            *((tally, "saltmarsh", "2019-04-01", "2020-12-11") for tally in CRIME),
            *(("population", area, "2019-06-30", "2019-06-30") for area in ("ebb", "flow")),
        ],
        cohorts=[
            *["2019-05-01"] * 2, *["2020-05-01"] * 5, "2020-07-01", *["2019-06-30"] * 2,
        ],
    )  # fmt: skip
