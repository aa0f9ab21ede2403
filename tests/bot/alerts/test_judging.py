"""A day's figures before every rule, and what a day decides as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
import pytest

from bot.alerts.decide import Decided, decide
from bot.alerts.judging import basis_of, judge, row_of, why_silent, without_twins
from bot.alerts.model import Alert, AlertId, Change, Concern, RuleName
from bot.alerts.routing import listeners
from bot.alerts.rules import RULES
from bot.alerts.saying import Saying
from bot.alerts.telling import Told
from config.alerts import AlertPolicy, Route
from metrics.classification import ThreatLevel
from metrics.model import Catalogue
from metrics.snapshot import Figures, Snapshot
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import Verdict
from tests.bot.alerts.making import a_candidate, a_key, an_alert
from tests.conftest import a_table
from tests.metrics.dashboards.conftest import CRIME, a_verdict, snapshot_of  # noqa: F401

MakeSnapshot = Callable[..., Snapshot]

THEFT = ("other.recorded", "saltmarsh")
WORSE = a_verdict(Verdict.SIGNIFICANT_RISE, p=0.00001)
POLICY = AlertPolicy()


def table(to: str = "2020-12-11") -> Any:
    """Return two years in which other crime grew from 100 to 160, most of it in Ebb."""
    return a_table(
        [
            ("2019-05-01", "ebb", "other.recorded", 60),
            ("2019-05-01", "flow", "other.recorded", 40),
            ("2020-05-01", "ebb", "other.recorded", 120),
            ("2020-05-01", "flow", "other.recorded", 40),
        ],
        [(tally, "saltmarsh", "2019-04-01", to) for tally in CRIME],
    )


@pytest.fixture
def make(snapshot_of: MakeSnapshot, saltmarsh: Catalogue) -> Callable[..., Figures]:  # noqa: F811
    """Make the figures of a day, with what the statistics say of single rows."""

    def figures(said: Any = None, as_at: str = "2020-12-11", to: str = "") -> Figures:
        snapshot = snapshot_of(table(to or as_at), as_at, said=said)
        return Figures(snapshot=snapshot, catalogue=saltmarsh)

    return figures


MakeFigures = Callable[..., Figures]


def test_nothing_said_is_nothing_raised(make: MakeFigures) -> None:
    assert judge(make(), previous=None, open_alerts=(), policy=POLICY).candidates == ()


def test_several_rules_about_one_row_are_one_candidate_with_several_reasons(
    make: MakeFigures,
) -> None:
    surging = {
        "watch.score": 6.0,
        "watch.observed": (9.0, 60.0, 90.0),
        "watch.expected": (8.0, 30.0, 70.0),
        "watch.p_value": (0.3, 1e-6, 0.01),
        "watch.reason": (NoVerdict.HAS_VERDICT,) * 3,
    }

    judged = judge(
        make({THEFT: {**WORSE, **surging}}), previous=None, open_alerts=(), policy=POLICY
    )

    [found] = judged.candidates
    assert {one.rule for one in found.reasons} == {RuleName.DETERIORATION, RuleName.SURGE}
    assert found.key == a_key()
    assert found.figures.value == 160


def test_measures_that_may_not_be_cited_raise_nothing(make: MakeFigures) -> None:
    said = {("boat-theft.recorded", "saltmarsh"): WORSE, ("hate-crime.recorded", "ebb"): WORSE}

    assert judge(make(said), previous=None, open_alerts=(), policy=POLICY).candidates == ()


def test_the_shortlist_leaves_out_no_row_that_a_rule_would_fire_on(make: MakeFigures) -> None:
    """Every row is put before the rules, and fires only where the short way asked."""
    random = np.random.default_rng(7)
    keys = [(m, a) for m in make().snapshot.positions.measures for a in ("saltmarsh", "ebb")]
    said = {
        key: {
            **a_verdict(Verdict.SIGNIFICANT_RISE, p=float(random.choice([1e-9, 0.2]))),
            "watch.score": float(random.uniform(-2, 6)),
            "watch.observed": (9.0, 60.0, 90.0),
            "watch.expected": (8.0, 30.0, 70.0),
            "watch.p_value": (0.3, 1e-6, 0.01),
            "threat.level": int(random.integers(0, 4)),
            "year_end.chance_met": float(random.choice([0.01, 0.5, 0.99])),
            "peers.verdict": list(PeerVerdict)[random.integers(len(PeerVerdict))],
        }
        for key in keys
    }
    figures = make(said)
    previous = make().snapshot
    short = judge(figures, previous=previous, open_alerts=(), policy=POLICY)
    terms = {"previous": previous, "open_alerts": (), "policy": POLICY}

    asked = {(one.key.measure, one.key.area) for one in short.candidates}
    for measure, area in keys:
        row = row_of(figures, measure, area, **terms)  # type: ignore[arg-type]
        fires = len(why_silent(row)) < len(RULES)
        assert fires is ((measure, area) in asked), (measure, area)
    assert asked


def test_a_late_source_judges_nothing_quiet(make: MakeFigures) -> None:
    late = make(as_at="2020-12-11", to="2020-12-01")

    judged = judge(late, previous=None, open_alerts=[an_alert()], policy=POLICY)

    assert judged.rules[a_key()] == frozenset()
    [found] = judged.candidates
    assert found.key.concern is Concern.LATE
    assert "figures to 1 December 2020" in found.reasons[0].sentence
    assert "to 9 December 2020 should be here" in found.reasons[0].sentence


def test_figures_that_reach_the_day_they_should_are_not_late(make: MakeFigures) -> None:
    just = make(as_at="2020-12-11", to="2020-12-09")

    judged = judge(just, previous=None, open_alerts=[an_alert()], policy=POLICY)

    assert judged.candidates == ()
    assert RuleName.CLASSIFICATION not in judged.rules[a_key()]  # nothing was classified
    assert RuleName.TARGET_UNLIKELY in judged.rules[a_key()]


def test_a_measure_that_the_plan_has_lost_is_judged_as_gone(make: MakeFigures) -> None:
    lost = an_alert(key=a_key("lost.recorded"))

    judged = judge(make(), previous=None, open_alerts=[lost], policy=POLICY)

    assert judged.basis[lost.key] != lost.basis
    assert lost.rules <= judged.rules[lost.key]


def test_only_what_bears_on_a_judgement_judges_it_anew(
    make: MakeFigures, saltmarsh: Catalogue
) -> None:
    figures = make()
    key = a_key()
    routed = POLICY.model_copy(update={"route": (Route(name="a", to="slack:C1"),)})
    stricter = POLICY.model_copy(
        update={"deterioration": POLICY.deterioration.model_copy(update={"significance": 0.001})}
    )
    renamed = replace(figures, catalogue=replace(saltmarsh, name="Another name"))

    assert basis_of(key, figures, POLICY) == basis_of(key, figures, routed)
    assert basis_of(key, figures, POLICY) == basis_of(key, renamed, POLICY)
    assert basis_of(key, figures, POLICY) != basis_of(key, figures, stricter)


# A day as a whole


class Desk:
    """A channel that is told everything, from day to day."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.alerts: dict[AlertId, Alert] = {}
        self.messages: dict[Any, date] = {}
        self.previous: Snapshot | None = None

    def day(self, figures: Figures) -> Decided[Saying]:
        as_at = figures.snapshot.as_at
        decided = decide(
            figures,
            previous=self.previous,
            open_alerts=[one for one in self.alerts.values() if one.is_open],
            policy=POLICY,
            audience=listeners([Route(name="a", to="slack:C1", least="low")], []),
            told=Told(messages=self.messages),
            may_tell=lambda _measure, _area, _to: "",
            write=lambda saying: saying,
            now=datetime(as_at.year, as_at.month, as_at.day, 8, tzinfo=UTC) + timedelta(days=1),
            new_id=lambda: AlertId(f"A-{next(self.numbers)}"),
        )
        for one in decided.transitions:
            self.alerts[one.alert.id] = one.alert
        for made in decided.notifications:
            self.messages[made.message, made.destination] = made.at.date()
        self.previous = figures.snapshot
        return decided


