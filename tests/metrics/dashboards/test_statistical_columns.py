"""The dashboards' columns that statistics fill."""

from __future__ import annotations

from math import isnan

import pytest

from metrics.classification import ThreatLevel
from metrics.dashboards import Dashboard, Unit, all_crime, csp, plan, scorecard, targets
from metrics.dashboards.scorecard import subjects
from metrics.model import Catalogue
from metrics.statistics.control_state import ControlState
from metrics.statistics.verdict import Verdict
from tests.metrics.dashboards.conftest import MakeSnapshot, a_verdict, a_year
from tests.metrics.dashboards.test_dashboards import cell

BOATS = ("boat-theft.recorded", "saltmarsh")


def test_all_crime_says_whether_chance_explains_the_change(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(a_year(), said={BOATS: a_verdict(Verdict.SIGNIFICANT_RISE)})

    made = all_crime(snapshot, saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Significance").words == "significant rise"
    assert cell(made, "Other", "Significance").words.startswith("not tested")


def test_all_crime_shows_where_the_year_is_likely_to_end(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    year_end = {"year_end.expected": 170.4, "year_end.lower_95": 150, "year_end.upper_95": 191}
    snapshot = snapshot_of(a_year(), said={BOATS: year_end})

    made = all_crime(snapshot, saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Year end").value == pytest.approx(170.4)
    assert cell(made, "Boat theft", "95% range").words == "150–191"
    assert isnan(cell(made, "Other", "Year end").value)


def test_targets_show_the_chance_of_meeting_them(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(a_year(), said={BOATS: {"year_end.chance_met": 0.02}})

    made = targets(snapshot, saltmarsh, saltmarsh.force)

    chance = cell(made, "Boat theft", "Chance of meeting")
    assert (chance.value, chance.unit) == (0.02, Unit.CHANCE)
    assert isnan(cell(made, "Anglers: satisfaction", "Chance of meeting").value)


def test_the_plan_assesses_against_the_baseline_and_not_against_last_year(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(
        a_year(),
        "2021-12-31",
        said={
            BOATS: {
                **a_verdict(Verdict.SIGNIFICANT_RISE),
                **a_verdict(Verdict.SIGNIFICANT_FALL, part="baseline"),
            }
        },
    )

    made = plan(snapshot, saltmarsh, saltmarsh.force)

    said = cell(made, "Boat theft", "Assessment").words
    assert said == "statistically significant improvement"


def test_the_plan_shows_place_control_chart_and_projection(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(
        a_year(),
        "2021-12-31",
        said={
            BOATS: {
                "peers.rank": 3,
                "control.state": ControlState.WITHIN_BOUNDS,
                "year_end.expected": 150.0,
            }
        },
    )

    made = plan(snapshot, saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Position in the MSG").value == 3
    assert cell(made, "Boat theft", "SPC").words == "within expected bounds"
    assert cell(made, "Boat theft", "Projection").value == 150


def test_a_place_that_is_not_known_is_left_empty(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = plan(snapshot_of(a_year(), "2021-12-31"), saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Position in the MSG").is_empty


def test_money_is_neither_charted_nor_projected(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = plan(snapshot_of(a_year(), "2021-12-31"), saltmarsh, saltmarsh.force)

    assert cell(made, "Savings to date", "SPC").is_empty
    assert cell(made, "Savings to date", "Projection").is_empty


def test_the_table_across_partnerships_is_adjusted_over_its_own_rows(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    rise = a_verdict(Verdict.SIGNIFICANT_RISE, p=0.004)
    unchanged = a_verdict(Verdict.NO_SIGNIFICANT_CHANGE, p=0.5)
    boats = "boat-theft.recorded"
    snapshot = snapshot_of(
        a_year(), said={(boats, "ebb"): rise, (boats, "flow"): unchanged, BOATS: unchanged}
    )

    across = csp(snapshot, saltmarsh, saltmarsh.force, crime_type="boat-theft")
    own = csp(snapshot, saltmarsh, saltmarsh.area("ebb"))

    assert cell(across, "Ebb", "Significance").words == "no significant change"  # 0.004 x 3
    assert cell(own, "Boat theft", "Significance").words == "significant rise"


def test_only_the_row_of_the_whole_area_is_a_total(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = csp(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert [one.label for one in made.rows if one.is_total] == ["Saltmarsh"]


def test_what_lies_in_no_partnership_is_not_tested(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = csp(snapshot_of(a_year()), saltmarsh, saltmarsh.force, crime_type="boat-theft")

    assert cell(made, "Not located in a CSP", "Significance").is_empty


def a_threat(level: ThreatLevel, *sentences: str) -> dict[str, object]:
    return {"threat.level": int(level), "threat.sentences": sentences}


def the_scorecard(
    snapshot_of: MakeSnapshot, catalogue: Catalogue, said: dict[tuple[str, str], object]
) -> Dashboard:
    return scorecard(snapshot_of(a_year(), "2021-12-31", said=said), catalogue, catalogue.force)


def test_the_scorecard_has_a_level_for_each_side_of_a_crime_type(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = the_scorecard(
        snapshot_of, saltmarsh, {BOATS: a_threat(ThreatLevel.HIGH, "It is bad.", "And more.")}
    )

    assert cell(made, "Boat theft", "Recorded crime").words == "High"
    assert cell(made, "Boat theft", "Outcomes").words == "not classified"


def test_the_scorecard_gives_the_first_reason_of_the_highest_level(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = the_scorecard(
        snapshot_of,
        saltmarsh,
        {
            BOATS: a_threat(ThreatLevel.LOW, "It is good."),
            ("boat-theft.outcome-rate", "saltmarsh"): a_threat(
                ThreatLevel.MEDIUM, "It may be bad.", "Or not."
            ),
        },
    )

    assert cell(made, "Boat theft", "Why").words == "It may be bad."


def test_a_level_that_is_not_known_is_never_low(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = the_scorecard(snapshot_of, saltmarsh, {})

    assert cell(made, "Boat theft", "Recorded crime").words == "not classified"
    assert cell(made, "Boat theft", "Why").words.startswith("Not classified")


def test_a_priority_that_is_not_cited_is_not_on_the_scorecard(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = scorecard(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert made.rows == ()
    assert "Priority 1: The harbour master asked for silence." in made.caveats


def rows_by_name(catalogue: Catalogue) -> dict[str, list[str]]:
    return {
        one.name: [measure.id for measure in one.measures.values()] for one in subjects(catalogue)
    }


def test_both_vehicle_crimes_share_the_satisfaction_of_their_priority(
    leicestershire: Catalogue,
) -> None:
    rows = rows_by_name(leicestershire)

    assert rows["Theft of motor vehicle"] == [
        "theft-of-motor-vehicle.recorded",
        "theft-of-motor-vehicle.outcome-rate",
        "vehicle.satisfaction",
    ]
    assert "vehicle.satisfaction" in rows["Theft from motor vehicle"]


def test_a_priority_without_a_crime_type_has_a_row_for_what_it_is_measured_by(
    leicestershire: Catalogue,
) -> None:
    rows = rows_by_name(leicestershire)

    assert rows["Hate crime"] == [
        "hate-crime.recorded",
        "hate-crime.outcome-rate",
        "racist-incidents.satisfaction",
    ]
    assert rows["All users"] == ["all-users.satisfaction"]
    assert rows["Confidence"] == ["confidence"]


def test_the_scorecard_stands_in_the_order_of_the_priorities(leicestershire: Catalogue) -> None:
    order = list(leicestershire.priorities)
    places = [order.index(one.priority) for one in subjects(leicestershire)]

    assert places == sorted(places)


def test_only_the_whole_of_a_survey_is_on_the_scorecard(leicestershire: Catalogue) -> None:
    shown = {one for measures in rows_by_name(leicestershire).values() for one in measures}

    assert "burglary.satisfaction" in shown
    assert "burglary.satisfaction.action" not in shown


def test_satisfaction_has_no_row_of_its_own_beside_the_crime_it_is_about(
    leicestershire: Catalogue,
) -> None:
    alone = [measures for measures in rows_by_name(leicestershire).values() if len(measures) == 1]

    assert [one for [one] in alone if one.endswith("satisfaction")] == ["all-users.satisfaction"]
