"""Who follows something is told of it, whatever else they lead."""

from __future__ import annotations

import pytest

from bot.alerts.model import Destination
from bot.alerts.routing import Member, decide_for
from bot.alerts.subscriptions import Subscription, subscribed
from bot.people import Person, Role
from metrics.classification import ThreatLevel
from metrics.model import AreaId, Catalogue
from tests.bot.alerts.making import THEFT, a_key, an_alert

JANE = Member(
    person=Person(id="jane", name="Jane", role=Role.AREA_LEAD, areas=(AreaId("ebb"),)),
    destination=Destination(platform="slack", address="U1"),
)


def told(
    catalogue: Catalogue, one: Subscription, *, area: str, measure: str = THEFT, refusal: str = ""
) -> bool:
    [listener] = subscribed([one], [JANE], catalogue)
    alert = an_alert(key=a_key(measure, area), level=ThreatLevel.MEDIUM)
    return decide_for(alert, listener, catalogue, lambda *_: refusal).told


@pytest.mark.parametrize(
    ("followed", "area", "wanted"),
    [
        (Subscription(person="jane", area="flow"), "flow", True),
        (Subscription(person="jane", area="flow"), "ebb", False),
        (Subscription(person="jane", area="saltmarsh"), "flow", True),
    ],
)
def test_an_area_that_is_followed_is_told_with_what_is_inside_it(
    saltmarsh: Catalogue, followed: Subscription, area: str, *, wanted: bool
) -> None:
    assert told(saltmarsh, followed, area=area) is wanted


def test_a_priority_that_is_followed_is_told_anywhere(saltmarsh: Catalogue) -> None:
    measure = next(one for one in saltmarsh.measures.values() if one.priority)
    followed = Subscription(person="jane", priority=measure.priority)

    assert told(saltmarsh, followed, area="flow", measure=measure.id)
    assert not told(saltmarsh, followed, area="flow", measure=THEFT)


def test_the_gate_binds_what_is_followed(saltmarsh: Catalogue) -> None:
    followed = Subscription(person="jane", area="flow")

    assert not told(saltmarsh, followed, area="flow", refusal="It is internal.")


def test_who_has_left_follows_nothing(saltmarsh: Catalogue) -> None:
    gone = Subscription(person="john", area="flow")

    assert list(subscribed([gone], [JANE], saltmarsh)) == []


def test_who_follows_a_priority_follows_its_parts(leicestershire: Catalogue) -> None:
    [listener] = subscribed([Subscription(person="jane", priority="14")], [JANE], leicestershire)

    assert set(listener.route.priorities) == {"14", "14A", "14B"}
