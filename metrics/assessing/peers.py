"""The force's place among the most similar forces."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows
from metrics.assessment import Placed, places
from metrics.calendar import Window
from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue
from metrics.population import population
from metrics.positions import NEVER, WINDOWS, Positions
from metrics.series import EPOCH
from metrics.statistics.peers import PeerVerdict, peer_positions

Floats = NDArray[np.float64]

MONTHS: Final = {Window.ROLLING_12: 12, Window.LAST_3_MONTHS: 3}
"""The windows that forces are compared over, in months."""


def placed(
    rows: Rows,
    positions: Positions,
    table: CountTable,
    catalogue: Catalogue,
    *,
    dispersion: Floats,
    as_at: date,
    window: Window,
) -> Placed:
    """Return the place of the force on every measure that its peers deliver too.

    A measure of an area inside the force has no place.  Peers report by month: the months that end
    with their last one, not after the force's own figures, are compared.
    """
    unknown = places(PeerVerdict, [PeerVerdict.NOT_TESTABLE])[0]
    made = Placed(
        rank=np.zeros(len(rows), dtype=np.int64),
        forces=np.zeros(len(rows), dtype=np.int64),
        verdict=np.full(len(rows), unknown),
    )
    force = catalogue.force.id
    forces = [force, *(peer.id for peer in catalogue.peers)]
    home = positions.areas.index(force)
    chosen = [
        row
        for row in range(home, len(rows), len(rows.areas))
        if rows.is_count[row]
        and not rows.measures[rows.measure[row]].flag
        and rows.to[row] != NEVER
    ]
    theirs = np.array([_counts(rows, row, table, forces[1:], MONTHS[window]) for row in chosen])
    compared = [n for n in range(len(chosen)) if np.isfinite(theirs[n]).any()]
    if not compared:
        return made
    picked = np.array([chosen[n] for n in compared])
    people = population(table, catalogue, as_at)
    residents = np.array([people.get(AreaId(one), np.nan) for one in forces])
    phi = dispersion[rows.measure[picked]]
    found = peer_positions(
        np.column_stack([positions.value[picked, WINDOWS.index(window)], theirs[compared]]),
        residents,
        dispersion=np.where(np.isfinite(phi), phi, 1.0),
        lowest_is_best=rows.better[picked] <= 0,
    )
    made.rank[picked] = found.rank[:, 0]
    made.forces[picked] = found.forces
    made.verdict[picked] = places(PeerVerdict, found.verdict[:, 0])
    return made


def _counts(rows: Rows, row: int, table: CountTable, forces: list[AreaId], length: int) -> Floats:
    """Return each peer's count over the months that end with the row's figures."""
    crime_type = rows.measures[rows.measure[row]].crime_type
    mine = table.rows[table.rows["tally"] == f"peer.{crime_type}"]
    if mine.empty:
        return np.full(len(forces), np.nan)
    to = np.datetime64(EPOCH) + int(rows.to[row])
    recent = mine[mine["day"] <= to]
    months = np.sort(recent["day"].unique())[-length:]
    recent = recent[recent["day"].isin(months)]
    by_force = recent.groupby("area", observed=True)["count"].agg(["sum", "size"])
    whole = by_force["sum"].where(by_force["size"] == length)
    return whole.reindex(forces).to_numpy(dtype=np.float64)
