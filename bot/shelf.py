"""Figures at hand: the newest of each kind in memory, and some older ones that were asked for."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Final

from metrics.calendar import say_date
from metrics.errors import ThreatDeskError, UserError
from metrics.snapshot import Figures, SnapshotHeader, SnapshotId, SnapshotKind

log = logging.getLogger(__name__)

FindHeader = Callable[[SnapshotKind | None, date | None], SnapshotHeader | None]
"""Find the newest snapshot of a kind on or before a day, without its figures."""

LoadFigures = Callable[[SnapshotHeader], Figures]
"""Read a snapshot's figures."""

Key = tuple[SnapshotKind | None, date | None]

NEWEST: Final[tuple[Key, ...]] = ((SnapshotKind.DAILY, None), (SnapshotKind.MONTH_END, None))
"""What nearly every question is about: never put away for something older."""

MOST_KEYS: Final = 256
"""Questions (kind and day) of which it is remembered which snapshot answers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    header: SnapshotHeader
    checked: float  # by the shelf's clock, in seconds


class Shelf:
    """Figures by kind and day, read once.  Any number of threads may ask.

    Whether there is something newer is looked up at most once in every `period`, by one asker,
    while the others are answered with what is there.  Where the look-up fails, what is there stands
    too: every answer says as at when its figures are.
    """

    def __init__(
        self,
        *,
        header: FindHeader,
        load: LoadFigures,
        period: timedelta,
        keep: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an empty shelf.

        Args:
            header: Cheap; asked at most once per key and period.
            load: Asked once for each snapshot that is not at hand.
            period: For how long what was found is believed.
            keep: How many snapshots are kept beside the newest of each kind.
            clock: Seconds that only go forward.
        """
        self._header = header
        self._load = load
        self._period = period.total_seconds()
        self._keep = keep
        self._clock = clock
        self._lock = Lock()
        self._checking: defaultdict[Key, Lock] = defaultdict(Lock)
        self._loading = Lock()
        self._seen: OrderedDict[Key, _Seen] = OrderedDict()
        self._kept: OrderedDict[SnapshotId, Figures] = OrderedDict()

    def find(self, kind: SnapshotKind | None, as_at: date | None) -> Figures:
        """Return the newest figures of a kind on or before a day.

        Args:
            kind: Either, whichever is newer, if None.
            as_at: The newest there are if None.

        Raises:
            UserError: There are none.
        """
        header = self._current((kind, as_at))
        with self._lock:
            if header.id in self._kept:
                self._kept.move_to_end(header.id)
                return self._kept[header.id]
        with self._loading:
            with self._lock:
                kept = self._kept.get(header.id)
            return kept if kept is not None else self._put(self._load(header), header.id)

    def refresh(self) -> None:
        """Fetch the newest figures of each kind, where there are any, before somebody asks."""
        for kind, as_at in NEWEST:
            if self._header(kind, as_at) is not None:
                self.find(kind, as_at)

    def _current(self, key: Key) -> SnapshotHeader:
        """Return what answers a key, looked up again when it is time."""
        with self._lock:
            seen = self._seen.get(key)
            checking = self._checking[key]
        if seen is not None and self._clock() - seen.checked < self._period:
            return seen.header
        if seen is not None and not checking.acquire(blocking=False):
            return seen.header  # another asker is looking
        if seen is None:
            checking.acquire()
        try:
            return self._look_up(key, seen)
        finally:
            checking.release()
            with self._lock:
                if key not in self._seen:  # nothing answers it: people may name any day there is
                    self._checking.pop(key, None)

    def _look_up(self, key: Key, seen: _Seen | None) -> SnapshotHeader:
        kind, as_at = key
        try:
            header = self._header(kind, as_at)
        except ThreatDeskError as error:
            if seen is None:
                raise
            log.warning("The newest figures could not be looked up: %s", error)
            header = seen.header
        if header is None:
            raise self._none(kind, as_at)
        with self._lock:
            self._seen[key] = _Seen(header=header, checked=self._clock())
            self._seen.move_to_end(key)
            while len(self._seen) > MOST_KEYS:
                old, _ = self._seen.popitem(last=False)
                self._checking.pop(old, None)
        return header

    def _put(self, figures: Figures, id_: SnapshotId) -> Figures:
        with self._lock:
            self._kept[id_] = figures
            newest = {self._seen[key].header.id for key in NEWEST if key in self._seen}
            older = [one for one in self._kept if one not in newest]
            for one in older[: max(len(older) - self._keep, 0)]:
                del self._kept[one]
        return figures

    def _none(self, kind: SnapshotKind | None, as_at: date | None) -> UserError:
        what = {None: "", SnapshotKind.DAILY: "daily ", SnapshotKind.MONTH_END: "month-end "}[kind]
        when = f" as at {say_date(as_at)} or before" if as_at else ""
        newest = self._header(None, None)
        return UserError(
            f"There are no {what}figures{when}.",
            hint=f"The newest figures are as at {say_date(newest.as_at)}."
            if newest
            else "They appear here after the first daily run.",
        )
