"""Why: the whole arithmetic of one claim, from what a snapshot keeps and nothing else."""

from __future__ import annotations

from collections.abc import Collection

from metrics.classification import ClassificationRule
from metrics.dashboards.caveats import SYNTHETIC
from metrics.dashboards.explanation.comparisons import (
    against_baseline,
    against_last_year,
    against_last_years_month,
)
from metrics.dashboards.explanation.document import Claim, Explanation, Line, Section
from metrics.dashboards.explanation.drivers import drivers
from metrics.dashboards.explanation.figures import measured, periods
from metrics.dashboards.explanation.threat import threat
from metrics.dashboards.explanation.trace import quality, trace
from metrics.dashboards.explanation.watched import control, latest, peers
from metrics.dashboards.explanation.year_end import target, year_end
from metrics.dashboards.significance import told_as_given
from metrics.model import Area, AreaId, Catalogue, Measure, MeasureId
from metrics.snapshot import Snapshot

__all__ = ["Explanation", "Line", "Section", "explain"]


def explain(
    snapshot: Snapshot,
    catalogue: Catalogue,
    measure: Measure,
    area: Area,
    *,
    rule: ClassificationRule,
    hidden: Collection[tuple[MeasureId, AreaId]] = (),
) -> Explanation:
    """Explain everything that is said of a measure in an area.

    A measure of a priority that the framework in force does not cite is refused with the reason:
    the explanation then holds no figure.

    Args:
        rule: The cuts that the snapshot's classifications were made by.
        hidden: Measures in areas that are not named among what moved it.

    Raises:
        UnknownName: The snapshot does not hold the measure or the area.
    """
    claim = Claim(
        snapshot=snapshot,
        catalogue=catalogue,
        measure=measure,
        area=area,
        hidden=frozenset(hidden),
    )
    remarks = [SYNTHETIC] if catalogue.synthetic else []
    framework = catalogue.framework(snapshot.as_at)
    silent = framework.not_cited.get(measure.priority) if framework else None
    if silent:
        remarks.append(f"Priority {measure.priority}: {silent}")
    return Explanation(
        measure=measure.id,
        area=area.id,
        heading=f"{measure.name}, {area.name}",
        as_at=snapshot.as_at,
        kind=snapshot.kind,
        snapshot=snapshot.id,
        remarks=tuple(remarks),
        sections=() if silent else _sections(claim, rule),
    )


def _sections(claim: Claim, rule: ClassificationRule) -> tuple[Section, ...]:
    statistics = (
        against_last_year(claim),
        against_baseline(claim),
        against_last_years_month(claim),
        target(claim),
        year_end(claim),
        control(claim),
        latest(claim),
        peers(claim),
        *drivers(claim),
        threat(claim, rule),
    )
    return (
        measured(claim),
        periods(claim),
        *(_as_given(claim) if told_as_given(claim.measure) else statistics),
        quality(claim),
        trace(claim),
    )


def _as_given(claim: Claim) -> tuple[Section, ...]:
    """Tell a return or a sum of money: nothing is tested or projected of it."""
    untested = Section(
        heading="Statistics",
        lines=(("It is told as it was given: nothing is tested or projected of it.",),),
    )
    return untested, target(claim)
