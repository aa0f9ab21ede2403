"""Who is told, and why."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.alerts.model import Concern, Destination
from bot.alerts.routing import Listener, Member, decide_all, held_until, listeners
from bot.people import Person, Role
from config.alerts import QuietHours, Route
from metrics.classification import ThreatLevel
from metrics.model import Area, AreaId, Catalogue, Level, Measure
from tests.bot.alerts.making import a_key, an_alert

CHANNEL = Destination(platform="slack", address="C1")
JANE = Destination(platform="slack", address="U1")


def anything(_measure: Measure, _area: Area, _destination: Destination) -> str:
    return ""


def a_listener(person: Person | None = None, **filters: Any) -> Listener:
    route = Route(name="channel", to="slack:C1", **filters)
    return Listener(route=route, destination=CHANNEL, person=person)


BOATS = an_alert(key=a_key("boat-theft.recorded", "ebb"))


@pytest.mark.parametrize(
    ("filters", "why_not"),
    [
        pytest.param({}, "", id="no filter"),
        pytest.param({"least": "high"}, "Medium", id="level"),
        pytest.param({"priorities": ("1",)}, "", id="its priority"),
        pytest.param({"themes": ("The harbour",)}, "", id="its theme"),
        pytest.param({"themes": ("Elsewhere",)}, "themes", id="another theme"),
        pytest.param({"areas": ("saltmarsh",)}, "", id="an area that holds it"),
        pytest.param({"areas": ("flow",)}, "areas", id="another area"),
        pytest.param({"area_levels": (Level.FORCE,)}, "level", id="another level of area"),
        pytest.param({"concerns": ("late",)}, "kind", id="another concern"),
    ],
)
def test_filters(saltmarsh: Catalogue, filters: dict[str, Any], why_not: str) -> None:
    [made] = decide_all(BOATS, [a_listener(**filters)], saltmarsh, anything)

    assert made.told is (not why_not)
    assert why_not in made.why
    assert "Route “channel”" in made.why


def test_a_measure_without_the_priority_is_not_of_the_route(saltmarsh: Catalogue) -> None:
    other = an_alert(key=a_key("other.recorded"))

    [made] = decide_all(other, [a_listener(priorities=("1",))], saltmarsh, anything)

    assert not made.told


def test_a_restricted_measure_goes_only_where_the_gate_lets_it(saltmarsh: Catalogue) -> None:
    def gate(measure: Measure, _area: Area, destination: Destination) -> str:
        shut = measure.priority == "1" and destination == CHANNEL
        return "it may not be told in a channel." if shut else ""

    private = Listener(route=Route(name="Jane", to="slack:U1"), destination=JANE)

    made = decide_all(BOATS, [a_listener(), private], saltmarsh, gate)

    assert [(str(one.destination), one.told) for one in made] == [
        ("slack:C1", False),
        ("slack:U1", True),
    ]
    assert "may not be told in a channel" in made[0].why


def test_one_destination_of_two_routes_is_told_once(saltmarsh: Catalogue) -> None:
    made = decide_all(BOATS, [a_listener(least="high"), a_listener()], saltmarsh, anything)

    assert [one.told for one in made] == [True]


def test_a_lead_hears_only_of_their_own_area(saltmarsh: Catalogue) -> None:
    lead = Person(id="jane", name="Jane", role=Role.AREA_LEAD, areas=(AreaId("flow"),))
    members = [Member(person=lead, destination=JANE)]
    [listener] = listeners([Route(name="leads", role="area_lead")], members)

    [elsewhere] = decide_all(BOATS, [listener], saltmarsh, anything)
    own = an_alert(key=a_key("boat-theft.recorded", "flow"))
    [theirs] = decide_all(own, [listener], saltmarsh, anything)

    assert not elsewhere.told
    assert "Jane" in elsewhere.why
    assert theirs.told


def test_good_news_has_no_level_to_be_filtered_by(saltmarsh: Catalogue) -> None:
    key = a_key("boat-theft.recorded", concern=Concern.SECURED)
    good = an_alert(key=key, level=ThreatLevel.MEDIUM)

    [made] = decide_all(good, [a_listener(least="high")], saltmarsh, anything)

    assert made.told


# Quiet hours, in London


NIGHT = QuietHours(start=time(20), end=time(7))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        pytest.param("2020-12-11T12:00", "2020-12-11T12:00", id="by day at once"),
        pytest.param("2020-12-11T05:30", "2020-12-11T07:00", id="before dawn"),
        pytest.param("2020-12-11T22:00", "2020-12-12T07:00", id="in the evening"),
        pytest.param("2020-07-01T05:30", "2020-07-01T06:00", id="summer time"),
        pytest.param("2020-03-29T00:30", "2020-03-29T06:00", id="clocks go forward"),
        pytest.param("2020-10-25T00:30", "2020-10-25T07:00", id="clocks go back"),
        pytest.param("2020-02-28T21:00", "2020-02-29T07:00", id="29 February"),
    ],
)
def test_quiet_hours_end_at_the_same_hour_in_london(now: str, until: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    held = held_until(moment, NIGHT)

    assert held == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_a_quiet_weekend_lasts_until_monday() -> None:
    saturday = datetime(2020, 12, 12, 12, tzinfo=UTC)
    quiet = QuietHours(start=time(20), end=time(7), weekends=True)

    assert held_until(saturday, quiet) == datetime(2020, 12, 14, 7, tzinfo=UTC)


def test_no_quiet_hours_at_all() -> None:
    night = datetime(2020, 12, 12, 3, tzinfo=UTC)

    assert held_until(night, QuietHours(start=time(0), end=time(0))) == night
