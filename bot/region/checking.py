"""Looks at a region as a whole and at each of its forces, and says what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.checking import Finding, check_app, looked
from bot.region.app import ForceApp, RegionApp
from config.settings import Settings
from metrics.errors import UserError


def check_region(settings: Settings) -> tuple[Finding, ...]:
    """Check the region's file, and everything of each force as far as the others allow."""
    with RegionApp(settings=settings) as region:
        found = looked("Region", lambda: about_region(region))
        if any(one.problem for one in found):
            return found
        return (
            *found,
            *looked("Who is who", lambda: about_people(region)),
            *(one for app in region.forces.values() for one in _force(app)),
        )


def about_region(region: RegionApp) -> Iterator[str]:
    """Say what the region's file holds.

    Raises:
        UserError: It cannot be used.
    """
    said = region.region
    inside = f" in {len(said.regions)} regions" if said.regions else ""
    yield (
        f"{said.name}: {len(said.forces)} forces{inside}, {len(said.people)} people who may "
        f"compare them, {len(said.bound)} channels of a force"
    )


def about_people(region: RegionApp) -> Iterator[str]:
    """Say how many are known, and to how many forces.

    Raises:
        UserError: A force lets in people whom it does not name.
    """
    people = region.people
    several = sum(
        1
        for platform, user in people.named
        if len([one for one in people.by_force.values() if (platform, user) in one.named]) > 1
    )
    yield f"{len(people.named)} known, {several} of them to more than one force"


def _force(app: ForceApp) -> tuple[Finding, ...]:
    """Check one force, under its name."""
    found = (*check_app(app), *looked("Channels", lambda: about_channels(app)))
    return tuple(replace(one, what=f"{app.force.name}, {one.what}") for one in found)


def about_channels(app: ForceApp) -> Iterator[str]:
    """Look for channels of another force, or of the region, that this one would tell.

    Raises:
        UserError: One of them is another's.
    """
    settings, region = app.settings, app.region.region
    told = [one.to for one in app.policy.route if one.to]
    told += [one for one in (settings.briefing_channel, settings.fallback) if one]
    for channel in told:
        owner = region.bound.get(channel)
        if channel in region.channels or (owner is not None and owner != app.force.id):
            whose = region.forces[owner].name if owner else region.name
            raise UserError(
                f"{app.force.name} tells {channel}, and that channel is {whose}'s.",
                hint="Send the route to a channel of its own, or mend channels in region.toml.",
            )
    yield f"{len(set(told))} told, {len(app.force.entry.channels)} bound to it"
