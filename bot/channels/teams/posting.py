"""Posting to Teams on the desk's own account: alerts, digests, notices.

Teams cannot be asked what was posted with a key.  So what may have been told is told again, with
the same number, and says so: `bot.delivery` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from bot.channels.teams import quiet
from bot.channels.teams.addresses import (
    GLOBAL_SERVICE_URL,
    is_person,
    name_message,
    read_message,
)
from bot.channels.teams.connector import (
    Card,
    Connector,
    Gone,
    NotAllowed,
    Refused,
    TeamsTrouble,
    Token,
    TooBig,
    Unsure,
)
from bot.channels.teams.own_loop import OwnLoop
from bot.conversations import Conversation, Conversations
from bot.delivery import CannotLook, CannotTell, MessageGone, TryLater
from bot.render import teams
from bot.replies import Chart, Reply
from bot.replies.charts import Drawing

log = quiet.logger(__name__)

Result = TypeVar("Result")

TIMEOUT_S: Final = 10.0
ATTEMPTS: Final = 3
PATIENCE: Final = timedelta(seconds=10)
"""How long one call may take, and how often and for how long it is tried where nothing was done:
with everything that telling needs, far below the lease of a notification."""

SETTLED: Final = timedelta(seconds=30)
"""Teams may carry out what it was asked after we have hung up: it is not repeated before this."""

IN_PLACE: Final = (
    "Add the app Threat Desk to the team of that channel, or to that chat; or correct the address."
)
FOR_PERSON: Final = (
    "The app is not installed for them, or they have blocked it: install it for them by a setup "
    "policy, or correct people.toml."
)


class TeamsPoster:
    """Teams as a platform to post to.

    An address is the id of a channel or chat ("19:…"), or a person's Entra object id.
    """

    def __init__(
        self,
        token: Token,
        *,
        tenant: str,
        conversations: Conversations,
        draw: Callable[[Drawing], bytes],
        clock: Callable[[], datetime],
        service_url: str = GLOBAL_SERVICE_URL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Prepare to post; nothing is connected yet.

        Args:
            token: Gives what proves that we are the bot.
            tenant: The Entra tenant.
            conversations: Where what was heard is written to.
            draw: Draws a chart as PNG; where it fails, the words stand alone.
            clock: Gives the moment, timezone-aware.
            service_url: Where Teams takes messages for places that were never heard.
            timeout_s: How long one call may take.
        """
        self._connector = Connector(
            token,
            tenant=tenant,
            service_url=service_url,
            timeout_s=timeout_s,
            attempts=ATTEMPTS,
            patience=PATIENCE,
        )
        self._conversations = conversations
        self._draw = draw
        self._clock = clock
        self._service_url = service_url
        self._loop = OwnLoop("teams-posting")

    def close(self) -> None:
        """Close the connections."""
        if self._loop.is_begun:
            self._loop.run(self._connector.aclose())
        self._loop.close()

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:  # noqa: ARG002 - Teams has no place for a key
        """Post a message, under another one where that is given; return its id."""
        pictures = self._pictures(reply)
        if under:
            conversation, root = read_message(under)
            return self._say(conversation, reply, pictures, under=root)
        known = self._known(address)
        try:
            return self._say(known or self._opened(address), reply, pictures)
        except MessageGone as gone:
            if not is_person(address) or known is None:
                raise CannotTell(str(gone), hint=_hint(address)) from gone
        # What was known of a person is out of date: they had removed the app, and added it again.
        return self._say(self._opened(address), reply, pictures)

    def edit(self, message: str, reply: Reply) -> None:
        """Replace a message."""
        conversation, id_ = read_message(message)
        words, pictures = teams.summary(reply), self._pictures(reply)
        self._with_or_without(
            reply,
            pictures,
            lambda card: self._connector.update(conversation, id_, card, summary=words),
            hint=IN_PLACE,
        )

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:  # noqa: ARG002 - nothing is looked for
        """Say that Teams cannot be asked: a bot may not look through a channel.

        Raises:
            CannotLook: Always.
        """
        raise CannotLook("Teams cannot be asked what was posted.")

    def is_channel(self, address: str) -> bool:
        """Whether many people read there."""
        return not is_person(address)

    def _known(self, address: str) -> Conversation | None:
        """Return where an address is written to; of a person, None if they were never heard."""
        if is_person(address):
            return self._conversations.find(address.lower())
        heard = self._conversations.find(address)
        return heard or Conversation(id=address, service_url=self._service_url)

    def _opened(self, person: str) -> Conversation:
        """Open the conversation with a person, and remember it."""
        address = person.lower()
        opened = self._call(self._connector.open(address), hint=FOR_PERSON)
        self._conversations.keep(address, opened, now=self._clock())
        return opened

    def _say(
        self,
        conversation: Conversation,
        reply: Reply,
        pictures: Mapping[int, bytes],
        *,
        under: str = "",
    ) -> str:
        words = teams.summary(reply)
        sent = self._with_or_without(
            reply,
            pictures,
            lambda card: self._connector.send(conversation, card, summary=words, under=under),
            hint=_hint(conversation.id),
        )
        return name_message(conversation, sent)

    def _with_or_without(
        self,
        reply: Reply,
        pictures: Mapping[int, bytes],
        hand_in: Callable[[Card], Coroutine[Any, Any, Result]],
        *,
        hint: str,
    ) -> Result:
        """Hand in a reply with its pictures; where those are why it is refused, without them."""
        if pictures:
            try:
                return self._loop.run(hand_in(teams.render(reply, pictures=pictures)))
            except (TooBig, Refused) as error:
                log.warning("the pictures of a message are left out: %s", error)
            except TeamsTrouble as error:
                raise _meaning(error, hint) from error
        return self._call(hand_in(teams.render(reply)), hint=hint)

    def _call(self, doing: Coroutine[Any, Any, Result], *, hint: str) -> Result:
        """Do something to the end, and say what a failure means."""
        try:
            return self._loop.run(doing)
        except TeamsTrouble as error:
            raise _meaning(error, hint) from error

    def _pictures(self, reply: Reply) -> dict[int, bytes]:
        """Draw the charts; whatever is wrong with one, the words stand."""
        drawn = {}
        for index, block in enumerate(reply.blocks):
            if isinstance(block, Chart):
                try:
                    drawn[index] = self._draw(block.drawing)
                except Exception:
                    log.exception("a chart could not be drawn")
        return drawn


def _hint(address: str) -> str:
    return IN_PLACE if address.startswith("19:") else FOR_PERSON


def _meaning(error: TeamsTrouble, hint: str) -> Exception:
    """Return what a failure means to whoever delivers."""
    match error:
        case Gone():
            return MessageGone(str(error))
        case NotAllowed():
            return CannotTell(str(error), hint=hint)
        case TooBig() | Refused():
            return CannotTell(str(error))
        case Unsure():
            return TryLater(str(error), after=max(error.after or SETTLED, SETTLED))
        case _:  # Busy, Unreachable, NotSignedIn: nothing was done
            return TryLater(str(error), after=error.after)
