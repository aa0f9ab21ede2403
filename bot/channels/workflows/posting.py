"""Posting by a workflow: a card goes in, and nothing comes back.

A workflow takes no edits, knows no threads, and cannot be asked what it posted.  So an edit is
left out, and a follow-up is a message of its own, with the alert's number.  Its address is all
that is needed to post: it stands in no log, no error and no name.
"""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import httpcore
import httpx
from pydantic import SecretStr

from bot.channels.hiding import hush
from bot.channels.workflows.outside import NotOutside, Outside
from bot.delivery import CannotLook, CannotTell, TryLater
from bot.render.teams import render
from bot.replies import Reply

WORKFLOW: Final = "workflow"
"""The platform's name in addresses: workflow:performance."""

LIMIT: Final = 28 * 1024
"""Bytes of what a workflow takes (learn.microsoft.com, "Create incoming webhooks with
Workflows")."""

TIMEOUT_S: Final = 20.0
"""How long a workflow may take to say that it has begun."""

SETTLED: Final = timedelta(seconds=30)
"""A workflow may go on after we have hung up: nothing is repeated before this."""

CARD: Final = "application/vnd.microsoft.card.adaptive"

RENEW: Final = (
    "Look whether the workflow is there and turned on, and copy its address once more into "
    "THREATDESK_TEAMS_WORKFLOWS."
)

LATER: Final = frozenset({408, 425, 429})
"""What may pass, besides every fault of the server."""


class WorkflowPoster:
    """The workflows as a platform to post to.  An address is the name of one."""

    def __init__(
        self,
        workflows: Mapping[str, SecretStr],
        *,
        network: httpcore.NetworkBackend | None = None,
        trusted: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Prepare to post; nothing is connected yet.

        Args:
            workflows: The addresses that take messages, by their names.
            network: Makes connections; None: to the outside only.
            trusted: Whose certificates are believed; None: the usual authorities, or those of
                `SSL_CERT_FILE`.
            timeout_s: How long one call may take.
        """
        for library in ("httpx", "httpcore"):
            hush(library)
        self._workflows = dict(workflows)
        self._timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted or httpx.create_ssl_context(),
            network_backend=network or Outside(),
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:  # noqa: ARG002 - there are no threads
        """Post a message of its own; what is returned names nothing that could be edited."""
        url = self._workflows.get(address)
        if url is None:
            raise CannotTell(
                f"There is no workflow “{address}”.",
                hint="Name it in THREATDESK_TEAMS_WORKFLOWS, or correct the address.",
            )
        self._hand_in(url.get_secret_value(), _body(reply))
        return f"{address}/{key}"

    def edit(self, message: str, reply: Reply) -> None:
        """Do nothing: what a workflow has posted stays as it is, and is not said again."""

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:  # noqa: ARG002 - nothing is looked for
        """Say that a workflow cannot be asked.

        Raises:
            CannotLook: Always.
        """
        raise CannotLook("A workflow cannot be asked what it posted.")

    def is_channel(self, address: str) -> bool:  # noqa: ARG002 - all of them are
        """Whether many people read there: they do."""
        return True

    def _hand_in(self, url: str, body: bytes) -> None:
        try:
            response = self._pool.request(
                "POST",
                url,
                headers={"Content-Type": "application/json", "Accept": "application/json"},
                content=body,
                extensions={"timeout": self._timeouts},
            )
        except NotOutside as error:
            raise CannotTell(f"The workflow is not called: {error}.", hint=RENEW) from None
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            said = f"The workflow cannot be reached: {type(error).__name__}."
            raise TryLater(said) from None  # what it was called with may stand in the error
        except (
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            said = f"The workflow did not answer: {type(error).__name__}."
            raise TryLater(said, after=SETTLED) from None
        _judge(response)


def _judge(response: httpcore.Response) -> None:
    """Say what an answer means that is no success; its words are not repeated."""
    status = response.status
    if 200 <= status < 300:
        return
    said = f"The workflow says HTTP {status}."
    if status >= 500:
        after = _after(response)
        raise TryLater(said, after=max(after, SETTLED) if after else SETTLED)
    if status in LATER:
        raise TryLater(said, after=_after(response))
    if status == 413:
        raise CannotTell(said)
    if 300 <= status < 400:  # it could lead anywhere, and an address is not passed on
        raise CannotTell(f"{said} It leads elsewhere, which is not followed.", hint=RENEW)
    raise CannotTell(said, hint=RENEW)


def _body(reply: Reply) -> bytes:
    """Return what a workflow is handed: a message with one card, and nothing to press.

    Raises:
        CannotTell: It is too big all the same.
    """
    attachment: dict[str, Any] = {
        "contentType": CARD,
        "contentUrl": None,
        "content": render(reply, is_post_only=True),
    }
    message = {"type": "message", "attachments": [attachment]}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > LIMIT:
        raise CannotTell(
            f"The message has {len(body):,} bytes; a workflow takes {LIMIT:,}.",
            hint="Send the route to a channel that the app is in: there it has room.",
        )
    return body


def _after(response: httpcore.Response) -> timedelta | None:
    """Return how long to wait, where the answer says so in seconds."""
    for name, value in response.headers:
        if name.lower() == b"retry-after":
            with suppress(ValueError):
                seconds = float(value)
                if math.isfinite(seconds) and seconds >= 0:
                    return timedelta(seconds=seconds)
    return None
