"""A region over Slack and Teams: each force is told, acts and is asked in channels of its own.

The worker's day, what it tells, and the web process that hears both platforms are the product; the
forces are the generated ones of the sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from bot.app import App
from bot.audit import Outcome
from bot.region import sample
from bot.region.app import RegionApp
from bot.region.working import RegionShift, shift_of_region
from bot.runs import RunState
from bot.working import DAILY
from config.settings import Settings
from store.audit import SqlAudit
from store.runs import SqlRuns
from tests.fakes import slack, teams
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import BOT_USER, Channel
from tests.fakes.teams import FakeTeams, Place
from tests.journeys.desks import Both, TimedApp, heard
from tests.journeys.platforms import OnSlack, OnTeams, Platform, Post, Someone

MORNING: Final = datetime(2020, 12, 12, 10, 0, tzinfo=UTC)
"""The morning after the last day of the sample, when its daily run is due."""

FORCES: Final = {one.id: one.name for one in sample.FORCES}


def chief(force: str) -> Someone:
    """Return the chief officer of a force, as each platform calls them."""
    number = list(FORCES).index(force) + 1
    return Someone(
        name=f"Chief officer, {FORCES[force].split()[0]}",
        slack=f"U0CHIEF{number}",
        teams=f"aaaaaaaa-0000-0000-0000-00000000010{number}",
    )


ADVISER: Final = Someone(
    name="Regional adviser, the Coast",
    slack="U0COAST",
    teams="aaaaaaaa-0000-0000-0000-000000000109",
)

EVERYBODY: Final = (*(chief(one) for one in FORCES), ADVISER)


def slack_channel(force: str) -> str:
    return f"C0{force.upper()}"


def teams_channel(force: str) -> str:
    return f"19:{force}@thread.tacv2"


class RegionOnSlack(OnSlack):
    """Slack, with a channel for each force."""

    def of(self, force: str) -> list[Post]:
        """Return what was said in a force's channel."""
        posted = self._fake.workspace.messages
        return [self._post(one) for one in posted if one.channel == slack_channel(force)]


