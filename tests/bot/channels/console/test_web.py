"""The console over HTTP: what it answers, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.audit import Outcome
from bot.channels.console.guard import LARGEST_BODY, is_loopback
from bot.feed import FollowUp, Post
from bot.people import Surface
from bot.replies import Paragraph, Reply
from bot.replies.charts import Drawing
from tests.bot.channels.console.conftest import (
    CHIEF,
    MEMBER,
    MORNING,
    OWN,
    PORT,
    Browser,
    Visit,
    World,
)

A_QUESTION = {"text": "/priority 12", "as": "chief-officer"}


def a_post(words: str = "Burglary is up.", **changed: object) -> Post:
    post = Post(
        key="k1",
        address="#performance",
        alert="A-1",
        at=MORNING,
        edited_at=None,
        reply=Reply(summary=words, blocks=(Paragraph(text=words),)),
        is_told=True,
    )
    return replace(post, **changed)  # type: ignore[arg-type]


def test_a_question_is_asked_as_the_person_chosen_and_answered(
    browser: Browser, world: World
) -> None:
    answer = browser.post("/console/ask", json={**A_QUESTION, "as": "member"}, headers=OWN).json()

    [asked] = world.asked
    assert (asked.text, asked.person, asked.surface) == ("/priority 12", MEMBER, Surface.PRIVATE)
    assert answer["summary"] == "Burglary is down."
    assert answer["html"].startswith("<article")


def test_the_fields_of_a_form_are_handed_over(browser: Browser, world: World) -> None:
    browser.post(
        "/console/ask", json={**A_QUESTION, "fields": {"until": "2016-05-01"}}, headers=OWN
    )

    assert world.asked[0].fields == {"until": "2016-05-01"}


def test_a_reply_s_picture_can_be_fetched(browser: Browser) -> None:
    html = browser.post("/console/ask", json=A_QUESTION, headers=OWN).json()["html"]
    [source] = re.findall(r'<img[^>]* src="([^"]+)"', html)

    picture = browser.get(source)

    assert (picture.content, picture.headers["content-type"]) == (b"\x89PNG", "image/png")


def test_a_picture_that_cannot_be_drawn_leaves_its_words(browser: Browser, world: World) -> None:
    def fail(_: Drawing) -> bytes:
        raise ValueError("no")

    world.draw = fail
    html = browser.post("/console/ask", json=A_QUESTION, headers=OWN).json()["html"]
    [source] = re.findall(r'<img[^>]* src="([^"]+)"', html)

    assert browser.get(source).status_code == 404
    assert "All crime fell from 2 to 1." in html
    assert "█▁" in html


@pytest.mark.parametrize("key", ["0" * 32, "..%2F..%2Fetc%2Fpasswd", "x"])
def test_only_pictures_that_were_shown_are_there(browser: Browser, key: str) -> None:
    assert browser.get(f"/console/charts/{key}.png").status_code == 404


def test_an_answer_is_shared_as_everyone_in_the_channel_may_see_it(
    browser: Browser, world: World
) -> None:
    done = browser.post(
        "/console/share", json={"command": "/priority 12", "as": "chief-officer"}, headers=OWN
    ).json()

    assert done["shared"] is True
    assert world.asked[0].surface is Surface.CHANNEL
    [told] = world.put_in
    assert str(told.destination) == "console:#shared"
    assert f"Shared by {CHIEF.name}" in str(told.reply.blocks)


def test_what_a_channel_may_not_see_is_not_shared(browser: Browser, world: World) -> None:
    world.outcome = Outcome.REFUSED

    done = browser.post(
        "/console/share", json={"command": "/priority 12", "as": "chief-officer"}, headers=OWN
    ).json()

    assert done["shared"] is False
    assert world.put_in == []


def test_the_feed_shows_messages_with_their_threads(browser: Browser, world: World) -> None:
    said = Reply(summary="", blocks=(Paragraph(text="Acknowledged by Jane."),))
    world.posts = (a_post(thread=(FollowUp(at=MORNING, reply=said, is_told=True),)),)

    [shown] = browser.get("/console/feed", params={"as": "member"}).json()["messages"]

    assert world.read_by == ["member"]
    assert shown["place"] == "#performance"
    assert "Burglary is up." in shown["html"]
    assert "Acknowledged by Jane." in shown["html"]
    assert "4 April, 10:00" in shown["html"]


def test_a_message_that_waits_says_until_when(browser: Browser, world: World) -> None:
    world.posts = (a_post(is_told=False, waits_until=MORNING),)

    [shown] = browser.get("/console/feed", params={"as": "member"}).json()["messages"]

    assert "Waits until 4 April, 10:00" in shown["html"]


def test_a_feed_in_which_nothing_has_changed_is_not_sent_again(
    browser: Browser, world: World
) -> None:
    before = browser.get("/console/feed", params={"as": "member"})
    marked = {"if-none-match": before.headers["etag"]}

    again = browser.get("/console/feed", params={"as": "member"}, headers=marked)
    world.mark_now = "2"
    after = browser.get("/console/feed", params={"as": "member"}, headers=marked)

    assert (again.status_code, after.status_code) == (304, 200)


def test_the_page_can_be_completed_from_names(browser: Browser) -> None:
    names = browser.get("/console/names.json").json()

    assert "/csp" in {f"/{one['name']}" for one in names["commands"]}
    assert names["lists"]["areas"]


def test_the_page_shows_that_there_are_no_figures(browser: Browser) -> None:
    assert "There are no figures." in browser.get("/").text


def test_nothing_on_the_page_is_inline_or_from_elsewhere(browser: Browser) -> None:
    page = browser.get("/")

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", page.text)
    assert not re.search(r'(src|href)="(?!/|#)', page.text)
    assert "unsafe" not in page.headers["content-security-policy"]


# Who may reach it, and how.


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        "127.0.0.1:1",
        f"127.0.0.1.evil.example:{PORT}",
        f"localhost.:{PORT}",
        "[::1]",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/console/names.json", "/console/static/page.css"])
def test_another_name_for_this_machine_is_refused(visit: Visit, host: str, path: str) -> None:
    assert visit(host).get(path).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machine_s_own_names_are_answered(visit: Visit, host: str) -> None:
    assert visit(f"{host}:{PORT}").get("/").status_code == 200


def test_another_machine_is_refused_unless_someone_has_decided_otherwise(visit: Visit) -> None:
    far = f"127.0.0.1:{PORT}", "192.0.2.7"

    assert visit(*far).get("/").status_code == 403
    assert visit("desk.example", "192.0.2.7", anywhere=True).get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-threat-desk": "other"},
        {**OWN, "origin": "https://evil.example"},
        {**OWN, "origin": "null"},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/console/ask", "/console/share"])
@pytest.mark.parametrize("anywhere", [False, True])
def test_only_the_console_s_own_page_may_do_something(
    visit: Visit, world: World, headers: dict[str, str], path: str, *, anywhere: bool
) -> None:
    refused = visit(anywhere=anywhere).post(path, json=A_QUESTION, headers=headers)

    assert refused.status_code == 403
    assert world.asked == []


@pytest.mark.parametrize("path", ["/console/ask", "/console/share"])
def test_nothing_is_done_by_looking(browser: Browser, path: str) -> None:
    assert browser.get(path, headers=OWN).status_code == 405


def test_the_page_itself_may_ask(browser: Browser) -> None:
    own = {**OWN, "origin": f"http://127.0.0.1:{PORT}", "sec-fetch-site": "same-origin"}

    assert browser.post("/console/ask", json=A_QUESTION, headers=own).status_code == 200


@pytest.mark.parametrize("path", ["/console/ask", "/console/share"])
def test_too_much_at_once_is_refused_whatever_length_was_declared(
    browser: Browser, path: str
) -> None:
    declared = browser.post(path, content=b"x" * (LARGEST_BODY + 1), headers=OWN)

    async def parts() -> AsyncIterator[bytes]:
        yield b"x" * LARGEST_BODY
        yield b"x"

    undeclared = browser.post(path, content=parts(), headers=OWN)

    assert (declared.status_code, undeclared.status_code) == (413, 413)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"text": "/priority 12"}',
        json.dumps({**A_QUESTION, "text": ""}).encode(),
        json.dumps({**A_QUESTION, "text": "x" * 3000}).encode(),
        json.dumps({**A_QUESTION, "surface": "channel"}).encode(),
        json.dumps({**A_QUESTION, "fields": {"until": 1}}).encode(),
    ],
)
def test_what_is_not_a_question_is_refused_in_words(
    browser: Browser, world: World, body: bytes
) -> None:
    refused = browser.post("/console/ask", content=body, headers=OWN)

    assert refused.status_code == 400
    assert refused.json()["problem"].endswith(".")
    assert world.asked == []


def test_nobody_else_s_eyes_can_be_borrowed(browser: Browser, world: World) -> None:
    asked = browser.post("/console/ask", json={**A_QUESTION, "as": "slack:U042"}, headers=OWN)
    shared = browser.post("/console/share", json={"command": "/x", "as": "nobody"}, headers=OWN)
    looked = browser.get("/console/feed", params={"as": "nobody"})

    assert [one.status_code for one in (asked, shared, looked)] == [403, 403, 403]
    assert world.asked == []
    assert world.read_by == []


@pytest.mark.parametrize(
    "path", ["../web.py", "..%2fweb.py", "%2e%2e/web.py", "..\\web.py", "/etc/passwd"]
)
def test_only_the_page_s_own_files_are_served(browser: Browser, path: str) -> None:
    assert browser.get(f"/console/static/{path}").status_code == 404


def test_a_mistake_is_told_by_a_reference_and_nothing_else(browser: Browser, world: World) -> None:
    world.reply = None  # type: ignore[assignment]

    failed = browser.post("/console/ask", json=A_QUESTION, headers=OWN)

    assert failed.status_code == 500
    assert re.fullmatch(
        r"Something went wrong on our side. Quote the reference R-[0-9A-F]{4}.",
        failed.json()["problem"],
    )


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - refused
        ("192.0.2.7", False),
        ("desk.example", False),
    ],
)
def test_an_address_of_this_machine_is_known(address: str, *, own: bool) -> None:
    assert is_loopback(address) is own
