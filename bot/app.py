"""Builds everything from the settings: the only place that does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from pydantic import SecretStr

from bot.access import USUAL, Views
from bot.alerts.model import Destination
from bot.alerts.routing import Listener, Member, listeners
from bot.alerts.subscriptions import subscribed
from bot.answer import Desk
from bot.briefing_run import Briefings, Reader, find_doing, readers
from bot.channels.console.posting import CONSOLE, ConsolePoster
from bot.channels.once import KEPT_FOR, Once
from bot.channels.teams.addresses import TEAMS
from bot.conversations import Conversations
from bot.daily import Loaded, Made, Progress, load, run
from bot.deciding import Deciding
from bot.delivery import Delivery, Elsewhere, Fate, Poster, Telling
from bot.figures import find_header, load_figures
from bot.handlers.alert import alert_command
from bot.handlers.brief import brief_command
from bot.handlers.briefing import briefing_command
from bot.handlers.command import Command
from bot.handlers.commands import command_table
from bot.handlers.home import home_command
from bot.handlers.impact import impact_command
from bot.handlers.issue import issue_command
from bot.handlers.operation import operation_command
from bot.handlers.subscribe import subscribe_command, unsubscribe_command
from bot.handlers.under_way import find_under_way
from bot.observing.answers import Settle, observed
from bot.observing.instruments import SHARED, Instruments
from bot.observing.standing import Standing
from bot.register.operations import KnownOperations
from bot.reminding import Reminding
from bot.render.studio import Studio
from bot.replies.charts import Drawing
from bot.replies.doing import FindDoing
from bot.shelf import Shelf
from config.alerts import AlertPolicy, read_alerts
from config.briefing import read_weekly
from config.catalogue import read_catalogue
from config.operations import read_operations
from config.people import People, read_people
from config.settings import Settings
from config.sources import read_sources
from config.teams import TeamsSettings, read_teams, read_workflows
from metrics.model import Catalogue
from metrics.sources import Source, open_source
from store.audit import SqlAudit
from store.conversations import SqlConversations
from store.database import Database
from store.heard import SqlOnce
from store.horizon import SqlHorizon
from store.outbox import SqlOutbox
from store.register import SqlRegister
from store.subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from bot.channels.teams.signing_in import SignIn

PRODUCT: Final = "threat-desk"

SLACK: Final = "slack"
"""The platform's name in addresses and in people.toml."""

CACHE: Final = "cache"
"""The folder of what need not be worked out again, in the data folder: it may be deleted."""

LOOK_FOR_NEWER: Final = timedelta(seconds=5)
"""How long answers may be from figures that a run has just replaced."""

OLDER_FIGURES: Final = 4
"""How many older snapshots stay in memory, of some 25 MB each."""

DRAWN_WITHIN_S: Final = 30.0
"""How long a message waits for its picture, which follows the words."""


