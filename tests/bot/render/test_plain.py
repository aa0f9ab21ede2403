"""A reply as plain text: aligned, no wider than the screen, nothing a terminal would obey."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.render import plain
from bot.replies import Reply, Table, TableColumn, TableRow
from tests.bot.render.replies import REPLIES
from tests.bot.render.samples import ALERT, CSP, FORM, SAMPLES

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(REPLIES, st.integers(-5, 140))
def test_it_never_fails_and_a_terminal_obeys_nothing_in_it(reply: Reply, width: int) -> None:
    text = plain.render(reply, width=width)

    assert not CONTROL.search(text)
    assert max(map(cell_len, text.split("\n"))) <= max(width, plain.NARROWEST)


@pytest.mark.parametrize(("name", "width"), [("priority", 100), ("csp", 100), ("csp", 40)])
def test_golden(name: str, width: int, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{width}.txt", plain.render(SAMPLES[name], width=width))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_begins_with_what_it_is_about(name: str) -> None:
    assert plain.render(SAMPLES[name]).strip()


def test_a_button_is_printed_as_what_to_type() -> None:
    assert "Acknowledge: type `/alert ack A-17`" in plain.render(ALERT)


def test_a_form_says_what_to_type_and_what_it_wants() -> None:
    text = plain.render(FORM)

    assert "Review on (a date, YYYY-MM-DD; the next meeting of the board; now: 2014-01-06)" in text
    assert "Raise: type `/issue raise` and add:" in text


def test_details_go_first_where_there_is_no_room_and_are_named() -> None:
    assert "No room here" not in plain.render(CSP, width=100)
    assert "… No room here for: Rate per 1,000." in plain.render(CSP, width=70)


def test_wide_characters_take_two_places() -> None:
    table = Table(
        caption="",
        label="Where",
        columns=(TableColumn(name="Crimes", is_number=True),),
        rows=(TableRow(label="表格", cells=("1",)), TableRow(label="Blaby", cells=("22",))),
    )

    *_, wide, narrow = plain.render(Reply(summary="", blocks=(table,))).splitlines()

    assert cell_len(wide) == cell_len(narrow)


def test_a_reply_of_nothing_says_its_summary() -> None:
    assert plain.render(replace(ALERT, blocks=(), level=None)) == (
        "▲ Worse\n\nA-17 High: burglary dwelling in Charnwood is significantly worse.\n"
    )
