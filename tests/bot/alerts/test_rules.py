"""Each rule: when it fires, how high, and what it stays quiet on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.model import Concern, RuleName
from bot.alerts.rules import RULES, Finding, Quiet, Row, late, not_eligible
from bot.alerts.rules.late import due_by
from bot.alerts.showing import key_figures
from config.alerts import AlertPolicy, Late
from metrics.assessment import Control, Peers, Threat
from metrics.classification import ThreatLevel
from metrics.model import Catalogue, Grain, MeasureId, Restriction, Target, TargetKind
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import NotTestable
from tests.bot.alerts.making import (
    DAY,
    NAN,
    THEFT,
    a_comparison,
    a_position,
    a_row,
    a_watch,
    a_year_end,
    an_assessment,
)

HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW


def level(answer: Finding | Quiet) -> ThreatLevel | None:
    return answer.reason.level if isinstance(answer, Finding) else None


def ask(rule: RuleName, row: Row) -> Finding | Quiet:
    return RULES[rule](row)


def high_impact(row: Row) -> Row:
    return replace(row, measure=replace(row.measure, impact="high"))


def a_rate(row: Row) -> Row:
    """Turn a row into one of a rate of which a fall is bad."""
    return replace(row, measure=row.catalogue.measures[MeasureId("anglers.satisfaction")])


@pytest.mark.parametrize("rule", [*RULES.values(), late], ids=lambda one: one.__name__)
def test_every_rule_says_when_it_fires(rule: object) -> None:
    doc = rule.__doc__ or ""
    assert "Fires when:" in doc
    assert "Stays quiet on:" in doc


@pytest.mark.parametrize("rule", list(RuleName))
def test_every_rule_is_documented(rule: RuleName) -> None:
    page = Path(__file__).parents[3] / "docs" / "methods" / "alerts.md"

    assert f"| `{rule.value}` |" in page.read_text(encoding="utf-8")


def test_every_name_of_a_rule_has_a_rule() -> None:
    assert {*RULES, RuleName.LATE} == set(RuleName)


# Against last year


@pytest.mark.parametrize(
    ("p", "position", "changes", "wanted"),
    [
        pytest.param(0.6, {}, {}, None, id="chance is quiet"),
        pytest.param(0.011, {}, {}, None, id="just not significant is quiet"),
        pytest.param(0.001, {"value": 115.0}, {}, LOW, id="possible harm, standard impact"),
        pytest.param(0.001, {"value": 130.0}, {}, MEDIUM, id="large, standard impact"),
        pytest.param(0.001, {"value": 80.0}, {}, None, id="an improvement is quiet"),
        pytest.param(0.001, {"value": 104.0}, {}, None, id="too few crimes more are quiet"),
        pytest.param(
            0.001, {"value": 1040.0, "last_year": 1000.0}, {}, None, id="too small a share is quiet"
        ),
        pytest.param(0.001, {"last_year": 0.0}, {}, MEDIUM, id="from none last year"),
        pytest.param(0.001, {}, {"fragile": True}, None, id="fragile is quiet"),
    ],
)
def test_deterioration(
    saltmarsh: Catalogue,
    p: float,
    position: dict[str, float],
    changes: dict[str, Any],
    wanted: ThreatLevel | None,
) -> None:
    row = a_row(
        saltmarsh,
        p_together=p,
        position=a_position(**position),  # type: ignore[arg-type]
        assessment=an_assessment(last_year=a_comparison(p, **changes)),
    )

    assert level(ask(RuleName.DETERIORATION, row)) == wanted


def worse(saltmarsh: Catalogue, p: float = 0.001, **changes: Any) -> Row:
    """Make a row that is significantly and materially worse than last year."""
    made = a_row(
        saltmarsh,
        p_together=p,
        position=a_position(130.0),
        assessment=an_assessment(last_year=a_comparison(p)),
    )
    return replace(made, **changes)


def test_high_impact_is_one_band_higher(saltmarsh: Catalogue) -> None:
    assert level(ask(RuleName.DETERIORATION, high_impact(worse(saltmarsh)))) is HIGH


def test_from_nought_last_year_no_infinite_per_cent_is_told(saltmarsh: Catalogue) -> None:
    row = worse(saltmarsh, position=a_position(30.0, 0.0))

    answer = ask(RuleName.DETERIORATION, row)

    assert isinstance(answer, Finding)
    assert "+30, from none" in answer.reason.sentence
    assert "%" not in answer.reason.sentence
    assert "inf" not in answer.reason.sentence


def test_the_first_days_of_april_are_not_judged(saltmarsh: Catalogue) -> None:
    row = worse(saltmarsh, position=a_position(130.0, to=date(2020, 4, 20)))

    answer = ask(RuleName.DETERIORATION, row)

    assert isinstance(answer, Quiet)
    assert not answer.judged


def test_years_on_both_sides_of_a_change_of_recording_are_not_judged(saltmarsh: Catalogue) -> None:
    changed = a_comparison(NAN, reason=NotTestable.DEFINITION_CHANGED)
    row = worse(saltmarsh, assessment=an_assessment(last_year=changed))

    answer = ask(RuleName.DETERIORATION, row)

    assert isinstance(answer, Quiet)
    assert not answer.judged


def test_a_standing_alert_is_held_by_the_weaker_cut(saltmarsh: Catalogue) -> None:
    row = worse(saltmarsh, 0.04)

    assert level(ask(RuleName.DETERIORATION, row)) is None
    held = replace(row, held=frozenset({RuleName.DETERIORATION}))
    assert level(ask(RuleName.DETERIORATION, held)) is MEDIUM


@pytest.mark.parametrize(
    ("position", "is_shown"),
    [
        pytest.param(a_position(30.0, 3.0), False, id="three last year"),
        pytest.param(a_position(4.0, 30.0), False, id="four this year"),
        pytest.param(a_position(0.5, 0.9, responses=4.0), False, id="half of four"),
        pytest.param(a_position(30.0, 5.0), True, id="five is the minimum"),
        pytest.param(a_position(30.0, 0.0), True, id="none is no number to hide"),
    ],
)
def test_what_is_too_small_to_be_shown_is_not_told(
    saltmarsh: Catalogue, *, position: Any, is_shown: bool
) -> None:
    row = worse(saltmarsh, position=position)
    shy = replace(row, measure=replace(row.measure, minimum=5))

    assert (not not_eligible(shy)) is is_shown


def test_a_window_that_is_too_small_to_be_shown_is_not_told(saltmarsh: Catalogue) -> None:
    few = a_watch(5.0, observed=(2, 8, 9), expected=(0.2, 2, 3))
    row = a_row(saltmarsh, assessment=an_assessment(watch=few))
    shy = replace(row, measure=replace(row.measure, minimum=10))

    assert level(ask(RuleName.SURGE, row)) is not None
    assert level(ask(RuleName.SURGE, shy)) is None
    assert key_figures(row).window == "28 days"
    assert key_figures(shy).window == ""


def test_a_rate_that_falls_is_worse_and_tells_its_number(saltmarsh: Catalogue) -> None:
    row = a_rate(worse(saltmarsh, position=a_position(0.70, 0.80, responses=400.0)))

    answer = ask(RuleName.DETERIORATION, row)

    assert isinstance(answer, Finding)
    assert "70.0% of 400 responses" in answer.reason.sentence
    assert "−10.0 points" in answer.reason.sentence
    assert "p = 0.001" in answer.reason.sentence


def test_a_rate_that_rises_is_quiet(saltmarsh: Catalogue) -> None:
    row = a_rate(worse(saltmarsh, position=a_position(0.90, 0.80, responses=400.0)))

    assert level(ask(RuleName.DETERIORATION, row)) is None


# The latest weeks


@pytest.mark.parametrize(
    ("watch", "held", "wanted"),
    [
        pytest.param(a_watch(2.9), False, None, id="below the budget's threshold"),
        pytest.param(a_watch(3.1), False, LOW, id="above it"),
        pytest.param(a_watch(4.1), False, MEDIUM, id="far above it"),
        pytest.param(a_watch(2.4), False, None, id="a new one needs the full score"),
        pytest.param(a_watch(2.4), True, LOW, id="one that stands is held lower"),
        pytest.param(a_watch(2.2), True, None, id="and not for ever"),
        pytest.param(
            a_watch(5.0, observed=(2, 4, 9), expected=(0.2, 0.5, 3)), False, None, id="under five"
        ),
        pytest.param(
            a_watch(5.0, observed=(9, 1030, 9), expected=(9, 1000, 9)),
            False,
            None,
            id="an excess of 3% is not material",
        ),
    ],
)
def test_surge(saltmarsh: Catalogue, *, watch: Any, held: bool, wanted: ThreatLevel | None) -> None:
    row = a_row(
        saltmarsh,
        assessment=an_assessment(watch=watch),
        held=frozenset({RuleName.SURGE}) if held else frozenset(),
    )

    assert level(ask(RuleName.SURGE, row)) == wanted


def test_weeks_of_which_nothing_could_be_expected_are_not_judged(saltmarsh: Catalogue) -> None:
    answer = ask(RuleName.SURGE, a_row(saltmarsh, assessment=an_assessment(watch=a_watch(NAN))))

    assert isinstance(answer, Quiet)
    assert not answer.judged


# The classification


def classified(now: ThreatLevel | None) -> Any:
    return an_assessment(threat=Threat(level=now, pending=None, sentences=("Because.",)))


@pytest.mark.parametrize(
    ("now", "before", "held", "wanted"),
    [
        pytest.param(HIGH, classified(MEDIUM), False, HIGH, id="raised to High"),
        pytest.param(MEDIUM, classified(LOW), False, MEDIUM, id="raised to Medium"),
        pytest.param(HIGH, classified(HIGH), False, None, id="High since before is quiet"),
        pytest.param(HIGH, classified(HIGH), True, HIGH, id="unless its alert stands"),
        pytest.param(MEDIUM, classified(HIGH), False, None, id="a fall is quiet"),
        pytest.param(LOW, classified(LOW), True, None, id="Low is quiet"),
        pytest.param(HIGH, None, False, HIGH, id="High on the first day"),
        pytest.param(MEDIUM, None, False, None, id="Medium on the first day is quiet"),
        pytest.param(MEDIUM, classified(None), False, MEDIUM, id="newly classified"),
    ],
)
def test_classification(
    saltmarsh: Catalogue,
    *,
    now: ThreatLevel,
    before: Any,
    held: bool,
    wanted: ThreatLevel | None,
) -> None:
    row = a_row(
        saltmarsh,
        assessment=classified(now),
        before=before,
        held=frozenset({RuleName.CLASSIFICATION}) if held else frozenset(),
    )

    assert level(ask(RuleName.CLASSIFICATION, row)) == wanted


def test_no_classification_is_not_a_recovery(saltmarsh: Catalogue) -> None:
    answer = ask(RuleName.CLASSIFICATION, a_row(saltmarsh, assessment=classified(None)))

    assert isinstance(answer, Quiet)
    assert not answer.judged


@pytest.mark.parametrize(("held", "fires"), [(False, False), (True, True)])
def test_the_first_days_of_the_year_raise_no_classification_and_end_none(
    saltmarsh: Catalogue, *, held: bool, fires: bool
) -> None:
    row = a_row(
        saltmarsh,
        position=a_position(to=date(2020, 4, 3)),
        assessment=classified(HIGH),
        before=classified(LOW),
        held=frozenset({RuleName.CLASSIFICATION}) if held else frozenset(),
    )

    answer = ask(RuleName.CLASSIFICATION, row)

    assert isinstance(answer, Finding) is fires
    assert not (isinstance(answer, Quiet) and answer.judged)


# Targets


@pytest.fixture
def with_target(saltmarsh: Catalogue) -> Catalogue:
    """The invented force with a target on the measure of these tests."""
    [first, *rest] = saltmarsh.frameworks
    target = Target(measure=THEFT, kind=TargetKind.REDUCTION, value=0.05)
    return replace(
        saltmarsh,
        frameworks=(replace(first, targets=(*first.targets, target), not_cited={}), *rest),
    )


def aimed(catalogue: Catalogue, met: float, **changes: Any) -> Row:
    made = a_row(
        catalogue,
        position=a_position(target=95.0, gap=25.0),
        assessment=an_assessment(year_end=a_year_end(met)),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("met", "gap", "held", "wanted"),
    [
        pytest.param(0.1, 25.0, False, MEDIUM, id="unlikely by far"),
        pytest.param(0.1, 2.0, False, LOW, id="unlikely and close"),
        pytest.param(0.25, 25.0, False, None, id="not unlikely enough"),
        pytest.param(0.25, 25.0, True, MEDIUM, id="held until it is clearly back"),
        pytest.param(0.31, 25.0, True, None, id="clearly back"),
    ],
)
def test_target_unlikely(
    with_target: Catalogue, *, met: float, gap: float, held: bool, wanted: ThreatLevel | None
) -> None:
    row = aimed(
        with_target,
        met,
        position=a_position(target=95.0, gap=gap),
        held=frozenset({RuleName.TARGET_UNLIKELY}) if held else frozenset(),
    )

    assert level(ask(RuleName.TARGET_UNLIKELY, row)) == wanted


@pytest.mark.parametrize(
    ("now", "before", "held", "fires"),
    [
        pytest.param(0.96, 0.7, False, True, id="newly secured"),
        pytest.param(0.96, 0.97, False, False, id="never in doubt"),
        pytest.param(0.96, None, False, False, id="not known before"),
        pytest.param(0.9, 0.7, False, False, id="not yet"),
        pytest.param(0.9, 0.9, True, True, id="stands while it is likely"),
        pytest.param(0.7, 0.9, True, False, id="no longer"),
    ],
)
def test_target_secured(
    with_target: Catalogue, *, now: float, before: float | None, held: bool, fires: bool
) -> None:
    row = aimed(
        with_target,
        now,
        before=None if before is None else an_assessment(year_end=a_year_end(before)),
        held=frozenset({RuleName.TARGET_SECURED}) if held else frozenset(),
    )

    answer = ask(RuleName.TARGET_SECURED, row)

    assert isinstance(answer, Finding) is fires
    if isinstance(answer, Finding):
        assert answer.key.concern is Concern.SECURED


@pytest.mark.parametrize("rule", [RuleName.TARGET_UNLIKELY, RuleName.TARGET_SECURED])
@pytest.mark.parametrize(
    ("measure", "to", "met"),
    [
        pytest.param(THEFT, date(2020, 5, 1), 0.1, id="the year is young"),
        pytest.param("boat-theft.recorded", DAY, 0.1, id="recording changed in June"),
        pytest.param(THEFT, DAY, NAN, id="nothing is projected"),
    ],
)
def test_a_target_is_not_judged_when(
    with_target: Catalogue, rule: RuleName, measure: str, to: date, met: float
) -> None:
    position = a_position(target=95.0, gap=25.0, to=to)
    row = aimed(with_target, met, position=position)

    answer = ask(rule, replace(row, measure=with_target.measures[MeasureId(measure)]))

    assert isinstance(answer, Quiet)
    assert not answer.judged


# The control chart


def charted(state: ControlState, side: int, deviations: float) -> Any:
    return an_assessment(
        control=Control(
            state=state, side=side, deviations=deviations, assurance=Assurance.NOT_ASSESSED
        )
    )


@pytest.mark.parametrize(
    ("found", "fires"),
    [
        pytest.param(charted(ControlState.OUTSIDE, 1, 3.4), True, id="a breach"),
        pytest.param(charted(ControlState.OUTSIDE, 1, 3.1), False, id="within the budget's cut"),
        pytest.param(charted(ControlState.OUTSIDE, -1, -3.4), False, id="the good side"),
        pytest.param(charted(ControlState.LONG_TERM, 1, 1.0), True, id="a shift"),
        pytest.param(charted(ControlState.LONG_TERM, 1, 0.9), False, id="a small shift"),
        pytest.param(charted(ControlState.SEASONAL_SPIKE, 1, 4.0), False, id="a season's spike"),
        pytest.param(charted(ControlState.STABILISED, 1, 1.0), False, id="stabilised"),
    ],
)
def test_control(saltmarsh: Catalogue, *, found: Any, fires: bool) -> None:
    answer = ask(RuleName.CONTROL, a_row(saltmarsh, assessment=found))

    assert isinstance(answer, Finding) is fires


def test_a_chart_with_too_few_points_is_not_judged(saltmarsh: Catalogue) -> None:
    answer = ask(
        RuleName.CONTROL,
        a_row(saltmarsh, assessment=charted(ControlState.TOO_FEW_POINTS, 0, NAN)),
    )

    assert isinstance(answer, Quiet)
    assert not answer.judged


# The most similar forces


def placed(verdict: PeerVerdict) -> Any:
    return an_assessment(peers=Peers(rank=7, forces=8, verdict=verdict))


ABOVE, IN_LINE = PeerVerdict.SIGNIFICANTLY_ABOVE, PeerVerdict.IN_LINE


@pytest.mark.parametrize(
    ("now", "before", "held", "fires"),
    [
        pytest.param(ABOVE, IN_LINE, False, True, id="turned worse"),
        pytest.param(ABOVE, ABOVE, False, False, id="worse since before"),
        pytest.param(ABOVE, ABOVE, True, True, id="its alert stands"),
        pytest.param(ABOVE, None, False, False, id="the first day"),
        pytest.param(IN_LINE, ABOVE, True, False, id="in line again"),
        pytest.param(PeerVerdict.SIGNIFICANTLY_BELOW, IN_LINE, False, False, id="better"),
    ],
)
def test_peers(
    saltmarsh: Catalogue, *, now: PeerVerdict, before: PeerVerdict | None, held: bool, fires: bool
) -> None:
    row = a_row(
        saltmarsh,
        assessment=placed(now),
        before=placed(before) if before else None,
        held=frozenset({RuleName.PEERS}) if held else frozenset(),
    )

    assert isinstance(ask(RuleName.PEERS, row), Finding) is fires


def test_a_place_is_not_judged_in_a_year_in_which_recording_changed(saltmarsh: Catalogue) -> None:
    row = a_row(saltmarsh, measure="boat-theft.recorded", assessment=placed(ABOVE))

    answer = ask(RuleName.PEERS, replace(row, before=placed(IN_LINE)))

    assert isinstance(answer, Quiet)
    assert "Canoes" in answer.why


# What no rule may speak of


def test_neither_way_is_better_so_a_rise_is_just_a_rise(saltmarsh: Catalogue) -> None:
    assert "Neither way" in not_eligible(a_row(saltmarsh, measure="hate-crime.recorded"))


def test_what_may_not_be_cited_raises_nothing(saltmarsh: Catalogue) -> None:
    assert "silence" in not_eligible(a_row(saltmarsh, measure="boat-theft.recorded"))
    row = a_row(saltmarsh)
    hidden = replace(row, measure=replace(row.measure, restriction=Restriction.NOT_CITED))
    assert not_eligible(hidden)


def test_returns_and_money_are_told_as_given(saltmarsh: Catalogue) -> None:
    assert not_eligible(a_row(saltmarsh, measure="savings"))


def test_levels_that_are_not_watched_raise_nothing(saltmarsh: Catalogue) -> None:
    row = a_row(saltmarsh, area="ebb", policy=AlertPolicy(levels=()))

    assert "csp" in not_eligible(row)


# Feeds


@pytest.mark.parametrize(
    ("as_at", "grain", "due"),
    [
        (date(2020, 12, 11), Grain.DAY, date(2020, 12, 9)),
        (date(2020, 12, 11), Grain.MONTH, date(2020, 9, 30)),
        (date(2020, 12, 16), Grain.MONTH, date(2020, 10, 31)),
        (date(2020, 12, 13), Grain.QUARTER, date(2020, 6, 30)),
        (date(2020, 12, 14), Grain.QUARTER, date(2020, 9, 30)),
        (date(2020, 3, 1), Grain.DAY, date(2020, 2, 28)),
    ],
)
def test_a_source_has_some_days_before_it_is_late(as_at: date, grain: Grain, due: date) -> None:
    assert due_by(as_at, grain, Late()) == due
