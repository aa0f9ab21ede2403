"""What Teams is written to with: the Bot Framework's connector, and what may be tried again.

Three calls of its REST interface, version 3 (learn.microsoft.com, "Bot Connector REST API").  The
SDK's own clients for them try nothing again, wait for ever, and take a second to import in every
process that posts.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import httpx
import stamina

from bot.channels.teams.addresses import GLOBAL_SERVICE_URL, in_thread, is_safe
from bot.channels.teams.quiet import hush_libraries
from bot.conversations import Conversation
from metrics.errors import ThreatDeskError

Card: TypeAlias = Mapping[str, Any]
Json: TypeAlias = dict[str, Any]

Token: TypeAlias = Callable[[], Awaitable[str]]
"""Gives what proves that we are the bot; raises `Unreachable` or `NotSignedIn`."""

CARD: Final = "application/vnd.microsoft.card.adaptive"

TIMEOUT_S: Final = 15.0
"""How long one call may take before it counts as failed."""

ATTEMPTS: Final = 4
PATIENCE: Final = timedelta(seconds=30)
"""How often, and for how long, something is tried for somebody who waits."""

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0


class TeamsTrouble(ThreatDeskError):  # noqa: N818 - named after the fact, like what follows
    """Teams did not take something: one of the kinds below."""

    def __init__(self, said: str, *, code: str = "", after: timedelta | None = None) -> None:
        super().__init__(said)
        self.code = code
        """Teams' own word for it; empty: it gave none."""
        self.after = after
        """How long Teams asks to wait; None where it does not say."""


class Busy(TeamsTrouble):
    """Not now: too many messages, or the conversation is being changed.  Nothing was done."""


class Unreachable(TeamsTrouble):
    """No connection.  Nothing was done."""


class Unsure(TeamsTrouble):
    """A fault of the server, or no answer in time: it may have been done."""


class Gone(TeamsTrouble):
    """The message, or the place, is not there, or no longer."""


class NotAllowed(TeamsTrouble):
    """The bot is not in that place, or somebody has blocked it."""


class NotSignedIn(TeamsTrouble):
    """The app's own secret or token is refused."""


class TooBig(TeamsTrouble):
    """The message is over the size that Teams takes."""


class Refused(TeamsTrouble):
    """Teams will never take it as it is."""


_NOTHING_DONE: Final = (Busy, Unreachable)
_ANY_FAULT: Final = (Busy, Unreachable, Unsure)


