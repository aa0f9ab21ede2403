"""Faults of Teams are ridden out, or told; nothing is done twice, nothing is shown to others."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from bot.channels.teams.app import TeamsApp
from bot.channels.teams.ways import HOW_TO_ASK
from bot.replies import Reply
from tests.bot.channels.slack.desk import ISSUE, VERDICT, Desk, Pencil, the_priority
from tests.bot.channels.teams.desk import Kept, an_app, by_bot, over_http, pictures, to_person
from tests.bot.channels.teams.test_whole_path import opening, the_answer
from tests.fakes.teams import AMIR, CHANNEL, JANE, FakeTeams, Fault

BUSY = Fault(status=429, headers={"Retry-After": "0"}, error="TooManyRequests")
CHANGING = Fault(status=412, headers={"Retry-After": "0"}, error="PreconditionFailed")
BROKEN = Fault(status=502, body="<html>Bad gateway</html>")
FORBIDDEN = Fault(status=403, error="MessageWritesBlocked")
DONE_AND_BROKEN = Fault(status=500, is_done=True)
DONE_AND_LATE = Fault(late_s=2.6, is_done=True)


@pytest.mark.parametrize("fault", [BUSY, CHANGING, BROKEN], ids=["429", "412", "502"])
@pytest.mark.parametrize("place", ["", CHANNEL], ids=["personal", "channel"])
@pytest.mark.usefixtures("running")
def test_an_answer_comes_once_after_a_fault(teams: FakeTeams, fault: Fault, place: str) -> None:
    teams.fail("send", fault)

    teams.deliver(teams.a_message("/priority 12", place=place))

    assert VERDICT in str(the_answer(teams).card())
    assert len(to_person(teams, JANE)) == 1
    assert by_bot(teams) == []


@pytest.mark.usefixtures("running")
def test_an_answer_that_may_have_been_told_is_told_rather_twice_than_not(
    teams: FakeTeams,
) -> None:
    teams.fail("send", DONE_AND_BROKEN)

    teams.direct("/csp charnwood")

    assert teams.wait_for(lambda: len(to_person(teams, JANE)) == 2)


@pytest.mark.usefixtures("running")
def test_where_nothing_may_be_shown_to_one_alone_the_answer_is_not_shown_to_all(
    teams: FakeTeams,
) -> None:
    teams.fail("send", FORBIDDEN)

    teams.mention("/priority 12")

    answer = the_answer(teams)
    assert answer.conversation == teams.tenant.personal(JANE)
    assert by_bot(teams) == []


@pytest.mark.usefixtures("running")
def test_when_every_way_to_one_alone_is_closed_no_figure_is_told(teams: FakeTeams) -> None:
    teams.tenant.installed.discard(JANE)
    teams.fail("send", FORBIDDEN)

    teams.mention("/priority 12")

    assert teams.wait_for(lambda: by_bot(teams))
    assert VERDICT not in str([one.activity for one in teams.tenant.messages])
    assert HOW_TO_ASK[:40] in str(by_bot(teams)[0].card())


@pytest.mark.usefixtures("running")
def test_who_teams_does_not_name_is_shown_nothing_where_many_read(
    teams: FakeTeams, desk: Desk
) -> None:
    activity = teams.a_message("/priority 12", place=CHANNEL)
    activity["from"] = {"id": "29:somebody", "name": "Somebody"}

    teams.deliver(activity)

    assert teams.wait_for(lambda: by_bot(teams))
    [request] = desk.asked
    assert request.person.role is None
    assert VERDICT not in str([one.activity for one in teams.tenant.messages])


@pytest.mark.usefixtures("running")
def test_a_chat_that_is_no_longer_there_is_opened_again(teams: FakeTeams, kept: Kept) -> None:
    teams.tenant.places[CHANNEL].members.discard(JANE)
    teams.direct("/csp charnwood")
    the_answer(teams)
    assert teams.wait_for(lambda: kept.all)
    teams.tenant.opened[JANE] = "a:another"  # as after removing the app and adding it again

    teams.mention("/priority 12")

    assert VERDICT in str(the_answer(teams).card())
    assert teams.wait_for(lambda: kept.all[JANE].id == "a:another")


@pytest.mark.usefixtures("running")
def test_a_card_that_is_refused_with_its_picture_comes_without(teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=413, error="MessageSizeTooBig"))

    teams.direct("/priority 12")

    answer = the_answer(teams)
    assert VERDICT in str(answer.card())
    assert pictures(answer.card()) == 0


@pytest.mark.usefixtures("running")
def test_a_picture_that_fails_leaves_the_words(teams: FakeTeams, pencil: Pencil) -> None:
    pencil.fails = True

    teams.direct("/priority 12")

    answer = the_answer(teams)
    assert VERDICT in str(answer.card())
    assert pictures(answer.card()) == 0


@pytest.mark.usefixtures("running")
def test_a_late_picture_that_cannot_be_put_in_leaves_the_words(
    teams: FakeTeams, pencil: Pencil
) -> None:
    pencil.takes_s = 0.8
    teams.fail("update", FORBIDDEN)

    teams.direct("/priority 12")

    answer = the_answer(teams)
    assert teams.wait_for(lambda: "update" in teams.methods())
    assert VERDICT in str(answer.card())


@pytest.mark.parametrize("fault", [DONE_AND_BROKEN, DONE_AND_LATE], ids=["500", "late"])
@pytest.mark.usefixtures("running")
def test_a_share_that_may_have_been_posted_is_not_posted_again(
    teams: FakeTeams, fault: Fault
) -> None:
    teams.mention("/priority 12")
    private = the_answer(teams)
    teams.fail("send", fault)

    teams.press("Share to channel", private)

    assert "did not say whether" in str(the_answer(teams, number=1).card())
    assert len(by_bot(teams)) == 1


@pytest.mark.usefixtures("running")
def test_a_share_where_the_bot_may_not_write_says_what_to_do(teams: FakeTeams) -> None:
    teams.mention("/priority 12")
    private = the_answer(teams)
    teams.fail("send", FORBIDDEN)

    teams.press("Share to channel", private)

    assert "Add the app" in str(the_answer(teams, number=1).card())
    assert by_bot(teams) == []


@pytest.mark.usefixtures("running")
def test_a_form_whose_card_cannot_be_changed_was_answered_all_the_same(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/issue new"] = opening
    teams.direct("/issue new")
    form = the_answer(teams)
    teams.fail("update", FORBIDDEN)

    ack = teams.press("Open it", form, fields={"field.title": "Sheds"})

    assert "Issue I-1 is open" in str(ack.body["value"])
    assert teams.wait_for(lambda: "update" in teams.methods())
    assert len(to_person(teams, JANE)) == 1


def at_once(teams: FakeTeams, activity: dict[str, Any], times: int) -> list[Any]:
    """Deliver an activity several times at the same moment; return how it was answered."""
    acks: list[Any] = []
    threads = [
        threading.Thread(target=lambda: acks.append(teams.deliver(activity))) for _ in range(times)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acks


@pytest.mark.usefixtures("running")
def test_what_teams_tells_several_times_at_once_is_answered_once(
    teams: FakeTeams, desk: Desk
) -> None:
    acks = at_once(teams, teams.a_message("burglary?"), 6)
    teams.direct("and now?")

    assert teams.wait_for(lambda: "and now?" in desk.texts())
    assert [ack.status for ack in acks] == [200] * 6
    assert sorted(desk.texts()) == ["and now?", "burglary?"]


@pytest.mark.usefixtures("running")
def test_a_press_that_comes_twice_is_done_once(teams: FakeTeams, desk: Desk) -> None:
    teams.direct("/priority 12")
    press = teams.a_press("Why", the_answer(teams))

    at_once(teams, press, 3)
    teams.direct("and now?")

    assert teams.wait_for(lambda: "and now?" in desk.texts())
    assert desk.texts().count("/threatdesk why burglary") == 1


@pytest.mark.usefixtures("running")
def test_a_form_that_comes_several_times_is_done_once_and_keeps_its_answer(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/issue new"] = opening
    teams.direct("/issue new")
    form = the_answer(teams)
    press = teams.a_press("Open it", form, fields={"field.title": "Sheds"})
    desk.takes_s = 0.3

    acks = at_once(teams, press, 3)

    assert sum("I-1" in str(ack.body) for ack in acks) == 1
    assert sum("done once" in str(ack.body) for ack in acks) == 2
    assert teams.wait_for(lambda: form.edits)
    assert "I-1" in str(form.card())
    assert sum(bool(request.fields) for request in desk.asked) == 1


@pytest.mark.usefixtures("running")
def test_a_share_that_comes_twice_is_posted_once(teams: FakeTeams) -> None:
    teams.mention("/priority 12")
    press = teams.a_press("Share to channel", the_answer(teams))

    at_once(teams, press, 3)

    assert len(by_bot(teams)) == 1


class Forgetful:
    """Remembers nothing, because its database is away."""

    def first(self, key: str, at: datetime) -> bool:
        """Fail."""
        raise OSError("the database is away")

    def find(self, address: str) -> Any:
        """Fail."""
        raise OSError("the database is away")

    def keep(self, address: str, conversation: Any, *, now: datetime) -> None:
        """Fail."""
        raise OSError("the database is away")


def test_a_question_is_answered_while_the_database_is_away(teams: FakeTeams, desk: Desk) -> None:
    teams.tenant.places[CHANNEL].members.discard(JANE)
    app = an_app(
        teams,
        settle=desk.settle,
        draw=Pencil().draw,
        once=Forgetful(),
        conversations=Forgetful(),
    )

    with over_http(app, teams):
        teams.mention("/csp charnwood")

    assert len(to_person(teams, JANE)) == 1


def broken(_: object) -> Any:
    """Answer nothing, by a fault of ours."""
    raise RuntimeError("a fault of ours")


def test_a_fault_of_ours_in_a_form_is_said_without_its_details(teams: FakeTeams) -> None:
    desk = Desk(replies={"/issue new": Reply(summary="A new issue", blocks=(ISSUE,))})
    app = an_app(teams, settle=desk.settle, draw=Pencil().draw)

    with over_http(app, teams):
        teams.direct("/issue new")
        form = the_answer(teams)
        desk.replies["/issue new"] = broken
        ack = teams.press("Open it", form, fields={"field.title": "Sheds"})

    assert "Something went wrong on our side" in str(ack.body["value"])
    assert "a fault of ours" not in str(ack.body)


def test_what_was_begun_is_finished_before_the_end(
    teams: FakeTeams, app: TeamsApp, desk: Desk, pencil: Pencil
) -> None:
    pencil.takes_s = desk.takes_s = 0.7

    with over_http(app, teams):
        teams.direct("/priority 12")

    [answer] = to_person(teams, JANE)
    assert pictures(answer.card()) == 1


def test_what_takes_too_long_is_cut_off_at_the_end(
    teams: FakeTeams, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.takes_s = 1.0
    app = an_app(teams, settle=desk.settle, draw=Pencil().draw, drain_s=0.1)

    with over_http(app, teams):
        teams.direct("/csp charnwood")

    assert "1 answers were cut off at shutdown" in caplog.text


@pytest.mark.usefixtures("running")
def test_forty_questions_at_once_are_acknowledged_and_answered(
    teams: FakeTeams, desk: Desk
) -> None:
    desk.replies["/priority 12"] = the_priority()
    statuses: list[int] = []

    def ask(number: int) -> None:
        person = (JANE, AMIR)[number % 2]
        ack = teams.deliver(teams.a_message("/csp charnwood", person=person, place=CHANNEL))
        statuses.append(ack.status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert teams.wait_for(
        lambda: len(to_person(teams, JANE)) + len(to_person(teams, AMIR)) == 40, within_s=20
    )
    assert statuses == [200] * 40
    assert by_bot(teams) == []
