"""What Teams is written to with, over real sockets: what is tried again, and what must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stamina
from stamina.instrumentation import RetryDetails, get_on_retry_hooks, set_on_retry_hooks

from bot.channels.teams.connector import (
    Busy,
    Connector,
    Gone,
    NotAllowed,
    NotSignedIn,
    Refused,
    TeamsTrouble,
    TooBig,
    Unreachable,
    Unsure,
    reason,
)
from bot.conversations import Conversation
from tests.bot.channels.teams.outward import (
    CARD,
    TIMEOUT_S,
    connected,
    run,
    there,
    token,
    wrong_token,
)
from tests.fakes.teams import (
    AMIR,
    CHANNEL,
    CHAT,
    JANE,
    TENANT,
    FakeTeams,
    Fault,
    Shown,
    account,
)

BUSY = Fault(status=429, headers={"Retry-After": "0.01"}, error="TooManyRequests")
CHANGING = Fault(status=412, error="PreconditionFailed")
PAGE = "<html>The gateway is tired, ref 77-secret</html>"
OUTAGES = [
    Fault(status=500),
    Fault(status=502, body=PAGE),
    Fault(status=503, body=PAGE, headers={"Retry-After": "0.01"}),
    Fault(status=504, body=PAGE),
]
LATE = Fault(late_s=TIMEOUT_S + 0.2, is_done=True)
LATE_AND_NOT_DONE = Fault(late_s=TIMEOUT_S + 0.2, status=504)


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    """Pauses between attempts take no time, but for those that Teams asks for."""
    stamina.set_testing(True, attempts=10, cap=True)
    yield
    stamina.set_testing(False)


def send(teams: FakeTeams, *, attempts: int = 4, place: str = CHANNEL, **more: Any) -> str:
    """Post the card to a place."""

    async def sending() -> str:
        connector = connected(teams, attempts=attempts)
        try:
            return await connector.send(there(teams, place), CARD, summary="Burglary", **more)
        finally:
            await connector.aclose()

    return run(sending())


def update(teams: FakeTeams, message: str, **more: Any) -> None:
    """Replace a message by the card, saying something else."""

    async def updating() -> None:
        connector = connected(teams)
        try:
            await connector.update(there(teams), message, CARD, summary="Changed", **more)
        finally:
            await connector.aclose()

    run(updating())


def opened(teams: FakeTeams, person: str) -> Conversation:
    """Open somebody's conversation."""

    async def opening() -> Conversation:
        connector = connected(teams)
        try:
            return await connector.open(person)
        finally:
            await connector.aclose()

    return run(opening())


def test_a_card_is_posted_with_the_words_of_its_notification(teams: FakeTeams) -> None:
    id_ = send(teams)

    [message] = teams.tenant.posted(CHANNEL)
    assert (message.id, message.words, message.card()) == (id_, "Burglary", CARD)


def test_the_tenant_is_named_in_what_nobody_asked_for(teams: FakeTeams) -> None:
    send(teams)

    assert teams.calls[-1].activity["channelData"] == {"tenant": {"id": TENANT}}


def test_a_follow_up_in_a_channel_stands_in_the_thread(teams: FakeTeams) -> None:
    root = send(teams)
    under = send(teams, under=root)

    [first, _] = teams.tenant.posted(CHANNEL)
    assert [one.id for one in teams.tenant.thread(first)] == [under]


def test_a_follow_up_in_a_chat_is_a_message_like_any_other(teams: FakeTeams) -> None:
    root = send(teams, place=CHAT)
    send(teams, place=CHAT, under=root)

    assert [one.under for one in teams.tenant.posted(CHAT)] == ["", ""]


def test_what_one_person_is_to_see_nobody_else_sees(teams: FakeTeams) -> None:
    id_ = send(teams, to=account(JANE))

    assert teams.tenant.posted(CHANNEL) == []
    [shown] = teams.tenant.told(JANE)
    assert isinstance(shown, Shown)
    assert shown.id == id_
    assert teams.tenant.told(AMIR) == []


def test_what_one_person_sees_is_replaced_for_them(teams: FakeTeams) -> None:
    update(teams, send(teams, to=account(JANE)), to=account(JANE))

    [shown] = teams.tenant.told(JANE)
    assert (shown.words, shown.edits) == ("Changed", 1)


def test_a_message_is_replaced(teams: FakeTeams) -> None:
    update(teams, send(teams))

    [message] = teams.tenant.posted(CHANNEL)
    assert (message.words, message.edits) == ("Changed", 1)


def test_a_person_has_one_conversation_however_often_it_is_opened(teams: FakeTeams) -> None:
    first, second = opened(teams, JANE), opened(teams, JANE)

    assert first == second == Conversation(id=teams.tenant.personal(JANE), service_url=teams.base)


@pytest.mark.parametrize("fault", [BUSY, CHANGING])
def test_where_nothing_was_done_a_message_is_sent_again_and_stands_once(
    teams: FakeTeams, fault: Fault
) -> None:
    teams.fail("send", fault, fault)

    send(teams)

    assert len(teams.tenant.posted(CHANNEL)) == 1
    assert teams.methods() == ["send"] * 3


@pytest.mark.parametrize("fault", [*OUTAGES, LATE, LATE_AND_NOT_DONE])
def test_where_it_may_have_been_done_a_message_is_not_sent_again(
    teams: FakeTeams, fault: Fault
) -> None:
    teams.fail("send", fault)

    with pytest.raises(Unsure):
        send(teams)

    assert teams.methods() == ["send"]


