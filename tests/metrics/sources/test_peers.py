"""Other forces' recorded crime, of types or of groups of types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from config.sources import PeersSource
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.peers import COLUMNS, Peers
from tests.metrics.sources.conftest import counts, covers, silent

Written = Callable[..., Path]


def delivered(path: Path, catalogue: Catalogue) -> Delivery:
    source = PeersSource(kind="peers", name="peers", path=str(path), max_rejected=1)
    return Peers(source, Path()).deliver(catalogue, progress=silent)


def test_a_peer_delivers_types_and_groups(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "p.csv",
        COLUMNS,
        ["2024-02", "Southshire", "All crime", 90],
        ["2024-02", "Southshire", "28A", 20],
        ["2024-02", "Northshire Police", "theft", 10],
    )

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {
        ("2024-02-29", "southshire", "peer.all-crime"): 90,
        ("2024-02-29", "southshire", "peer.burglary"): 20,
        ("2024-02-29", "northshire", "peer.theft"): 10,
    }
    assert covers(delivery, "peer.burglary") == [("southshire", "2024-02-01", "2024-02-29")]


def test_a_month_that_a_peer_does_not_publish_is_not_covered(
    written: Written, catalogue: Catalogue
) -> None:
    path = written(
        "p.csv",
        COLUMNS,
        ["2024-01", "Southshire", "theft", 90],
        ["2024-03", "Southshire", "theft", 0],
    )

    assert covers(delivered(path, catalogue), "peer.theft") == [
        ("southshire", "2024-01-01", "2024-01-31"),
        ("southshire", "2024-03-01", "2024-03-31"),
    ]


@pytest.mark.parametrize(
    ("force", "crime_type", "reason"),
    [
        ("East", "theft", "no area “East”"),
        ("", "theft", "the force is missing"),
        ("Southshire", "treason", "no crime type “treason”"),
    ],
)
def test_a_row_of_no_peer_or_no_type_is_rejected(
    written: Written, catalogue: Catalogue, force: str, crime_type: str, reason: str
) -> None:
    delivery = delivered(written("p.csv", COLUMNS, ["2024-02", force, crime_type, 1]), catalogue)

    assert reason in delivery.rejected[0].reason
