"""Figures without what is hidden, kept for everyone who is cleared in the same way.

To decide what is hidden of a snapshot takes about a second, and what is left takes about as much
memory as the snapshot: some 9 MB of a force with 19 areas.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock
from typing import Final

from bot.access.gate import Clearance
from bot.access.hiding import hide
from bot.access.small_numbers import Mask, make_mask
from metrics.model import Catalogue
from metrics.snapshot import Figures, Snapshot

VIEWS_KEPT: Final = 16
"""Of one force: of the two newest snapshots those of each role, privately and in channels."""

VIEWS_OF_A_FORCE: Final = 4
"""Of each of many: of the two newest snapshots those of chief officers and of everyone else."""

Key = tuple[int, int, Clearance]


def views_for(forces: int) -> int:
    """Return how many views are kept where questions are about so many forces."""
    return max(VIEWS_KEPT, VIEWS_OF_A_FORCE * forces)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What one clearance leaves of a snapshot."""

    whole: weakref.ref[Snapshot]
    catalogue: Catalogue
    mask: Mask
    shown: Figures | None  # None: nothing is hidden; the snapshot itself would keep itself here


class Views:
    """What is seen of figures, by clearance; the least lately asked is let go first.

    A view goes with its snapshot: nothing here keeps one in memory.  Thread-safe; two who ask for
    the same at once may both make it.
    """

    def __init__(self, kept: int = VIEWS_KEPT) -> None:
        """Keep nothing yet.

        Args:
            kept: How many views at most.
        """
        self._kept = kept
        self._lock = Lock()
        self._views: OrderedDict[Key, _View] = OrderedDict()
        self._gone: deque[tuple[Key, weakref.ref[Snapshot]]] = deque()

    @property
    def count(self) -> int:
        """How many are kept now."""
        return len(self._views)

    def get(self, figures: Figures, cleared: Clearance) -> tuple[Mask, Figures]:
        """Return what is hidden of figures from whoever is so cleared, and what is left."""
        key = (id(figures.snapshot), id(figures.catalogue), cleared)
        with self._lock:
            view = self._views.get(key)
            if view is not None and view.whole() is figures.snapshot:
                self._views.move_to_end(key)
                return view.mask, view.shown or figures
        mask = make_mask(figures, cleared)
        shown = hide(figures, mask)
        self._keep(key, figures, mask, None if shown is figures else shown)
        return mask, shown

    def _keep(self, key: Key, whole: Figures, mask: Mask, shown: Figures | None) -> None:
        def gone(ref: weakref.ref[Snapshot]) -> None:
            # At any moment, in any thread, perhaps in one that is in here: it must not wait.
            self._gone.append((key, ref))
            if self._lock.acquire(blocking=False):
                try:
                    self._let_go()
                finally:
                    self._lock.release()

        view = _View(
            whole=weakref.ref(whole.snapshot, gone),
            catalogue=whole.catalogue,
            mask=mask,
            shown=shown,
        )
        with self._lock:
            self._let_go()
            self._views[key] = view
            while len(self._views) > self._kept:
                self._views.popitem(last=False)

    def _let_go(self) -> None:
        """Forget the views of snapshots that nobody has any more.  The lock is held."""
        while self._gone:
            key, ref = self._gone.popleft()
            if key in self._views and self._views[key].whole is ref:
                del self._views[key]


USUAL: Final = Views()
"""What one force needs; the desks of many forces are given views that are for all of them."""
