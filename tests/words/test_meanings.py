"""Every word that an answer shows can be asked about: "what does significant mean"."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from bot.access.gate import Cause
from bot.app import App
from bot.asking import understand
from bot.glossary import ALSO, TERMS, alike, find_term
from bot.names import Names
from bot.render.signs import LEVELS
from bot.render.words import NOT_KNOWN
from metrics.dashboards.significance import (
    SIGNIFICANCE,
    UNCHANGED,
    VERDICTS,
    YEAR_END,
    YEAR_END_RANGE,
)
from metrics.model import Catalogue
from tests.words.conftest import MORNING, Answer
from tests.words.rules import IN_EVERY_MESSAGE, LONGEST, broken, too_long
from tests.words.sentences import ROOT

SHOWN = (
    "significant", "no more than chance explains", "p", "95% range", "control limit",
    "control chart", "expected bounds", "mean", "deviation", "surge", "expected", "provisional",
    "similar forces", "most similar group", "MSG", "rank", "per 1,000", "percentage points",
    "points", "pts", "IQR", "chance of meeting the target", "short", "target", "target level",
    "gap", "year end", "YTD", "LYTD", "last 12 months", "baseline", "not tested", "as given",
    "not known", "restricted", "withheld", "fragile", "usual variation", "High", "Medium", "Low",
    "not classified", "cut", "likelihood band", "impact", "drivers", "what would show", "SPC",
    "interrupted time series", "month end", "snapshot", "synthetic data", "worse", "better",
    "still open", "under investigation", "responses", "satisfaction", "confidence", "drift",
    "acknowledge", "snooze", "follow", "late", "re-classification", "horizon scanning",
    "definition changed", "scorecard", "trend", "precision", "framework", "priority", "alert",
    "issue", "operation", "as at", "crime outcome rate", "outcomes required", "performance year",
)  # fmt: skip
"""Words of answers, alerts, charts and papers."""

COLUMNS = sorted(
    {
        column.name
        for module in ("all_crime", "csp", "long_term", "plan", "scorecard", "targets")
        for columns in vars(import_module(f"metrics.dashboards.{module}")).values()
        if isinstance(columns, tuple)
        for column in columns
        if hasattr(column, "meaning")
    }
    | {one.name for one in (SIGNIFICANCE, YEAR_END, YEAR_END_RANGE)}
)

PLAIN = {"Crimes", "From", "Why", "Other", "Recorded crime", "Measure", "Year", "Crime type"}
"""Headings that mean what they say."""

ASKING = ("what does {} mean", "what does “{}” mean?", "what is meant by {}", "define {}",
          "/threatdesk glossary {}", "/threatdesk glossary the {}")  # fmt: skip


@pytest.mark.parametrize("word", SHOWN)
def test_a_word_that_answers_show_is_explained(word: str) -> None:
    assert find_term(word) is not None


@pytest.mark.parametrize("heading", [one for one in COLUMNS if one not in PLAIN])
def test_the_heading_of_every_column_is_explained(heading: str) -> None:
    assert find_term(heading) is not None


@pytest.mark.parametrize(
    "word",
    [
        *VERDICTS.values(), UNCHANGED, NOT_KNOWN,
        *(one.partition(" ")[2] for one in LEVELS.values()),
    ],
)  # fmt: skip
def test_what_stands_in_a_cell_is_explained(word: str) -> None:
    assert find_term(word) is not None


@pytest.mark.parametrize("cause", Cause)
def test_what_stands_in_place_of_a_hidden_figure_is_explained(cause: Cause) -> None:
    assert find_term(cause.cell) is not None


@pytest.mark.parametrize("way", ASKING)
def test_every_word_is_reached_however_it_is_asked(
    way: str, demonstration_app: App, answer: Answer
) -> None:
    names = Names(demonstration_app.catalogue)
    for word in (*SHOWN, *ALSO):
        term = find_term(word)
        assert term is not None
        asked = understand(
            way.format(word),
            commands=demonstration_app.commands,
            names=names,
            today=MORNING.date(),
        )
        assert answer(asked.text).summary.endswith(term.meaning), asked.text


@pytest.mark.parametrize("word", ["significant", "control limit", "surge", "chance of meeting"])
@pytest.mark.parametrize("way", ["what is {}", "what is a {}?", "what's the {}", "what are {}"])
def test_what_is_a_word_is_understood_too(word: str, way: str, answer: Answer) -> None:
    term = find_term(word)
    assert term is not None
    assert answer(way.format(word)).summary.endswith(term.meaning)


def test_what_are_the_threats_asks_for_them_and_not_for_the_word(answer: Answer) -> None:
    assert answer("what are the threats?").summary.startswith("Leicestershire:")


def test_a_word_of_another_spelling_is_offered(answer: Answer) -> None:
    assert alike("significent")[0] == "significant"


@pytest.mark.parametrize("word", TERMS)
def test_a_meaning_is_plain_english(word: str) -> None:
    meaning = TERMS[word]

    assert list(broken(meaning, IN_EVERY_MESSAGE)) == []
    assert list(too_long(meaning, LONGEST)) == []
    assert meaning.endswith(".")


def test_no_word_is_explained_twice() -> None:
    own = [one.strip().casefold() for words in TERMS for one in words.split(",")]

    assert len(own) == len(set(own))
    assert {one for one in ALSO if one.casefold() in own} == set()


def test_the_document_has_the_other_words_too() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")

    assert re.findall(r"^- (.+): see \*(.+)\*$", text, flags=re.MULTILINE) == list(ALSO.items())


def test_a_name_of_the_plan_is_explained_where_no_word_is_meant(
    answer: Answer, leicestershire: Catalogue
) -> None:
    assert answer("what does TFMV mean").summary.startswith("Theft from motor vehicle")
    assert not find_term(leicestershire.force.name)
