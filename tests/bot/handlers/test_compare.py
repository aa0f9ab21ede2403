"""`/compare`: two areas side by side, and what may not be concluded."""

from __future__ import annotations

import pytest

from bot.handlers.compare import compare
from bot.replies import Table
from metrics.errors import UserError
from tests.bot.asked import Ask, every_word

THEN = " as at 11 December 2013"


def test_rates_and_changes_stand_side_by_side(ask: Ask) -> None:
    reply = ask(compare, "city counties burglary" + THEN)

    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    assert [column.name for column in table.columns] == ["City BCU", "Counties BCU"]
    assert {row.label: row.cells for row in table.rows}["Change"] == ("−7.0%", "−0.6%")


def test_the_difference_is_said_not_to_be_tested(ask: Ask) -> None:
    reply = ask(compare, "city counties burglary" + THEN)

    assert "City BCU is 63% higher (not tested)" in reply.summary
    assert "the difference between the two areas is not tested" in every_word(reply)


def test_without_a_crime_type_it_is_every_type(ask: Ask) -> None:
    reply = ask(compare, "charnwood, blaby" + THEN)

    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    assert len(table.rows) > 15
    assert all(len(row.cells) == 4 for row in table.rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [("charnwood", "only Charnwood was named"), ("city, melton, rutland", "3 were named")],
)
def test_it_takes_two(ask: Ask, words: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        ask(compare, words + THEN)
