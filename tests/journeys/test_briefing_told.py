"""The briefing and the register, in Slack and in Teams: the same journeys, the same words.

The weekly digest is told to the channel, asked for in private, added to; an issue is raised from an
alert by a form, and its owner is reminded.  The same is run while the platform refuses, fails and
is late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.journeys.desks import Both
from tests.journeys.platforms import AMIR, JANE, OnSlack, OnTeams, Platform
from tests.journeys.small_force import BOATS, UP, WORSE, SmallForce, a_small_force

pytestmark = pytest.mark.usefixtures("without_proxy")

MONDAY = date(2021, 6, 7)
"""After the six days whose figures have come."""


@pytest.fixture(params=["slack", "teams", "slack in trouble", "teams in trouble"])
def where(request: pytest.FixtureRequest) -> str:
    """The platform, as it should be or in trouble."""
    return str(request.param)


@pytest.fixture
def force(where: str, both: Both, tmp_path: Path, without_proxy: None) -> Iterator[SmallForce]:
    """A force whose channel on that platform is briefed."""
    side = OnSlack if where.startswith("slack") else OnTeams
    with a_small_force(both, tmp_path, briefing_channel=side.channel_address) as force:
        yield force


@pytest.fixture
def platform(where: str, force: SmallForce) -> Iterator[Platform]:
    """The platform."""
    one = force.slack if where.startswith("slack") else force.teams
    if where.endswith("in trouble"):
        one.make_trouble()
    yield one
    one.end_trouble()


def test_the_week_is_told_to_the_channel_and_to_who_leads_once(
    platform: Platform, force: SmallForce
) -> None:
    for said in ({BOATS: UP}, {BOATS: WORSE}, {}, {}, {}, {}):
        force.next_day(said)
    force.at(MONDAY)
    before = len(platform.channel())
    told = {one: len(one.told(JANE)) for one in (force.slack, force.teams)}

    for _ in range(2):  # also where two workers are at it
        force.app.briefings.week(MONDAY, force.app.now())
        force.app.tell()

    [digest] = platform.channel()[before:]
    assert "A-1, Boat theft, Saltmarsh" in digest.words
    assert "As at 6 June 2021" in digest.words
    assert [one.name for one in told if len(one.told(JANE)) > told[one]] == ["teams"]
    assert len(force.teams.told(JANE)) == told[force.teams] + 1


def test_the_briefing_is_given_to_who_asks_alone(platform: Platform, force: SmallForce) -> None:
    force.next_day({BOATS: WORSE})
    force.app.clock.now += timedelta(minutes=5)
    before = len(platform.channel())

    answer = platform.ask("/briefing", in_channel=True)

    assert "Boat theft" in answer.words
    assert "A-1" in answer.words
    assert len(platform.channel()) == before


def test_what_is_coming_is_noted_on_one_platform_and_read_on_the_other(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({})

    noted = platform.ask("/brief add The regatta brings 400 boats in August.", by=AMIR)
    read = force.other(platform).ask("/brief list", by=JANE)

    assert "Noted as item 1: it stands in the briefing." in noted.words
    assert "1. The regatta brings 400 boats in August. (Amir Khan, 2 June 2021)" in read.words


def test_an_issue_is_raised_from_an_alert_by_a_form_and_its_owner_is_reminded(
    platform: Platform, force: SmallForce
) -> None:
    force.next_day({BOATS: WORSE})
    [message] = platform.channel()
    form = platform.press("Raise issue", message, by=AMIR)
    assert "Issue from A-1" in form.words
    due = date(2021, 6, 4)
    fields = {"owner": "jane.smith", "action": "Patrol the marina at night", "due": str(due)}

    raised = platform.fill_in(form, fields, by=AMIR)

    assert "I-1 is raised: Boat theft, Saltmarsh." in raised.words
    assert "Jane Smith" in raised.words
    told = {one: len(one.told(JANE)) for one in (force.slack, force.teams)}
    force.at(due + timedelta(days=3))
    force.app.reminding.day(force.app.now().date(), force.app.now())
    force.app.tell()
    assert len(force.slack.told(JANE)) == told[force.slack]
    [reminder] = force.teams.told(JANE)[told[force.teams] :]
    assert "Patrol the marina at night" in reminder.words
    assert "it was due 4 June 2021" in reminder.words

    shown = force.teams.press("I-1", reminder, by=JANE)

    assert "Patrol the marina at night" in shown.words