class Connector:
    """Writes to conversations over one pool of connections.  Used on one event loop."""

    def __init__(
        self,
        token: Token,
        *,
        tenant: str,
        service_url: str = GLOBAL_SERVICE_URL,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Prepare to write; nothing is connected yet.

        Args:
            token: Gives what proves that we are the bot.
            tenant: The Entra tenant, which Teams wants to be told of what nobody asked for.
            service_url: Where Teams takes messages for the tenant, as far as nothing else is
                known of a conversation.
            timeout_s: How long one call may take.
            attempts: How often a call is made at most; 1: whoever calls tries again by itself.
            patience: For how long a call is tried again; no longer wait is begun.
        """
        hush_libraries()
        self._token = token
        self._tenant = tenant
        self._service_url = service_url
        self._attempts = attempts
        self._patience = patience
        self._http = httpx.AsyncClient(timeout=timeout_s, follow_redirects=False)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self,
        conversation: Conversation,
        card: Card,
        *,
        summary: str,
        to: str | None = None,
        under: str = "",
        is_careful: bool = True,
    ) -> str:
        """Post a card; return the id of its message.

        Args:
            conversation: Where; of a channel, with a thread or without.
            card: An Adaptive Card.
            summary: What a notification says.
            to: The one who alone is to see it, by Teams' own id ("29:…"); None: everybody.
            under: The message whose thread it belongs to; empty: as the conversation says.
            is_careful: It must not come twice: it is tried again only where surely nothing was
                done.

        Raises:
            TeamsTrouble: It was not taken, or that is not known.
        """
        activity = self._activity(card, summary)
        address = in_thread(conversation.id, under) if under else conversation.id
        path = f"v3/conversations/{_quoted(address)}/activities"
        sent = await self._call(
            "POST",
            _url(conversation.service_url, _targeted(path, activity, to)),
            activity,
            repeat=_NOTHING_DONE if is_careful else _ANY_FAULT,
        )
        if not sent.get("id"):
            raise Unsure("Teams took a message and did not say which.")
        return str(sent["id"])

    async def update(
        self,
        conversation: Conversation,
        message: str,
        card: Card,
        *,
        summary: str,
        to: str | None = None,
    ) -> None:
        """Replace a message, however often that is done.

        Args:
            conversation: Where it is.
            message: Its id.
            card: What stands there from now on.
            summary: What a notification says.
            to: Who alone sees it; None: everybody.

        Raises:
            TeamsTrouble: It was not taken, or that is not known; `Gone`: it was deleted.
        """
        activity = self._activity(card, summary) | {"id": message}
        path = f"v3/conversations/{_quoted(conversation.id)}/activities/{_quoted(message)}"
        url = _url(conversation.service_url, _targeted(path, activity, to))
        await self._call("PUT", url, activity, repeat=_ANY_FAULT)

    async def open(self, person: str) -> Conversation:
        """Return the conversation of one person with the bot; the same one every time.

        Args:
            person: Their Entra object id, or Teams' own id ("29:…").

        Raises:
            TeamsTrouble: There is none; `NotAllowed`: the app is not installed for them.
        """
        wanted = {
            "isGroup": False,
            "members": [{"id": person}],
            "tenantId": self._tenant,
            "channelData": {"tenant": {"id": self._tenant}},
        }
        url = _url(self._service_url, "v3/conversations")
        opened = await self._call("POST", url, wanted, repeat=_ANY_FAULT)
        if not opened.get("id"):
            raise Unsure("Teams opened a conversation and did not say which.")
        return Conversation(
            id=str(opened["id"]), service_url=str(opened.get("serviceUrl") or self._service_url)
        )

    def _activity(self, card: Card, summary: str) -> Json:
        return {
            "type": "message",
            "summary": summary,
            "attachments": [{"contentType": CARD, "content": dict(card)}],
            "channelData": {"tenant": {"id": self._tenant}},
        }

    async def _call(
        self, verb: str, url: str, body: Json, *, repeat: tuple[type[TeamsTrouble], ...]
    ) -> Json:
        """Call, and again where that may help and may be done."""

        def is_repeated(error: Exception) -> bool | timedelta:
            if not isinstance(error, repeat) or not isinstance(error, TeamsTrouble):
                return False
            if error.after is None:
                return True
            return error.after if error.after <= self._patience else False

        async for attempt in stamina.retry_context(
            on=is_repeated,
            attempts=self._attempts,
            timeout=self._patience,
            wait_initial=FIRST_PAUSE_S,
            wait_max=LONGEST_PAUSE_S,
        ).with_name("teams", (), {}):
            with attempt:
                return await self._once(verb, url, body)
        raise AssertionError("a call either ends or raises")

    async def _once(self, verb: str, url: str, body: Json) -> Json:
        """Call once, and say what a failure means."""
        headers = {"Authorization": f"Bearer {await self._token()}"}
        try:
            response = await self._http.request(verb, url, json=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(f"Teams cannot be reached: {type(error).__name__}.") from error
        except httpx.TransportError as error:
            raise Unsure(f"Teams did not answer: {type(error).__name__}.") from error
        if not response.is_success:
            raise _meaning(response)
        return _object(response)


def _url(service_url: str, path: str) -> str:
    if not is_safe(service_url):
        raise Refused("The address of Teams is not encrypted; nothing is sent there.")
    return f"{service_url.rstrip('/')}/{path}"


def _targeted(path: str, activity: Json, to: str | None) -> str:
    """Return the path for everybody, or for one person, who is then named in the activity."""
    if to is None:
        return path
    activity["recipient"] = {"id": to, "isTargeted": True}
    return f"{path}?isTargetedActivity=true"


def _quoted(part: str) -> str:
    return quote(part, safe=":@;=")


def _meaning(response: httpx.Response) -> TeamsTrouble:
    """Return what an answer means that is no success.  What else it says is not repeated."""
    status = response.status_code
    error = _object(response).get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    code = code if code.isidentifier() else ""
    kind = _KINDS.get(status) or (Unsure if status >= 500 else Refused)
    return kind(f"Teams says {code or f'HTTP {status}'}.", code=code, after=_after(response))


_KINDS: Final[Mapping[int, type[TeamsTrouble]]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: Gone,
    408: Unsure,
    412: Busy,  # PreconditionFailed: somebody else is changing the conversation
    413: TooBig,
    429: Busy,
}
"""What Teams answers with (learn.microsoft.com, "Proactive messages" and "Rate limiting"), which
advises to try again after 412, 429, 502 and 504."""


def _after(response: httpx.Response) -> timedelta | None:
    with suppress(ValueError):
        seconds = float(response.headers.get("Retry-After", ""))
        return timedelta(seconds=seconds) if math.isfinite(seconds) and seconds >= 0 else None
    return None


def _object(response: httpx.Response) -> Json:
    """Return what was answered, where it is an object; between Teams and here, others answer."""
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


TROUBLE: Final = (TeamsTrouble,)
"""What a call raises when Teams does not take it."""


def reason(error: BaseException) -> str:
    """Return why a call failed, as Teams' code for it where it gave one; no body, no address."""
    return (error.code if isinstance(error, TeamsTrouble) else "") or type(error).__name__
