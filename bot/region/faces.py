"""Who someone is to each force of a region.

A platform knows a user, and every force's own `people.toml` says who that is to it.  What one
force gives somebody opens nothing in another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.people import Person, Role
from config.people import PLATFORMS, RANK, People, PersonEntry
from config.region import Region, RegionPersonEntry
from metrics.errors import CatalogueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Face(Person):
    """Someone as the forces of a region know them; as a person alone, nobody's."""

    forces: Mapping[str, Person] = field(default_factory=dict, compare=False)
    """Who they are to each force that knows them, by the force's id."""
    compares: frozenset[str] = frozenset()
    """The forces that they may see side by side; none: they have no regional role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPeople(People):
    """Everyone who is known to a force, and who may compare them."""

    by_force: Mapping[str, People]
    regional: Mapping[tuple[str, str], RegionPersonEntry]  # by platform and the id there
    within: Mapping[str, tuple[str, ...]]  # the forces inside each region; "": all of them

    def person(
        self, platform: str, user: str, *, name: str = "", groups: Collection[str] = ()
    ) -> Person:
        """Return who a user of a platform is, to every force."""
        met = {
            force: people.person(platform, user, name=name, groups=groups)
            for force, people in self.by_force.items()
        }
        known = {force: one for force, one in met.items() if one.role is not None}
        entry = self.regional.get((platform, user.lower() if platform != "slack" else user))
        roles = [one.role for one in known.values() if one.role is not None]
        roles += [Role.MEMBER] if entry else []
        called = [one.name for one in known.values()]
        return Face(
            id=entry.id if entry else f"{platform}:{user}",
            name=entry.name if entry else (called or [name or user])[0],
            role=min(roles, key=RANK.index, default=None),
            forces=known,
            compares=self._compared(entry) if entry else frozenset(),
        )

    def _compared(self, entry: RegionPersonEntry) -> frozenset[str]:
        regions = entry.regions or ("",)
        return frozenset(force for region in regions for force in self.within[region])


def region_people(region: Region, by_force: Mapping[str, People]) -> RegionPeople:
    """Put together who is known in a region.

    Args:
        region: The region, with those who may compare its forces.
        by_force: The people of each force, by its id.

    Raises:
        CatalogueError: A force gives something to people whom it does not name: that would let
            the people of every other force into it.
    """
    for id_, people in by_force.items():
        if people.unknown is not None:
            raise CatalogueError(
                f"people.toml of {region.forces[id_].name}: unknown = “{people.unknown.value}” "
                "would let the people of every other force of the region see its figures.",
                hint='Write unknown = "nothing", and name the people or a group of theirs.',
            )
    regional = {
        (platform, user): entry
        for entry in region.people
        for platform in PLATFORMS
        if (user := getattr(entry, platform))
    }
    named = {where: one for people in by_force.values() for where, one in people.named.items()}
    return RegionPeople(
        # Somebody whom a force names is called as the first of them does.
        named={**{where: _named(one) for where, one in regional.items()}, **named},
        grouped={
            where: one for people in by_force.values() for where, one in people.grouped.items()
        },
        by_force=by_force,
        regional=regional,
        within={one: region.within(one) for one in ("", *region.regions)},
    )


def _named(entry: RegionPersonEntry) -> PersonEntry:
    """Return a regional person as people are named; to no force is that a role."""
    ids = {platform: getattr(entry, platform) for platform in PLATFORMS}
    return PersonEntry(id=entry.id, name=entry.name, role=Role.MEMBER, **ids)
