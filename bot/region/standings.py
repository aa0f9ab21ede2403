"""What each force of a region may tell anybody: made once for each snapshot, and small.

A force's figures are looked at through its own gate, as a member of it would in a channel, and
only those of the force as a whole are kept: so a region of many forces does not hold their
snapshots in memory.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final

from bot.access import Refused, Sight
from bot.handlers.command import Asked
from bot.people import ANYONE, Surface
from bot.region.faces import Face
from bot.replies.forces import ForceHeld, ForceMissing, Together, definition_of, together
from bot.replies.judged import judge
from bot.replies.subject import measures_of
from metrics.calendar import say_date
from metrics.errors import ThreatDeskError
from metrics.snapshot import Figures, SnapshotHeader, SnapshotKind

log = logging.getLogger(__name__)

KEPT: Final = 512
"""Snapshots of which it is kept what may be told: a few hundred kilobytes each."""

NOT_REGIONAL: Final = (
    "The forces are put side by side for people with a regional role; you see your own force."
)

NOT_HERE: Final = (
    "People of one force read here: the forces are put side by side in private, or in a channel "
    "of the region."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceFigures:
    """Where one force's figures are found."""

    id: str
    name: str
    find: Callable[[SnapshotKind, date | None], SnapshotHeader | None]
    load: Callable[[SnapshotHeader], Figures]


class Standings:
    """Finds what forces may tell.  Any number of threads may ask."""

    def __init__(
        self, region: str, forces: Mapping[str, ForceFigures], *, channels: Collection[str] = ()
    ) -> None:
        """Look at forces.

        Args:
            region: What the region is called.
            forces: By their ids, in the order they are told.
            channels: Where they may be put side by side for everyone to see.
        """
        self._region = region
        self._forces = forces
        self._channels = frozenset(channels)
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], ForceHeld] = OrderedDict()

    def find(self, asked: Asked, kind: SnapshotKind, as_at: date | None) -> Together:
        """Return the figures of every force that the asker may compare.

        Args:
            asked: The question; who asks decides which forces are in it.
            kind: Daily or month-end figures.
            as_at: The newest on or before this day; the newest there are if None.

        Raises:
            Refused: The asker has no regional role, or people of one force read there.
        """
        person = asked.person
        if not isinstance(person, Face) or not person.compares:
            raise Refused(NOT_REGIONAL)
        if asked.surface is not Surface.PRIVATE and asked.place not in self._channels:
            raise Refused(NOT_HERE)
        return self.all(kind, as_at, among=person.compares)

    def all(
        self, kind: SnapshotKind, as_at: date | None, *, among: Collection[str] | None = None
    ) -> Together:
        """Return the figures of some forces; of all of them by default."""
        held: list[ForceHeld] = []
        missing: list[ForceMissing] = []
        for id_, force in self._forces.items():
            if among is not None and id_ not in among:
                continue
            try:
                header = force.find(kind, as_at)
                if header is None:
                    why = _none(kind, as_at)
                    missing.append(ForceMissing(id=id_, name=force.name, why=why))
                else:
                    held.append(self._held(force, header))
            except ThreatDeskError as error:  # of this force alone: the others are told
                log.warning("%s could not be put beside the others: %s", force.name, error)
                why = "its figures cannot be reached at the moment."
                missing.append(ForceMissing(id=id_, name=force.name, why=why))
        return together(self._region, held, missing)

    def _held(self, force: ForceFigures, header: SnapshotHeader) -> ForceHeld:
        key = (force.id, header.id)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = _told(force, force.load(header))
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _told(force: ForceFigures, figures: Figures) -> ForceHeld:
    """Return what a force may tell anybody of itself as a whole."""
    sight = Sight(figures=figures, person=ANYONE, surface=Surface.CHANNEL)
    catalogue = figures.catalogue
    whole = catalogue.force
    measures = catalogue.measures
    hidden = {id_: why for id_, one in measures.items() if (why := sight.refusal(one, whole))}
    watched = dict.fromkeys(
        one.id
        for priority in catalogue.priorities.values()
        for one in measures_of(catalogue, priority)
    )
    return ForceHeld(
        id=force.id,
        name=force.name,
        as_at=sight.as_at,
        kind=sight.kind,
        snapshot=sight.snapshot,
        source=sight.source,
        standing=sight.standing,
        is_synthetic=catalogue.synthetic,
        definitions={id_: definition_of(one, catalogue) for id_, one in measures.items()},
        shown={id_: judge(sight, one, whole) for id_, one in measures.items() if id_ not in hidden},
        hidden=hidden,
        watched=tuple(watched),
    )


def _none(kind: SnapshotKind, as_at: date | None) -> str:
    what = kind.value.replace("_", "-")
    when = f" as at {say_date(as_at)} or before" if as_at else ""
    return f"it has no {what} figures{when}."