def changes(decided: Decided[Saying]) -> list[Change]:
    return [one.change for one in decided.transitions]


BOTH = {THEFT: WORSE, ("other.recorded", "ebb"): WORSE}


def test_a_threat_lives_from_its_first_day_to_its_end(make: MakeFigures) -> None:
    desk = Desk()

    first = desk.day(make(BOTH, "2020-12-11"))
    again = desk.day(make(BOTH, "2020-12-11"))
    second = desk.day(make(BOTH, "2020-12-12"))
    quiet = desk.day(make({THEFT: a_verdict(Verdict.NO_SIGNIFICANT_CHANGE)}, "2020-12-13"))

    assert changes(first) == [Change.RAISED, Change.RAISED]
    assert [one.operation.value for one in first.notifications] == ["post", "thread"]
    assert again.transitions == ()
    assert again.notifications == ()
    assert [one.operation.value for one in second.notifications] == ["edit"]
    # Ebb is not tested on the third day, so that only the force's alert is quiet.
    assert changes(quiet) == [Change.CONTINUED]
    calm = {key: a_verdict(Verdict.NO_SIGNIFICANT_CHANGE) for key in BOTH}
    end = desk.day(make(calm, "2021-01-10"))
    assert changes(end) == [Change.CONTINUED, Change.RESOLVED, Change.UNFOLDED]


def test_the_first_days_of_april_end_nothing(make: MakeFigures) -> None:
    desk = Desk()
    desk.day(make(BOTH, "2021-03-31", "2021-03-31"))

    april = desk.day(make(dict.fromkeys(BOTH, WORSE), "2021-04-02"))

    assert Change.RESOLVED not in changes(april)
    assert all(one.is_open for one in desk.alerts.values())


def test_every_route_is_explained(make: MakeFigures) -> None:
    decided = Desk().day(make(BOTH))

    every: Iterable[Any] = (one for made in decided.routes.values() for one in made)
    assert all(one.why.startswith("Route “a”: ") for one in every)
    assert decided.routes.keys() == {one.alert.id for one in decided.transitions}
    assert {one.alert.level for one in decided.transitions} <= set(ThreatLevel)


def test_a_part_with_the_very_same_figures_is_told_as_the_whole(saltmarsh: Catalogue) -> None:
    whole = a_candidate(key=a_key(area="saltmarsh"))
    part = a_candidate(key=a_key(area="ebb"))

    told = without_twins([part, whole], standing=(), catalogue=saltmarsh)

    assert told == [whole]
    assert without_twins([part, whole], standing=[part.key], catalogue=saltmarsh) == [part, whole]
    assert without_twins([part], standing=(), catalogue=saltmarsh) == [part]
