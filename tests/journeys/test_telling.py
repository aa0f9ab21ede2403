"""An alert lives in the channels of Slack and of Teams: the same journeys, the same words.

A day is decided and told by the real posters; what people press is heard by the real web process.
The same is run while the platform refuses, fails and is late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from metrics.calendar import say_date
from tests.journeys.desks import Both
from tests.journeys.platforms import AMIR, JANE, STRANGER, Platform, Post
from tests.journeys.small_force import (
    BOATS,
    BOATS_IN_EBB,
    UP,
    WORSE,
    SmallForce,
    a_small_force,
)

pytestmark = pytest.mark.usefixtures("without_proxy")


@pytest.fixture
def force(both: Both, tmp_path: Path, without_proxy: None) -> Iterator[SmallForce]:
    """A force on both platforms, about which nothing was told yet."""
    with a_small_force(both, tmp_path) as force:
        yield force


@pytest.fixture(params=["slack", "teams", "slack in trouble", "teams in trouble"])
def platform(request: pytest.FixtureRequest, force: SmallForce) -> Iterator[Platform]:
    """One of the platforms, as it should be or in trouble."""
    name = str(request.param)
    one = force.slack if name.startswith("slack") else force.teams
    if name.endswith("in trouble"):
        one.make_trouble()
    yield one
    one.end_trouble()


def living(platform: Platform) -> Post:
    """Return the one message of the channel that is under no other."""
    under = [id(one.raw) for post in platform.channel() for one in platform.thread(post)]
    [post] = [one for one in platform.channel() if id(one.raw) not in under]
    return post


def test_an_alert_is_told_once_and_its_message_says_how_it_stands_to_its_end(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({BOATS: UP})
    message = living(platform)
    number = force.alert.id
    assert "Boat theft" in message.words
    assert "threat, new." in message.words
    assert f"{number}. Figures as at {say_date(force.day)}" in message.words
    assert message.notified.startswith(f"{number}: ")
    assert message.buttons[0] == "Acknowledge"

    force.next_day({BOATS: WORSE})
    assert "High threat, got worse." in message.words
    assert f"as at {say_date(force.day)}" in message.words
    [follow_up] = platform.thread(message)
    assert "Got worse from" in follow_up.words

    for _ in range(3):
        force.next_day({})
    assert "Recovered. Ended on" in message.words
    assert "Acknowledge" not in message.buttons
    assert "Recovered." in platform.thread(message)[-1].words
    assert living(platform).raw is message.raw


def test_an_alert_that_is_acknowledged_on_one_platform_is_so_on_both(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({BOATS: WORSE})

    answer = platform.press("Acknowledge", living(platform), by=AMIR)
    force.app.tell()

    said = f"{force.alert.id} is acknowledged by Amir Khan."
    assert said in answer.words
    for one in (platform, force.other(platform)):
        message = living(one)
        assert "Amir Khan" in message.words
        assert "by nobody yet" not in message.words
        assert "Acknowledge" not in message.buttons
        follow_up = f"{force.alert.id} Boat theft, Saltmarsh: Acknowledged by Amir Khan."
        assert [post.words for post in one.thread(message)] == [follow_up]


def test_what_one_person_did_on_one_platform_is_theirs_on_the_other(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({BOATS: WORSE})
    platform.press("Acknowledge", living(platform), by=AMIR)

    again = force.other(platform).ask(f"/alert ack {force.alert.id}", by=AMIR)

    assert "acknowledged by Amir Khan" in again.words


def test_who_is_not_known_cannot_take_on_an_alert(platform: Platform, force: SmallForce) -> None:
    force.next_day({BOATS: WORSE})

    refusal = platform.press("Acknowledge", living(platform), by=STRANGER)
    force.app.tell()

    assert "You are not set up here yet" in refusal.words
    assert "by nobody yet" in living(platform).words


def test_an_alert_is_silenced_until_a_day_by_a_form(platform: Platform, force: SmallForce) -> None:
    force.next_day({BOATS: WORSE})
    form = platform.press("Until a date …", living(platform), by=AMIR)
    assert f"Snooze {force.alert.id}" in form.words
    assert "Silent until" in form.words
    until = force.app.now().date() + timedelta(days=9)

    answer = platform.fill_in(form, {"until": until.isoformat()}, by=AMIR)
    force.app.tell()

    assert "is snoozed. It comes back at once if it gets worse." in answer.words
    for one in (platform, force.other(platform)):
        assert f"until {say_date(until)}, by Amir Khan" in living(one).words
        assert "Snoozed by Amir Khan" in one.thread(living(one))[-1].words


def test_a_day_that_is_too_far_away_is_said_and_the_form_can_be_sent_again(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({BOATS: WORSE})
    form = platform.press("Until a date …", living(platform), by=AMIR)
    far, near = (force.app.now().date() + timedelta(days=days) for days in (300, 5))

    refusal = platform.fill_in(form, {"until": far.isoformat()}, by=AMIR).words
    answer = platform.fill_in(form, {"until": near.isoformat()}, by=AMIR).words

    assert "Give a day between the two." in refusal
    assert far.isoformat() in refusal
    assert "Silent until" in refusal
    assert "is snoozed." in answer


def test_a_judgement_is_kept_with_who_gave_it(platform: Platform, force: SmallForce) -> None:
    force.next_day({BOATS: WORSE})

    answer = platform.press("Not useful", living(platform), by=JANE)

    assert f"Kept: {force.alert.id} was not useful to you." in answer.words
    [judged] = force.app.deciding.feedback()
    assert (judged.alert, judged.by, judged.useful) == (force.alert.id, "Jane Smith", False)


def test_why_explains_the_alert_to_who_asks_alone(platform: Platform, force: SmallForce) -> None:
    force.next_day({BOATS: WORSE})

    answer = platform.press("Why?", living(platform), by=AMIR)

    assert "What is measured" in answer.words
    assert len(platform.channel()) == 1


def test_who_follows_an_area_is_told_once_where_they_are_preferred(
    platform: Platform, force: SmallForce
) -> None:
    said = platform.ask("/threatdesk subscribe ebb", by=AMIR)
    assert "You now follow everything in Ebb." in said.words
    again = force.other(platform).ask("/threatdesk subscribe ebb", by=AMIR)
    assert "You follow everything in Ebb already." in again.words
    before = {one: len(one.told(AMIR)) for one in (force.slack, force.teams)}

    force.next_day({BOATS_IN_EBB: UP})

    told = {one.name: one.told(AMIR)[before[one] :] for one in before}
    assert told["slack"] == []
    [message] = told["teams"]
    assert "Ebb" in message.words
    assert "threat, new." in message.words
