"""What every answer ends with, and what a locked phone has room for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import Sight
from bot.people import Surface
from bot.replies.footing import MARK, SUMMARY_LENGTH, footing, notes_on, summary
from metrics.calendar import performance_year, whole_year
from metrics.model import Catalogue
from metrics.snapshot import Figures
from tests.bot.asked import CHIEF


@pytest.fixture(scope="module")
def real(published: Sight) -> Sight:
    """The same figures, of a plan that is not a demonstration."""
    catalogue = replace(published.catalogue, synthetic=False)
    figures = Figures(snapshot=published.figures.snapshot, catalogue=catalogue)
    return Sight(figures=figures, person=CHIEF, surface=Surface.PRIVATE)


def test_the_day_the_firmness_and_the_source_are_told(published: Sight) -> None:
    [note] = footing(published)

    assert "As at 11 December 2013, provisional daily figures." in note.text
    assert f"Snapshot {published.figures.snapshot.id}" in note.text


def test_invented_figures_are_said_to_be(published: Sight, real: Sight) -> None:
    assert footing(published)[0].text.startswith("SYNTHETIC")
    assert summary(published, "Up 2%.").endswith(MARK)
    assert "SYNTHETIC" not in footing(real)[0].text
    assert summary(real, "Up 2%.") == "Up 2%."


def test_a_long_summary_ends_at_a_clause(published: Sight) -> None:
    words = "; ".join(["Domestic burglary is up by a great deal on last year"] * 4)

    assert summary(published, words) == f"{words[:106]}{MARK}"


def test_without_a_clause_it_is_cut_between_words_and_marked(published: Sight) -> None:
    said = summary(published, "burglary " * 40)

    assert said.endswith(f"burglary…{MARK}")


@given(st.text(alphabet="abc ;.", max_size=400))
def test_a_summary_always_fits_a_locked_phone(words: str) -> None:
    class Invented:
        class catalogue:  # noqa: N801 - stands for an attribute
            synthetic = True

    assert len(summary(Invented(), words)) <= SUMMARY_LENGTH  # type: ignore[arg-type]


def test_notes_are_those_of_the_measure_the_place_and_the_time(leicestershire: Catalogue) -> None:
    measure = leicestershire.measure("theft-of-motor-vehicle.outcome-rate")
    [note] = [one for one in leicestershire.notes if measure.id in one.measures]
    year = whole_year(performance_year(note.day))

    def on(area: str, since: int = 0) -> bool:
        found = notes_on(
            leicestershire,
            [measure],
            leicestershire.area(area),
            since=year.first.replace(year=year.first.year + since),
            until=year.last.replace(year=year.last.year + since),
        )
        return note in found

    assert on("leicestershire")
    assert on("city")
    assert not on("counties")
    assert not on("city", since=1)
