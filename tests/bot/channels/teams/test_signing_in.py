"""The bot signs in with its secret, once for as long as a token is good."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.teams.connector import NotSignedIn, Unreachable
from bot.channels.teams.signing_in import SCOPE, SignIn
from tests.bot.channels.teams.outward import run
from tests.fakes.teams import APP_ID, CLIENT_SECRET, TENANT

AUTHORITY = f"https://login.microsoftonline.com/{TENANT}"


@dataclass
class Answer:
    """What msal wants of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise ValueError(self.status_code)


@dataclass
class Entra:
    """Entra, as far as msal asks it."""

    error: str = ""
    is_away: bool = False
    has_tenant: bool = True
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def get(self, url: str, **_: object) -> Answer:
        if self.is_away:
            raise ConnectionError("no route")
        if not self.has_tenant:
            return Answer(400, json.dumps({"error": "invalid_tenant"}))
        metadata = {
            "issuer": f"{AUTHORITY}/v2.0",
            "authorization_endpoint": f"{AUTHORITY}/oauth2/v2.0/authorize",
            "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
        }
        return Answer(200, json.dumps(metadata))

    def post(self, url: str, *, data: Mapping[str, Any], **_: object) -> Answer:
        self.asked.append(data)
        if self.error:
            about = {"error": self.error, "error_description": f"AADSTS7000215 {CLIENT_SECRET}"}
            return Answer(401, json.dumps(about))
        token = {"access_token": f"token-{len(self.asked)}", "expires_in": 3600}
        return Answer(200, json.dumps({**token, "token_type": "Bearer"}))

    def close(self) -> None:
        """Close nothing."""


@dataclass
class Clock:
    """Seconds that go forward when told to."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def a_sign_in(entra: Entra, clock: Clock | None = None) -> SignIn:
    return SignIn(
        app_id=APP_ID,
        tenant=TENANT,
        secret=CLIENT_SECRET,
        http_client=entra,
        now=clock or Clock(),
    )


def test_the_secret_is_shown_to_entra_for_the_connector_alone() -> None:
    entra = Entra()

    assert run(a_sign_in(entra)()) == "token-1"

    [asked] = entra.asked
    assert (asked["client_secret"], asked["scope"]) == (CLIENT_SECRET, SCOPE)


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    entra, clock = Entra(), Clock()

    async def three_times() -> list[str]:
        sign_in = a_sign_in(entra, clock)
        first, again = await sign_in(), await sign_in()
        clock.now += 3_400
        return [first, again, await sign_in()]

    assert run(three_times()) == ["token-1", "token-1", "token-2"]


def test_many_at_once_ask_entra_once() -> None:
    entra = Entra()

    async def at_once() -> None:
        sign_in = a_sign_in(entra)
        await asyncio.gather(*(sign_in() for _ in range(5)))

    run(at_once())
    assert len(entra.asked) == 1


def test_a_refused_secret_is_said_without_entras_own_words() -> None:
    with pytest.raises(NotSignedIn, match="invalid_client") as raised:
        run(a_sign_in(Entra(error="invalid_client"))())

    assert "THREATDESK_TEAMS_CLIENT_SECRET" in str(raised.value)
    assert CLIENT_SECRET not in str(raised.value)


def test_a_tenant_that_entra_does_not_know_is_said() -> None:
    with pytest.raises(NotSignedIn, match="THREATDESK_TEAMS_TENANT_ID"):
        run(a_sign_in(Entra(has_tenant=False))())


def test_entra_out_of_reach_is_no_refusal() -> None:
    with pytest.raises(Unreachable, match="Entra cannot be reached"):
        run(a_sign_in(Entra(is_away=True))())
