"""What proves to Teams that we are the bot: a token from Entra, for the app's client secret."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import msal  # type: ignore[import-untyped]

from bot.channels.teams.connector import NotSignedIn, TeamsTrouble, Unreachable

AUTHORITY: Final = "https://login.microsoftonline.com"

SCOPE: Final = "https://api.botframework.com/.default"
"""What the connector wants to see (learn.microsoft.com, "Authenticate requests with the Bot
Connector API")."""

RENEWED_BEFORE_S: Final = 300.0
"""How long before its end a token is no longer used: clocks differ."""

TIMEOUT_S: Final = 10.0


class SignIn:
    """Signs in with a client secret, and keeps the token until shortly before its end.

    Used on one event loop.  Every hour it asks Entra, in a thread: msal has no other way.
    """

    def __init__(
        self,
        *,
        app_id: str,
        tenant: str,
        secret: str,
        http_client: Any = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to sign in; nothing is asked yet.

        Args:
            app_id: Of the app registration, which is the bot's id too.
            tenant: Where the app is registered, and used: its Entra tenant.
            secret: A client secret of the app.
            http_client: What msal asks with (its own port, for tests); None: its own.
            now: Gives seconds that only go forward.
        """
        self._app_id = app_id
        self._tenant = tenant
        self._secret = secret
        self._http_client = http_client
        self._now = now
        self._token = ""
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def __call__(self) -> str:
        """Return a token.

        Raises:
            Unreachable: Entra cannot be reached.
            NotSignedIn: It refuses the app, the tenant or the secret.
        """
        async with self._asking:
            if self._now() >= self._until:
                self._token, lasts_s = await asyncio.to_thread(self._ask)
                self._until = self._now() + lasts_s - RENEWED_BEFORE_S
            return self._token

    def _ask(self) -> tuple[str, float]:
        """Return a new token, and how many seconds it is good for."""
        try:
            told = msal.ConfidentialClientApplication(
                self._app_id,
                client_credential=self._secret,
                authority=f"{AUTHORITY}/{self._tenant}",
                http_client=self._http_client,
                instance_discovery=False,
                timeout=None if self._http_client else TIMEOUT_S,
            ).acquire_token_for_client([SCOPE])
        except OSError as error:  # of requests: all of them are
            raise Unreachable(f"Entra cannot be reached: {type(error).__name__}.") from error
        except ValueError as error:  # of msal, which does not find the tenant
            raise _refused("tenant") from error
        if "access_token" not in told:
            raise _refused(str(told.get("error", "")))
        return str(told["access_token"]), float(told.get("expires_in", 0))


def _refused(code: str) -> TeamsTrouble:
    """Return what Entra's refusal means; its own long words name the app, and more."""
    code = code if code.isidentifier() else ""
    return NotSignedIn(
        f"Entra does not let the app sign in{f' ({code})' if code else ''}: look at "
        "THREATDESK_TEAMS_APP_ID, THREATDESK_TEAMS_TENANT_ID and THREATDESK_TEAMS_CLIENT_SECRET.",
        code=code,
    )
