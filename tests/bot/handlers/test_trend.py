"""`/trend`: where the latest month stands, in the papers' words, with its chart."""

from __future__ import annotations

import pytest

from bot.handlers.trend import trend
from bot.replies import Chart, Paragraph
from bot.replies.charts import ControlChart, CumulativeChart, LongTermChart
from metrics.errors import UserError
from tests.bot.asked import Ask, every_word

THEN = " as at 11 December 2013"


def test_says_where_the_latest_month_stands(ask: Ask) -> None:
    reply = ask(trend, "burglary" + THEN)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].text.startswith("The latest month: a seasonal spike")


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("burglary", [ControlChart, CumulativeChart]),
        ("burglary satisfaction", [ControlChart]),
        ("all crime", [ControlChart, CumulativeChart, LongTermChart]),
    ],
)
def test_draws_what_there_is_to_draw(ask: Ask, words: str, drawn: list[type]) -> None:
    charts = [one for one in ask(trend, words + THEN).blocks if isinstance(one, Chart)]

    assert [type(one.drawing) for one in charts] == drawn


def test_the_target_rate_is_on_the_chart(ask: Ask) -> None:
    [chart] = [
        one for one in ask(trend, "burglary.satisfaction" + THEN).blocks if isinstance(one, Chart)
    ]

    assert isinstance(chart.drawing, ControlChart)
    assert chart.drawing.target == 0.9


def test_a_return_has_no_control_chart_to_stand_on(ask: Ask) -> None:
    assert "no control chart is drawn of it" in every_word(ask(trend, "missing reports" + THEN))


def test_without_a_measure_it_asks_which(ask: Ask) -> None:
    with pytest.raises(UserError, match="Which measure"):
        ask(trend, "charnwood" + THEN)
