"""The place among the most similar forces."""

from __future__ import annotations

from typing import Final

from bot.alerts.model import RuleName
from bot.alerts.rules.row import Finding, Quiet, Row
from bot.render.words import ordinal
from metrics.assessment import Peers
from metrics.calendar import Window, say_date
from metrics.classification import Likelihood
from metrics.statistics.peers import PeerVerdict

SIDE: Final = {PeerVerdict.SIGNIFICANTLY_ABOVE: 1, PeerVerdict.SIGNIFICANTLY_BELOW: -1}


def peers(row: Row) -> Finding | Quiet:
    """The force's place among its most similar forces has turned significantly worse.

    Fires when:     its rate over 12 months is significantly on the bad side of its group's and
                    was not in the previous snapshot; once raised, until it no longer is.
    Stays quiet on: a change of rank alone, a place that has been significantly worse since before
                    alerts were kept, areas inside the force, and years in which recording
                    changed here and not elsewhere.
    """
    place = row.assessment.peers
    if place.verdict is PeerVerdict.NOT_TESTABLE:
        return Quiet("The place among the most similar forces is not known.", judged=False)
    figure = row.position.figures[Window.ROLLING_12]
    if figure.period and (broken := row.broken_since(figure.period.first)):
        return Quiet(broken, judged=False)
    if not _is_worse(place, row.worse):
        return Quiet("In line with the most similar forces, or better.")
    held = RuleName.PEERS in row.held
    if not held and (row.before is None or _is_worse(row.before.peers, row.worse)):
        return Quiet("It has been significantly worse since before.")
    above = "above" if place.verdict is PeerVerdict.SIGNIFICANTLY_ABOVE else "below"
    return row.found(
        RuleName.PEERS,
        Likelihood.POSSIBLE,
        f"{ordinal(place.rank)} of {place.forces} most similar forces by rate over 12 months "
        f"(1st is the best), significantly {above} them, as at {say_date(row.to)}.",
        size=float(place.rank),
    )


def _is_worse(place: Peers, worse: int) -> bool:
    return SIDE.get(place.verdict, 0) * worse > 0
