"""Builds a region from the settings: a force is an app of its own, and the region their door.

Like `bot.app`, the only place that does; every other part is given what it works with.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Never

from bot.access import Views, views_for
from bot.answer import Desk
from bot.app import App
from bot.delivery import Poster
from bot.figures import find_header, load_figures
from bot.handlers.command import Command
from bot.handlers.region import region_command
from bot.handlers.threatdesk import threatdesk_command
from bot.observing.instruments import Instruments
from bot.observing.standing import Standing
from bot.region.catalogue import region_catalogue
from bot.region.desk import ForceDesk, RegionDesk
from bot.region.faces import RegionPeople, region_people
from bot.region.peers import OwnFigures, PeerForce
from bot.region.stamping import ForcePoster
from bot.region.standings import ForceFigures, Standings
from bot.render.studio import Studio
from config.people import People, read_people
from config.region import Force, Region, read_region
from config.region_settings import settings_of
from config.sources import PeersSource, read_sources
from metrics.errors import ThreatDeskError, UserError
from metrics.model import AreaId, Catalogue
from metrics.snapshot import Figures, SnapshotHeader, SnapshotKind
from metrics.sources import Source
from store.database import Database
from store.schemas import beside, make_schema

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ForceApp(App):
    """One force of a region: an installation of its own, told through the region's platforms."""

    force: Force
    region: RegionApp

    @property
    def database(self) -> Database:
        """The force's own database, made where it is not there, and brought up to date.

        One that was there and is gone is not made anew, however often the force is opened.
        """
        kept = vars(self)  # a cached_property of Python 3.11 lets all forces wait for one
        if "database" not in kept:
            url = self.settings.database_url.get_secret_value()
            database = self.region.database_of(self.force.id, url)
            make_schema(url)
            database.upgrade()
            kept["database"] = database
        found: Database = kept["database"]
        return found

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Where figures come from: of similar forces in the region, their own."""
        kinds = {one.name: one for one in read_sources(self.settings.sources_file)}
        return tuple(
            self._with_peers(one) if isinstance(kinds[one.name], PeersSource) else one
            for one in super().sources
        )

    @cached_property
    def studio(self) -> Studio:
        """Draws charts in the region's one process for it."""
        return self.region.studio

    @property
    def views(self) -> Views:
        """What is seen of figures by whom, kept for all forces together."""
        return self.region.views

    @property
    def instruments(self) -> Instruments:
        """What this process counts and times, as this force's."""
        return self.region.instruments.of(self.force.id)

    @cached_property
    def posters(self) -> Mapping[str, Poster]:
        """The region's platforms, with every message stamped as this force's."""
        return {
            platform: ForcePoster(poster=poster, force=self.force.id, name=self.force.name)
            for platform, poster in self.region.posters.items()
        }

    def __exit__(self, *_: object) -> None:
        """Close what is this force's own; what draws is the region's."""
        if "database" in vars(self):
            self.database.close()

    def _with_peers(self, source: Source) -> Source:
        others = {
            AreaId(area.id): PeerForce(
                name=other.force.name, find=partial(_month_end, other), load=partial(_load, other)
            )
            for area in self.catalogue.peers
            if (other := self.region.called(area.id, area.name)) and other is not self
        }
        return OwnFigures(source=source, peers=others) if others else source


