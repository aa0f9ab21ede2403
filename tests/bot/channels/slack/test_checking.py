"""Each step of docs/slack.md is looked at, and what is missing is said with what to do."""

from __future__ import annotations

import pytest

from bot.channels.slack.checking import Look, check_slack
from bot.channels.slack.manifest import BOT_SCOPES
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Channel, FakeSlack

WRONG = "xoxb-wrong"


def problems(looks: list[Look]) -> list[str]:
    return [one.said for one in looks if one.problem]


def test_a_workspace_that_is_set_up_has_no_problems(slack: FakeSlack) -> None:
    looks = check_slack(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        channels=("C1",),
        groups=("S01",),
        api_url=slack.api_url,
    )

    assert problems(looks) == []
    assert looks[0].said == "signed in to Force as @threat_desk"
    assert len(looks) == 6


@pytest.mark.parametrize("token", ["", "xapp-1-not-a-bots", WRONG])
def test_a_wrong_bot_token_is_said_and_nothing_else_is_tried(slack: FakeSlack, token: str) -> None:
    looks = check_slack(bot_token=token, api_url=slack.api_url)

    assert len(looks) == len(problems(looks)) == 1
    assert "Bot User OAuth Token" in looks[0].hint


def test_missing_scopes_are_named() -> None:
    fake = FakeSlack(scopes=set(BOT_SCOPES) - {"files:write"})
    fake.start()
    try:
        looks = check_slack(
            bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=fake.api_url
        )
    finally:
        fake.stop()

    assert problems(looks) == ["scopes are missing: files:write"]


def test_without_a_way_in_nobody_can_ask(slack: FakeSlack) -> None:
    assert problems(check_slack(bot_token=BOT_TOKEN, api_url=slack.api_url)) == [
        "there is no way in: neither an app-level token nor a signing secret is set"
    ]


def test_a_wrong_app_token_is_said(slack: FakeSlack) -> None:
    looks = check_slack(bot_token=BOT_TOKEN, app_token=WRONG, api_url=slack.api_url)

    assert problems(looks) == ["Socket Mode cannot be used: invalid_auth"]


def test_a_channel_that_cannot_be_posted_to_is_named(slack: FakeSlack) -> None:
    slack.workspace.channels |= {
        "C2": Channel(members={"U1"}),
        "C3": Channel(members={"U1"}, is_private=True),
        "C4": Channel(members={"UBOT"}, is_archived=True),
    }

    looks = check_slack(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        channels=("C2", "C3", "C4"),
        groups=("S99",),
        api_url=slack.api_url,
    )

    assert problems(looks) == [
        "the bot is not in channel C2",
        "the bot is not in channel C3",
        "channel C4 is archived",
        "user group S99 cannot be read: no_such_subteam",
    ]


def test_slack_out_of_reach_is_said() -> None:
    [look] = check_slack(bot_token=BOT_TOKEN, api_url="http://127.0.0.1:9/api/")

    assert look.problem
    assert look.hint == "Look whether this machine reaches Slack."
