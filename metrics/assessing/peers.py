"""The force's place among the most similar forces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows
from metrics.assessing.memory import Memory
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

PEER: Final = "peer."
"""What the tallies of the similar forces begin with; a crime type follows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerMonths:
    """What the similar forces counted of one crime type."""

    days: NDArray[np.datetime64]  # (months,) the days the counts lie on, oldest first
    counts: Floats  # (forces, months); NaN: not delivered


def unplaced(rows: Rows) -> Placed:
    """Return that no place is known."""
    unknown = places(PeerVerdict, [PeerVerdict.NOT_TESTABLE])[0]
    return Placed(
        rank=np.zeros(len(rows), dtype=np.int64),
        forces=np.zeros(len(rows), dtype=np.int64),
        verdict=np.full(len(rows), unknown),
    )


def placed(
    rows: Rows,
    positions: Positions,
    table: CountTable,
    catalogue: Catalogue,
    *,
    dispersion: Floats,
    as_at: date,
    window: Window,
    memory: Memory,
) -> Placed:
    """Return the place of the force on every measure that its peers deliver too.

    A measure of an area inside the force has no place.  Peers report by month: the months that end
    with their last one, not after the force's own figures, are compared.
    """
    made = unplaced(rows)
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
    peers = tuple(forces[1:])
    months = memory.once("peers", (table, peers), partial(_by_type, table, peers))
    theirs = np.array([_counts(rows, row, months, peers, MONTHS[window]) for row in chosen])
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


def _by_type(table: CountTable, forces: Sequence[AreaId]) -> Mapping[str, PeerMonths]:
    """Return what the peers counted, by crime type."""
    tally = table.rows["tally"].cat
    wanted = [one for one in tally.categories if str(one).startswith(PEER)]
    if not wanted:
        return {}
    mine = table.rows[tally.codes.isin([tally.categories.get_loc(one) for one in wanted])]
    made = {}
    for name, of_type in mine.groupby("tally", observed=True):
        counts = of_type.groupby(["area", "day"], observed=True)["count"].sum().unstack("day")
        counts = counts.sort_index(axis="columns")
        made[str(name).removeprefix(PEER)] = PeerMonths(
            days=counts.columns.to_numpy(),
            counts=counts.reindex(list(forces)).to_numpy(dtype=np.float64),
        )
    return made


def _counts(
    rows: Rows,
    row: int,
    months: Mapping[str, PeerMonths],
    forces: Sequence[AreaId],
    length: int,
) -> Floats:
    """Return each peer's count over the months that end with the row's figures."""
    mine = months.get(rows.measures[rows.measure[row]].crime_type)
    if mine is None:
        return np.full(len(forces), np.nan)
    to = np.datetime64(EPOCH) + int(rows.to[row])
    end = int(np.searchsorted(mine.days, to, side="right"))
    if end < length:
        return np.full(len(forces), np.nan)
    return np.asarray(mine.counts[:, end - length : end].sum(axis=1))