@dataclass(frozen=True, kw_only=True)
class RegionApp(App):
    """The region: its platforms, its one door, and the forces behind it.

    Its own database holds what is no force's: what platforms have to be remembered, and the audit
    log of what was asked of no force or of all of them.
    """

    def __exit__(self, *details: object) -> None:
        """Close every force that was opened, then what is shared."""
        for app in vars(self).get("forces", {}).values():
            app.__exit__(*details)
        for database in self._databases.values():
            database.close()
        App.__exit__(self, *details)

    @cached_property
    def region(self) -> Region:
        """The forces and who may compare them, checked.

        Raises:
            UserError: THREATDESK_REGION is not set.
        """
        if self.settings.region is None:
            raise UserError(
                "There is no region here: THREATDESK_REGION is not set.",
                hint="docs/region.md says how several forces are put into one installation.",
            )
        return read_region(self.settings.region)

    @cached_property
    def forces(self) -> Mapping[str, ForceApp]:
        """An app for each force, by its id; each is made without opening anything."""
        return {id_: self.open(id_) for id_ in self.region.forces}

    def open(self, id_: str) -> ForceApp:
        """Return an app of a force's own, for whoever wants to close it apart from the others.

        Raises:
            UserError: There is no such force.
        """
        force = self.region.force(id_)
        url = beside(self.settings.database_url.get_secret_value(), id_)
        own = settings_of(force, self.region, self.settings, database_url=url)
        return ForceApp(settings=own, force=force, region=self)

    @cached_property
    def _databases(self) -> dict[str, Database]:
        return {}

    def database_of(self, id_: str, url: str) -> Database:
        """Return a force's database, the same one however often the force is opened.

        Only so is it known, once its file is gone, that it was there.
        """
        return self._databases.setdefault(id_, Database(url))

    @cached_property
    def views(self) -> Views:
        """What is seen of figures by whom, sized by how many forces are asked."""
        return Views(views_for(len(self.region.forces)))

    @property
    def standing(self) -> Standing:
        """How things stand in the database of each force, and in the region's own."""
        return Standing(
            lambda: self.database,
            clock=self.now,
            forces={id_: partial(getattr, app, "database") for id_, app in self.forces.items()},
        )

    @cached_property
    def instruments(self) -> Instruments:
        """What this process counts and times, by force."""
        return self._instruments(by_force=True)

    def called(self, area: str, name: str) -> ForceApp | None:
        """Return the force that a plan's peer is, by its id or by its name; None: it is none."""
        for id_, force in self.region.forces.items():
            if area == id_ or name.casefold() == force.name.casefold():
                return self.forces[id_]
        return None

    @cached_property
    def people(self) -> RegionPeople:
        """Who is known to a force, and who may compare them."""
        return region_people(
            self.region, {id_: self._people(app) for id_, app in self.forces.items()}
        )

    @staticmethod
    def _people(app: ForceApp) -> People:
        """Return a force's people; where its plan cannot be used, unchecked against it."""
        try:
            return app.people
        except UserError as error:
            log.warning("The people of %s are not checked: %s", app.force.name, error)
            return read_people(app.settings.people_file)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The names of every force's plan; no figure is made with it."""
        plans = [found for app in self.forces.values() if (found := _plan_of(app))]
        if not plans:
            raise UserError(
                f"No force of {self.region.name} has a plan that can be used.",
                hint="`threatdesk check` says what to mend in each.",
            )
        return region_catalogue(self.region.name, plans)

    @cached_property
    def standings(self) -> Standings:
        """What each force may tell anybody, to be put side by side."""
        forces = {
            id_: ForceFigures(
                id=id_, name=app.force.name, find=partial(_find, app), load=partial(_load, app)
            )
            for id_, app in self.forces.items()
        }
        return Standings(self.region.name, forces, channels=self.region.channels)

    @cached_property
    def regional_commands(self) -> tuple[Command, ...]:
        """What the region itself answers."""
        compare = region_command(self.standings.find)
        home = Command(
            name="home",
            usage="/threatdesk home",
            does="The forces side by side.",
            examples=(),
            handler=compare.handler,
            is_slash=False,
        )
        return (compare, threatdesk_command((compare,), (home,)))

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """Everything that can be asked: what the first usable force answers, and the comparison."""
        for app in self.forces.values():
            try:
                return (self.regional_commands[0], *app.commands)
            except ThreatDeskError as error:
                log.warning("%s cannot be asked: %s", app.force.name, error)
        return self.regional_commands

    @cached_property
    def desk(self) -> RegionDesk:  # type: ignore[override]
        """The one door of every force."""
        regional = Desk(
            commands=self.regional_commands,
            figures=_each_has_its_own,
            catalogue=lambda: self.catalogue,
            audit=self.audit,
        )
        return RegionDesk(
            forces={
                id_: ForceDesk(name=app.force.name, desk=partial(getattr, app, "desk"))
                for id_, app in self.forces.items()
            },
            regional=regional,
            regions={id_: self.region.within(id_) for id_ in self.region.regions},
            bound=self.region.bound,
            audit=self.audit,
        )


def _find(app: App, kind: SnapshotKind | None, as_at: date | None) -> SnapshotHeader | None:
    return find_header(app.database, kind, as_at)


def _month_end(app: App) -> SnapshotHeader | None:
    """Return a force's newest month end; None where it has none, or cannot be reached now."""
    try:
        return find_header(app.database, SnapshotKind.MONTH_END, None)
    except ThreatDeskError as error:
        log.warning("A similar force's own figures cannot be reached: %s", error)
        return None


def _load(app: App, header: SnapshotHeader) -> Figures:
    return load_figures(app.database, header)


def _plan_of(app: App) -> Catalogue | None:
    try:
        return app.catalogue
    except UserError as error:  # `check` tells it; the other forces go on
        log.warning("A force's plan cannot be used: %s", error)
        return None


def _each_has_its_own(_kind: SnapshotKind | None, _as_at: date | None) -> Never:
    raise UserError("Each force has its own figures.", hint="/region puts the forces side by side.")
