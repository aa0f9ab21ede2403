"""Whichever way a question comes in, it is timed, counted and written down once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from bot.answer import Answered, Request
from bot.app import App
from bot.audit import Outcome
from bot.channels.console.guard import OWN_HEADER, OWN_VALUE
from bot.channels.console.web import routes
from bot.console import make_console
from bot.local_user import local_user
from bot.observing.answers import observed
from bot.observing.instruments import Instruments
from bot.people import Person, Role
from bot.replies import Reply
from tests.bot.commands.test_acting import PEOPLE
from tests.bot.observing.test_scraping import served, settings

NOON = datetime(2013, 12, 11, 12, 0, tzinfo=UTC)
JANE = Person(id="jane.smith", name="Jane Smith", role=Role.MEMBER)
FINE = Answered(reply=Reply(summary="Fine.", blocks=()), outcome=Outcome.ANSWERED, command="csp")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The invented force, with one person on the console."""
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    with App(settings=settings(tmp_path, people=tmp_path / "people.toml")) as made:
        yield made


@pytest.mark.parametrize(("place", "kept"), [("", "console:jane"), ("slack:C1", "slack:C1")])
def test_a_request_that_says_no_place_has_the_one_it_came_in_by(place: str, kept: str) -> None:
    seen: list[Request] = []

    def settle(request: Request) -> Answered:
        seen.append(request)
        return FINE

    instruments = Instruments(CollectorRegistry(), version="1")
    ask = observed(settle, platform="console", instruments=instruments, place="console:jane")

    assert ask(Request(text="/csp", person=JANE, at=NOON, place=place)) is FINE
    assert seen[0].place == kept


def test_the_time_it_took_is_kept_by_command() -> None:
    registry, moments = CollectorRegistry(), iter([10.0, 10.25])
    ask = observed(
        lambda _: FINE,
        platform="slack",
        instruments=Instruments(registry, version="1"),
        timer=lambda: next(moments),
    )

    ask(Request(text="/csp", person=JANE, at=NOON))

    labels = {"platform": "slack", "command": "csp"}
    assert registry.get_sample_value("threatdesk_answer_seconds_sum", labels) == 0.25


def test_the_console_writes_down_whose_machine_it_was_asked_at(app: App) -> None:
    own = {OWN_HEADER: OWN_VALUE, "sec-fetch-site": "same-origin"}
    asked = {"as": "analyst", "text": "/threatdesk help"}
    shared_as = {"as": "analyst", "command": "/threats"}
    with (
        served(Starlette(routes=routes(make_console(app)))) as address,
        httpx.Client(base_url=address, headers=own, timeout=30) as page,
    ):
        assert page.post("/console/ask", json=asked).status_code == 200
        assert page.post("/console/share", json=shared_as).status_code == 200
        assert page.get("/").status_code == 200

    said, shared = (one.entry for one in app.audit.each())
    assert (said.text, said.person.id) == ("/threatdesk help", "harbour.master")
    assert said.place == f"console:{local_user()}"
    assert shared.place == "console:#shared"
