"""What chief officers ask, in Slack and in Teams: the same journeys, the same words.

The product is whole: one web process hears both platforms, over real sockets, with real
signatures and tokens, and answers from the demonstration's figures.  Everything is run once more
while the platform refuses, fails and is late.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.app import App
from tests.demonstrated import SnapshotOn
from tests.journeys.desks import Both, a_desk, heard
from tests.journeys.platforms import (
    AMIR,
    JANE,
    STRANGER,
    OnSlack,
    OnTeams,
    Platform,
    Post,
    Someone,
    a_tenant,
    a_workspace,
)

PUBLISHED_DAY = date(2013, 12, 11)
"""The day on which the published figures of December 2013 stand."""

A_WORKING_MORNING = datetime(2013, 12, 12, 9, 0, tzinfo=UTC)

THEN = "as at 11 December 2013"

UNPUBLISHED = "Their owner has not published these figures"


@pytest.fixture(scope="module")
def desk(
    demonstration_app: App,
    snapshot_on: SnapshotOn,
    both: Both,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Both]:
    """Both platforms, heard by one desk with the demonstration's figures."""
    snapshot_on(PUBLISHED_DAY)
    folder = tmp_path_factory.mktemp("chat")
    source = demonstration_app.settings.database_url.get_secret_value()
    _copy(Path(source.removeprefix("sqlite:///")), folder / "threatdesk.db")
    a_workspace(both.slack)
    a_tenant(both.teams)
    database = f"sqlite:///{folder / 'threatdesk.db'}"
    with (
        pytest.MonkeyPatch.context() as patched,
        a_desk(
            both, folder, database=database, now=A_WORKING_MORNING, plan="leicestershire"
        ) as app,
    ):
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patched.delenv(name, raising=False)
            patched.delenv(name.upper(), raising=False)
        with heard(app, both):
            yield both


def _copy(one: Path, other: Path) -> None:
    """Copy a database that is in use."""
    with closing(sqlite3.connect(one)) as there, closing(sqlite3.connect(other)) as here:
        there.backup(here)


@pytest.fixture(params=["slack", "teams", "slack in trouble", "teams in trouble"])
def platform(request: pytest.FixtureRequest, desk: Both) -> Iterator[Platform]:
    """One of the platforms, as it should be or in trouble."""
    name = str(request.param)
    one: Platform = OnSlack(desk.slack) if name.startswith("slack") else OnTeams(desk.teams)
    if name.endswith("in trouble"):
        one.make_trouble()
    yield one
    one.end_trouble()


@pytest.mark.parametrize("in_channel", [False, True], ids=["privately", "in the channel"])
def test_a_priority_is_answered_with_its_published_figures_to_the_asker_alone(
    platform: Platform, *, in_channel: bool
) -> None:
    answer = platform.ask(f"/priority 12 {THEN}", in_channel=in_channel)

    for published in ("down 3.5%", "263 crimes short", "16.8%", "●●● High threat", "p = 0.31"):
        assert published in answer.words
    assert "As at 11 December 2013" in answer.words
    assert answer.notified.startswith("Priority 12: Domestic burglary down 3.5%")
    assert platform.channel() == []


def test_its_chart_follows_with_words_for_who_does_not_see_it(platform: Platform) -> None:
    answer = platform.ask(f"/priority 12 {THEN}", in_channel=True)

    assert platform.wait_for(lambda: answer.pictures, within_s=30)
    [words] = answer.pictures
    assert words.startswith("Domestic burglary, Leicestershire: 2,676 from 1 April to 11 December")


def test_a_partnership_is_answered_with_its_crime_types(platform: Platform) -> None:
    answer = platform.ask("/csp charnwood")

    assert "Charnwood: crime types" in answer.words
    assert "All crime in Charnwood is up" in answer.words
    assert "no significant change" in answer.words


