"""Who someone is: by name, by user group, and by what is known while Slack is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.channels.slack.clients import Clients
from bot.channels.slack.people import FRESH_FOR, USED_FOR, SlackPeople
from bot.channels.work import Work
from bot.people import Person, Role
from tests.bot.channels.slack.desk import EVERYONE
from tests.fakes.slack import BOT_TOKEN, FakeSlack, Fault

log = logging.getLogger(__name__)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
AWAY = Fault(status=200, error="fatal_error")

Find = Callable[[str, datetime], Awaitable[Person]]


def finding(slack: FakeSlack, do: Callable[[Find, Work], Awaitable[list[Person]]]) -> list[Person]:
    """Do something with people found in a workspace."""

    async def run() -> list[Person]:
        clients, work = Clients(BOT_TOKEN, api_url=slack.api_url), Work("Slack", log)
        await clients.open()
        people = SlackPeople(EVERYONE, clients, work)
        try:
            return await do(lambda user, now: people.person(user, handle="h", now=now), work)
        finally:
            await work.drain()
            await clients.close()

    return asyncio.run(run())


def test_a_group_gives_its_members_a_role(slack: FakeSlack) -> None:
    async def ask(find: Find, work: Work) -> list[Person]:
        return [await find("U1", NOW), await find("U2", NOW)]

    assert [one.role for one in finding(slack, ask)] == [Role.MEMBER, Role.ANALYST]


def test_who_is_named_here_is_not_asked_for(slack: FakeSlack) -> None:
    async def ask(find: Find, work: Work) -> list[Person]:
        return [await find("U03", NOW)]

    [person] = finding(slack, ask)

    assert (person.id, person.name) == ("priya.patel", "Priya Patel")
    assert "users.info" not in slack.methods()


def test_slack_is_asked_once_for_many_questions(slack: FakeSlack) -> None:
    async def ask(find: Find, work: Work) -> list[Person]:
        return list(await asyncio.gather(*(find("U1", NOW) for _ in range(20))))

    finding(slack, ask)

    assert sorted(slack.methods()) == ["usergroups.users.list", "users.info"]


def test_a_group_that_cannot_be_read_gives_nobody_a_role(slack: FakeSlack) -> None:
    slack.fail("usergroups.users.list", AWAY)

    async def ask(find: Find, work: Work) -> list[Person]:
        return [await find("U2", NOW)]

    assert [one.role for one in finding(slack, ask)] == [Role.MEMBER]


def test_a_role_is_kept_for_an_hour_while_slack_is_away_and_then_lost(slack: FakeSlack) -> None:
    later = (FRESH_FOR + timedelta(minutes=1), USED_FOR + timedelta(minutes=1))

    async def ask(find: Find, work: Work) -> list[Person]:
        found = [await find("U2", NOW)]
        for wait in later:
            slack.fail("usergroups.users.list", AWAY)
            found.append(await find("U2", NOW + wait))
            await work.drain()
        return found

    roles = [one.role for one in finding(slack, ask)]
    assert roles == [Role.ANALYST, Role.ANALYST, Role.MEMBER]


def test_who_left_a_group_loses_the_role_behind_the_scenes(slack: FakeSlack) -> None:
    async def ask(find: Find, work: Work) -> list[Person]:
        await find("U2", NOW)
        slack.workspace.groups["S01"] = []
        await find("U2", NOW + FRESH_FOR + timedelta(minutes=1))
        await work.drain()
        return [await find("U2", NOW + FRESH_FOR + timedelta(minutes=2))]

    assert [one.role for one in finding(slack, ask)] == [Role.MEMBER]


def test_a_name_that_does_not_come_in_time_is_done_without(slack: FakeSlack) -> None:
    slack.fail("users.info", Fault(late_s=3))

    async def ask(find: Find, work: Work) -> list[Person]:
        begun = asyncio.get_running_loop().time()
        person = await find("U1", NOW)
        assert asyncio.get_running_loop().time() - begun < 2.5
        return [person]

    assert [one.name for one in finding(slack, ask)] == ["h"]
