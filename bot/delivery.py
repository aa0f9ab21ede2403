"""Outbox → channel → ledger: what was decided is told once, in order, and never lost.

A notification is marked told only after the platform has accepted it.  When a worker dies between
the two, the next one looks whether the message is there before it posts; where a platform cannot
be asked, it is told again, with the same visible number.  What cannot be told at all goes to the
operators and to the fallback.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.outages import Outages, from_to
from bot.replies import Footnote, Paragraph, Reply, Standing
from metrics.errors import StoreError, ThreatDeskError, UserError

log = logging.getLogger(__name__)

Telling = Notification[Reply]
"""One thing to be done at one destination."""

LEASE: Final = timedelta(minutes=2)
"""How long a notification stays claimed; longer than a platform may take to answer."""

FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=5)
"""How long to wait after the first failure, doubled after each other one, and at most."""

LONGEST_ASKED: Final = timedelta(hours=1)
"""How long to wait at most where the platform asks for longer."""

WORTH_TELLING: Final = timedelta(minutes=15)
"""The operators hear, once it is back, of a platform that was away for so long."""

GIVEN_UP_AFTER: Final = timedelta(hours=24)
"""Older than this, news is passed to the operators and no longer tried where it cannot be told."""


class Fate(StrEnum):
    """What became of an attempt to tell something."""

    TOLD = "told"
    PUT_OFF = "put_off"
    GIVEN_UP = "given_up"


class TryLater(ThreatDeskError):  # noqa: N818 - named after the fact, like its siblings
    """The platform could not take it now: too many messages, an outage, a timeout."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after
        """How long the platform asks to wait; None where it does not say."""


class CannotTell(UserError):  # noqa: N818
    """The platform will never take it: the channel is archived, the bot was removed."""


class MessageGone(ThreatDeskError):  # noqa: N818
    """The message to be edited or replied to was deleted."""


class CannotLook(ThreatDeskError):  # noqa: N818
    """The platform cannot be asked what was posted there."""


MAYBE_TOLD: Final = Footnote(text="This may have been told here before.")
"""Said where a message may come twice; its number is the same."""


class Poster(Protocol):
    """A platform to post to.  Every method raises `TryLater` or `CannotTell`."""

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        """Post a message, under another one where that is given; return its id.

        The id alone is enough to edit the message, or to post under it.

        Raises:
            MessageGone: The other one was deleted.
        """

    def edit(self, message: str, reply: Reply) -> None:
        """Replace a message.

        Raises:
            MessageGone: It was deleted.
        """

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        """Return the message that was posted with a key, or None.

        Raises:
            CannotLook: The platform cannot be asked.  The message may then come twice; that is
                said under it.
        """

    def is_channel(self, address: str) -> bool:
        """Whether many people read there: what is told there may be told at the fallback."""

    def close(self) -> None:
        """Let go of what is open; nothing is posted afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A notification that this worker has, for the length of its lease."""

    number: int
    telling: Telling
    made_at: datetime
    attempts: int  # this one included
    told_since: datetime | None = None
    """Where the database was restored lately: the moment from when on it may have been told
    although the database does not know of it."""

    @property
    def maybe_there_since(self) -> datetime | None:
        """From when on it may be there already; None: it is not."""
        if self.told_since is not None:
            return min(self.told_since, self.made_at)
        # A worker died, or an answer was lost.
        return self.made_at if self.attempts > 1 else None


class Outbox(Protocol):
    """What is to be told, kept in the transaction that decided it."""

    def put(self, tellings: Iterable[Telling], *, now: datetime) -> int:
        """Put in what is to be told by itself; return how much is new."""

    def claim(
        self, *, by: str, now: datetime, until: datetime, platforms: Sequence[str]
    ) -> Claimed | None:
        """Claim what is next at a destination where nobody is telling anything; None: nothing."""

    def told(self, number: int, *, by: str, message: str, now: datetime) -> bool:
        """Record that the platform has accepted it; False where the claim was lost."""

    def later(self, number: int, *, by: str, at: datetime, why: str) -> bool:
        """Give it back until a moment."""

    def failed(
        self, number: int, *, by: str, now: datetime, why: str, instead: Sequence[Telling]
    ) -> bool:
        """Record that it will not be told there, and put in what is told instead."""

    def message(self, alert: AlertId, destination: Destination) -> str | None:
        """Return the id of an alert's living message at a destination."""


Watched = Callable[[Telling, Fate], None]
"""Is told of every attempt, to count it."""


