"""From what a person does in Teams to what they see, over real sockets."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.teams.listeners import (
    ALONE,
    FOLLOWS,
    NOT_SHARED,
    WORKED_ON,
)
from bot.channels.teams.ways import HOW_TO_ASK
from bot.people import Surface
from bot.replies import Reply
from tests.bot.channels.slack.desk import (
    ISSUE,
    VERDICT,
    Desk,
    Pencil,
    refusing,
    the_priority,
    worded,
)
from tests.bot.channels.teams.desk import Kept, an_app, by_bot, over_http, pictures, to_person
from tests.fakes.teams import AMIR, BOT, CHANNEL, CHAT, JANE, FakeTeams, Message

pytestmark = pytest.mark.usefixtures("running")


def the_answer(teams: FakeTeams, person: str = JANE, *, number: int = 0) -> Message:
    assert teams.wait_for(lambda: len(to_person(teams, person)) > number)
    return to_person(teams, person)[number]


def everything_public(teams: FakeTeams) -> str:
    return str([one.activity for place in (CHANNEL, CHAT) for one in by_bot(teams, place)])


def is_edited(message: Message, times: int) -> bool:
    return message.edits == times


def opening(request: Request) -> Answered:
    """Open an issue: first the form, then what became of it."""
    reply = Reply(summary="A new issue", blocks=(ISSUE,))
    if request.fields:
        reply = worded(f"Issue I-1 is open: {request.fields['title']}")
    return Answered(reply=reply, outcome=Outcome.ANSWERED)


@pytest.mark.parametrize("text", ["/priority 12", "priority 12", "how is burglary in Charnwood?"])
def test_what_is_written_to_the_bot_is_asked_as_it_was_written(
    teams: FakeTeams, desk: Desk, text: str
) -> None:
    desk.replies[text] = the_priority()

    ack = teams.direct(text)

    answer = the_answer(teams)
    assert (ack.status, ack.body) == (200, "")
    assert desk.texts() == [text]
    assert VERDICT in str(answer.card())
    assert answer.words == VERDICT


def test_a_message_is_acknowledged_before_it_is_answered(teams: FakeTeams, desk: Desk) -> None:
    teams.direct("/priority 12")  # the first of a process fetches the keys
    desk.takes_s = 1.0

    ack = teams.direct("/priority 12")

    assert ack.seconds < desk.takes_s / 2
    assert ack.status == 200


def test_a_picture_that_is_drawn_soon_comes_with_the_words(teams: FakeTeams) -> None:
    teams.direct("/priority 12")

    answer = the_answer(teams)
    assert pictures(answer.card()) == 1
    assert answer.edits == 0


def test_the_words_do_not_wait_for_a_slow_picture(teams: FakeTeams, pencil: Pencil) -> None:
    pencil.takes_s = 1.5

    teams.direct("/priority 12")

    answer = the_answer(teams)
    assert pictures(answer.card()) == 0
    assert teams.wait_for(lambda: pictures(answer.card()))
    assert len(to_person(teams, JANE)) == 1


def test_a_request_says_who_asks_what_and_where(teams: FakeTeams, desk: Desk) -> None:
    teams.mention("/csp charnwood burglary &amp; &lt;robbery&gt;&nbsp;today", person=AMIR)
    teams.mention("/csp blaby", place=CHAT)
    teams.direct("/csp melton")

    assert teams.wait_for(lambda: len(desk.asked) == 3)
    in_channel, in_chat, alone = sorted(desk.asked, key=lambda one: one.place, reverse=True)
    assert in_channel.text == "/csp charnwood burglary & <robbery> today"
    assert (in_channel.person.id, in_channel.person.name) == ("amir.khan", "Amir Khan")
    assert (in_channel.place, in_channel.surface) == (f"teams:{CHANNEL}", Surface.PRIVATE)
    assert (in_chat.place, alone.place) == (f"teams:{CHAT}", "")
    assert (alone.person.id, alone.person.name) == (f"teams:{JANE}", "Jane Smith")


@pytest.mark.parametrize("place", [CHANNEL, CHAT])
def test_a_mention_is_answered_to_who_asked_alone(teams: FakeTeams, desk: Desk, place: str) -> None:
    desk.replies["how is burglary?"] = the_priority()

    teams.mention("how is burglary?", person=AMIR, place=place)

    answer = the_answer(teams, AMIR)
    assert VERDICT in str(answer.card())
    assert answer.conversation == place
    assert by_bot(teams, place) == []


def test_an_answer_in_a_channel_stands_in_the_thread_of_its_question(teams: FakeTeams) -> None:
    activity = teams.a_message("/priority 12", place=CHANNEL)

    teams.deliver(activity)

    assert the_answer(teams).under == activity["id"]


def test_the_slow_picture_of_a_private_answer_stays_private(
    teams: FakeTeams, pencil: Pencil
) -> None:
    pencil.takes_s = 1.0

    teams.mention("/priority 12")

    answer = the_answer(teams)
    assert teams.wait_for(lambda: pictures(answer.card()))
    assert all(call.is_targeted for call in teams.calls)
    assert by_bot(teams) == []


def test_nothing_that_was_asked_is_help(teams: FakeTeams, desk: Desk) -> None:
    teams.mention("")

    assert teams.wait_for(lambda: desk.asked)
    assert desk.texts() == ["/threatdesk help"]


def test_a_button_is_answered_in_a_message_of_its_own(teams: FakeTeams) -> None:
    teams.direct("/priority 12")
    answer = the_answer(teams)

    teams.press("Why", answer)

    second = the_answer(teams, number=1)
    assert "You asked: /threatdesk why burglary" in str(second.card())
    assert VERDICT in str(answer.card(JANE))
    assert teams.tenant.toasts == [(JANE, FOLLOWS)]


def test_a_button_in_a_channel_is_answered_to_who_pressed_it_and_leaves_the_card(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/csp charnwood burglary"] = the_priority(share="")
    teams.mention("/priority 12")
    teams.press("Share to channel", the_answer(teams))
    [public] = by_bot(teams)

    teams.press("Why", public, person=AMIR)

    answer = the_answer(teams, AMIR)
    assert "You asked: /threatdesk why burglary" in str(answer.card())
    assert teams.tenant.toasts[-1] == (AMIR, ALONE)
    assert VERDICT in str(public.card(AMIR))
    assert len(by_bot(teams)) == 1


def test_a_press_of_a_client_without_the_newer_action_works_too(
    teams: FakeTeams, desk: Desk
) -> None:
    teams.direct("/priority 12")
    answer = the_answer(teams)
    press = teams.a_press("Why", answer)
    action = press["value"]["action"]
    value = {"verb": action["verb"], **action["data"]}

    teams.deliver({**press, "type": "message", "value": value, "text": "", "name": ""})

    assert "You asked: /threatdesk why burglary" in str(the_answer(teams, number=1).card())


def test_a_sent_form_is_replaced_by_its_answer_for_good(teams: FakeTeams, desk: Desk) -> None:
    desk.replies["/issue new"] = opening
    teams.direct("/priority 12")
    teams.press("Open an issue", the_answer(teams))
    form = the_answer(teams, number=1)

    ack = teams.press("Open it", form, fields={"field.title": "Sheds", "field.due": "2026-12-01"})

    assert "Issue I-1 is open: Sheds" in str(ack.body["value"])
    assert desk.asked[-1].fields == {"title": "Sheds", "more": "", "due": "2026-12-01"}
    assert teams.wait_for(lambda: "Issue I-1 is open: Sheds" in str(form.card()))
    assert len(to_person(teams, JANE)) == 2


def test_a_form_in_a_channel_is_seen_answered_and_placed_for_one_alone(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/issue new"] = opening
    teams.mention("/issue new")
    form = the_answer(teams)

    ack = teams.press("Open it", form, fields={"field.title": "Sheds"})

    assert "Issue I-1 is open: Sheds" in str(ack.body["value"])
    assert desk.asked[-1].place == f"teams:{CHANNEL}"
    assert teams.wait_for(lambda: "I-1" in str(form.card()))
    assert by_bot(teams) == []


def test_a_form_on_a_card_that_many_see_is_answered_beside_it(teams: FakeTeams, desk: Desk) -> None:
    desk.replies["/issue new"] = opening
    teams.mention("/issue new")
    form = the_answer(teams)
    press = teams.a_press("Open it", form, fields={"field.title": "Sheds"})
    del press["value"]["action"]["data"]["alone"]

    ack = teams.deliver(press)

    assert ack.body["value"] == ALONE
    assert "Issue I-1 is open: Sheds" in str(the_answer(teams, number=1).card())
    assert "I-1" not in str(form.card())


def test_a_form_that_is_refused_comes_again_as_it_was_filled_in(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    teams.direct("/issue new")
    form = the_answer(teams)
    desk.replies["/issue new"] = refusing("An issue needs a longer title.")

    for number in (1, 2):  # the words of the first time do not pile up
        teams.press("Open it", form, fields={"field.title": "Sheds", "field.due": "2026-12-01"})
        assert teams.wait_for(partial(is_edited, form, number))

    card = form.card(JANE)
    inputs = {
        one["id"]: one.get("value") for one in card["body"] if one["type"].startswith("Input.")
    }
    assert inputs == {"field.title": "Sheds", "field.more": None, "field.due": "2026-12-01"}
    assert str(card["body"]).count("An issue needs a longer title.") == 1


def test_a_slow_form_says_so_and_shows_its_answer_when_it_is_there(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    teams.direct("/issue new")
    form = the_answer(teams)
    desk.replies["/issue new"] = the_priority()
    desk.takes_s = 1.5

    ack = teams.press("Open it", form, fields={"field.title": "Sheds"})

    assert ack.seconds < desk.takes_s
    assert ack.body["value"] == WORKED_ON
    assert teams.wait_for(lambda: VERDICT in str(form.card()))
    assert teams.wait_for(lambda: pictures(form.card()))
    assert len(to_person(teams, JANE)) == 1


def test_a_share_is_posted_as_the_channel_may_see_it_under_a_name_that_pings_nobody(
    teams: FakeTeams, desk: Desk
) -> None:
    teams.tenant.names[JANE] = "<at>everyone</at> Jane"
    desk.replies["/csp charnwood burglary"] = the_priority(share="")
    teams.mention("/priority 12")
    private = the_answer(teams)

    ack = teams.press("Share to channel", private)

    assert ack.body["value"] == "Shared to this channel."
    [message] = by_bot(teams)
    assert message.under == private.under
    assert pictures(message.card()) == 1
    assert "Shared by" in str(message.card())
    assert "<at>" not in str(message.activity)
    assert desk.asked[-1].surface is Surface.CHANNEL
    assert "'alone'" not in str(message.card())


def test_what_may_not_be_shared_is_told_to_the_sharer_alone(teams: FakeTeams, desk: Desk) -> None:
    desk.replies["/csp charnwood burglary"] = refusing("These figures are for you alone.")
    teams.mention("/priority 12")

    ack = teams.press("Share to channel", the_answer(teams))

    assert ack.body["value"] == NOT_SHARED
    assert "for you alone" in str(the_answer(teams, number=1).card())
    assert by_bot(teams) == []


def test_in_the_chat_with_the_bot_there_is_no_channel_to_share_to(teams: FakeTeams) -> None:
    teams.direct("/priority 12")

    teams.press("Share to channel", the_answer(teams))

    assert "There is no channel here" in str(the_answer(teams, number=1).card())


def test_who_cannot_be_shown_an_answer_alone_is_told_in_their_own_chat(
    teams: FakeTeams, desk: Desk
) -> None:
    teams.tenant.places[CHANNEL].members.discard(JANE)  # a targeted message is refused

    teams.mention("/priority 12")

    answer = the_answer(teams)
    assert answer.conversation == teams.tenant.personal(JANE)
    assert VERDICT in str(answer.card())
    assert by_bot(teams) == []


def test_who_has_not_the_app_is_told_how_to_ask_and_nobody_sees_a_figure(
    teams: FakeTeams,
) -> None:
    teams.tenant.places[CHANNEL].members.discard(JANE)
    teams.tenant.installed.discard(JANE)

    teams.mention("/priority 12")

    assert teams.wait_for(lambda: by_bot(teams))
    [public] = by_bot(teams)
    assert HOW_TO_ASK in str(public.card()).replace("\\", "")
    assert VERDICT not in everything_public(teams)
    assert "priority" not in everything_public(teams)


def test_where_nothing_is_to_be_shown_in_channels_answers_come_in_their_own_chat(
    teams: FakeTeams, desk: Desk
) -> None:
    app = an_app(teams, settle=desk.settle, draw=Pencil().draw, is_targeted=False)

    with over_http(app, teams):
        teams.mention("/priority 12")
        ack = teams.press("Why", the_answer(teams))
        the_answer(teams, number=1)

    assert {one.conversation for one in to_person(teams, JANE)} == {teams.tenant.personal(JANE)}
    assert ack.body["value"] == FOLLOWS
    assert [call for call in teams.calls if call.is_targeted] == []
    assert by_bot(teams) == []


def test_every_conversation_that_is_heard_is_kept_once(teams: FakeTeams, kept: Kept) -> None:
    for _ in range(2):
        teams.direct("/csp charnwood")
        teams.mention("/csp charnwood", place=CHANNEL)
        teams.mention("/csp charnwood", place=CHAT)

    assert teams.wait_for(lambda: len(kept.all) == 3)
    assert {one: where.id for one, where in kept.all.items()} == {
        JANE: teams.tenant.personal(JANE),
        CHANNEL: CHANNEL,
        CHAT: CHAT,
    }
    assert all(where.service_url == teams.base for where in kept.all.values())


def test_who_adds_the_app_is_greeted_once_with_help(teams: FakeTeams, desk: Desk) -> None:
    teams.install()

    the_answer(teams)
    teams.direct("/csp charnwood")
    assert teams.wait_for(lambda: len(desk.asked) == 2)
    assert desk.texts() == ["/threatdesk help", "/csp charnwood"]


def test_a_team_that_adds_the_app_is_kept_and_told_nothing(
    teams: FakeTeams, desk: Desk, kept: Kept
) -> None:
    teams.install(place=CHANNEL)

    assert teams.wait_for(lambda: CHANNEL in kept.all)
    assert desk.asked == []


def test_what_asks_nothing_is_not_answered(teams: FakeTeams, desk: Desk) -> None:
    teams.direct("burglary?")
    message = teams.tenant.posted(teams.tenant.personal(JANE))[0]
    teams.react(message)
    teams.remove()
    changes: list[dict[str, Any]] = [
        {"type": "messageUpdate"},
        {"type": "messageDelete"},
        {"type": "typing"},
        {"type": "unheardOf"},
        {"from": {"id": BOT, "name": "Threat Desk"}},
        {"from": {"id": "28:another", "name": "Another bot", "role": "bot"}},
        {"from": {}},
    ]
    for change in changes:
        assert teams.deliver({**teams.a_message("and now?"), **change}).status == 200
    assert teams.deliver({**teams.a_message("x"), "type": "invoke", "name": "task/fetch"}).status
    teams.direct("at last")

    assert teams.wait_for(lambda: "at last" in desk.texts())
    assert desk.texts() == ["burglary?", "at last"]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ({}, "application/vnd.microsoft.error"),
        ({"action": None}, "application/vnd.microsoft.error"),
        (
            {"action": {"verb": "delete", "data": {"command": "/x"}}},
            "application/vnd.microsoft.error",
        ),
        ({"action": {"verb": "run", "data": []}}, "application/vnd.microsoft.activity.message"),
        (
            {"action": {"verb": "form", "data": {"command": 5}}},
            "application/vnd.microsoft.activity.message",
        ),
    ],
    ids=["nothing", "no action", "another verb", "no data", "no command"],
)
def test_a_press_that_makes_no_sense_is_answered_and_does_nothing(
    teams: FakeTeams, desk: Desk, value: dict[str, object], type_: str
) -> None:
    activity = teams.an_activity("invoke", person=JANE)

    ack = teams.deliver({**activity, "name": "adaptiveCard/action", "value": value})

    assert (ack.status, ack.body["type"]) == (200, type_)
    assert desk.asked == []


def test_the_carried_form_of_a_forged_press_is_not_believed(teams: FakeTeams, desk: Desk) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    teams.direct("/issue new")
    press = teams.a_press("Open it", the_answer(teams), fields={"field.title": "Sheds"})
    press["value"]["action"]["data"]["form"] = '{"title": "x", "fields": "y"}'
    desk.replies["/issue new"] = refusing("An issue needs a longer title.")

    ack = teams.deliver(press)

    assert "An issue needs a longer title." in str(ack.body["value"])