class RegionOnTeams(OnTeams):
    """Teams, with a channel for each force."""

    def of(self, force: str) -> list[Post]:
        """Return what was said in a force's channel."""
        posted = self._fake.tenant.posted(teams_channel(force))
        return [self._post(one) for one in posted if "attachments" in one.activity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coast:
    """The region on a morning on which its worker has worked."""

    app: RegionApp
    shift: RegionShift
    slack: RegionOnSlack
    teams: RegionOnTeams


@pytest.fixture(scope="module")
def coast(both: Both, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coast]:
    """Three forces of which nothing is loaded, then one look of the worker; both are heard."""
    folder = tmp_path_factory.mktemp("coast")
    file = write(folder)
    a_workspace(both.slack)
    a_tenant(both.teams)
    with pytest.MonkeyPatch.context() as patched:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patched.delenv(name, raising=False)
            patched.delenv(name.lower(), raising=False)
        patched.setattr(App, "now", staticmethod(lambda: MORNING))
        patched.setattr(App, "teams_sign_in", staticmethod(TimedApp.teams_sign_in))
        with RegionApp(settings=settings(both, folder, file)) as app:
            shift = shift_of_region(app)
            on = Coast(
                app=app,
                shift=shift,
                slack=RegionOnSlack(both.slack),
                teams=RegionOnTeams(both.teams),
            )
            shift.once()
            with heard(app, both):
                yield on
            shift.close()


@pytest.fixture(params=["slack", "teams"])
def platform(request: pytest.FixtureRequest, coast: Coast) -> Platform:
    """One of the platforms."""
    found: Platform = getattr(coast, request.param)
    return found


def write(folder: Path) -> Path:
    """Write the sample, its people and channels on both platforms; return the region's file."""
    file = sample.write(folder)
    text = file.read_text(encoding="utf-8").replace(
        'console = "coast"\n', f'console = "coast"\nslack = "{ADVISER.slack}"\n'
        f'teams = "{ADVISER.teams}"\n'
    )  # fmt: skip
    for force in FORCES:
        channels = [f"slack:{slack_channel(force)}", f"teams:{teams_channel(force)}"]
        own = f'data = "data/{force}"\n'
        text = text.replace(own, f'{own}channels = ["{channels[0]}", "{channels[1]}"]\n')
        plan, one = folder / "plans" / force, chief(force)
        people = (plan / "people.toml").read_text(encoding="utf-8")
        named = f'console = "{force}-chief"\n'
        known = f'{named}slack = "{one.slack}"\nteams = "{one.teams}"\n'
        (plan / "people.toml").write_text(people.replace(named, known), encoding="utf-8")
        routes = [f'[[route]]\nname = "{to}"\nto = "{to}"\n' for to in channels]
        (plan / "alerts.toml").write_text("\n".join(routes), encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    return file


def settings(both: Both, folder: Path, file: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'threatdesk.db'}",
        data=folder,
        region=file,
        slack_bot_token=slack.BOT_TOKEN,
        slack_signing_secret=slack.SIGNING_SECRET,
        slack_api_url=both.slack.api_url,
        teams_app_id=teams.APP_ID,
        teams_tenant_id=teams.TENANT,
        teams_client_secret=teams.CLIENT_SECRET,
        teams_service_url=both.teams.base,
        teams_openid_url=both.teams.openid_url,
        _env_file=None,
    )


def a_workspace(fake: FakeSlack) -> None:
    """Begin with a workspace of all forces, with a channel for each."""
    fake.reset()
    fake.workspace.names = {one.slack: one.name for one in EVERYBODY}
    everyone = {*fake.workspace.names, BOT_USER}
    fake.workspace.channels = {slack_channel(one): Channel(members=everyone) for one in FORCES}
    fake.workspace.looks_until_scanned = 0
    fake.workspace.clock = MORNING.timestamp


def a_tenant(fake: FakeTeams) -> None:
    """Begin with a tenant of all forces, with a channel for each."""
    fake.reset()
    fake.tenant.names = {one.teams: one.name for one in EVERYBODY}
    fake.tenant.installed = set(fake.tenant.names)
    for one in FORCES:
        fake.tenant.places[teams_channel(one)] = Place(members=set(fake.tenant.names))


def alert(platform: RegionOnSlack | RegionOnTeams, force: str) -> tuple[Post, str]:
    """Return the first message in a force's channel, which is an alert's, and its number."""
    post = platform.of(force)[0]
    found = re.search(r"\bA-\d+", post.notified)
    assert found
    return post, found[0]


def acknowledged(coast: Coast, force: str) -> list[str]:
    """Return the alerts of a force that somebody has taken on."""
    standing = coast.app.forces[force].deciding.standing()
    return [one.id for one in standing if one.is_acknowledged]


def asked_of(coast: Coast, force: str) -> list[tuple[Outcome, str, str]]:
    """Return what became of each request at a force's own desk, of whom, and what it was."""
    rows = SqlAudit(coast.app.forces[force].database).search()
    return [(row.entry.outcome, row.entry.person.id, row.entry.text) for row in rows]


def test_the_day_of_every_force_is_done(coast: Coast) -> None:
    runs = {id_: SqlRuns(app.database).last(DAILY) for id_, app in coast.app.forces.items()}

    assert {id_: run.state for id_, run in runs.items() if run} == dict.fromkeys(
        coast.app.forces, RunState.DONE
    )


def test_alerts_of_a_force_arrive_in_its_own_channel_and_name_it(
    platform: RegionOnSlack | RegionOnTeams,
) -> None:
    for force, name in FORCES.items():
        alerts = [one for one in platform.of(force) if "Acknowledge" in one.buttons]
        assert alerts
        for one in alerts:
            assert name in one.notified
            assert name in one.words
            others = [other for other in FORCES.values() if other != name and other in one.words]
            assert others == []


def test_what_is_told_to_one_person_is_of_their_own_force(
    platform: RegionOnSlack | RegionOnTeams,
) -> None:
    for force, name in FORCES.items():
        said = " ".join(one.words for one in platform.told(chief(force)))
        assert [one for one in FORCES.values() if one != name and one in said] == []
    assert platform.told(ADVISER) == []


def test_a_button_acknowledges_the_alert_of_its_force_alone(
    platform: RegionOnSlack | RegionOnTeams, coast: Coast
) -> None:
    force = {"slack": "saltmarsh", "teams": "shingle"}[platform.name]
    message, number = alert(platform, force)
    before = {one: acknowledged(coast, one) for one in FORCES if one != force}

    answer = platform.press("Acknowledge", message, by=chief(force))
    coast.shift.deliver()

    assert f"{number} is acknowledged by {chief(force).name}." in answer.words
    assert number in acknowledged(coast, force)
    assert {one: acknowledged(coast, one) for one in before} == before
    for one in (coast.slack, coast.teams):
        assert chief(force).name in alert(one, force)[0].words


def test_the_same_press_by_somebody_of_another_force_is_refused_and_written_down_there(
    platform: RegionOnSlack | RegionOnTeams, coast: Coast
) -> None:
    message, number = alert(platform, "lagoon")
    stranger = chief("shingle")
    before = asked_of(coast, "shingle")

    refusal = platform.press("Acknowledge", message, by=stranger)
    coast.shift.deliver()

    assert "You are not set up here yet" in refusal.words
    assert acknowledged(coast, "lagoon") == []
    assert stranger.name not in message.words
    user = getattr(stranger, platform.name)
    assert (Outcome.REFUSED, f"{platform.name}:{user}", f"/alert ack {number}") in asked_of(
        coast, "lagoon"
    )
    assert asked_of(coast, "shingle") == before


def test_the_regional_role_has_the_forces_side_by_side(
    platform: RegionOnSlack | RegionOnTeams,
) -> None:
    answer = platform.ask("/region", by=ADVISER)

    assert "the forces differ by more than chance explains" in answer.words
    for name in FORCES.values():
        assert name in answer.words


def test_a_chief_officer_has_their_own_force_and_not_the_comparison(
    platform: RegionOnSlack | RegionOnTeams,
) -> None:
    own = platform.ask("/priority 1", by=chief("lagoon"))
    compared = platform.ask("/region", by=chief("lagoon"))

    assert "Lagoon Police" in own.words
    assert "for people with a regional role" in compared.words