def _unwatched(_telling: Telling, _fate: Fate) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Who is told when something cannot be told where it belongs."""

    operators: Destination | None
    fallback: Destination | None


class Delivery:
    """Tells what is in the outbox, as one of any number of workers."""

    def __init__(
        self,
        outbox: Outbox,
        posters: Mapping[str, Poster],
        *,
        elsewhere: Elsewhere,
        name: str,
        clock: Callable[[], datetime],
        watched: Watched = _unwatched,
    ) -> None:
        """Prepare to deliver.

        Args:
            outbox: What is to be told.
            posters: The platforms that can be posted to, by name.
            elsewhere: Who is told what cannot be told.
            name: Of this worker, unlike every other's.
            clock: Gives the moment, timezone-aware.
            watched: Is told of every attempt.
        """
        self._watched = watched
        self._outages = Outages()
        self._outbox = outbox
        self._posters = dict(posters)
        self._elsewhere = elsewhere
        self._name = name
        self._clock = clock

    def deliver(self, *, at_most: int = 100) -> int:
        """Tell what is due; return how many notifications were seen to."""
        for done in range(at_most):
            now = self._clock()
            claimed = self._outbox.claim(
                by=self._name, now=now, until=now + LEASE, platforms=tuple(self._posters)
            )
            if claimed is None:
                return done
            self._see_to(claimed)
        return at_most

    def _see_to(self, claimed: Claimed) -> None:
        try:
            message = self._tell(claimed)
        except TryLater as reason:
            there = claimed.telling.destination.platform
            self._outages.failed(there, str(reason), now=self._clock())
            self._put_off(claimed, reason)
        except CannotTell as reason:
            self._give_up(claimed, f"{reason} {reason.hint}".strip())
        except StoreError:
            raise  # of the database, not of this message: nothing can be told now
        except Exception:  # a fault of ours in one message keeps no other from being told
            log.exception("%s: an unexpected error", claimed.telling.key)
            self._put_off(claimed, TryLater("Something went wrong on our side; see the log."))
        else:
            self._outbox.told(claimed.number, by=self._name, message=message, now=self._clock())
            self._watched(claimed.telling, Fate.TOLD)
            self._is_back(claimed.telling.destination.platform)

    def _is_back(self, platform: str) -> None:
        """Tell the operators, in one message, of an outage that has ended."""
        outage = self._outages.get(platform)
        if outage is None:
            return
        now, operators = self._clock(), self._elsewhere.operators
        if outage.lasted >= WORTH_TELLING:
            words = (
                f"{platform.capitalize()} could not be told anything "
                f"{from_to(outage.since, now)}. {outage.why} What waited is told now, in its order."
            )
            log.warning("%s", words)
            if operators:
                self._outbox.put([post_to(operators, outage.key(now), notice(words), now)], now=now)
        self._outages.settle(platform)

    def _tell(self, claimed: Claimed) -> str:
        """Do what is to be done, and return the id of the message it was done with."""
        telling = claimed.telling
        poster = self._posters[telling.destination.platform]
        living = self._living(telling)
        try:
            if telling.operation is Operation.EDIT and living:
                poster.edit(living, telling.reply)
                return living
            under = living if telling.operation is Operation.THREAD else ""
            return self._post(poster, claimed, under=under)
        except MessageGone:
            log.warning("%s: the message it belongs to was deleted; posted anew", telling.key)
            return self._post(poster, claimed, under="")

    def _living(self, telling: Telling) -> str:
        """Return the message that is edited or replied to; empty where there is none."""
        if telling.message is None or telling.operation is Operation.POST:
            return ""
        return self._outbox.message(telling.message, telling.destination) or ""

    def _post(self, poster: Poster, claimed: Claimed, *, under: str) -> str:
        telling = claimed.telling
        address, reply = telling.destination.address, telling.reply
        if since := claimed.maybe_there_since:
            now = self._clock()
            if since > now:  # of a clock that was ahead: the platform's never was
                since = now - GIVEN_UP_AFTER
            try:
                found = poster.find(address, key=telling.key, since=since, under=under)
            except CannotLook:
                found, reply = None, replace(reply, blocks=(*reply.blocks, MAYBE_TOLD))
            if found and claimed.told_since is not None:
                poster.edit(found, reply)  # it may have said something else then
            if found:
                return found
        return poster.post(address, reply, key=telling.key, under=under)

    def _put_off(self, claimed: Claimed, reason: TryLater) -> None:
        now = self._clock()
        if now - max(claimed.made_at, claimed.telling.at) > GIVEN_UP_AFTER:
            self._give_up(claimed, f"It was tried for a day. {reason}")
            return
        doubled = FIRST_PAUSE * 2 ** min(claimed.attempts - 1, 16)
        asked = min(reason.after, LONGEST_ASKED) if reason.after else None
        pause = asked or min(doubled, LONGEST_PAUSE)
        log.info("%s: tried again in %s: %s", claimed.telling.key, pause, reason)
        self._outbox.later(claimed.number, by=self._name, at=now + pause, why=str(reason))
        self._watched(claimed.telling, Fate.PUT_OFF)

    def _give_up(self, claimed: Claimed, why: str) -> None:
        log.warning("%s was not told: %s", claimed.telling.key, why)
        self._outbox.failed(
            claimed.number,
            by=self._name,
            now=self._clock(),
            why=why,
            instead=self._instead(claimed.telling, why),
        )
        self._watched(claimed.telling, Fate.GIVEN_UP)

    def _instead(self, telling: Telling, why: str) -> list[Telling]:
        """Return what is told to the operators and at the fallback; nothing about themselves.

        The operators are told that something was not told, not what: they may not be allowed to
        know it.  Only what any channel may read goes to the fallback.
        """
        operators, fallback = self._elsewhere.operators, self._elsewhere.fallback
        there, now = telling.destination, self._clock()
        instead = []
        if operators and there != operators:
            what = f"Alert {telling.alert}" if telling.alert else "A message"
            reply = notice(f"{what} could not be told at {there}. {why}")
            instead.append(post_to(operators, f"{telling.key}/operators", reply, now))
        if (
            fallback
            and telling.operation is not Operation.EDIT
            and there not in (fallback, operators)
            and self._posters[there.platform].is_channel(there.address)
        ):
            because = Footnote(text=f"Told here because {there} cannot be reached.")
            reply = replace(telling.reply, blocks=(*telling.reply.blocks, because))
            instead.append(post_to(fallback, f"{telling.key}/fallback", reply, now))
        return instead


def notice(words: str) -> Reply:
    """Return a message to the operators."""
    return Reply(summary=words, blocks=(Paragraph(text=words),), standing=Standing.NOTICE)


def post_to(destination: Destination, key: str, reply: Reply, at: datetime) -> Telling:
    """Return a message by itself, to be posted once: no alert's living message."""
    return Notification(
        key=key,
        alert=None,
        message=None,
        destination=destination,
        operation=Operation.POST,
        reply=reply,
        at=at,
    )
