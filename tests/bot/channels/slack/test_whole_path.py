"""From what a person does in Slack to what they see, over real sockets, both ways in."""

from __future__ import annotations

from typing import Any

import pytest

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.slack.listeners import ASK
from bot.people import Surface
from bot.render.harmless import WORD_JOINER
from bot.replies import Paragraph, Reply, Table, TableColumn, TableRow
from tests.bot.channels.slack.desk import (
    CHART,
    ISSUE,
    PNG,
    VERDICT,
    Desk,
    Pencil,
    refusing,
    the_priority,
    worded,
)
from tests.fakes.slack import FakeSlack, Shown, View

pytestmark = pytest.mark.usefixtures("running")

PROMPT_S = 0.25
"""Within this a command is acknowledged; Slack gives up after three seconds."""


def the_answer(slack: FakeSlack, user: str = "U1", *, number: int = 0) -> Shown:
    assert slack.wait_for(lambda: len(slack.workspace.told(user)) > number)
    return slack.workspace.told(user)[number]


def the_view(slack: FakeSlack) -> View:
    assert slack.wait_for(lambda: slack.workspace.views)
    return next(iter(slack.workspace.views.values()))


def pictures(content: dict[str, object]) -> list[str]:
    blocks = content["blocks"]
    assert isinstance(blocks, list)
    return [block["slack_file"]["id"] for block in blocks if "slack_file" in block]


def test_a_command_is_answered_privately_and_then_given_its_picture(slack: FakeSlack) -> None:
    ack = slack.slash("/priority 12")

    answer = the_answer(slack)
    assert slack.wait_for(lambda: answer.replaced)
    [file] = pictures(answer.content)
    assert (ack.status, ack.body) == (200, "")
    assert VERDICT in str(answer.content["blocks"])
    assert slack.workspace.files[file].content == PNG
    assert slack.workspace.files[file].channel is None
    assert slack.workspace.messages == []


def test_a_command_is_acknowledged_before_it_is_answered(slack: FakeSlack, desk: Desk) -> None:
    slack.slash("/priority 12")  # the first of a process pays for what is imported late
    desk.takes_s = 1.0

    ack = slack.slash("/priority 12")

    assert ack.seconds < desk.takes_s / 2
    assert ack.status == 200


def test_the_words_do_not_wait_for_the_picture(slack: FakeSlack, pencil: Pencil) -> None:
    pencil.takes_s = 0.5

    slack.slash("/priority 12")

    answer = the_answer(slack)
    assert pencil.drawn == []
    assert answer.replaced == 0
    assert slack.wait_for(lambda: answer.replaced)


def test_a_request_says_who_asks_what_and_where(slack: FakeSlack, desk: Desk) -> None:
    slack.slash("/csp charnwood burglary &amp; robbery", user="U2")

    assert slack.wait_for(lambda: desk.asked)
    [request] = desk.asked
    assert request.text == "/csp charnwood burglary & robbery"
    assert (request.person.id, request.person.name) == ("slack:U2", "Amir Khan")
    assert (request.place, request.surface) == ("slack:C1", Surface.PRIVATE)


def test_a_button_is_answered_in_a_message_of_its_own(slack: FakeSlack) -> None:
    slack.slash("/priority 12")
    answer = the_answer(slack)

    slack.press("Why", answer)

    second = the_answer(slack, number=1)
    assert "You asked: /threatdesk why burglary" in str(second.content)
    assert VERDICT in str(answer.content)


def test_the_picture_of_a_buttons_answer_leaves_the_message_with_the_button_alone(
    slack: FakeSlack, desk: Desk
) -> None:
    desk.replies = {"/start": the_priority(), "/threatdesk why burglary": the_priority()}
    slack.slash("/start")
    answer = the_answer(slack)
    assert slack.wait_for(lambda: answer.replaced)

    slack.press("Why", answer)

    picture = the_answer(slack, number=2)
    assert pictures(picture.content)
    assert answer.replaced == 1


