"""`/csp`: a partnership with its crime types, or one crime type across them all."""

from __future__ import annotations

from bot.handlers.csp import csp
from bot.replies import Chart, Facts, Paragraph, Table
from tests.bot.asked import Ask, commands_in, every_word

THEN = " as at 11 December 2013 daily"


def test_a_partnership_shows_every_crime_type_with_its_test(ask: Ask) -> None:
    reply = ask(csp, "charnwood" + THEN)

    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    names = [column.name for column in table.columns]
    [violence] = [row for row in table.rows if row.label == "Violence with injury"]
    assert violence.cells[names.index("Change %")] == "−4.8%"
    assert violence.cells[names.index("Rank")] == "1st"
    assert violence.cells[names.index("Significance")] == "no significant change"


def test_the_verdict_is_of_all_crime_there(ask: Ask) -> None:
    reply = ask(csp, "charnwood" + THEN)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].text.startswith("All crime in Charnwood is up 2.6% on last year")


def test_each_row_has_its_months(ask: Ask) -> None:
    reply = ask(csp, "charnwood" + THEN)

    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    assert table.columns[-1].name == "Months"
    assert all(row.cells[-1] for row in table.rows)


def test_what_is_high_there_is_told(ask: Ask) -> None:
    [facts] = [one for one in ask(csp, "charnwood" + THEN).blocks if isinstance(one, Facts)]

    assert "Domestic burglary" in dict(facts.rows)["High"]


def test_a_crime_type_there_stands_among_the_other_partnerships(ask: Ask) -> None:
    reply = ask(csp, "hinckley and bosworth burglary" + THEN)

    assert "Domestic burglary in Hinckley and Bosworth is up 47.5%" in every_word(reply)
    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    assert {"Blaby", "Charnwood", "Rutland"} <= {row.label for row in table.rows}


def test_without_a_name_it_is_every_partnership(ask: Ask) -> None:
    reply = ask(csp, THEN.strip())

    [table] = [one for one in reply.blocks if isinstance(one, Table)]
    assert len(table.rows) == 11  # nine, what is not located, and the force
    assert "Harborough is lowest with" in every_word(reply)


def test_significant_rises_and_falls_are_named_first(ask: Ask) -> None:
    reply = ask(csp, "burglary" + THEN)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].text == (
        "Significant rise in Hinckley and Bosworth. Significant fall in Blaby."
    )


def test_the_small_charts_leave_out_the_total_and_what_is_not_located(ask: Ask) -> None:
    for words, left_out in (("charnwood", "All crime"), ("", "Not located in a CSP")):
        charts = [one for one in ask(csp, words + THEN).blocks if isinstance(one, Chart)]
        assert left_out not in {panel.label for panel in charts[-1].drawing.panels}  # type: ignore[union-attr]


def test_another_partnership_is_a_choice_away(ask: Ask) -> None:
    assert "/csp melton domestic-burglary as at 11 December 2013 daily" in commands_in(
        ask(csp, "charnwood burglary" + THEN)
    )
