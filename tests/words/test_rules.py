"""The rules find what they are for, and leave plain English alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.words.rules import IN_EVERY_FIGURE, IN_EVERY_MESSAGE, broken, too_long
from tests.words.sentences import ROOT, every_sentence, sentences

RULES = IN_EVERY_MESSAGE | IN_EVERY_FIGURE


@pytest.mark.parametrize(
    "text",
    [
        "Name one, e.g. /priority 12.", "Name one, eg 12.", "Shown to leads, i.e. of areas.",
        "Burglary, robbery etc.", "Please try again.", "Sorry, that failed.", "Well done!",
        "You must give a date.", "This date is invalid.", "It is not unlikely to rise.",
        "It can't be shown.", "The p-value is small.", "Its z-score is 3.", "A 95% interval.",
        "It was analyzed.", "The organization.", "The red measures.", "Down 12 %.",
        "Down 12 per cent.", "As at 11th December 2013.", "As at 11 Dec 2013.",
        "As at 2013-12-11.", "2676 crimes.", "12345 crimes.", "Down -3.5% on last year.",
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(text: str) -> None:
    assert list(broken(text, RULES))


@pytest.mark.parametrize(
    "text",
    [
        "Domestic burglary is down 3.5% on last year (2,676 against 2,774): no more than chance.",
        "As at 11 December 2013, provisional daily figures.", "Not under 5.", "It is recorded.",
        "From 95,643 in 2003/04 to 58,715 in 2014/15.", "−89 crimes, +94 the other way.",
        "Priority 14A, 5th of 8 forces.", "Not known until the month ends.", "A prior load.",
    ],
)  # fmt: skip
def test_plain_english_is_left_alone(text: str) -> None:
    assert list(broken(text, RULES)) == []


def test_a_sentence_is_counted_without_the_figures_in_brackets() -> None:
    aside = "(of very many more words that nobody counts)"

    assert list(too_long(f"One {'word ' * 24}{aside}.", 25)) == []
    assert list(too_long(f"One {'word ' * 25}more.", 25))


def test_what_nobody_reads_is_not_a_sentence() -> None:
    source = '''"""A docstring of some words."""
log.info("written to the log only %s", 1)
raise UserError(f"There is no {name} in this plan.", hint="Name one of the plan.")
'''
    found = [one.text for one in sentences(source, Path("made-up.py"))]

    assert found == ["There is no … in this plan.", "Name one of the plan."]


def test_the_sentences_are_the_products_own() -> None:
    told = every_sentence()

    assert len(told) > 1_500
    assert {one.place.split("/")[0] for one in told} == {"bot", "config", "metrics", "store"}
    assert all((ROOT / one.place.partition(":")[0]).is_file() for one in told)
