"""Who a Slack user is to us: by their id, and by the user groups that carry a role."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.channels.work import Work
from bot.people import Person
from config.people import People

log = quiet.logger(__name__)

SLACK: Final = "slack"
"""The platform's name in `people.toml` and in places."""

FRESH_FOR: Final = timedelta(minutes=10)
"""How long a user group or a name is taken as it was; then it is asked for behind the scenes."""

USED_FOR: Final = timedelta(hours=1)
"""How long it is used while Slack cannot be asked.  Who left a group keeps its role so long."""

PATIENCE_S: Final = 1.5
"""How long an answer waits for a name or a group: a dialogue must open within three seconds."""

NAMES_KEPT: Final = 5_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known(Generic[T]):
    what: T
    since: datetime


class _Kept(Generic[T]):
    """What Slack said, by id; asked again in the background before it is too old."""

    def __init__(
        self, ask: Callable[[str], Awaitable[T]], work: Work, *, without: T, room: int
    ) -> None:
        self._ask = ask
        self._work = work
        self._without = without
        self._room = room
        self._known: dict[str, _Known[T]] = {}
        self._asking: dict[str, asyncio.Event] = {}

    async def get(self, key: str, now: datetime) -> T:
        """Return what Slack says of an id; `without` where it cannot be had in time."""
        known = self._known.get(key)
        if known is None or now - known.since > FRESH_FOR:
            asked = self._begin(key, now)
            if known is None or now - known.since > USED_FOR:
                await self._wait(asked)
                known = self._known.get(key)
        if known is None or now - known.since > USED_FOR:
            return self._without
        return known.what

    def _begin(self, key: str, now: datetime) -> asyncio.Event:
        """Ask, unless it is being asked already; the event is set when there is an answer."""
        if key not in self._asking:
            self._asking[key] = asyncio.Event()
            self._work.start("asking who someone is", self._refresh(key, now))
        return self._asking[key]

    async def _refresh(self, key: str, now: datetime) -> None:
        try:
            what = await self._ask(key)
        except TROUBLE as error:
            log.warning("Slack could not say who someone is: %s", reason(error))
        else:
            while len(self._known) >= self._room:
                del self._known[next(iter(self._known))]
            self._known[key] = _Known(what=what, since=now)
        finally:
            self._asking.pop(key).set()

    @staticmethod
    async def _wait(asked: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asked.wait()
        except TimeoutError:
            log.warning("Slack did not say in time who someone is")


class SlackPeople:
    """Finds persons.  A role from a group is only given while Slack says who is in it."""

    def __init__(self, people: People, clients: Clients, work: Work) -> None:
        self._people = people
        self._clients = clients
        self._names = _Kept(self._ask_name, work, without="", room=NAMES_KEPT)
        self._members = _Kept(self._ask_members, work, without=frozenset[str](), room=NAMES_KEPT)

    async def person(self, user: str, *, handle: str, now: datetime) -> Person:
        """Return who a user is.

        Args:
            user: Slack's id.
            handle: What to call them where Slack does not say their name.
            now: The moment.
        """
        name, groups = await asyncio.gather(self._name_of(user, now), self._groups_of(user, now))
        return self._people.person(SLACK, user, name=name or handle or user, groups=groups)

    async def warm_up(self, now: datetime) -> None:
        """Ask for the groups, so that the first answer need not wait for them."""
        await self._groups_of("", now)

    async def _name_of(self, user: str, now: datetime) -> str:
        """Return what Slack calls someone; who is named in `people.toml` is called that."""
        return "" if (SLACK, user) in self._people.named else await self._names.get(user, now)

    async def _groups_of(self, user: str, now: datetime) -> tuple[str, ...]:
        groups = sorted(self._people.groups(SLACK))
        members = await asyncio.gather(*(self._members.get(one, now) for one in groups))
        return tuple(group for group, inside in zip(groups, members, strict=True) if user in inside)

    async def _ask_name(self, user: str) -> str:
        said = (await self._clients.patient.users_info(user=user))["user"]
        profile = said.get("profile") or {}
        return str(profile.get("real_name") or said.get("real_name") or said.get("name") or "")

    async def _ask_members(self, group: str) -> frozenset[str]:
        said = await self._clients.patient.usergroups_users_list(usergroup=group)
        return frozenset(said["users"])
