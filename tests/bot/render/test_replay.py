"""A replay's report begins with its verdict, and says the same in every form."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from bot.alerts.history import History
from bot.alerts.model import AlertId
from bot.alerts.replayed import Replay, Told
from bot.alerts.truth import judge_history
from bot.render.replay import print_replay, sections, to_csv, to_json, to_markdown, verdict
from metrics.model import Catalogue
from tests.bot.alerts.test_truth import BOATS, EVENT, a_life

FIRST, LAST = date(2020, 4, 1), date(2021, 3, 31)

LIVES = (
    replace(a_life(), ended=date(2020, 9, 1)),
    a_life(BOATS, id_="A-2", raised=date(2020, 7, 1)),
    replace(a_life(area="saltmarsh", id_="A-3"), is_child=True),
    a_life(area="flow", id_="A-4", stood_before=True, raised=FIRST),
)

HISTORY = History(name="as configured", first=FIRST, last=LAST, lives=LIVES, messages=())


@pytest.fixture
def made(saltmarsh: Catalogue) -> Replay:
    return Replay(
        first=FIRST,
        last=LAST,
        days=365,
        is_daily=True,
        is_exact=False,
        days_as_known=0,
        first_loaded=date(2026, 1, 1),
        events=(EVENT,),
        told=(Told(history=HISTORY, judged=judge_history(HISTORY, [EVENT], saltmarsh)),),
        catalogue=saltmarsh,
    )


@pytest.fixture
def both(made: Replay) -> Replay:
    quiet = replace(HISTORY, name="calmer.toml", lives=LIVES[:1])
    return replace(made, told=(*made.told, Told(history=quiet, judged=None)))


def test_the_first_sentence_is_the_verdict(made: Replay) -> None:
    assert verdict(made) == (
        "Over 2020/21 the rules would have raised 3 alerts, 0.1 a week; 2 of them as messages of "
        "their own, the others under those; 3 were open at the end."
    )


def test_what_the_figures_rest_on_is_said(made: Replay) -> None:
    said = " ".join(sections(made)[0].sentences)

    assert "Records were first loaded on 1 January 2026" in said
    assert "by the day of recording" in said


def test_figures_as_known_are_said_to_be_so(made: Replay) -> None:
    said = " ".join(sections(replace(made, days_as_known=365))[0].sentences)

    assert "as they were known the morning after" in said


def test_false_alarms_and_precision_are_told_where_truth_is_known(made: Replay) -> None:
    page = to_markdown(made)

    assert "1 were right, 1 were of a total or a wider area" in page
    assert "1 were false: 0.0 false a week, precision 50%" in page
    assert "Events spoken of: 1 of 1, half of them within 19 days." in page


def test_markdown_lists_every_alert_once(made: Replay) -> None:
    page = to_markdown(replace(made, told=(Told(history=HISTORY, judged=None),)))

    for life in LIVES:
        assert page.count(f"| {life.id} |") == 1


def test_csv_has_a_line_for_every_alert(made: Replay) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(made))))

    assert [row["alert"] for row in rows] == ["A-1", "A-2", "A-3", "A-4"]
    assert [row["truth"] for row in rows] == ["right", "false", "near", "not judged"]


def test_csv_without_alerts_still_has_its_header(made: Replay) -> None:
    empty = replace(made, told=(Told(history=replace(HISTORY, lives=()), judged=None),))

    assert to_csv(empty).startswith("configuration,alert,")


def test_json_can_be_read_back(made: Replay) -> None:
    content = json.loads(to_json(made))

    assert content["configurations"][0]["precision"] == 0.5
    assert len(content["alerts"]) == 4


def test_two_configurations_stand_side_by_side(both: Replay) -> None:
    page = to_markdown(both)

    assert "| Alerts raised | 3 | 1 |" in page
    assert "Only under as configured: 3 alerts" in page
    assert "Only under calmer.toml: 0 alerts" in page


def test_the_terminal_shows_names_and_reads_nothing_as_markup(made: Replay) -> None:
    odd = replace(made, first=date(2020, 4, 2))
    odd = replace(
        odd, told=(Told(history=replace(HISTORY, name="[red]x", lives=LIVES), judged=None),) * 2
    )
    page = Console(record=True, width=140, file=io.StringIO())

    print_replay(odd, page)

    text = page.export_text()
    assert text.startswith("From 2 April 2020 to 31 March 2021")
    assert "[red]x" in text
    assert AlertId("A-2") in text