def test_a_form_opens_a_dialogue_and_its_answer_is_shown_there(
    slack: FakeSlack, desk: Desk
) -> None:
    def issue(request: Request) -> Answered:
        reply = Reply(summary="A new issue", blocks=(ISSUE,))
        if request.fields:
            reply = worded(f"Issue I-1 is open: {request.fields['title']}")
        return Answered(reply=reply, outcome=Outcome.ANSWERED)

    desk.replies["/issue new"] = issue
    slack.slash("/priority 12")
    slack.press("Open an issue", the_answer(slack))
    view = the_view(slack)

    ack = slack.submit(view, {"title": "Sheds", "due": "2026-12-01"})

    assert ack.body["response_action"] == "update"
    assert "Issue I-1 is open: Sheds" in str(view.content)
    fields = desk.asked[-1].fields
    assert fields == {"title": "Sheds", "more": "", "due": "2026-12-01"}
    assert desk.asked[-1].place == "slack:C1"


def test_a_form_that_is_refused_stays_as_it_was_filled_in(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    slack.slash("/issue new")
    view = the_view(slack)
    desk.replies["/issue new"] = refusing("An issue needs a longer title.")

    for _ in range(2):  # the words of the first time do not pile up
        slack.submit(view, {"title": "Sheds", "due": "2026-12-01"})

    starts = {
        block["block_id"]: block["element"].get("initial_value")
        or block["element"].get("initial_date")
        for block in view.content["blocks"]
        if block["type"] == "input"
    }
    assert starts == {"title": "Sheds", "more": None, "due": "2026-12-01"}
    assert str(view.content["blocks"]).count("An issue needs a longer title.") == 1
    assert view.content["submit"]


def test_a_slow_form_says_so_and_shows_the_answer_when_it_is_there(
    slack: FakeSlack, desk: Desk
) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    slack.slash("/issue new")
    view = the_view(slack)
    desk.replies["/issue new"] = the_priority()
    desk.takes_s = 0.6

    ack = slack.submit(view, {"title": "Sheds"})

    assert ack.seconds < desk.takes_s
    assert "a moment longer" in str(ack.body)
    assert slack.wait_for(lambda: VERDICT in str(view.content))
    assert slack.wait_for(lambda: pictures(view.content))


def test_a_share_is_posted_as_the_channel_may_see_it_under_a_name_that_pings_nobody(
    slack: FakeSlack, desk: Desk
) -> None:
    slack.workspace.names["U1"] = "<!channel> Jane & Co"
    desk.replies["/csp charnwood burglary"] = the_priority(share="")
    slack.slash("/priority 12")

    slack.press("Share to channel", the_answer(slack))

    assert slack.wait_for(lambda: slack.workspace.posted("C1"))
    [message] = slack.workspace.posted("C1")
    assert slack.wait_for(lambda: message.edits)
    assert pictures(message.content)
    named = {"type": "plain_text", "text": "Shared by <!channel> Jane & Co", "emoji": False}
    shown = [
        {**element, "text": element["text"].replace(WORD_JOINER, "")}
        for block in message.content["blocks"][:2]
        for element in block.get("elements", ())
    ]
    assert named in shown
    assert message.content["text"].startswith("Shared by &lt;")
    assert "<!channel>" not in message.content["text"]
    assert desk.asked[-1].surface is Surface.CHANNEL
    assert slack.wait_for(lambda: "Shared to this channel" in str(slack.workspace.told("U1")))


def test_what_may_not_be_shared_is_told_to_the_sharer_alone(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["/csp charnwood burglary"] = refusing("These figures are for you alone.")
    slack.slash("/priority 12")

    slack.press("Share to channel", the_answer(slack))

    assert slack.wait_for(lambda: "for you alone" in str(slack.workspace.told("U1")))
    assert slack.workspace.posted("C1") == []


def test_a_channel_without_the_bot_is_told_how_to_invite_it(slack: FakeSlack) -> None:
    slack.slash("/priority 12")
    slack.workspace.channels["C1"].members.discard("UBOT")

    slack.press("Share to channel", the_answer(slack))

    assert slack.wait_for(lambda: "Type /invite here" in str(slack.workspace.told("U1")))


def test_a_mention_is_answered_to_who_asked_alone(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["how is burglary in Charnwood?"] = the_priority()

    slack.mention("how is burglary in Charnwood?", user="U2")

    words, picture = the_answer(slack, "U2"), the_answer(slack, "U2", number=1)
    assert VERDICT in str(words.content)
    assert pictures(picture.content)
    assert slack.workspace.messages == []


def test_a_direct_message_is_answered_in_the_conversation(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["burglary?"] = the_priority()

    slack.direct("burglary?")

    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))
    [message] = slack.workspace.posted("DU1")
    assert slack.wait_for(lambda: message.edits)
    assert pictures(message.content)
    assert desk.asked[0].place == ""


def test_a_button_in_the_conversation_is_answered_in_the_conversation(slack: FakeSlack) -> None:
    slack.direct("/priority 12")
    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))
    [message] = slack.workspace.posted("DU1")

    slack.press("Why", message)

    assert slack.wait_for(lambda: len(slack.workspace.posted("DU1")) == 2)
    assert slack.workspace.shown == []


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "BBOT"},
        {"user": "UBOT"},
        {"subtype": "message_changed"},
        {"edited": {"user": "U1"}},
        {"channel_type": "channel"},
    ],
    ids=["a bot's", "its own", "an edit", "edited", "in a channel"],
)
def test_a_message_that_asks_nothing_is_not_answered(
    slack: FakeSlack, desk: Desk, more: dict[str, Any]
) -> None:
    slack.direct("burglary?", **more)
    slack.direct("and now?")

    assert slack.wait_for(lambda: desk.asked)
    assert desk.texts() == ["and now?"]


