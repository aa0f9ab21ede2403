"""A year of the invented force, as a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum, IntEnum

import numpy as np
import pytest

from metrics.assessment import (
    WATCHED_DAYS,
    Assessments,
    Classified,
    Compared,
    Controlled,
    Floats,
    Integers,
    Placed,
    Projected,
    Watched,
    WatchedBy,
    places,
)
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.positions import Positions
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import InputUsed, Snapshot, SnapshotKind
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.projection import Withheld
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict
from metrics.trending import trends_of
from tests.conftest import a_table

MORNING = datetime(2020, 12, 12, 6, 0, tzinfo=UTC)

MakeSnapshot = Callable[..., Snapshot]

Said = Mapping[str, object]
"""What is known of one row, by part and field: {"last_year.verdict": Verdict.SIGNIFICANT_RISE}."""

TOO_LITTLE = "Not classified: too little is recorded to judge by."


def some_assessments(
    positions: Positions, said: Mapping[tuple[str, str], Said] | None = None
) -> Assessments:
    """Make assessments that know nothing, except what is said of single rows.

    Args:
        positions: What they are assessments of.
        said: By (measure, area): fields by their path, words as members of their closed set,
            arrays over windows as tuples, and "threat.sentences" as a tuple of sentences.
    """
    made = _nothing_known(len(positions))
    sentences = [TOO_LITTLE]
    for (measure, area), fields in (said or {}).items():
        row = [*((m, a) for m in positions.measures for a in positions.areas)].index(
            (measure, area)  # type: ignore[arg-type]
        )
        for path, value in fields.items():
            if path == "threat.sentences":
                sentences.append("\n".join(value))  # type: ignore[arg-type]
                made.threat.reasons[row] = len(sentences) - 1
                continue
            part, field = path.split(".")
            getattr(getattr(made, part), field)[row] = _plain(value)
    return Assessments(
        measures=positions.measures,
        areas=positions.areas,
        last_year=made.last_year,
        baseline=made.baseline,
        month=made.month,
        year_end=made.year_end,
        control=made.control,
        watch=made.watch,
        peers=made.peers,
        peers_3_months=made.peers_3_months,
        threat=Classified(
            level=made.threat.level,
            pending=made.threat.pending,
            reasons=made.threat.reasons,
            sentences=tuple(sentences),
        ),
    )


def _nothing_known(rows: int) -> Assessments:
    def unknown(*shape: int) -> Floats:
        return np.full((rows, *shape), np.nan)

    def every(word: Enum) -> Integers:
        return np.full(rows, places(type(word), [word])[0])

    def compared() -> Compared:
        return Compared(
            verdict=every(Verdict.NOT_TESTABLE),
            reason=every(NotTestable.NOT_RECORDED),
            **{name: unknown() for name in ("p_value", "p_adjusted", "low", "high", "dispersion")},
            fragile=np.zeros(rows, dtype=np.int64),
        )

    def placed() -> Placed:
        return Placed(
            rank=np.zeros(rows, dtype=np.int64),
            forces=np.zeros(rows, dtype=np.int64),
            verdict=every(PeerVerdict.NOT_TESTABLE),
        )

    windows = len(WATCHED_DAYS)
    nought = np.zeros(rows, dtype=np.int64)
    ends = ("expected", "lower_80", "upper_80", "lower_95", "upper_95", "chance_met", "pace_needed")
    return Assessments(
        measures=(),
        areas=(),
        last_year=compared(),
        baseline=compared(),
        month=compared(),
        year_end=Projected(
            **{name: unknown() for name in ends},
            withheld=np.full(rows, Withheld.NO_COMPLETE_YEAR, dtype=np.int64),
        ),
        control=Controlled(
            state=every(ControlState.TOO_FEW_POINTS),
            side=nought.copy(),
            deviations=unknown(),
            assurance=every(Assurance.NOT_ASSESSED),
        ),
        watch=Watched(
            kind=every(WatchedBy.DAYS),
            **{name: unknown(windows) for name in ("observed", "expected", "dispersion")},
            p_value=unknown(windows),
            reason=np.full((rows, windows), NoVerdict.TOO_LITTLE_HISTORY, dtype=np.int64),
            score=unknown(),
            sigma=unknown(),
        ),
        peers=placed(),
        peers_3_months=placed(),
        threat=Classified(
            level=nought.copy(), pending=nought.copy(), reasons=nought.copy(), sentences=()
        ),
    )


def _plain(value: object) -> object:
    """Turn a word into its place; numbers, and codes that are numbers, stay as they are."""
    if isinstance(value, Enum) and not isinstance(value, IntEnum):
        return places(type(value), [value])[0]
    return value


def a_verdict(verdict: Verdict, *, p: float = 0.5, part: str = "last_year") -> Said:
    """Say that a comparison was tested, and what came out."""
    return {
        f"{part}.verdict": verdict,
        f"{part}.reason": NotTestable.TESTED,
        f"{part}.p_value": p,
        f"{part}.p_adjusted": p,
    }


@pytest.fixture
def snapshot_of(saltmarsh: Catalogue) -> MakeSnapshot:
    """Make a snapshot of the invented force from a count table."""

    def make(
        table: CountTable,
        as_at: str = "2020-12-11",
        *,
        said: Mapping[tuple[str, str], Said] | None = None,
        kind: SnapshotKind = SnapshotKind.DAILY,
    ) -> Snapshot:
        day = date.fromisoformat(as_at)
        counts = dense(table, saltmarsh, to=day)
        positions = reckon(counts, table, saltmarsh, as_at=day)
        return Snapshot(
            as_at=day,
            kind=kind,
            made_at=MORNING,
            catalogue_version=saltmarsh.version,
            product_version="1.0",
            inputs=(
                InputUsed(
                    load=1, source="crimes", name="a.csv", sha256="ab", rows=9, loaded_at=MORNING
                ),
            ),
            positions=positions,
            assessments=some_assessments(positions, said),
            trends=trends_of(counts, positions, saltmarsh, as_at=day),
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


@pytest.fixture
def outspoken(saltmarsh: Catalogue) -> Catalogue:
    """The invented force without the silence that its first framework keeps on boats."""
    spoken = tuple(replace(one, not_cited={}) for one in saltmarsh.frameworks)
    return replace(saltmarsh, frameworks=spoken)
