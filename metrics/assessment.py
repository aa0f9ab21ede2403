"""What the statistics say of every position: the types, and how they are kept.

One row for each position, in the order of `Positions`.  NaN means not known or not asked; words are
kept as their place in a closed set.  An `Assessment` is one row, made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from metrics import kept
from metrics.classification import ThreatLevel
from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState, control_words
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.projection import Withheld
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WATCHED_DAYS: Final = (7, 28, 56)
"""The windows that daily surveillance looks at, in days; the last axis of its arrays."""


class WatchedBy(StrEnum):
    """The periods that a row's latest weeks or months are watched by."""

    DAYS = "days"  # counts that are delivered by day
    MONTHS = "months"  # counts that are delivered by month
    RATES = "rates"  # outcome rates and surveys


WINDOW_NAMES: Final = {
    WatchedBy.DAYS: tuple(f"{days} days" for days in WATCHED_DAYS),
    WatchedBy.MONTHS: ("month", "3 months", "12 months"),
    WatchedBy.RATES: ("month", "3 months", "12 months"),
}
"""The windows of each; counts by month have nothing to say of twelve."""

Word = TypeVar("Word", bound=Enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One period against another, and whether chance explains the change."""

    verdict: Verdict
    reason: NotTestable  # why it was not tested; TESTED where it was
    p_value: float  # two-sided, of this comparison alone
    p_adjusted: float  # among the measures of its kind in the same area
    low: float  # 99% interval: of a count, this year over last; of a rate, the change in points
    high: float
    dispersion: float  # variance over mean that was allowed for; NaN of a rate
    fragile: bool  # significant, but the usual revisions would undo it


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """Where the performance year is likely to end: a count, or a rate 0-1."""

    expected: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float
    chance_met: float  # of meeting the target; NaN without one
    pace_needed: float  # crimes a month from here to meet it; NaN out of reach, or of a rate
    withheld: Withheld  # why there is no projection; NOT where there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Where the latest month stands on its control chart."""

    state: ControlState
    side: int  # +1 above the mean, -1 below, 0 neither
    deviations: float
    assurance: Assurance  # of a monthly target rate

    @property
    def words(self) -> str:
        """The state as the papers word it."""
        return control_words(self.state, self.side, self.deviations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The latest periods against what was to be expected of them; of rates, proportions."""

    windows: tuple[str, ...]  # "7 days", ...: the shortest that the source can tell
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    dispersion: tuple[float, ...]
    p_value: tuple[float, ...]  # of a deterioration as large; NaN where neither way is bad
    score: float  # strength of the deterioration; NaN where nothing can be said
    sigma: float  # of 28 days or a month, above 0 more than expected; NaN of a rate
    reasons: tuple[NoVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """The place among the most similar forces."""

    rank: int  # 1 is best; 0: not known
    forces: int
    verdict: PeerVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """The classification, never without its reasons."""

    level: ThreatLevel | None
    pending: ThreatLevel | None  # a level this assessment pointed to and did not yet bring about
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the statistics say of one measure in one area."""

    measure: MeasureId
    area: AreaId
    last_year: Comparison  # the year to date; of surveys, the last 12 months
    baseline: Comparison  # the last 12 months against the baseline year
    month: Comparison  # the latest month, to date, against the same days of last year's
    year_end: YearEnd
    control: Control
    watch: Watch
    peers: Peers  # over the last 12 months
    peers_3_months: Peers
    threat: Threat


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """Comparisons as arrays, (rows,); words as places in `Verdict` and `NotTestable`."""

    verdict: Integers
    reason: Integers
    p_value: Floats
    p_adjusted: Floats
    low: Floats
    high: Floats
    dispersion: Floats
    fragile: Integers  # 0 or 1

    def row(self, row: int) -> Comparison:
        """Return one comparison."""
        return Comparison(
            verdict=member(Verdict, self.verdict[row]),
            reason=member(NotTestable, self.reason[row]),
            p_value=float(self.p_value[row]),
            p_adjusted=float(self.p_adjusted[row]),
            low=float(self.low[row]),
            high=float(self.high[row]),
            dispersion=float(self.dispersion[row]),
            fragile=bool(self.fragile[row]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Projected:
    """Year ends as arrays, (rows,)."""

    expected: Floats
    lower_80: Floats
    upper_80: Floats
    lower_95: Floats
    upper_95: Floats
    chance_met: Floats
    pace_needed: Floats
    withheld: Integers  # `Withheld` codes


@dataclass(frozen=True, kw_only=True, eq=False)
class Controlled:
    """Control charts as arrays, (rows,); words as places."""

    state: Integers
    side: Integers
    deviations: Floats
    assurance: Integers


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """Surveillance as arrays, (rows,) or (rows, windows)."""

    kind: Integers  # place in `WatchedBy`
    observed: Floats
    expected: Floats
    dispersion: Floats
    p_value: Floats
    reason: Integers
    score: Floats
    sigma: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """Places among peers as arrays, (rows,)."""

    rank: Integers
    forces: Integers
    verdict: Integers

    def row(self, row: int) -> Peers:
        """Return one place."""
        return Peers(
            rank=int(self.rank[row]),
            forces=int(self.forces[row]),
            verdict=member(PeerVerdict, self.verdict[row]),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Classified:
    """Classifications: levels as arrays (rows,), 0 where there is none, and their reasons."""

    level: Integers
    pending: Integers
    reasons: Integers  # place in `sentences`
    sentences: tuple[str, ...]  # the different reasons; the sentences of one are lines


PARTS: Final = (
    "last_year",
    "baseline",
    "month",
    "year_end",
    "control",
    "watch",
    "peers",
    "peers_3_months",
    "threat",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessments:
    """All assessments of a run, row by row beside its positions."""

    measures: tuple[MeasureId, ...]
    areas: tuple[AreaId, ...]
    last_year: Compared
    baseline: Compared
    month: Compared
    year_end: Projected
    control: Controlled
    watch: Watched
    peers: Placed
    peers_3_months: Placed
    threat: Classified

    @cached_property
    def _row(self) -> Mapping[tuple[MeasureId, AreaId], int]:
        pairs = ((measure, area) for measure in self.measures for area in self.areas)
        return {pair: row for row, pair in enumerate(pairs)}

    def get(self, measure: MeasureId, area: AreaId) -> Assessment:
        """Return one assessment.

        Raises:
            UnknownName: The run did not know the measure or the area.
        """
        row = self.place(measure, area)
        return Assessment(
            measure=measure,
            area=area,
            last_year=self.last_year.row(row),
            baseline=self.baseline.row(row),
            month=self.month.row(row),
            year_end=self._year_end(row),
            control=Control(
                state=member(ControlState, self.control.state[row]),
                side=int(self.control.side[row]),
                deviations=float(self.control.deviations[row]),
                assurance=member(Assurance, self.control.assurance[row]),
            ),
            watch=self._watch(row),
            peers=self.peers.row(row),
            peers_3_months=self.peers_3_months.row(row),
            threat=self._threat(row),
        )

    def place(self, measure: MeasureId, area: AreaId) -> int:
        """Return the row of a measure in an area.

        Raises:
            UnknownName: The run did not know the measure or the area.
        """
        row = self._row.get((measure, area))
        if row is None:
            raise UnknownName(
                f"These figures hold no {measure} in {area}.",
                hint="Ask for it in another area, or as at another day.",
            )
        return row

    def _year_end(self, row: int) -> YearEnd:
        figures = {
            one.name: float(getattr(self.year_end, one.name)[row])
            for one in fields(Projected)
            if one.name != "withheld"
        }
        return YearEnd(**figures, withheld=Withheld(int(self.year_end.withheld[row])))

    def _watch(self, row: int) -> Watch:
        watch = self.watch
        return Watch(
            windows=WINDOW_NAMES[member(WatchedBy, watch.kind[row])],
            observed=tuple(watch.observed[row].tolist()),
            expected=tuple(watch.expected[row].tolist()),
            dispersion=tuple(watch.dispersion[row].tolist()),
            p_value=tuple(watch.p_value[row].tolist()),
            score=float(watch.score[row]),
            sigma=float(watch.sigma[row]),
            reasons=tuple(NoVerdict(int(one)) for one in watch.reason[row]),
        )

    def _threat(self, row: int) -> Threat:
        level, pending = int(self.threat.level[row]), int(self.threat.pending[row])
        sentences = self.threat.sentences[int(self.threat.reasons[row])]
        return Threat(
            level=ThreatLevel(level) if level else None,
            pending=ThreatLevel(pending) if pending else None,
            sentences=tuple(sentences.split("\n")),
        )

    def to_bytes(self) -> bytes:
        """Return the assessments as bytes that are the same for the same figures, everywhere."""
        arrays = {
            f"{part}.{one.name}": getattr(getattr(self, part), one.name)
            for part in PARTS
            for one in fields(getattr(self, part))
            if one.name != "sentences"
        }
        names = {
            "measures": self.measures,
            "areas": self.areas,
            "sentences": self.threat.sentences,
        }
        return kept.to_bytes(names, arrays)

    @classmethod
    def from_bytes(cls, content: bytes) -> Assessments:
        """Read assessments back.

        Raises:
            ValueError: The content is cut short, or is not that of assessments.
        """
        names, arrays = kept.from_bytes(content)
        parts: dict[str, dict[str, object]] = {part: {} for part in PARTS}
        for name, array in arrays.items():
            part, field = name.split(".")
            parts[part][field] = array
        parts["threat"]["sentences"] = names["sentences"]
        return cls(
            measures=tuple(MeasureId(one) for one in names["measures"]),
            areas=tuple(AreaId(one) for one in names["areas"]),
            last_year=Compared(**parts["last_year"]),  # type: ignore[arg-type]
            baseline=Compared(**parts["baseline"]),  # type: ignore[arg-type]
            month=Compared(**parts["month"]),  # type: ignore[arg-type]
            year_end=Projected(**parts["year_end"]),  # type: ignore[arg-type]
            control=Controlled(**parts["control"]),  # type: ignore[arg-type]
            watch=Watched(**parts["watch"]),  # type: ignore[arg-type]
            peers=Placed(**parts["peers"]),  # type: ignore[arg-type]
            peers_3_months=Placed(**parts["peers_3_months"]),  # type: ignore[arg-type]
            threat=Classified(**parts["threat"]),  # type: ignore[arg-type]
        )


def places(kind: type[Word], words: Sequence[object] | NDArray[np.generic]) -> Integers:
    """Return each word as its place in its closed set."""
    place = {str(one.value): number for number, one in enumerate(kind)}
    return np.array([place[str(word)] for word in words], dtype=np.int64)


def member(kind: type[Word], place: int | np.integer) -> Word:
    """Return the word of a closed set that stands at a place."""
    return list(kind)[int(place)]
