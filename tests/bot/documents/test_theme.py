"""A thematic report holds what may be published, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from bot.access import Sight
from bot.documents.numbering import briefing_number, quarter_of_year, report_number
from bot.documents.rotation import theme_named, theme_of_quarter, themes
from bot.documents.theme import theme_report
from bot.render.words import say
from bot.replies.doing import Doing
from metrics.dashboards.table import headline
from metrics.errors import UnknownName
from metrics.model import Catalogue, Restriction
from metrics.positions import WINDOWS
from metrics.snapshot import Figures, SnapshotKind
from tests.bot.documents.conftest import DOING
from tests.bot.documents.words import every_word

QUARTERS = [date(2013, 6, 30), date(2013, 9, 30), date(2013, 12, 31), date(2014, 3, 31)]


def test_the_four_themes_of_policing_are_in_rotation(leicestershire: Catalogue) -> None:
    assert themes(leicestershire) == (
        "Reducing Offending and Re-offending",
        "Supporting Victims and Witnesses",
        "Making Communities and Neighbourhoods Safer",
        "Protecting the Vulnerable",
    )


def test_each_quarter_of_a_year_reports_another(leicestershire: Catalogue) -> None:
    told = [theme_of_quarter(leicestershire, day) for day in QUARTERS]

    assert sorted(told) == sorted(themes(leicestershire))


def test_every_day_of_a_quarter_reports_the_same(leicestershire: Catalogue) -> None:
    first, last = date(2013, 10, 1), date(2013, 12, 31)

    assert theme_of_quarter(leicestershire, first) == theme_of_quarter(leicestershire, last)


def test_a_theme_is_found_by_words_of_its_name(leicestershire: Catalogue) -> None:
    assert theme_named(leicestershire, "vulnerable") == "Protecting the Vulnerable"
    with pytest.raises(UnknownName, match="more than one"):
        theme_named(leicestershire, "ing")
    with pytest.raises(UnknownName, match="no theme"):
        theme_named(leicestershire, "parking")


@pytest.mark.parametrize("place", range(4))
def test_no_restricted_figure_is_published(public: Sight, figures: Figures, place: int) -> None:
    """Every value of every restricted measure is looked for beside its name."""
    theme = themes(public.catalogue)[place]
    said = every_word(theme_report(public, theme, DOING))

    restricted = [
        one
        for one in figures.catalogue.measures.values()
        if one.restriction is not Restriction.NONE
    ]
    assert restricted
    for measure in restricted:
        position = figures.snapshot.positions.get(measure.id, figures.catalogue.force.id)
        values = {say(headline(measure, position, window)) for window in WINDOWS}
        lines = [line for line in said.splitlines() if measure.name in line]
        for value in values - {"not known", "0"}:
            assert not [line for line in lines if value in line], (measure.name, value)


def test_the_plan_itself_would_be_told_to_a_chief_officer(figures: Figures) -> None:
    """So that the test above looks for figures that there are."""
    restricted = [
        one
        for one in figures.catalogue.measures.values()
        if one.restriction is not Restriction.NONE
    ]
    force = figures.catalogue.force.id

    assert any(figures.snapshot.positions.get(one.id, force).to for one in restricted)


def test_nothing_that_people_typed_is_published(public: Sight) -> None:
    theme = "Making Communities and Neighbourhoods Safer"
    said = every_word(theme_report(public, theme, DOING))

    assert "Operation Tiger, since 28 October 2013." in said
    assert "prolific" not in said
    assert "Patrol plan" not in said
    assert "below what would have been expected" not in said


def test_a_break_in_recording_is_told_with_the_trend(public: Sight) -> None:
    said = every_word(theme_report(public, "Supporting Victims and Witnesses", Doing()))

    assert "Rape is recorded at once from this day" in said


def test_a_theme_with_all_crime_has_the_long_term_trend(public: Sight) -> None:
    said = every_word(theme_report(public, "Making Communities and Neighbourhoods Safer", Doing()))

    assert "95,643" in said
    assert "58,805" in said


@pytest.mark.parametrize(("day", "quarter"), list(zip(QUARTERS, (1, 2, 3, 4), strict=True)))
def test_a_quarter_of_the_performance_year(day: date, quarter: int) -> None:
    assert quarter_of_year(day) == quarter


def test_papers_are_numbered_by_the_performance_year() -> None:
    assert briefing_number(date(2013, 11, 30), SnapshotKind.MONTH_END) == "PB 2013/14-08"
    assert briefing_number(date(2014, 3, 31), SnapshotKind.MONTH_END) == "PB 2013/14-12"
    assert briefing_number(date(2013, 12, 11), SnapshotKind.DAILY) == "PB 2013/14-09/1112"
    assert report_number(date(2014, 1, 31)) == "TR 2013/14-Q4"
