"""A force's replies, as they are shown in a region: they name the force, and lead back to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.delivery import Poster
from bot.feed import Feed, FollowUp, Post
from bot.region.addressing import to_force
from bot.replies import Block, Button, Buttons, Footnote, Form, Heading, Menu, Reply
from metrics.errors import ThreatDeskError

log = logging.getLogger(__name__)

HERE = "#"
"""What the address of a channel begins with, on the console."""

AWAY = "away"
"""The mark of a feed that cannot be read now."""


def named(reply: Reply, name: str) -> Reply:
    """Return a reply that says which force it is of, on a locked phone too."""
    titled = bool(reply.blocks) and isinstance(reply.blocks[0], Heading)
    first = reply.blocks[:1] if titled else ()
    said = name.casefold() in reply.summary.casefold()
    return replace(
        reply,
        summary=reply.summary if said else f"{name}: {reply.summary}",
        blocks=(*first, Footnote(text=name), *reply.blocks[len(first) :]),
    )


def stamped(reply: Reply, force: str) -> Reply:
    """Return a reply whose every command asks the force that it is of."""
    return replace(
        reply,
        share=to_force(reply.share, force) if reply.share else "",
        blocks=tuple(_stamped(block, force) for block in reply.blocks),
    )


def _stamped(block: Block, force: str) -> Block:
    match block:
        case Buttons() | Menu():
            return replace(block, items=tuple(_button(one, force) for one in block.items))
        case Form():
            return replace(block, command=to_force(block.command, force))
        case _:
            return block


def _button(button: Button, force: str) -> Button:
    return replace(button, command=to_force(button.command, force))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcePoster:
    """A platform that a force posts to: the region's own, with every message stamped."""

    poster: Poster
    force: str
    name: str

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        """Post a message; its key is unlike that of any other force's."""
        return self.poster.post(address, self._say(reply), key=self._key(key), under=under)

    def edit(self, message: str, reply: Reply) -> None:
        """Replace a message."""
        self.poster.edit(message, self._say(reply))

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        """Return the message that this force posted with a key, or None."""
        return self.poster.find(address, key=self._key(key), since=since, under=under)

    def is_channel(self, address: str) -> bool:
        """Whether many people read there."""
        return self.poster.is_channel(address)

    def close(self) -> None:
        """Leave the platform open: it is the region's, which closes it."""

    def _say(self, reply: Reply) -> Reply:
        return stamped(named(reply, self.name), self.force)

    def _key(self, key: str) -> str:
        return f"{self.force}/{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The feed of one force, and to whom of a platform it may be shown."""

    feed: Callable[[], Feed]  # raises where the force's database is away
    name: str
    readers: frozenset[str]  # addresses of the force's own people


class RegionFeed:
    """What was told on a platform, to each reader by the forces that know them."""

    def __init__(self, forces: Mapping[str, Shown]) -> None:
        """Look at the feeds of forces, by their ids."""
        self._forces = forces

    def posts(self, reader: str, *, at_most: int) -> tuple[Post, ...]:
        """Return the newest messages of the reader's own forces, newest first."""
        found = [
            _of(post, force, shown.name)
            for force, shown in self._forces.items()
            if reader in shown.readers
            for post in self._posts(shown, reader, at_most)
        ]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:at_most])

    def mark(self) -> str:
        """Return what changes whenever any force tells something."""
        return "-".join(self._mark(shown) for shown in self._forces.values())

    @staticmethod
    def _posts(shown: Shown, reader: str, at_most: int) -> Sequence[Post]:
        try:
            return shown.feed().posts(reader, at_most=at_most)
        except ThreatDeskError as error:  # of this force: what the others told is shown
            log.info("What %s told is not shown: %s", shown.name, error)
            return ()

    @staticmethod
    def _mark(shown: Shown) -> str:
        try:
            return shown.feed().mark()
        except ThreatDeskError:
            return AWAY


def _of(post: Post, force: str, name: str) -> Post:
    """Return a message as a force's: under its own heading, with its own buttons."""
    channel = post.address.startswith(HERE)
    return replace(
        post,
        key=f"{force}/{post.key}",
        address=f"{post.address} · {name}" if channel else post.address,
        reply=stamped(named(post.reply, name), force),
        thread=tuple(_follow_up(one, force) for one in post.thread),
    )


def _follow_up(one: FollowUp, force: str) -> FollowUp:
    return replace(one, reply=stamped(one.reply, force))
