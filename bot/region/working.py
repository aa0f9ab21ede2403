"""The worker of a region: every force in turn, one at a time, each by its own claims.

A force's run is claimed in the force's own database, by the same jobs and under the same names as
those of a single force.  What fails there holds that force's alerts and is told to its operators;
the others go on.  A database that is away is waited for as that of a single force is, by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.enduring import Enduring, enduring
from bot.jobs import Job
from bot.region.app import RegionApp
from bot.region.force_at_work import ForceAtWork
from bot.working import LOOK, new_name, shift_with
from metrics.errors import ThreatDeskError

log = logging.getLogger(__name__)


class RegionShift:
    """One worker's time at work on a region, until it is told to stop."""

    def __init__(
        self,
        forces: Sequence[ForceAtWork],
        *,
        own: Enduring,
        clock: Callable[[], datetime],
        over: threading.Event,
    ) -> None:
        """Prepare a shift.

        Args:
            forces: In the order they are worked on.
            own: The region's own part: it tells what is no force's, and compares clocks.
            clock: Gives the moment, timezone-aware; must not need a database.
            over: Set when it is to stop.
        """
        self._forces = tuple(forces)
        self._own = own
        self._over = over
        self._busy = threading.Lock()
        self._at_work = tuple(
            Enduring(
                one,
                clock=clock,
                tell_operators=one.tell_operators,
                whose=one.force,
                tell_meanwhile=one.tell_by_the_region,
                tried_every=LOOK,
            )
            for one in self._forces
        )

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when, of every force whose plan can be read, by names of their own."""
        found: list[Job] = []
        for force in self._forces:
            try:
                found += [replace(one, name=f"{force.id}/{one.name}") for one in force.jobs]
            except ThreatDeskError as error:  # told at its first work; looked at every minute
                log.warning("%s has no times of its own yet: %s", force.force, error)
        return tuple(found)

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._over.set()

    def sign(self) -> None:
        """Leave a sign of life with every force, and see whether those that were away are back.

        They come last: to find that a server does not answer takes ten seconds.
        """
        for one in sorted((self._own, *self._at_work), key=lambda one: one.is_away):
            one.sign()

    def work(self) -> int:
        """Do every run that is due and nobody has, force by force; return how many were done."""
        if self._over.is_set() or not self._busy.acquire(blocking=False):
            return 0  # at its time and every minute: the two may meet
        try:
            done = 0
            for one in self._at_work:
                if self._over.is_set():
                    break
                if not one.is_away:
                    done += one.work()
            return done
        finally:
            self._busy.release()

    def deliver(self) -> int:
        """Tell everything that is due, one of each force in turn; return how much.

        Those whose database is away are left out until a sign of life finds it back: the others
        would wait for each attempt.
        """
        told = 0
        while not self._over.is_set():
            there = [one for one in (self._own, *self._at_work) if not one.is_away]
            some = sum(one.deliver() for one in there)
            if not some:
                break
            told += some
        return told

    def once(self) -> int:
        """Do and tell everything that is due now; return how much that was."""
        self.sign()
        return self.work() + self.deliver()

    def undone(self) -> tuple[str, ...]:
        """Return the forces of which something that is due has not been done."""
        return tuple(one.force for one in self._forces if one.is_due_undone())

    def close(self) -> None:
        """Give back what every force has opened."""
        for force in self._forces:
            force.close()


def shift_of_region(region: RegionApp) -> RegionShift:
    """Put together one worker of a region.

    Raises:
        StoreError: The region's own database is away.
    """
    name, over = new_name(), threading.Event()
    forces = [ForceAtWork(region, id_, name=name, over=over) for id_ in region.region.forces]
    own = enduring(region, shift_with(region, (), name=name, over=over))
    return RegionShift(forces, own=own, clock=region.now, over=over)
