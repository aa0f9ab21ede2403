"""Why: every step of a claim's arithmetic, from the snapshot alone."""

from __future__ import annotations

import pytest

from bot.render.words import say_line
from metrics.classification import ClassificationRule, ThreatLevel
from metrics.dashboards import Explanation, explain
from metrics.dashboards.explanation.drivers import areas_below
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.snapshot import Snapshot, SnapshotKind
from metrics.statistics.control import Assurance
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.projection import Withheld
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict
from tests.conftest import a_table
from tests.metrics.dashboards.conftest import CRIME, MakeSnapshot, a_verdict, a_year

BOATS = ("boat-theft.recorded", "saltmarsh")

LATER = "2021-12-31"
"""A day of the second framework, which cites the priority of boats."""


def why(
    snapshot: Snapshot, catalogue: Catalogue, measure: str = BOATS[0], area: str = BOATS[1]
) -> Explanation:
    return explain(
        snapshot,
        catalogue,
        catalogue.measure(measure),
        catalogue.area(area),
        rule=ClassificationRule(),
    )


def lines(explanation: Explanation, heading: str) -> list[str]:
    [section] = [one for one in explanation.sections if one.heading.startswith(heading)]
    return [say_line(line) for line in section.lines]


def two_years() -> CountTable:
    """Boats from 100 to 120: 80 from 60 in Ebb, 30 from 40 in Flow, 10 not located."""
    return a_table(
        [
            ("2020-05-01", "ebb", "boat-theft.recorded", 60),
            ("2020-05-01", "flow", "boat-theft.recorded", 40),
            ("2021-05-01", "ebb", "boat-theft.recorded", 80),
            ("2021-05-01", "flow", "boat-theft.recorded", 30),
            ("2021-05-01", "saltmarsh", "boat-theft.recorded", 10),
        ],
        [(tally, "saltmarsh", "2019-04-01", LATER) for tally in CRIME],
    )


