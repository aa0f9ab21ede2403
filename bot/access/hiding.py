"""Figures without what is hidden: whatever is made from them cannot tell it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.access.small_numbers import Mask
from metrics.assessment import PARTS, Assessments, places
from metrics.calendar import Window
from metrics.positions import WINDOWS, Positions
from metrics.snapshot import Figures, Snapshot, SnapshotId
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict
from metrics.trends import Trends

Rows = NDArray[np.int64]

FIGURES: Final = (
    "numerator",
    "denominator",
    "value",
    "target",
    "gap",
    "outcomes_required",
    "under_investigation",
    "yearly",
)
"""What positions say; what is left says which days are recorded, and of how many people."""

LATEST: Final = WINDOWS.index(Window.LATEST)


def _place(word: Enum) -> int:
    return int(places(type(word), [word])[0])


NOTHING_SAID: Final = {
    "last_year.verdict": _place(Verdict.NOT_TESTABLE),
    "last_year.reason": _place(NotTestable.NOT_RECORDED),
    "baseline.verdict": _place(Verdict.NOT_TESTABLE),
    "baseline.reason": _place(NotTestable.NOT_RECORDED),
    "month.verdict": _place(Verdict.NOT_TESTABLE),
    "month.reason": _place(NotTestable.NOT_RECORDED),
    "control.state": _place(ControlState.TOO_FEW_POINTS),
    "control.assurance": _place(Assurance.NOT_ASSESSED),
    "watch.reason": int(NoVerdict.TOO_LITTLE_HISTORY),
    "peers.verdict": _place(PeerVerdict.NOT_TESTABLE),
    "peers_3_months.verdict": _place(PeerVerdict.NOT_TESTABLE),
}
"""The words of an assessment that says nothing; where a code is a number, 0 says nothing."""

UNTOUCHED: Final = "watch.kind"
"""Which periods a measure is watched by: a fact of the measure, not of its figures."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Veiled(Snapshot):
    """A snapshot that goes by the id of the one it shows a part of."""

    shown_of: SnapshotId

    @property
    def id(self) -> SnapshotId:
        """The id of the whole snapshot, by which it is found again."""
        return self.shown_of


def hide(figures: Figures, mask: Mask) -> Figures:
    """Return figures in which what is hidden is not known.

    Of sensitive measures that are shown, the latest day and the weeks since April are left out:
    they are counts of single days and weeks, which the mask does not look at.
    """
    if not mask:
        return figures
    whole = figures.snapshot
    pairs = [(m, a) for m in whole.positions.measures for a in whole.positions.areas]
    rows = np.flatnonzero([pair in mask.hidden for pair in pairs])
    sensitive = np.flatnonzero([measure in mask.sensitive for measure, _ in pairs])
    shown = {one.name: getattr(whole, one.name) for one in fields(Snapshot)}
    shown |= {
        "positions": _positions(whole.positions, rows, sensitive),
        "assessments": _assessments(whole.assessments, rows),
        "trends": _trends(whole.trends, rows, sensitive) if whole.trends else whole.trends,
    }
    return replace(figures, snapshot=_Veiled(**shown, shown_of=whole.id))


def _without(array: NDArray[Any], rows: Rows, nothing: float) -> NDArray[Any]:
    """Return a copy in which some rows hold nothing."""
    copy = array.copy()
    copy[rows] = nothing
    return copy


def _positions(whole: Positions, rows: Rows, sensitive: Rows) -> Positions:
    shown: dict[str, Any] = {name: _without(getattr(whole, name), rows, np.nan) for name in FIGURES}
    for name in ("numerator", "denominator", "value"):
        shown[name][sensitive, LATEST] = np.nan
    return replace(whole, **shown)


def _assessments(whole: Assessments, rows: Rows) -> Assessments:
    parts: dict[str, Any] = {}
    for part in PARTS:
        said = getattr(whole, part)
        shown = {
            one.name: _without(array, rows, _nothing(f"{part}.{one.name}", array))
            for one in fields(said)
            if isinstance(array := getattr(said, one.name), np.ndarray)
            and f"{part}.{one.name}" != UNTOUCHED
        }
        if part == "threat":
            shown["reasons"][rows] = len(said.sentences)
            told = frozenset(shown["reasons"].tolist())
            kept = (one if n in told else "" for n, one in enumerate((*said.sentences, "")))
            parts[part] = replace(said, **shown, sentences=tuple(kept))
        else:
            parts[part] = replace(said, **shown)
    return replace(whole, **parts)


def _nothing(path: str, array: NDArray[Any]) -> float:
    return np.nan if array.dtype.kind == "f" else NOTHING_SAID.get(path, 0)


def _trends(whole: Trends, rows: Rows, sensitive: Rows) -> Trends:
    shown: dict[str, Any] = {
        name: _without(getattr(whole, name), rows, np.nan)
        for name in ("above", "below", "mean", "spread")
    }
    daily = np.union1d(rows, sensitive)
    return replace(
        whole,
        **shown,
        signals=_without(whole.signals, rows, 0),
        is_daily=_without(whole.is_daily, daily, 0),
        counted=_without(whole.counted, daily, np.nan),
        counted_last_year=_without(whole.counted_last_year, daily, np.nan),
    )
