"""The briefing under the later frameworks: not cited is silent, the plan's words are used."""

from __future__ import annotations

from datetime import date

import pytest

from bot.access import Sight
from bot.app import App
from bot.documents import Document
from bot.documents.briefing import performance_briefing
from bot.figures import find_figures
from bot.people import Surface
from bot.replies.doing import Doing
from metrics.snapshot import SnapshotKind
from tests.bot.asked import MEMBER
from tests.bot.documents.words import every_word, section_words
from tests.demonstrated import SnapshotOn

DAY = date(2015, 12, 31)


@pytest.fixture(scope="module")
def plan_paper(demonstration_app: App, snapshot_on: SnapshotOn) -> Document:
    """The briefing of December 2015, at the month end."""
    snapshot_on(DAY)
    figures = find_figures(demonstration_app.database, kind=SnapshotKind.MONTH_END, as_at=DAY)
    sight = Sight(figures=figures, person=MEMBER, surface=Surface.EXPORT)
    return performance_briefing(sight, Doing(), made_on=date(2016, 1, 11))


@pytest.mark.parametrize(
    "said",
    [
        "59,653 in the last 12 months against 58,805",
        "4,014 in the last 12 months against 3,935",
        "6,691 in the last 12 months against 5,236",
        "1,428 in the last 12 months against 1,051",
        "statistically significant deterioration",
    ],
)
def test_a_published_figure_of_the_plan_dashboard_is_told(plan_paper: Document, said: str) -> None:
    assert said in every_word(plan_paper)


@pytest.mark.parametrize(
    "title", ["Serious sexual offences (priority 6)", "Child abuse (priority 15)"]
)
def test_what_is_not_cited_has_no_figure(plan_paper: Document, title: str) -> None:
    said = section_words(plan_paper, title).removeprefix(title)

    assert said.strip()
    assert not any(one.isdigit() for one in said)


def test_the_number_is_that_of_the_month(plan_paper: Document) -> None:
    assert plan_paper.number == "PB 2015/16-09"


def test_no_target_is_spoken_of_that_is_not_set(plan_paper: Document) -> None:
    assert "reduction target" not in every_word(plan_paper)
