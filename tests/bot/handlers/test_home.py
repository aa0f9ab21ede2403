"""A person's own page, and what they follow, asked as in chat."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.alerts.subscriptions import Subscription
from bot.answer import Request
from bot.app import App
from bot.demo import DECIDED_AT, PUBLISHED_DAY
from bot.figures import find_figures
from bot.render import plain
from metrics.snapshot import SnapshotKind
from tests.demonstrated import SnapshotOn

NOW = datetime(2013, 12, 12, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(
    demonstration_app: App, snapshot_on: SnapshotOn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The demonstration on the morning after its published day, on a copy of its own."""
    snapshot_on(PUBLISHED_DAY)
    url = demonstration_app.settings.database_url.get_secret_value()
    file = tmp_path_factory.mktemp("home") / "desk.db"
    with sqlite3.connect(url.removeprefix("sqlite:///")) as held, sqlite3.connect(file) as mine:
        held.backup(mine)
    held.close()
    mine.close()
    settings = demonstration_app.settings.model_copy(
        update={"database_url": type(demonstration_app.settings.database_url)(f"sqlite:///{file}")}
    )
    with App(settings=settings) as copy:
        figures = find_figures(copy.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
        copy.deciding.day(figures, now=DECIDED_AT)
        yield copy


def ask(app: App, text: str, person: str = "chief-officer") -> str:
    request = Request(text=text, person=app.people.on("console")[person], at=NOW)
    return plain.render(app.desk.answer(request))


def test_a_chief_officer_sees_what_is_open_and_when_they_are_briefed(app: App) -> None:
    said = ask(app, "/threatdesk home")

    assert "threats are open for you." in said
    assert "High: Domestic burglary, Leicestershire" in said
    assert "Monday 16 December 2013, 07:30" in said


def test_a_lead_sees_their_own_area_and_no_other(app: App) -> None:
    said = ask(app, "/threatdesk home", "area-lead")

    assert "Charnwood" in said
    assert "Hinckley" not in said


def test_an_analyst_sees_how_their_priorities_stand(app: App) -> None:
    said = ask(app, "/threatdesk home", "analyst")

    yours = said.partition("Yours")[2]
    assert "• Domestic burglary " in yours  # of the newest figures, whichever those are
    assert "• Violence with injury " in yours


def test_what_is_followed_is_kept_shown_and_given_up(app: App) -> None:
    assert "You now follow priority 12, domestic burglary, in Blaby." in ask(
        app, "/threatdesk subscribe burglary blaby"
    )
    assert "already" in ask(app, "/threatdesk subscribe 12 blaby")
    assert "Priority 12, domestic burglary, in Blaby" in ask(app, "/threatdesk home")
    listening = [one for one in app.audience() if one.by_wish]
    assert [(one.route.priorities, one.route.areas) for one in listening] == [(("12",), ("blaby",))]

    assert "You no longer follow" in ask(app, "/threatdesk unsubscribe 12 blaby")
    assert app.subscriptions.all() == ()


def test_what_is_to_be_followed_has_to_be_named(app: App) -> None:
    app.subscriptions.add(Subscription(person="analyst", area="melton"), now=NOW)

    assert "You follow 1:" in ask(app, "/threatdesk subscribe", "analyst")
    assert "“xyzzy”" in ask(app, "/threatdesk subscribe xyzzy", "analyst")