def test_both_periods_are_told_with_their_days(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    told = lines(why(snapshot_of(two_years(), LATER), saltmarsh), "The figures")

    assert "The year to date, 1 April 2021 to 31 December 2021 (275 days): 120 crimes." in told
    assert "Last year, 1 April 2020 to 31 December 2020 (275 days): 100 crimes." in told
    assert "Change: +20 (+20.0%)." in told


def test_a_period_with_gaps_has_no_figure_and_says_what_is_missing(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [("2021-05-01", "ebb", "boat-theft.recorded", 1)],
        [(tally, "saltmarsh", "2021-04-01", LATER) for tally in CRIME],
    )

    told = lines(why(snapshot_of(table, LATER), saltmarsh), "The figures")

    assert any("not known, 275 of 275 days are not recorded." in one for one in told)
    assert "Change: not known, because one of the two periods is not." in told


def test_nothing_recorded_is_said(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    made = why(snapshot_of(two_years(), LATER), saltmarsh, "anglers.satisfaction")

    assert lines(made, "The figures") == ["Nothing has been recorded."]


def test_the_test_is_told_with_its_p_its_interval_and_what_it_allowed_for(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {
        **a_verdict(Verdict.SIGNIFICANT_RISE, p=0.0012),
        "last_year.p_adjusted": 0.0048,
        "last_year.low": 1.05,
        "last_year.high": 1.4,
        "last_year.dispersion": 1.53,
    }

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "Against last year"
    )

    assert told[0] == "Significance: significant rise."
    assert (
        "alone: 0.0012; adjusted for the measures of its kind in the same area: 0.0048" in told[2]
    )
    assert told[3] == "The change lies between +5.0% and +40.0%, with a confidence of 99%."
    assert "1.53 times what chance alone would bring" in told[4]


def test_a_rise_from_nought_has_no_upper_end(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {**a_verdict(Verdict.SIGNIFICANT_RISE), "last_year.low": 3.0}

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "Against last year"
    )

    assert "The change is at least +200.0%; from nought it has no upper end." in told


def test_what_was_not_tested_has_no_p(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    said = {"last_year.reason": NotTestable.DEFINITION_CHANGED}

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "Against last year"
    )

    assert told == [
        "Significance: not tested: definition changed.",
        "Nothing may be said of the change.",
    ]


@pytest.mark.parametrize(
    ("measure", "pace", "fewer"),
    [
        ("boat-theft.recorded", 286.4, "287"),
        ("boat-theft.recorded", 286.0, "287"),
        ("net-damage.recorded", 286.0, "286"),
    ],
)
def test_the_pace_is_told_as_whole_crimes_that_would_still_meet_the_target(
    outspoken: Catalogue, snapshot_of: MakeSnapshot, measure: str, pace: float, fewer: str
) -> None:
    said = {(measure, "saltmarsh"): {"year_end.pace_needed": pace, "year_end.chance_met": 0.4}}

    made = why(snapshot_of(a_year(), said=said), outspoken, measure)

    assert f"To meet it: fewer than {fewer} a month from here." in lines(made, "The year's end")


def test_a_target_that_can_no_longer_be_met_is_said_to_be_out_of_reach(
    outspoken: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = why(snapshot_of(a_year(), said={BOATS: {"year_end.chance_met": 0.0}}), outspoken)

    assert any("out of reach" in one for one in lines(made, "The year's end"))


def test_the_projection_is_told_with_its_ranges(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {
        "year_end.expected": 150.4,
        "year_end.lower_80": 140,
        "year_end.upper_80": 160,
        "year_end.lower_95": 130,
        "year_end.upper_95": 171,
        "year_end.withheld": Withheld.NOT,
    }

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "The year's end"
    )

    assert told == ["Expected: 150; 80% range: 140–160; 95% range: 130–171."]


def test_a_projection_that_is_withheld_says_why(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    told = lines(why(snapshot_of(two_years(), LATER), saltmarsh), "The year's end")

    assert told == [f"No projection: {Withheld.NO_COMPLETE_YEAR.reason}"]


def test_the_target_is_told_as_on_its_dashboard(
    outspoken: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    told = lines(why(snapshot_of(a_year()), outspoken), "The target")

    assert told == [
        "The 2020/21 framework asks for −10%.",
        "Level that would meet it today: 90; gap: +30; on course: no.",
    ]


def test_the_control_chart_is_worded_as_in_the_papers(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {"control.deviations": -1.26, "control.assurance": Assurance.WILL_MEET}

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "Control chart"
    )

    assert told[0] == "The latest month: too few points for firm control limits."
    assert told[1] == "Position: −1.3 deviations from the mean."
    assert told[2].endswith("every month will meet the target rate.")


def test_the_last_days_are_told_against_what_was_expected(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {
        "watch.observed": (20.0, 104.0, 190.0),
        "watch.expected": (18.2, 73.8, 148.8),
        "watch.p_value": (0.344, 0.0108, float("nan")),
        "watch.reason": (NoVerdict.HAS_VERDICT, NoVerdict.HAS_VERDICT, NoVerdict.GAP_IN_WINDOW),
        "watch.sigma": 2.3,
    }

    told = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh),
        "The latest days and months",
    )

    assert told == [
        "Last 7 days: 20 recorded, 18.2 expected; p of a deterioration as large: 0.3440.",
        "Last 28 days: 104 recorded, 73.8 expected; p of a deterioration as large: 0.0108.",
        "Last 56 days: days of it are not recorded.",
        "Position of the last 28 days: +2.3 deviations from what was expected.",
    ]


def test_month_end_figures_are_not_said_to_lack_history(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(two_years(), LATER, kind=SnapshotKind.MONTH_END)

    [said] = lines(why(snapshot, saltmarsh), "The latest days and months")

    assert "month-end figures do without" in said


def test_the_place_among_peers_is_told_of_how_many(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {"peers.rank": 3, "peers.forces": 8, "peers.verdict": PeerVerdict.IN_LINE}

    [told] = lines(
        why(snapshot_of(two_years(), LATER, said={BOATS: said}), saltmarsh), "Most similar"
    )

    assert told.startswith("3rd of 8 forces")
    assert told.endswith("in line with them.")


def test_what_moved_a_count_adds_up_to_its_change(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    told = lines(why(snapshot_of(two_years(), LATER), saltmarsh), "What moved it, by Community")

    why_not = "not tested: not recorded in both periods"
    assert told == [
        f"Ebb: +20, 100.0% of the change; {why_not}.",
        f"The other way, Flow: −10, −50.0% of the change; {why_not}.",
        "In none of these: +10, 50.0% of the change.",
    ]


def test_what_moved_a_fall_is_what_fell(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    table = a_table(
        [
            ("2020-05-01", "ebb", "boat-theft.recorded", 60),
            ("2020-05-01", "flow", "boat-theft.recorded", 40),
            ("2021-05-01", "ebb", "boat-theft.recorded", 20),
            ("2021-05-01", "flow", "boat-theft.recorded", 50),
        ],
        [(tally, "saltmarsh", "2019-04-01", LATER) for tally in CRIME],
    )

    told = lines(why(snapshot_of(table, LATER), saltmarsh), "What moved it, by Community")

    assert told[0].startswith("Ebb: −40, 133.3% of the change")
    assert told[1].startswith("The other way, Flow: +10, −33.3% of the change")


@pytest.mark.parametrize(
    ("area", "parts"),
    [
        ("leicestershire", ["city", "counties"]),
        ("city", ["city-centre", "beaumont-leys", "keyham-lane", "spinney-hill-park"]),
        ("blaby-and-hinckley", ["blaby", "hinckley-and-bosworth"]),
        ("charnwood", []),
        ("kent", []),
    ],
)
def test_an_area_is_divided_into_the_next_level_that_has_more_than_one(
    leicestershire: Catalogue, area: str, parts: list[str]
) -> None:
    found = areas_below(leicestershire, leicestershire.area(area))

    assert [one.id for one in found] == parts


def test_surveys_are_told_over_twelve_months_and_the_twelve_before(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    tallies = [f"survey.anglers.overall.{what}" for what in ("satisfied", "responses")]
    table = a_table(
        [
            ("2020-05-31", "ebb", tallies[0], 5),
            ("2020-05-31", "ebb", tallies[1], 10),
            ("2021-05-31", "ebb", tallies[0], 9),
            ("2021-05-31", "ebb", tallies[1], 12),
        ],
        [(tally, "saltmarsh", "2019-04-01", LATER) for tally in tallies],
    )

    made = why(snapshot_of(table, LATER), saltmarsh, "anglers.satisfaction")

    told = lines(made, "The figures")
    assert told[0].endswith("(365 days): 75.0%, 9 of 12.")
    assert told[1].startswith("The 12 months before, 1 January 2020 to 31 December 2020")
    assert told[-1] == "Change: +25.0 pts."


def test_what_moved_it_is_tested_as_one_page(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    boats = BOATS[0]
    said = {
        (boats, "ebb"): a_verdict(Verdict.SIGNIFICANT_RISE, p=0.006),
        (boats, "flow"): a_verdict(Verdict.NO_SIGNIFICANT_CHANGE, p=0.9),
    }

    told = lines(
        why(snapshot_of(two_years(), LATER, said=said), saltmarsh), "What moved it, by Community"
    )

    assert told[0].endswith("no significant change.")  # 0.006 x 2


def test_a_group_is_moved_by_its_crime_types(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = why(snapshot_of(two_years(), LATER), saltmarsh, "harbour-crime.recorded")

    told = lines(made, "What moved it, by crime type")

    assert told[0].startswith("Boat theft: +20, 100.0% of the change")


def test_a_count_that_did_not_change_has_nothing_to_share_out(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [
            ("2020-05-01", "ebb", "boat-theft.recorded", 5),
            ("2021-05-01", "flow", "boat-theft.recorded", 5),
        ],
        [(tally, "saltmarsh", "2019-04-01", LATER) for tally in CRIME],
    )

    [told] = lines(why(snapshot_of(table, LATER), saltmarsh), "What moved it, by Community")

    assert told == "The count did not change, so there is nothing to share out."


def test_the_classification_is_told_with_every_reason_and_what_would_change_it(
    outspoken: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    said = {
        "threat.level": int(ThreatLevel.MEDIUM),
        "threat.pending": int(ThreatLevel.LOW),
        "threat.sentences": ("The first.", "The second."),
        "year_end.chance_met": 0.07,
    }

    told = lines(why(snapshot_of(a_year(), said={BOATS: said}), outspoken), "The class")

    assert told[:3] == ["Classification: Medium.", "The first.", "The second."]
    assert told[3].startswith("It points to Low")
    assert told[-4] == (
        "Low at a chance of 20% or more, and below it while the gap is under 5.0% of the target "
        "level."
    )
    assert told[-3] == "Medium below 20% with a gap of at least 5.0% of the target level."
    assert told[-1] == "It stands at a chance of 7% and a gap of +33.3%."


def test_without_a_target_the_classification_is_told_to_rest_on_significance(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    told = lines(why(snapshot_of(two_years(), LATER), saltmarsh), "The class")

    assert told[-3].startswith("Medium: two or more of comparison")
    assert told[-2] == "Low: fewer of them."


def test_every_input_is_told_with_its_hash(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    snapshot = snapshot_of(two_years(), LATER)

    told = lines(why(snapshot, saltmarsh), "Where it comes from")

    assert snapshot.id in told[0]
    assert saltmarsh.version in told[1]
    assert told[2] == "Load 1, crimes: a.csv, 9 rows, 12 December 2020, 06:00, sha256 ab."


def test_a_data_quality_note_is_told(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    told = lines(why(snapshot_of(two_years(), LATER), saltmarsh), "Data quality")

    assert any("Canoes are counted as boats" in one for one in told)


def test_a_measure_that_is_not_cited_is_refused_with_the_reason_and_no_figure(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = why(snapshot_of(a_year()), saltmarsh)

    assert made.sections == ()
    assert made.remarks[-1] == "Priority 1: The harbour master asked for silence."


def test_a_return_is_told_as_it_was_given(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    made = why(snapshot_of(two_years(), LATER), saltmarsh, "savings")

    headings = [one.heading for one in made.sections]
    assert "Statistics" in headings
    assert "The year's end" not in headings


def test_every_measure_can_be_explained_in_every_area(
    outspoken: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(two_years(), LATER)

    for measure in outspoken.measures.values():
        for area in outspoken.tree:
            for section in why(snapshot, outspoken, measure.id, area.id).sections:
                assert all(say_line(line).strip() for line in section.lines)