def test_threats_are_listed_by_level_each_with_its_reason(platform: Platform) -> None:
    answer = platform.ask(f"/threats {THEN}", by=AMIR)

    high, medium = answer.words.index("\nHigh\n"), answer.words.index("\nMedium\n")
    burglary = answer.words.index("Domestic burglary: The target is unlikely to be met")
    assert high < burglary < medium
    assert "Why: Domestic burglary" in answer.buttons


def test_words_with_a_slip_are_answered_and_what_was_made_of_them_is_said(
    platform: Platform,
) -> None:
    answer = platform.ask(f"how is burglry in Charnwod {THEN}?", by=AMIR, in_channel=True)

    assert "Read “burglry” as priority 12, domestic burglary." in answer.words
    assert "Read “Charnwod” as Charnwood." in answer.words
    assert "Priority 12: Domestic burglary, Charnwood" in answer.words


def test_what_can_mean_several_things_is_asked_back_with_buttons_that_ask_the_whole_again(
    platform: Platform,
) -> None:
    asked_back = platform.ask(f"/trend vehicle blaby {THEN}", in_channel=True)
    assert "“vehicle” can mean several things." in asked_back.words

    answer = platform.press("Theft of motor vehicle", asked_back)

    assert "Trend: Theft of motor vehicle, Blaby" in answer.words
    assert platform.channel() == []


def test_what_a_channel_may_not_be_told_is_refused_to_the_sharer_alone(
    platform: Platform,
) -> None:
    answer = platform.ask(f"/trend drug and alcohol completions {THEN}", by=AMIR, in_channel=True)
    assert UNPUBLISHED not in answer.words

    refusal = platform.press("Share to channel", answer, by=AMIR)

    assert UNPUBLISHED in refusal.words
    assert platform.channel() == []
    assert refusal.raw not in [one.raw for one in platform.alone(JANE)]


def test_an_answer_is_shared_without_what_the_channel_may_not_be_told(platform: Platform) -> None:
    answer = platform.ask(f"/priority 3 {THEN}", by=AMIR, in_channel=True)
    withheld = _completions(answer)
    assert UNPUBLISHED not in withheld

    shared = share(platform, answer, by=AMIR)

    assert "Shared by Amir Khan" in shared.words
    assert "Alcohol-related crime" in shared.words
    assert withheld not in shared.words
    assert UNPUBLISHED in _completions(shared)
    assert "Share to channel" not in shared.buttons


def test_a_button_of_a_shared_answer_answers_who_presses_it_alone(platform: Platform) -> None:
    answer = platform.ask(f"/priority 12 {THEN}", in_channel=True)
    shared = share(platform, answer)

    why = platform.press("Why High?", shared, by=AMIR)

    assert "Why: Domestic burglary, Leicestershire" in why.words
    assert "What is measured" in why.words
    assert len(platform.channel()) == 1


def test_help_says_what_can_be_asked_and_its_examples_are_buttons(platform: Platform) -> None:
    answer = platform.ask("/threatdesk help")

    assert "What you can ask" in answer.words
    assert "how is burglary in Charnwood?" in answer.words
    assert "/csp charnwood" in answer.buttons

    assert "Charnwood: crime types" in platform.press("/csp charnwood", answer).words


def test_who_is_not_known_is_given_their_id_and_no_figure(platform: Platform) -> None:
    answer = platform.ask("/priority 12", by=STRANGER, in_channel=True)

    assert "You are not set up here yet" in answer.words
    assert f"{platform.name}:{getattr(STRANGER, platform.name)}" in answer.words
    assert "%" not in answer.words
    assert platform.channel() == []


def share(platform: Platform, answer: Post, *, by: Someone = JANE) -> Post:
    """Share an answer; where the platform leaves it open whether it was, do as one is told."""
    said = platform.press("Share to channel", answer, by=by)
    if not platform.channel():
        assert "Look at the channel before you share again" in said.words
        platform.press("Share to channel", answer, by=by)
    [shared] = platform.channel()
    return shared


def _completions(post: Post) -> str:
    """Return the line about figures that are not published."""
    [line] = [one for one in post.words.splitlines() if "treatment completions" in one]
    return line
