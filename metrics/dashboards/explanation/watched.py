"""Where the latest month, the last weeks, and the force among its peers stand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.table import Cell, Unit
from metrics.model import Level
from metrics.snapshot import SnapshotKind
from metrics.statistics.control import Assurance
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.surveillance import NoVerdict

ASSURANCE: Final = {
    Assurance.WILL_MEET: "If it goes on like this, every month will meet the target rate.",
    Assurance.HIT_OR_MISS: "If it goes on like this, some months will meet the target rate and "
    "others miss it, by chance.",
    Assurance.WILL_NOT_MEET: "If it goes on like this, no month will meet the target rate.",
}

SILENT: Final = {
    NoVerdict.TOO_LITTLE_HISTORY: "too little history to expect anything",
    NoVerdict.GAP_IN_WINDOW: "days of it are not recorded",
    NoVerdict.TOO_FEW_EXPECTED: "too few are expected to judge by",
}

LEAST_WINDOWS: Final = 2
"""Counts by month have two windows; the third is told only where there is one."""

AMONG_PEERS: Final = {
    PeerVerdict.IN_LINE: "in line with them",
    PeerVerdict.SIGNIFICANTLY_ABOVE: "significantly above them",
    PeerVerdict.SIGNIFICANTLY_BELOW: "significantly below them",
    PeerVerdict.NOT_TESTABLE: "too few of them are known to test it",
}


def control(claim: Claim) -> Section:
    """Tell where the latest month stands on its control chart, in the papers' words."""
    found = claim.assessment.control
    lines: list[Line] = [(f"The latest month: {found.words}.",)]
    if not math.isnan(found.deviations):
        position = Cell(value=found.deviations, unit=Unit.DEVIATIONS)
        lines.append(("Position: ", position, " deviations from the mean."))
    if found.assurance in ASSURANCE:
        lines.append((ASSURANCE[found.assurance],))
    return Section(heading="Control chart", lines=tuple(lines))


def latest(claim: Claim) -> Section:
    """Tell the latest days, or months, against what was to be expected of them."""
    return Section(heading="The latest days and months", lines=tuple(_latest(claim)))


def _latest(claim: Claim) -> Iterator[Line]:
    watch = claim.assessment.watch
    if claim.snapshot.kind is SnapshotKind.MONTH_END:
        yield ("They are watched from day to day; month-end figures do without.",)
        return
    if set(watch.reasons) == {NoVerdict.TOO_LITTLE_HISTORY}:
        yield (f"Nothing can be said: {SILENT[NoVerdict.TOO_LITTLE_HISTORY]}.",)
        return
    for n, window in enumerate(watch.windows):
        start = f"Last {window}: "
        if watch.reasons[n] is NoVerdict.HAS_VERDICT:
            seen = _in_unit(claim, watch.observed[n], Unit.COUNT)
            usual = _in_unit(claim, watch.expected[n], Unit.EXPECTED)
            yield (start, seen, " recorded, ", usual, " expected", *_chance(claim, n), ".")
        elif not math.isnan(watch.observed[n]) or n < LEAST_WINDOWS:
            yield (f"{start}{SILENT[watch.reasons[n]]}.",)
    if not math.isnan(watch.sigma):
        sigma = Cell(value=watch.sigma, unit=Unit.DEVIATIONS)
        of = watch.windows[0] if watch.windows[0] == "month" else watch.windows[1]
        yield f"Position of the last {of}: ", sigma, " deviations from what was expected."


def _in_unit(claim: Claim, value: float, unit: Unit) -> Cell:
    return Cell(value=value, unit=Unit.PROPORTION if claim.measure.kind.is_rate else unit)


def _chance(claim: Claim, n: int) -> Line:
    """Give the chance of a deterioration as large, where either way is one."""
    p = claim.assessment.watch.p_value[n]
    if math.isnan(p):
        return ()
    return "; p of a deterioration as large: ", Cell(value=p, unit=Unit.P_VALUE)


def peers(claim: Claim) -> Section:
    """Tell the place among the most similar forces, over a year and over three months."""
    lines: list[Line] = []
    for found, period in (
        (claim.assessment.peers, "12 months"),
        (claim.assessment.peers_3_months, "3 months"),
    ):
        if found.rank:
            place = Cell(value=found.rank, unit=Unit.RANK)
            words = f" of {found.forces} forces by rate over {period}, 1st is the best; "
            lines.append((place, f"{words}{AMONG_PEERS[found.verdict]}."))
    if not lines:
        only = "" if claim.area.level is Level.FORCE else ": only the force has one"
        lines = [(f"The place is not known{only}.",)]
    return Section(heading="Most similar forces", lines=tuple(lines))
