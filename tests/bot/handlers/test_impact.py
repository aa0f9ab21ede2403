"""`/impact`: which operation, on what and where; refused where its figures are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from bot.access import Refused
from bot.handlers.impact import as_measured, impact_command
from bot.people import Surface
from bot.register.model import Operation as Kept
from bot.replies import Chart
from bot.replies.charts import ImpactChart
from metrics.errors import UnknownName, UserError
from metrics.model import AreaId, Catalogue
from tests.bot.asked import MEMBER, STRANGER, Ask, commands_in, every_word

TIGER = Kept(id="tiger", name="Operation Tiger", first=date(2013, 10, 28), priorities=("12", "14"))
TIGER_TOO = Kept(id="tiger-two", name="Operation Tiger Two", first=date(2013, 11, 1))
HERON = Kept(
    id="heron",
    name="Operation Heron",
    first=date(2013, 6, 1),
    priorities=("11",),
    areas=(AreaId("city"),),
    comparison_areas=(AreaId("counties"),),
)
SAFE = Kept(id="safe", name="Operation Safe", first=date(2013, 6, 1), priorities=("6",))

THEN = " as at 11 December 2013"


class Few:
    """Four operations, or those given."""

    def __init__(self, *some: Kept) -> None:
        self._some = some or (TIGER, TIGER_TOO, HERON, SAFE)

    def operations(self) -> Sequence[Kept]:
        return self._some


IMPACT = impact_command(Few()).handler


@pytest.mark.parametrize("words", ["tiger", "Operation Tiger", "TIGER", "operation  tiger"])
def test_an_operation_goes_by_its_name_with_or_without_the_word(ask: Ask, words: str) -> None:
    reply = ask(IMPACT, words + THEN)

    assert "since Operation Tiger (28 October 2013)" in every_word(reply)


def test_the_longest_name_that_fits_is_meant(ask: Ask) -> None:
    assert "since Operation Tiger Two" in every_word(ask(IMPACT, "tiger two" + THEN))


def test_it_is_measured_on_its_first_priority_where_nothing_is_said(ask: Ask) -> None:
    assert ask(IMPACT, "tiger" + THEN).summary.startswith("Domestic burglary since Operation Tiger")


def test_a_measure_and_an_area_can_be_named(ask: Ask) -> None:
    reply = ask(IMPACT, "tiger theft of motor vehicle charnwood" + THEN)

    assert "Theft of motor vehicle in Charnwood" in every_word(reply)


def test_an_operation_of_an_area_is_measured_there_against_its_comparison(ask: Ask) -> None:
    words = every_word(ask(IMPACT, "heron" + THEN))

    assert "All crime in City BCU since Operation Heron" in words
    assert "Counties BCU: " in words


def test_there_is_a_chart_of_what_was_expected(ask: Ask) -> None:
    [chart] = [one for one in ask(IMPACT, "tiger" + THEN).blocks if isinstance(one, Chart)]

    assert isinstance(chart.drawing, ImpactChart)
    assert chart.drawing.launch == TIGER.first


def test_it_can_be_shared_as_at_the_same_day(ask: Ask) -> None:
    assert ask(IMPACT, "tiger" + THEN).share == (
        "/impact tiger domestic-burglary.recorded leicestershire as at 11 December 2013"
    )


def test_what_a_button_asks_for_is_answered(ask: Ask) -> None:
    first = next(
        one for one in commands_in(ask(IMPACT, "tiger" + THEN)) if one.startswith("/impact")
    )

    assert ask(IMPACT, first.removeprefix("/impact ")).summary


@pytest.mark.parametrize("words", ["", THEN])
def test_without_a_name_the_operations_of_the_day_are_offered(ask: Ask, words: str) -> None:
    assert {"/impact tiger", "/impact heron"} <= set(commands_in(ask(IMPACT, words)))


def test_a_name_that_no_operation_has_is_said(ask: Ask) -> None:
    with pytest.raises(UnknownName, match="no operation called “lion”"):
        ask(IMPACT, "lion")


def test_where_no_operation_is_recorded_it_says_how_one_is(ask: Ask) -> None:
    class Nothing:
        def operations(self) -> Sequence[Kept]:
            return ()

    with pytest.raises(UserError, match="No operations are recorded"):
        ask(impact_command(Nothing()).handler, "tiger")


def test_what_may_not_be_shown_here_has_no_effect_either(ask: Ask) -> None:
    with pytest.raises(Refused):
        ask(IMPACT, "safe rape charnwood" + THEN, person=MEMBER, surface=Surface.CHANNEL)


def test_a_stranger_is_told_nothing(ask: Ask) -> None:
    with pytest.raises(Refused):
        ask(IMPACT, "tiger" + THEN, person=STRANGER)


def test_everyone_who_may_be_told_is_told_the_same(ask: Ask) -> None:
    chief = ask(IMPACT, "tiger" + THEN)
    member = ask(IMPACT, "tiger" + THEN, person=MEMBER, surface=Surface.CHANNEL)

    assert chief.summary == member.summary


def test_an_operation_against_everything_is_measured_on_all_crime(
    leicestershire: Catalogue,
) -> None:
    assert as_measured(TIGER_TOO, leicestershire).measures == ("all-crime.recorded",)


def test_a_priority_in_parts_brings_the_measures_of_its_parts(leicestershire: Catalogue) -> None:
    measures = as_measured(TIGER, leicestershire).measures

    assert measures[0] == "domestic-burglary.recorded"
    assert {"theft-of-motor-vehicle.recorded", "theft-from-motor-vehicle.recorded"} <= set(measures)
