"""The papers of the demonstration: of the published day, as each audience gets them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.access import Sight
from bot.app import App
from bot.documents import Document
from bot.documents.briefing import performance_briefing
from bot.figures import find_figures
from bot.people import Surface
from bot.replies.doing import Doing, DueAction, HorizonItem, OpenIssue, Operation
from metrics.model import MeasureId
from metrics.snapshot import Figures, SnapshotKind
from tests.bot.asked import MEMBER
from tests.bot.conftest import PUBLISHED_DAY
from tests.demonstrated import SnapshotOn

TIGER = Operation(
    name="Operation Tiger",
    since=date(2013, 10, 28),
    priorities=("12", "13", "14"),
    text="Arrests and warrants against prolific offenders",
    effect="Burglary since launch is 8% below what would have been expected.",
    effect_on=MeasureId("domestic-burglary.recorded"),
)

DOING = Doing(
    issues=(
        OpenIssue(
            id="I-7",
            title="Burglary in Hinckley",
            status="action under way",
            owner="Sam Lee",
            raised=date(2013, 11, 4),
            priority="12",
            measure=MeasureId("domestic-burglary.recorded"),
            doing="Crime Reduction Officers are tasked to the area",
        ),
        OpenIssue(
            id="I-9",
            title="Regional forensics backlog",
            status="being looked into",
            owner="",
            raised=date(2013, 11, 20),
            level="regional",
        ),
    ),
    actions=(
        DueAction(
            issue="I-7",
            text="Patrol plan for Hinckley",
            owner="Sam Lee",
            due=date(2013, 12, 2),
            priority="12",
            measure=MeasureId("domestic-burglary.recorded"),
            owner_has_left=True,
        ),
    ),
    operations=(TIGER,),
    horizon=(
        HorizonItem(
            number=1,
            text="Domestic violence disclosure scheme begins in March 2014 <b>& more</b>",
            by="An analyst",
            day=date(2013, 12, 3),
        ),
    ),
)

MADE_ON = date(2013, 12, 12)


@pytest.fixture(scope="session")
def figures(demonstration_app: App, snapshot_on: SnapshotOn) -> Figures:
    """The figures of the board paper of December 2013, whole."""
    snapshot_on(PUBLISHED_DAY)
    return find_figures(demonstration_app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)


@pytest.fixture(scope="session")
def board(figures: Figures) -> Sight:
    """The figures as a file for the board may hold them."""
    return Sight(figures=figures, person=MEMBER, surface=Surface.EXPORT)


@pytest.fixture(scope="session")
def public(figures: Figures) -> Sight:
    """The figures as they may be published."""
    return Sight(figures=figures, person=MEMBER, surface=Surface.PUBLIC)


@pytest.fixture(scope="session")
def paper(board: Sight) -> Document:
    """The briefing of December 2013."""
    return performance_briefing(board, DOING, made_on=MADE_ON)
