"""An alert is right, near or false by what is known to have happened."""

from __future__ import annotations

from datetime import date, timedelta
from math import isnan

import pytest

from bot.alerts.history import History, Life
from bot.alerts.model import AlertId, Concern, RuleName
from bot.alerts.truth import AFTERGLOW, Mark, judge_history
from config.events import Event
from metrics.classification import ThreatLevel
from metrics.model import AreaId, Catalogue, MeasureId
from tests.bot.alerts.making import a_key

BEGAN, ENDED = date(2020, 6, 1), date(2020, 8, 31)
NETS, BOATS, EVERYTHING = "net-damage.recorded", "boat-theft.recorded", "all-crime.recorded"

EVENT = Event(
    measure=MeasureId(NETS), area=AreaId("ebb"), first=BEGAN, last=ENDED, size=0.4
)  # fmt: skip


def a_life(
    measure: str = NETS,
    area: str = "ebb",
    raised: date = date(2020, 6, 20),
    *,
    id_: str = "A-1",
    concern: Concern = Concern.THREAT,
    stood_before: bool = False,
) -> Life:
    return Life(
        id=AlertId(id_),
        key=a_key(measure, area, concern),
        raised=raised,
        level=ThreatLevel.MEDIUM,
        highest=ThreatLevel.MEDIUM,
        raised_by=frozenset({RuleName.SURGE}),
        rules=frozenset({RuleName.SURGE}),
        sentence="It says so.",
        stood_before=stood_before,
        is_child=False,
    )


def a_history(*lives: Life) -> History:
    return History(
        name="", first=date(2020, 4, 1), last=date(2021, 3, 31), lives=lives, messages=()
    )


@pytest.mark.parametrize(
    ("life", "mark"),
    [
        (a_life(), Mark.RIGHT),
        (a_life(area="saltmarsh"), Mark.NEAR),
        (a_life(EVERYTHING), Mark.NEAR),
        (a_life(BOATS), Mark.FALSE),
        (a_life(area="flow"), Mark.FALSE),
        (a_life(raised=BEGAN - timedelta(days=1)), Mark.FALSE),
        (a_life(raised=ENDED + AFTERGLOW), Mark.RIGHT),
        (a_life(raised=ENDED + AFTERGLOW + timedelta(days=1)), Mark.FALSE),
        (a_life(stood_before=True), Mark.NOT_JUDGED),
        (a_life(concern=Concern.LATE), Mark.NOT_JUDGED),
    ],
)
def test_an_alert_is_held_against_the_event(saltmarsh: Catalogue, life: Life, mark: Mark) -> None:
    judged = judge_history(a_history(life), [EVENT], saltmarsh)

    assert judged.marks[life.id] is mark


def test_precision_is_of_right_and_false_alone(saltmarsh: Catalogue) -> None:
    history = a_history(
        a_life(), a_life(area="saltmarsh", id_="A-2"), a_life(BOATS, id_="A-3")
    )  # fmt: skip

    judged = judge_history(history, [EVENT], saltmarsh)

    assert judged.precision == 0.5
    assert judged.precision_of(RuleName.SURGE) == 0.5
    assert isnan(judged.precision_of(RuleName.PEERS))


def test_an_event_is_found_by_the_first_alert_that_speaks_of_it(saltmarsh: Catalogue) -> None:
    wide = a_life(area="saltmarsh", raised=date(2020, 6, 11), id_="A-2")

    (found,) = judge_history(a_history(a_life(), wide), [EVENT], saltmarsh).found

    assert (found.by, found.days) == ("A-2", 10)


def test_an_event_that_nobody_spoke_of_is_missed(saltmarsh: Catalogue) -> None:
    (found,) = judge_history(a_history(a_life(BOATS)), [EVENT], saltmarsh).found

    assert found.by is None