@pytest.mark.parametrize("fault", OUTAGES)
def test_what_may_come_twice_is_sent_again_after_an_outage(teams: FakeTeams, fault: Fault) -> None:
    teams.fail("send", fault)

    send(teams, is_careful=False)

    assert teams.methods() == ["send", "send"]


@pytest.mark.parametrize("fault", [BUSY, CHANGING, *OUTAGES, LATE])
def test_replacing_and_opening_are_tried_again_whatever_went_wrong(
    teams: FakeTeams, fault: Fault
) -> None:
    message = send(teams)
    teams.fail("update", fault)
    teams.fail("open", fault)

    update(teams, message)
    opened(teams, JANE)

    assert teams.methods() == ["send", "update", "update", "open", "open"]


def test_who_tries_again_by_themselves_is_told_at_once(teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=429, headers={"Retry-After": "7"}))

    with pytest.raises(Busy) as raised:
        send(teams, attempts=1)

    assert raised.value.after is not None
    assert raised.value.after.total_seconds() == 7
    assert teams.methods() == ["send"]


def test_teams_is_waited_for_as_long_as_it_asks(teams: FakeTeams) -> None:
    stamina.set_testing(False)
    waited: list[float] = []
    before = get_on_retry_hooks()

    def keep(details: RetryDetails) -> None:
        waited.append(details.wait_for)

    set_on_retry_hooks([keep])
    try:
        teams.fail("send", Fault(status=429, headers={"Retry-After": "0.03"}))
        send(teams)
    finally:
        set_on_retry_hooks(before)

    assert waited == [pytest.approx(0.03)]


def test_a_wait_beyond_all_patience_is_not_begun(teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=429, headers={"Retry-After": "3600"}))

    with pytest.raises(Busy):
        send(teams)

    assert teams.methods() == ["send"]


@pytest.mark.parametrize("after", ["", "soon", "-1", "inf", "nan", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_strange_wait_is_no_wait(teams: FakeTeams, after: str) -> None:
    teams.fail("send", Fault(status=429, headers={"Retry-After": after}))

    with pytest.raises(Busy) as raised:
        send(teams, attempts=1)

    assert raised.value.after is None


def _not_in_channel(teams: FakeTeams) -> None:
    teams.tenant.places[CHANNEL].has_bot = False


def _no_channel(teams: FakeTeams) -> None:
    del teams.tenant.places[CHANNEL]


def _too_big(teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=413, error="MessageSizeTooBig"))


def _proxy(teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=407, body=PAGE))


@pytest.mark.parametrize(
    ("prepare", "kind", "why"),
    [
        (_not_in_channel, NotAllowed, "BotNotInConversationRoster"),
        (_no_channel, Gone, "ConversationNotFound"),
        (_too_big, TooBig, "MessageSizeTooBig"),
        (_proxy, Refused, "Refused"),
    ],
)
def test_what_teams_will_not_take_is_said_and_not_tried_again(
    teams: FakeTeams, prepare: Callable[[FakeTeams], None], kind: type[TeamsTrouble], why: str
) -> None:
    prepare(teams)

    with pytest.raises(kind) as raised:
        send(teams)

    assert reason(raised.value) == why
    assert "secret" not in str(raised.value)
    assert teams.methods() == ["send"]


def test_a_deleted_message_is_gone(teams: FakeTeams) -> None:
    message = send(teams)
    teams.tenant.messages.clear()

    with pytest.raises(Gone):
        update(teams, message)
    with pytest.raises(Gone):
        send(teams, under=message)


def test_a_person_without_the_app_cannot_be_written_to(teams: FakeTeams) -> None:
    teams.tenant.installed.discard(JANE)

    with pytest.raises(NotAllowed):
        opened(teams, JANE)


def test_a_message_over_the_size_that_teams_takes_is_too_big() -> None:
    small = FakeTeams(limit=200)
    small.start()
    try:
        with pytest.raises(TooBig):
            send(small)
    finally:
        small.stop()


def test_a_wrong_token_is_said(teams: FakeTeams) -> None:
    async def sending() -> None:
        connector = Connector(wrong_token, tenant=TENANT)
        try:
            await connector.send(there(teams), CARD, summary="")
        finally:
            await connector.aclose()

    with pytest.raises(NotSignedIn):
        run(sending())


def _send_to(service_url: str) -> None:
    async def sending() -> None:
        connector = Connector(token, tenant=TENANT, timeout_s=TIMEOUT_S)
        try:
            place = Conversation(id=CHANNEL, service_url=service_url)
            await connector.send(place, CARD, summary="")
        finally:
            await connector.aclose()

    run(sending())


def test_where_nothing_listens_there_is_no_connection() -> None:
    with pytest.raises(Unreachable):
        _send_to("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "url", ["http://smba.example/teams", "ftp://127.0.0.1/", "", "smba.example", "http://["]
)
def test_the_token_goes_nowhere_unencrypted(url: str) -> None:
    with pytest.raises(Refused, match="not encrypted"):
        _send_to(url)


def test_a_page_instead_of_an_answer_is_no_success_with_an_id(teams: FakeTeams) -> None:
    teams.fail("open", *[Fault(status=200, body=PAGE)] * 4)

    with pytest.raises(Unsure):
        opened(teams, JANE)
