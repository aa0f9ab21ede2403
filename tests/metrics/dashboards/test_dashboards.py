"""The dashboards: the papers' arithmetic, in the papers' form."""

from __future__ import annotations

from math import isnan

import pytest

from metrics.dashboards import Cell, Dashboard, Row, Unit, all_crime, csp, long_term, plan, targets
from metrics.model import Catalogue
from tests.conftest import a_table
from tests.metrics.dashboards.conftest import CRIME, MakeSnapshot, a_year


def row(dashboard: Dashboard, label: str) -> Row:
    [found] = [one for one in dashboard.rows if one.label == label]
    return found


def cell(dashboard: Dashboard, label: str, column: str) -> Cell:
    [place] = [n for n, one in enumerate(dashboard.columns) if one.name == column]
    return row(dashboard, label).cells[place]


def test_all_crime_sets_each_type_against_last_year(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = all_crime(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Year to date").value == 120
    assert cell(made, "Boat theft", "Last year").value == 100
    assert cell(made, "Boat theft", "Change").value == 20
    assert cell(made, "Boat theft", "Change %").value == pytest.approx(0.2)
    assert row(made, "All crime").is_total


def test_a_rise_from_nought_is_said_in_words(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = all_crime(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert cell(made, "Net damage", "Change %").words == "from 0"
    assert cell(made, "Other", "Change %").words == "no change"


def test_a_dashboard_says_that_its_figures_are_synthetic_and_where_they_come_from(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    snapshot = snapshot_of(a_year())
    made = all_crime(snapshot, saltmarsh, saltmarsh.force)

    assert made.caveats[0].startswith("SYNTHETIC")
    assert made.standing == "As at 11 December 2020, provisional daily figures"
    assert snapshot.id in made.source
    assert "crimes" in made.source


def test_a_data_quality_note_of_the_period_is_shown(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = all_crime(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert any("Canoes are counted as boats" in caveat for caveat in made.caveats)


def test_a_note_of_the_future_is_not(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    made = all_crime(snapshot_of(a_year(), "2020-05-31"), saltmarsh, saltmarsh.force)

    assert not any("Canoes" in caveat for caveat in made.caveats)


def test_targets_show_gap_and_outcomes_required(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = targets(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert cell(made, "Boat theft", "Target").words == "−10%"
    assert cell(made, "Boat theft", "Target level").value == pytest.approx(90)
    assert cell(made, "Boat theft", "Gap").value == pytest.approx(30)
    assert cell(made, "Boat theft", "On course").words == "no"
    rate = "Boat theft: crime outcome rate"
    assert cell(made, rate, "Outcomes required").value == pytest.approx(10)
    assert cell(made, rate, "Still open").value == 70
    assert cell(made, rate, "Gap").unit is Unit.POINTS


def test_a_target_whose_figures_are_missing_is_not_met_and_not_missed(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = targets(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert cell(made, "Anglers: satisfaction", "On course").words == "not known"
    assert any("Anglers: satisfaction: nothing has been recorded" in one for one in made.caveats)


@pytest.mark.parametrize(("last_year", "this_year", "said"), [(4, 3, "yes"), (4, 4, "no")])
def test_as_many_as_last_year_is_not_fewer(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot, last_year: int, this_year: int, said: str
) -> None:
    nets = "net-damage.recorded"
    table = a_table(
        [("2019-05-01", "ebb", nets, last_year), ("2020-05-01", "ebb", nets, this_year)],
        [(nets, "saltmarsh", "2019-04-01", "2020-12-11")],
    )

    made = targets(snapshot_of(table), saltmarsh, saltmarsh.force)

    assert cell(made, "Net damage", "On course").words == said


def test_where_no_framework_is_in_force_there_are_no_targets_and_it_is_said(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = targets(snapshot_of(a_year(), "2020-03-31"), saltmarsh, saltmarsh.force)

    assert made.rows == ()
    assert any("No performance framework is in force" in one for one in made.caveats)


def test_a_framework_without_numbers_says_so(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = targets(snapshot_of(a_year(), "2021-05-31"), saltmarsh, saltmarsh.force)

    assert any("sets no numeric targets" in one for one in made.caveats)


def test_the_plan_sets_the_latest_year_against_the_baseline(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [("2019-05-01", "ebb", "boat-theft.recorded", 100),
         ("2021-05-01", "ebb", "boat-theft.recorded", 90)],
        [(tally, "saltmarsh", "2019-04-01", "2021-12-31") for tally in CRIME],
    )  # fmt: skip

    made = plan(snapshot_of(table, "2021-12-31"), saltmarsh, saltmarsh.force)

    assert [one.label for one in made.rows] == [
        "Boat theft",
        "Anglers: satisfaction",
        "Savings to date",
    ]
    assert cell(made, "Boat theft", "Baseline").value == 100
    assert cell(made, "Boat theft", "Variance").value == pytest.approx(-0.1)


def test_a_priority_that_is_not_cited_shows_no_figure_and_its_reason(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = plan(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert not any(one.label.startswith("Boat theft") for one in made.rows)
    assert "Priority 1: The harbour master asked for silence." in made.caveats


def test_the_rows_of_the_partnerships_add_up_to_the_force(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = csp(snapshot_of(a_year()), saltmarsh, saltmarsh.force, crime_type="boat-theft")

    assert [one.label for one in made.rows] == ["Ebb", "Flow", "Not located in a CSP", "Saltmarsh"]
    for column in ("Year to date", "Last year", "Change", "Last 12 months", "Month"):
        parts = [cell(made, label, column).value for label in ("Ebb", "Flow")]
        rest = cell(made, "Not located in a CSP", column).value
        assert sum(parts) + rest == cell(made, "Saltmarsh", column).value


def test_the_lowest_rate_is_first(saltmarsh: Catalogue, snapshot_of: MakeSnapshot) -> None:
    made = csp(snapshot_of(a_year()), saltmarsh, saltmarsh.force, crime_type="boat-theft")

    assert cell(made, "Flow", "Rank").value == 1
    assert cell(made, "Ebb", "Rank").value == 2
    assert cell(made, "Ebb", "Per 1,000").value == pytest.approx(80)


def test_without_a_population_there_is_neither_rate_nor_rank(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [("2020-05-01", "ebb", "boat-theft.recorded", 1)],
        [(tally, "saltmarsh", "2019-04-01", "2020-12-11") for tally in CRIME],
    )

    made = csp(snapshot_of(table), saltmarsh, saltmarsh.area("ebb"))

    assert isnan(cell(made, "Boat theft", "Per 1,000").value)
    assert isnan(cell(made, "Boat theft", "Rank").value)


def test_the_long_term_joins_published_years_to_whole_years_of_records(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = long_term(snapshot_of(a_year()), saltmarsh, saltmarsh.force)

    assert [one.label for one in made.rows] == ["2018/19", "2019/20"]
    assert cell(made, "2019/20", "Crimes").value == 100
    assert cell(made, "2019/20", "Change").value == -300
    assert "Harbour yearbook" in cell(made, "2018/19", "From").words
    assert any("left out: 2020/21" in one for one in made.caveats)


def test_published_totals_of_the_force_are_not_those_of_an_area(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    made = long_term(snapshot_of(a_year()), saltmarsh, saltmarsh.area("ebb"))

    assert [one.label for one in made.rows] == ["2019/20"]


def test_figures_that_end_early_say_to_which_day(
    saltmarsh: Catalogue, snapshot_of: MakeSnapshot
) -> None:
    table = a_table(
        [("2020-05-01", "ebb", "boat-theft.recorded", 1)],
        [(tally, "saltmarsh", "2019-04-01", "2020-12-09") for tally in CRIME],
    )

    made = all_crime(snapshot_of(table), saltmarsh, saltmarsh.force)

    assert "All of these figures: to 9 December 2020." in made.caveats
