"""What is not Teams' own is refused, quietly, before anything reads it."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from bot.channels.teams.door import LONGEST_TOKEN
from bot.channels.teams.web import LARGEST_BODY
from tests.bot.channels.slack.desk import Desk, Pencil
from tests.bot.channels.teams.desk import Kept, an_app, over_http, to_person
from tests.fakes.teams import CHANNEL, JANE, FakeTeams, Fault, strange_key

ELSEWHERE = "https://evil.example"

Json = dict[str, Any]
Token = Callable[[FakeTeams], str | None]


def unsigned(teams: FakeTeams) -> str:
    """Return a token that says everything right and is signed by nobody."""
    claims = jwt.decode(teams.token(), options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "teams-1"})


def by_secret(teams: FakeTeams) -> str:
    """Return a token that is signed with a shared secret instead of a key."""
    claims = jwt.decode(teams.token(), options={"verify_signature": False})
    return jwt.encode(claims, "s" * 64, algorithm="HS256", headers={"kid": "teams-1"})


def of_entra(teams: FakeTeams) -> str:
    """Return a token of Entra's for the SDK's other product, which names its own keys."""
    return teams.token(
        iss="https://login.microsoftonline.com/evil/v2.0",
        tid="evil",
        azp="5a807f24-c9de-44ee-a3a7-329e88a00ffc",
    )


BAD: dict[str, Token] = {
    "no token": lambda _: None,
    "an empty token": lambda _: "",
    "no token at all": lambda _: "x.y.z",
    "another audience": lambda teams: teams.token(aud="22222222-0000-0000-0000-000000000000"),
    "no audience": lambda teams: teams.token(aud=None),
    "another issuer": lambda teams: teams.token(iss=ELSEWHERE),
    "no issuer": lambda teams: teams.token(iss=None),
    "expired": lambda teams: teams.token(exp=int(time.time()) - 301),
    "without an end": lambda teams: teams.token(exp=None),
    "from the future": lambda teams: teams.token(nbf=int(time.time()) + 400),
    "another key": lambda teams: teams.token(key=strange_key()),
    "a key that nobody published": lambda teams: teams.token(key=strange_key(), key_id="evil"),
    "another service": lambda teams: teams.token(serviceurl=ELSEWHERE),
    "no service": lambda teams: teams.token(serviceurl=None),
    "signed by nobody": unsigned,
    "signed by a shared secret": by_secret,
    "of Entra's": of_entra,
    "too long": lambda teams: teams.token(more="x" * LONGEST_TOKEN),
}


def post(teams: FakeTeams, raw: bytes, token: str | None) -> tuple[int, str]:
    """Post a body to where the bot hears; return how it was answered."""
    headers = {"Content-Type": "application/json"}
    headers |= {} if token is None else {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(teams.request_url, raw, headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def said(teams: FakeTeams, **change: Any) -> bytes:
    return json.dumps({**teams.a_message("secret-question"), **change}).encode()


def heard_something(teams: FakeTeams, desk: Desk, kept: Kept) -> bool:
    """Whether anything was heard; a good question after it has been answered."""
    teams.direct("at last")
    assert teams.wait_for(lambda: to_person(teams, JANE))
    return desk.texts() != ["at last"] or bool(set(kept.all) - {JANE})


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("how", BAD)
def test_an_activity_that_is_not_teams_own_is_refused_and_leaves_no_trace(
    teams: FakeTeams, desk: Desk, kept: Kept, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.DEBUG)

    answer = post(teams, said(teams), BAD[how](teams))

    assert answer == (401, "")
    assert not heard_something(teams, desk, kept)
    assert "secret-question" not in caplog.text
    assert teams.methods() == ["send"]  # the answer to the good question


@pytest.mark.usefixtures("running")
def test_a_token_may_have_ended_as_long_ago_as_clocks_differ(teams: FakeTeams) -> None:
    assert post(teams, said(teams), teams.token(exp=int(time.time()) - 200)) == (200, "")


@pytest.mark.usefixtures("running")
def test_a_body_that_does_not_say_how_long_it_is_is_read_no_further_than_it_may_be(
    teams: FakeTeams,
) -> None:
    parts = iter([b" " * 65_536] * (LARGEST_BODY // 65_536 + 1))
    url = urlsplit(teams.request_url)
    headers = {"Authorization": f"Bearer {teams.token()}", "Transfer-Encoding": "chunked"}
    with closing(http.client.HTTPConnection(url.hostname or "", url.port, timeout=20)) as wire:
        wire.request("POST", url.path, parts, headers, encode_chunked=True)

        assert wire.getresponse().status == 413


FOREIGN: dict[str, Json] = {
    "another tenant": {"conversation": {"id": CHANNEL, "tenantId": "another"}},
    "a tenant of both minds": {"channelData": {"tenant": {"id": "another"}}},
    "no tenant": {"conversation": {"id": CHANNEL}, "channelData": {}},
    "another channel": {"channelId": "directline"},
    "no channel": {"channelId": None},
}


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_what_is_well_signed_and_not_of_our_tenant_in_teams_is_refused(
    teams: FakeTeams, desk: Desk, kept: Kept, change: Json
) -> None:
    assert post(teams, said(teams, **change), teams.token()) == (403, "")
    assert not heard_something(teams, desk, kept)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("service_url", [None, "", 5, ELSEWHERE])
def test_an_activity_without_the_address_that_its_token_names_is_refused(
    teams: FakeTeams, service_url: object
) -> None:
    assert post(teams, said(teams, serviceUrl=service_url), teams.token())[0] == 401


@pytest.mark.usefixtures("running")
def test_an_address_that_is_not_encrypted_is_refused_whatever_the_token_says(
    teams: FakeTeams,
) -> None:
    plain = "http://teams.example/"

    assert post(teams, said(teams, serviceUrl=plain), teams.token(serviceurl=plain))[0] == 401


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"x" * (LARGEST_BODY + 1), 413),
        (b'{"type": ', 400),
        (b"[1]", 400),
        (b"null", 400),
        (b"\xff\xfe\xfd", 400),
        (b"[" * 100_000, 400),
        (b"", 400),
        (b"{}", 401),
    ],
    ids=["too large", "half", "a list", "null", "not text", "deep", "nothing", "an empty object"],
)
def test_a_body_that_makes_no_sense_is_refused(
    teams: FakeTeams, desk: Desk, raw: bytes, status: int
) -> None:
    assert post(teams, raw, teams.token()) == (status, "")
    assert desk.asked == []


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    "change",
    [
        {"from": None},
        {"from": ["x"]},
        {"text": 5},
        {"entities": {"type": "mention"}},
        {"entities": [None, {"type": "mention", "mentioned": 5, "text": 6}]},
        {"value": [1]},
        {"id": {"a": 1}},
        {"recipient": "x"},
        {"type": None},
        {"type": "conversationUpdate", "membersAdded": [None, {"id": 5}]},
    ],
)
def test_an_activity_of_odd_parts_is_no_fault_of_ours(teams: FakeTeams, change: Json) -> None:
    assert post(teams, said(teams, **change), teams.token())[0] == 200


def test_keys_that_cannot_be_fetched_let_nobody_in_and_are_asked_for_again(
    teams: FakeTeams, desk: Desk, pencil: Pencil
) -> None:
    teams.fail("keys", Fault(status=503, body="<html>"))
    app = an_app(teams, settle=desk.settle, draw=pencil.draw)

    with over_http(app, teams):
        first, second = teams.direct("burglary?"), teams.direct("and now?")
        assert teams.wait_for(lambda: desk.asked)

    assert (first.status, second.status) == (503, 200)
    assert desk.texts() == ["and now?"]


def test_the_desk_goes_on_while_keys_are_fetched(
    teams: FakeTeams, desk: Desk, pencil: Pencil
) -> None:
    teams.fail("keys", Fault(late_s=1.5))
    app = an_app(teams, settle=desk.settle, draw=pencil.draw)
    statuses: list[int] = []

    with over_http(app, teams):
        asking = threading.Thread(target=lambda: statuses.append(teams.direct("x").status))
        asking.start()
        assert teams.wait_for(lambda: teams.key_fetches)
        refused = post(teams, b"{}", None)  # needs the event loop, and no key
        heard_meanwhile = list(statuses)
        asking.join()

    assert refused[0] == 401
    assert heard_meanwhile == []
    assert statuses == [200]


@pytest.mark.usefixtures("running")
def test_keys_are_not_fetched_for_every_token_of_an_unknown_key(teams: FakeTeams) -> None:
    teams.direct("burglary?")
    fetched = teams.key_fetches

    for number in range(5):
        post(teams, said(teams), teams.token(key=strange_key(), key_id=f"evil-{number}"))

    assert teams.key_fetches == fetched


@pytest.mark.usefixtures("running")
def test_the_log_holds_neither_questions_nor_tokens(
    teams: FakeTeams, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    teams.mention("secret-question")
    teams.direct("secret-question")
    assert teams.wait_for(lambda: len(desk.asked) == 2)

    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    assert [line for line in ours if "secret-question" in line or "Bearer " in line] == []


@pytest.mark.parametrize("missing", ["app_id", "tenant"])
def test_teams_without_an_app_or_a_tenant_is_not_served(
    teams: FakeTeams, desk: Desk, pencil: Pencil, missing: str
) -> None:
    with pytest.raises(ValueError, match="app id and a tenant id"):
        an_app(teams, settle=desk.settle, draw=pencil.draw, **{missing: ""})
