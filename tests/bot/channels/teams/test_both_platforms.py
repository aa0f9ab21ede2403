"""One person, two platforms: what they do with an alert in Teams is seen in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.alerts.model import Alert
from bot.alerts.routing import Listener, listeners
from bot.answer import Desk
from bot.app import SLACK
from bot.audit import Entry
from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.posting import SlackPoster
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.posting import TeamsPoster
from bot.deciding import Deciding
from bot.delivery import Delivery, Elsewhere
from bot.figures import find_figures
from bot.handlers.alert import alert_command
from bot.handlers.commands import command_table
from config.alerts import AlertPolicy
from config.people import people_from
from metrics.snapshot import Figures, SnapshotKind
from store.conversations import SqlConversations
from store.database import Database
from store.outbox import SqlOutbox
from tests.bot.channels.slack.desk import Pencil
from tests.bot.channels.teams.desk import an_app, by_bot, over_http, to_person
from tests.bot.channels.teams.outward import token
from tests.fakes.slack import BOT_TOKEN, FakeSlack
from tests.fakes.teams import AMIR, CHANNEL, JANE, TENANT, FakeTeams, Message
from tests.journeys.chaos import CATALOGUE, FIRST, keep_figures

DAYS = 6
DAY = FIRST + timedelta(days=DAYS - 1)
NOW = datetime(2021, 6, 7, 9, tzinfo=UTC)

POLICY = AlertPolicy.model_validate(
    {
        "levels": ["force", "csp"],
        "classification_levels": ["force"],
        "life": {"quiet_days": 2, "longest_snooze_days": 30},
        "route": [
            {"name": "slack", "to": "slack:C1", "least": "low", "daily_cap": 50},
            {"name": "teams", "to": f"teams:{CHANNEL}", "least": "low", "daily_cap": 50},
        ],
    }
)

PEOPLE = people_from(
    f"""
    [[person]]
    id = "amir.khan"
    name = "Amir Khan"
    role = "analyst"
    teams = "{AMIR}"
    slack = "U02"

    [[person]]
    id = "jane.smith"
    name = "Jane Smith"
    role = "member"
    teams = "{JANE}"
    """
)


class Nowhere:
    """An audit that is not read here."""

    def record(self, entry: Entry) -> None:
        """Let it go."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A force whose alerts are told in Slack and in Teams."""

    database: Database
    slack: FakeSlack
    teams: FakeTeams

    @property
    def deciding(self) -> Deciding:
        return Deciding(self.database, policy=POLICY, audience=audience, find=self.find)

    def find(self, kind: SnapshotKind | None, day: date | None) -> Figures:
        return find_figures(self.database, kind=kind, as_at=day or DAY)

    def decide(self) -> Alert:
        """Decide the days, and return an alert that is told by itself."""
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            self.deciding.day(self.find(SnapshotKind.DAILY, day), now=self.at(day))
        return next(one for one in self.deciding.standing() if one.head is None)

    def at(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), NOW.timetz())

    def deliver(self) -> None:
        """Tell everything that is due, on both platforms."""
        client = WebClient(token=BOT_TOKEN, base_url=self.slack.api_url, retry_handlers=[])
        in_teams = TeamsPoster(
            token,
            tenant=TENANT,
            conversations=SqlConversations(self.database, platform=TEAMS),
            draw=Pencil().draw,
            clock=lambda: NOW,
            service_url=self.teams.base,
        )
        with closing(in_teams):
            Delivery(
                SqlOutbox(self.database),
                {SLACK: SlackPoster(client, draw=Pencil().draw), TEAMS: in_teams},
                elsewhere=Elsewhere(operators=None, fallback=None),
                name="one",
                clock=lambda: NOW + timedelta(hours=2),
            ).deliver(at_most=500)

    def in_teams(self, alert: Alert) -> Message:
        return next(one for one in by_bot(self.teams) if f"/alert ack {alert.id}" in buttons(one))

    def in_slack(self, alert: Alert) -> str:
        return next(
            str(one.content)
            for one in self.slack.workspace.posted("C1")
            if f"/alert why {alert.id}'" in str(one.content)
        )

    def desk(self) -> Desk:
        commands = command_table([alert_command(self.deciding, POLICY)])
        return Desk(
            commands=commands, figures=self.find, catalogue=lambda: CATALOGUE, audit=Nowhere()
        )


def audience() -> tuple[Listener, ...]:
    return listeners(POLICY.route, ())


def buttons(message: Message) -> str:
    return str(message.card())


@pytest.fixture(scope="module")
def slack_server() -> Iterator[FakeSlack]:
    server = FakeSlack(scopes=BOT_SCOPES)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def world(slack_server: FakeSlack, teams: FakeTeams, tmp_path: Path) -> Iterator[World]:
    slack_server.reset()
    database = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    database.upgrade()
    keep_figures(database, days=DAYS, seed=3)
    yield World(database=database, slack=slack_server, teams=teams)
    database.close()


def test_an_alert_acknowledged_in_teams_shows_as_acknowledged_in_slack(world: World) -> None:
    alert = world.decide()
    world.deliver()
    living = world.in_teams(alert)
    edits = living.edits
    assert "Acknowledge" in world.in_slack(alert)
    app = an_app(
        world.teams,
        settle=world.desk().settle,
        draw=Pencil().draw,
        people=PEOPLE,
        clock=lambda: NOW + timedelta(hours=1),
        conversations=SqlConversations(world.database, platform=TEAMS),
    )

    with over_http(app, world.teams):
        world.teams.press("Acknowledge", living, person=AMIR)
    world.deliver()

    said = f"{alert.id} is acknowledged by Amir Khan."
    assert said in to_person(world.teams, AMIR)[0].words
    assert "Amir Khan" in world.in_slack(alert)
    assert living.edits == edits + 1
    assert "Amir Khan" in str(living.card())
    assert f"/alert ack {alert.id}" not in str(living.card())


def test_who_may_not_act_is_told_alone_and_the_alert_stands_everywhere(world: World) -> None:
    alert = world.decide()
    world.deliver()
    living = world.in_teams(alert)
    edits = living.edits
    app = an_app(
        world.teams,
        settle=world.desk().settle,
        draw=Pencil().draw,
        people=PEOPLE,
        clock=lambda: NOW + timedelta(hours=1),
    )

    with over_http(app, world.teams):
        world.teams.press("Acknowledge", living, person=JANE)
    world.deliver()

    assert "Alerts are taken on by" in to_person(world.teams, JANE)[0].words
    assert living.edits == edits
    assert "Jane Smith" not in world.in_slack(alert)
