"""Who may speak to the bot: Teams itself, from our own tenant, and nobody else.

Of the SDK this takes the check of the token alone.  Its server would fetch the keys on the event
loop; would take a token of Entra's for another product, whose keys are then fetched for a tenant
that whoever calls may choose, and which says nothing of the service's address; and would take an
activity without that address, to which the bot's own token is sent.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import jwt

from bot.channels.teams import quiet
from bot.channels.teams.addresses import is_safe
from bot.channels.teams.heard import Body, tenants, words
from bot.channels.teams.sdk import PUBLIC, TokenValidator, with_overrides

log = quiet.logger(__name__)

OPENID_URL: Final = PUBLIC.openid_metadata_url
"""Where Microsoft publishes what its tokens are signed with."""

CHANNEL_ID: Final = "msteams"
"""The Bot Framework's name for Teams; the same keys sign for its other channels."""

LONGEST_TOKEN: Final = 8_192
"""Characters; Teams' own have some 1,200."""

_BEARER: Final = "Bearer "


class Door:
    """Lets in what Teams says to this bot in our tenant."""

    def __init__(self, *, app_id: str, tenant: str, openid_url: str = OPENID_URL) -> None:
        """Prepare to look at tokens; nothing is fetched yet.

        Args:
            app_id: The bot's own, which every token must be for.
            tenant: The only Entra tenant that is served.
            openid_url: Where the keys are published.

        Raises:
            ValueError: There is no app or no tenant: anyone could ask.
        """
        if not app_id or not tenant:
            raise ValueError("Teams needs an app id and a tenant id")
        cloud = with_overrides(PUBLIC, openid_metadata_url=openid_url)
        self._validator = TokenValidator.for_service(app_id, cloud=cloud)
        self._tenant = tenant.lower()
        # A thread of its own: fetching keys takes its time, and answers fill the others.
        self._looking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="teams-token")

    def close(self) -> None:
        """Look at nothing more."""
        self._looking.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def has_token(authorization: str) -> bool:
        """Whether there is a token at all: before anything else of a request is read."""
        return authorization.startswith(_BEARER) and len(authorization) <= LONGEST_TOKEN

    async def refusal(self, authorization: str, body: Body) -> int:
        """Return the status with which an activity is refused; 0 if it is let in."""
        service_url = words(body, "serviceUrl")
        if not self.has_token(authorization) or not service_url:
            return 401
        token = authorization.removeprefix(_BEARER)
        try:
            claims = await asyncio.get_running_loop().run_in_executor(
                self._looking, self._claims, token, service_url
            )
        except jwt.PyJWKClientConnectionError:
            log.error("nobody who speaks in Teams is heard: the keys cannot be fetched")  # noqa: TRY400
            return 503
        except jwt.PyJWTError as error:
            log.warning("a token was refused: %s", type(error).__name__)
            return 401
        if "exp" not in claims or not is_safe(service_url):
            return 401
        return 0 if self._is_ours(body) else 403

    def _claims(self, token: str, service_url: str) -> dict[str, Any]:
        """Return what a good token claims.  Blocks while keys are fetched, so not on the loop."""
        return asyncio.run(self._validator.validate_token(token, service_url))

    def _is_ours(self, body: Body) -> bool:
        if words(body, "channelId") != CHANNEL_ID:
            log.warning("an activity of another channel than Teams was refused")
            return False
        if tenants(body) != {self._tenant}:
            log.warning("an activity of another tenant was refused")
            return False
        return True