def test_the_shortcut_asks_what_a_message_asks(slack: FakeSlack, desk: Desk) -> None:
    slack.shortcut(ASK, "<@U2> how is <https://x.example|burglary> in <#C9|charnwood>?")

    assert "You asked" in str(the_answer(slack).content)
    assert desk.texts() == ["how is burglary in #charnwood?"]


def test_home_shows_what_is_of_interest_and_is_made_anew_after_a_press(
    slack: FakeSlack, desk: Desk
) -> None:
    desk.replies["/threatdesk home"] = the_priority(share="")
    slack.open_home()
    assert slack.wait_for(
        lambda: (
            pictures(slack.workspace.homes["U1"].content)
            if "U1" in slack.workspace.homes
            else False
        )
    )
    home = slack.workspace.homes["U1"]
    before = home.updates

    slack.press("Why", home)

    assert "You asked: /threatdesk why burglary" in str(the_view(slack).content)
    assert slack.wait_for(lambda: home.updates > before)


def test_a_button_in_a_dialogue_is_answered_in_it(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["/threatdesk home"] = the_priority(share="")
    desk.replies["/threatdesk why burglary"] = the_priority()
    slack.open_home()
    assert slack.wait_for(lambda: "U1" in slack.workspace.homes)
    slack.press("Why", slack.workspace.homes["U1"])
    view = the_view(slack)
    desk.replies["/threatdesk why burglary"] = worded("Because of sheds.")

    slack.press("Why", view)

    assert slack.wait_for(lambda: "Because of sheds." in str(view.content))


def test_a_table_is_told_in_a_dialogue_in_which_slack_has_none(
    slack: FakeSlack, desk: Desk
) -> None:
    table = Table(
        caption="Burglary by area",
        label="Area",
        columns=(TableColumn(name="Crimes", is_number=True),),
        rows=(TableRow(label="Charnwood", cells=("520",)),),
    )
    desk.replies["/threatdesk home"] = the_priority(share="")
    desk.replies["/threatdesk why burglary"] = Reply(summary="Why", blocks=(table, CHART))
    slack.open_home()
    assert slack.wait_for(lambda: "U1" in slack.workspace.homes)

    slack.press("Why", slack.workspace.homes["U1"])

    view = the_view(slack)
    assert "Charnwood" in str(view.content)
    assert slack.wait_for(lambda: pictures(view.content))


def test_a_thread_is_kept(slack: FakeSlack) -> None:
    slack.direct("burglary?")
    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))
    first = slack.workspace.posted("DU1")[0]

    slack.direct("and robbery?", thread_ts=first.ts)

    assert slack.wait_for(lambda: len(slack.workspace.posted("DU1")) == 2)
    assert slack.workspace.posted("DU1")[1].content["thread_ts"] == first.ts


def test_an_answer_of_nothing_but_a_summary_is_shown(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["/threatdesk home"] = Reply(summary="Nothing yet.", blocks=())

    slack.open_home()

    assert slack.wait_for(lambda: "U1" in slack.workspace.homes)
    assert "Nothing yet." in str(slack.workspace.homes["U1"].content)


def test_a_form_in_words_is_shown_where_no_dialogue_can_open(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["new issue"] = Reply(
        summary="A new issue", blocks=(Paragraph(text="Say it."), ISSUE)
    )

    slack.direct("new issue")

    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))
    assert slack.workspace.views == {}
