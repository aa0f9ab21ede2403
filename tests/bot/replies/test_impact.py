"""The effect of an operation in words: the verdict first, and nothing that its figures deny."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from bot.replies import Standing
from bot.replies.charts import ImpactChart
from bot.replies.impact import impact_chart, standing_of
from bot.replies.impact_words import brief_words, facts, meaning_words, verdict_words
from metrics.impact import Impact
from metrics.model import Area, AreaId, Level, Polarity
from metrics.operations import Operation
from metrics.statistics.impact import ImpactVerdict
from tests.bot.replies.made_up import BOATS, EBB, a_measure

NAN: Final = math.nan
FORCE: Final = Area(id=EBB, name="Ebb", level=Level.FORCE)
QUAY: Final = Area(id=AreaId("quay"), name="Quay", level=Level.CSP)
THEFT: Final = a_measure()

MONTHS: Final = tuple(date(2013, month, 1) for month in range(7, 13))


def effect(**changes: object) -> Impact:
    """Make a fall of 8% over November and December."""
    made = Impact(
        operation=Operation(id="gull", name="Operation Gull", first=date(2013, 10, 28)),
        measure=BOATS,
        area=EBB,
        verdict=ImpactVerdict.FALL,
        weeks=9.3,
        months=MONTHS,
        values=(100.0, 101.0, 99.0, 100.0, 90.0, 94.0),
        expected=(100.0,) * 6,
        lower=(NAN,) * 4 + (85.0,) * 2,
        upper=(NAN,) * 4 + (115.0,) * 2,
        measured=MONTHS[-2:],
        observed=184.0,
        counterfactual=200.0,
        effect=-0.08,
        low=-0.14,
        high=-0.02,
        smallest_fall=0.07,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def quiet(**changes: object) -> Impact:
    """Make an effect that does not show."""
    nothing: dict[str, object] = {
        "verdict": ImpactVerdict.NOT_DETECTABLE,
        "effect": -0.03,
        "low": -0.16,
        "high": 0.12,
        "smallest_fall": 0.14,
    }
    return effect(**{**nothing, **changes})


def test_the_verdict_is_one_sentence_with_its_interval() -> None:
    assert verdict_words(effect(), THEFT, FORCE) == (
        "Boat theft since Operation Gull (28 October 2013) is 8% below what would have been "
        "expected (95% range −14% to −2%)."
    )


def test_an_area_is_named_unless_it_is_the_force() -> None:
    assert verdict_words(effect(), THEFT, QUAY).startswith(
        "Boat theft in Quay since Operation Gull"
    )


@pytest.mark.parametrize(
    ("smallest", "shows_by", "said"),
    [
        (0.14, date(2014, 6, 30), "a 10% effect would show by June 2014"),
        (0.14, None, "a 10% effect would not show within a year of the launch"),
        (0.09, None, "a 10% effect would show by now"),
    ],
)
def test_no_detectable_effect_says_by_when_one_would_show(
    smallest: float, shows_by: date | None, said: str
) -> None:
    words = verdict_words(quiet(smallest_fall=smallest, shows_by=shows_by), THEFT, FORCE)

    assert f"no detectable effect yet; {said}." in words


@pytest.mark.parametrize("verdict", list(ImpactVerdict))
def test_every_verdict_has_its_words(verdict: ImpactVerdict) -> None:
    words = verdict_words(effect(verdict=verdict), THEFT, FORCE)

    assert words.endswith(".")
    assert "nan" not in words


def test_nothing_detected_is_never_called_no_effect() -> None:
    words = f"{verdict_words(quiet(), THEFT, FORCE)} {meaning_words(quiet(), THEFT)}"

    assert "no detectable effect yet" in words
    assert "within what such figures stray by themselves" in words


def test_a_limit_just_below_no_change_is_not_rounded_to_it() -> None:
    assert "−14% to −0.3%" in verdict_words(effect(high=-0.003), THEFT, FORCE)


def test_the_difference_is_that_of_the_numbers_beside_it() -> None:
    rows = dict(facts(effect(observed=184.0, counterfactual=199.6), THEFT, ()))

    assert rows["Counted"].startswith("184 boats")
    assert rows["Expected without it"].startswith("200,")
    assert rows["Difference"].startswith("−16 boats (95% range −28 to −4)")


def test_what_it_is_compared_with_is_named_with_what_it_did() -> None:
    rows = dict(facts(effect(comparison_effect=0.04), THEFT, ("Quay", "Mole")))

    assert rows["Compared with"] == "Quay and Mole: +4% against their own expectation, taken off"


def test_what_is_not_measured_has_no_facts() -> None:
    assert facts(effect(measured=(), verdict=ImpactVerdict.BROKEN), THEFT, ()) == []


@pytest.mark.parametrize(
    ("polarity", "verdict", "standing"),
    [
        (Polarity.LOWER_IS_BETTER, ImpactVerdict.FALL, Standing.BETTER),
        (Polarity.HIGHER_IS_BETTER, ImpactVerdict.FALL, Standing.WORSE),
        (Polarity.NEITHER, ImpactVerdict.FALL, Standing.PLAIN),
        (Polarity.LOWER_IS_BETTER, ImpactVerdict.NOT_DETECTABLE, Standing.PLAIN),
    ],
)
def test_a_fall_is_good_news_only_where_lower_is_better(
    polarity: Polarity, verdict: ImpactVerdict, standing: Standing
) -> None:
    assert standing_of(effect(verdict=verdict), a_measure(polarity=polarity)) is standing


def test_the_operation_is_never_said_to_have_done_it() -> None:
    assert "figures alone cannot say" in meaning_words(effect(), THEFT)


def test_a_phone_shows_the_effect_and_its_limits() -> None:
    words = brief_words(effect(), THEFT, QUAY)

    assert words == (
        "Boat theft in Quay since Operation Gull is 8% below what was expected (−14% to −2%)"
    )


def test_the_chart_marks_the_launch_and_says_its_figures() -> None:
    chart = impact_chart(effect(), THEFT, FORCE, standing="as at 31 December 2013", notes=())

    assert isinstance(chart.drawing, ImpactChart)
    assert [one.day for one in chart.drawing.markers] == [date(2013, 10, 28)]
    assert "November 2013 to December 2013 184 counted, 200 expected" in chart.alt
    assert "latest whole month December 2013 94, 100 expected" in chart.alt