@dataclass(frozen=True, kw_only=True)
class App:
    """What the commands work with.  Parts are made when first needed; leaving closes them."""

    settings: Settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for poster in vars(self).get("posters", {}).values():
            poster.close()
        if "studio" in vars(self):
            self.studio.close()
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def _plan(self) -> tuple[Catalogue, Mapping[str, str]]:
        catalogue, files = read_catalogue(self.settings.plan_folder)
        return catalogue, files.texts

    @property
    def catalogue(self) -> Catalogue:
        """The plan in force, checked."""
        return self._plan[0]

    @property
    def plan_texts(self) -> Mapping[str, str]:
        """The files that the plan was read from."""
        return self._plan[1]

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Where figures come from."""
        return tuple(
            open_source(
                one,
                folder=self.settings.data,
                spark=self.settings.spark.get_secret_value(),
                cache=self.cache,
            )
            for one in read_sources(self.settings.sources_file)
        )

    @property
    def cache(self) -> Path:
        """The folder of what need not be worked out again."""
        return self.settings.data / CACHE

    @cached_property
    def rules(self) -> str:
        """Identify how inputs are read: by the plan, and by what `sources.toml` says."""
        written = self.settings.sources_file.read_bytes()
        return hashlib.sha256(self.catalogue.version.encode() + written).hexdigest()

    @cached_property
    def database(self) -> Database:
        """The database, brought up to date."""
        database = Database(self.settings.database_url.get_secret_value())
        database.upgrade()
        return database

    def load(
        self, *, now: datetime, progress: Progress, sources: Sequence[Source] | None = None
    ) -> tuple[Loaded, ...]:
        """Load what has changed in the sources, or in some of them (`bot.daily.load`)."""
        return load(
            self.sources if sources is None else sources,
            database=self.database,
            catalogue=self.catalogue,
            rules=self.rules,
            now=now,
            progress=progress,
            cache=self.cache,
        )

    def run(self, *, as_at: date | None, now: datetime, progress: Progress) -> tuple[Made, ...]:
        """Compute the figures as at a day, by default the newest, and keep them (`bot.daily.run`).

        Raises:
            UserError: Nothing has been loaded, or the records do not reach back to the day.
        """
        return run(
            database=self.database,
            catalogue=self.catalogue,
            plan_texts=self.plan_texts,
            product_version=self.product_version,
            as_at=as_at,
            now=now,
            progress=progress,
            cache=self.cache,
        )

    @cached_property
    def people(self) -> People:
        """Who may see what."""
        return read_people(self.settings.people_file, self.catalogue)

    @cached_property
    def policy(self) -> AlertPolicy:
        """What is an alert, and who is told."""
        return read_alerts(self.settings.alerts_file, self.catalogue)

    @cached_property
    def shelf(self) -> Shelf:
        """The newest figures, in memory."""
        return Shelf(
            header=partial(find_header, self.database),
            load=partial(load_figures, self.database),
            period=LOOK_FOR_NEWER,
            keep=OLDER_FIGURES,
        )

    @property
    def views(self) -> Views:
        """What is seen of figures by whom, kept for the next who asks."""
        return USUAL

    @cached_property
    def studio(self) -> Studio:
        """Draws charts in a process of its own."""
        return Studio()

    @cached_property
    def deciding(self) -> Deciding:
        """Decides about alerts."""
        return Deciding(
            self.database,
            policy=self.policy,
            audience=self.audience,
            find=self.shelf.find,
            views=self.views,
        )

    @cached_property
    def register(self) -> SqlRegister:
        """The performance issue register."""
        return SqlRegister(self.database)

    @cached_property
    def operations(self) -> KnownOperations:
        """What is being done: the plan's operations, and those recorded in chat."""
        shipped = read_operations(self.settings.operations_file, self.catalogue)
        return KnownOperations(register=self.register, shipped=lambda: shipped)

    @cached_property
    def doing(self) -> FindDoing:
        """Finds what is being done, for the briefings."""
        return find_doing(
            self.register,
            self.horizon,
            shipped=self.operations.shipped,
            people=self.people.everyone,
        )

    @cached_property
    def subscriptions(self) -> SqlSubscriptions:
        """What people follow."""
        return SqlSubscriptions(self.database)

    def _next_briefing(self, now: datetime) -> datetime:
        return read_weekly(self.settings.briefing_at).next_after(now)

    @cached_property
    def horizon(self) -> SqlHorizon:
        """What is noted for the next briefing."""
        return SqlHorizon(self.database)

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Everything that can be asked."""
        everyone, register = self.people.everyone, self.register
        operations = self.operations
        return command_table(
            [
                impact_command(operations),
                alert_command(self.deciding, self.policy),
                issue_command(register, people=everyone, alerts=self.deciding),
                operation_command(register, shipped=operations.shipped, people=everyone),
                briefing_command(self.deciding, self.doing),
                brief_command(self.horizon),
            ],
            parts=[
                home_command(self.deciding, self.subscriptions, self._next_briefing),
                subscribe_command(self.subscriptions),
                unsubscribe_command(self.subscriptions),
            ],
            under_way=find_under_way(register, operations=operations.operations, people=everyone),
        )

    @cached_property
    def briefings(self) -> Briefings:
        """Writes the briefings when they are due."""
        return Briefings(
            self.database,
            find=self.shelf.find,
            audience=self.briefed,
            doing=self.doing,
            weekly=read_weekly(self.settings.briefing_at),
        )

    def briefed(self) -> tuple[Reader, ...]:
        """Return who is briefed: the channel, and everyone who leads something."""
        channel = self.settings.briefing_channel
        return readers(channel, [(one, self.people.on(one)) for one in self.platforms])

    @cached_property
    def reminding(self) -> Reminding:
        """Reminds owners of what is due in the register."""
        operators = self.settings.operators
        return Reminding(
            self.database,
            self.register,
            people=self.people.everyone,
            destinations=lambda: {one.person.id: one.destination for one in self.members()},
            coordinator=Destination.read(operators) if operators else None,
            catalogue=lambda: self.catalogue,
            find=self.shelf.find,
        )

    @cached_property
    def audit(self) -> SqlAudit:
        """What is written down of everything that is asked and done."""
        return SqlAudit(self.database)

    @cached_property
    def desk(self) -> Desk:
        """Answers."""
        return Desk(
            commands=self.commands,
            figures=self.shelf.find,
            catalogue=lambda: self.catalogue,
            audit=self.audit,
            views=self.views,
        )

    def heard_on(self, platform: str, *, place: str = "") -> Settle:
        """Return what answers the questions of a platform, timed, counted and logged.

        Args:
            platform: Where it is asked: "slack".
            place: Where it is asked, for requests that do not say.
        """
        return observed(
            self.desk.settle, platform=platform, instruments=self.instruments, place=place
        )

    @cached_property
    def registry(self) -> CollectorRegistry:
        """What Prometheus is given."""
        registry = CollectorRegistry()
        registry.register(self.standing)
        if SHARED in os.environ:  # any of several processes is asked for all of them
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry

    @property
    def standing(self) -> Standing:
        """How things stand in the database."""
        return Standing(lambda: self.database, clock=self.now)

    @cached_property
    def instruments(self) -> Instruments:
        """What this process counts and times."""
        return self._instruments(by_force=False)

    def _instruments(self, *, by_force: bool) -> Instruments:
        own = CollectorRegistry() if SHARED in os.environ else self.registry
        return Instruments(own, version=self.product_version, by_force=by_force)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """What is to be told."""
        return SqlOutbox(self.database)

    @cached_property
    def posters(self) -> Mapping[str, Poster]:
        """The platforms that can be posted to, as far as they are set up.

        Their libraries are imported here: most commands post nothing, and start the sooner.
        """
        posters: dict[str, Poster] = {CONSOLE: ConsolePoster()}
        token = self.settings.slack_bot_token
        if token:
            from slack_sdk import WebClient

            from bot.channels.slack.posting import TIMEOUT_S, SlackPoster

            client = WebClient(
                token=token.get_secret_value(),
                base_url=self.settings.slack_api_url,
                timeout=TIMEOUT_S,
                retry_handlers=[],  # the outbox tries again, and looks before it does
            )
            posters[SLACK] = SlackPoster(client, draw=self.draw)
        if self.teams:
            posters[TEAMS] = self._teams_poster(self.teams)
        if self.workflows:
            from bot.channels.workflows.posting import WORKFLOW, WorkflowPoster

            posters[WORKFLOW] = WorkflowPoster(self.workflows)
        return posters

    def _teams_poster(self, teams: TeamsSettings) -> Poster:
        from bot.channels.teams.posting import TeamsPoster

        return TeamsPoster(
            self.teams_sign_in(teams),
            tenant=teams.tenant,
            conversations=self.conversations(TEAMS),
            draw=self.draw,
            clock=self.now,
            service_url=teams.service_url,
        )

    @staticmethod
    def teams_sign_in(teams: TeamsSettings) -> SignIn:
        """Return what signs in to Teams, on one event loop."""
        from bot.channels.teams.signing_in import SignIn

        secret = teams.secret.get_secret_value()
        return SignIn(app_id=teams.app_id, tenant=teams.tenant, secret=secret)

    def conversations(self, platform: str) -> Conversations:
        """Return where a platform is written to, as far as it was heard."""
        return SqlConversations(self.database, platform=platform)

    @cached_property
    def teams(self) -> TeamsSettings | None:
        """The Teams app; None where none is set up."""
        return read_teams(self.settings)

    @cached_property
    def workflows(self) -> Mapping[str, SecretStr]:
        """The workflows that post into Teams, by their names."""
        return read_workflows(self.settings)

    def once(self, platform: str) -> Once:
        """Return what remembers what a platform told, to whichever process."""
        return SqlOnce(self.database, platform=platform, kept_for=KEPT_FOR)

    def draw(self, drawing: Drawing) -> bytes:
        """Draw a chart.

        Raises:
            NotDrawn: It took too long, or failed; the words stand without it.
        """
        return self.studio.draw(drawing, DRAWN_WITHIN_S)

    def delivery(self, name: str, *, clock: Callable[[], datetime] | None = None) -> Delivery:
        """Return what tells the outbox, as one worker; by this machine's clock unless given."""
        settings = self.settings
        elsewhere = Elsewhere(
            operators=Destination.read(settings.operators) if settings.operators else None,
            fallback=Destination.read(settings.fallback) if settings.fallback else None,
        )
        return Delivery(
            self.outbox,
            self.posters,
            elsewhere=elsewhere,
            name=name,
            clock=clock or self.now,
            watched=self._told,
        )

    def _told(self, telling: Telling, fate: Fate) -> None:
        self.instruments.told(
            platform=telling.destination.platform,
            operation=telling.operation.value,
            outcome=fate.value,
        )

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that people are reached on; where several are, the last is preferred."""
        return tuple(one for one in (CONSOLE, SLACK, TEAMS) if one in self.posters)

    def members(self) -> tuple[Member, ...]:
        """Return everyone who is named, each where they are reached."""
        members = {
            person.id: Member(
                person=person, destination=Destination(platform=platform, address=user)
            )
            for platform in self.platforms
            for user, person in self.people.on(platform).items()
        }
        return tuple(members.values())

    def audience(self) -> tuple[Listener, ...]:
        """Return everyone who is told of alerts, each where they are reached."""
        members = self.members()
        followed = subscribed(self.subscriptions.all(), members, self.catalogue)
        return listeners(self.policy.route, members, followed)

    @staticmethod
    def now() -> datetime:
        """Return the moment."""
        return datetime.now(UTC)

    @property
    def product_version(self) -> str:
        """The version of this product, kept with every snapshot."""
        return version(PRODUCT)
