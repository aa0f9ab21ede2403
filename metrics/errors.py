"""Everything that can go wrong and was foreseen, as one tree.

A message is a sentence in the user's words.  A `UserError` also says what to do next.
"""

from __future__ import annotations


class ThreatDeskError(Exception):
    """The base of every error that this product raises on purpose."""


class UserError(ThreatDeskError):
    """Something that the reader of the message can mend."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        """What to do next, as one sentence; empty when the message already says it."""


class CatalogueError(UserError):
    """The catalogue (areas, measures, priorities, frameworks) contradicts itself."""


class SourceError(UserError):
    """A source could not be read; nothing of it was taken in."""


class StoreError(UserError):
    """The database could not be reached, or is not the one that was expected."""


class UnknownName(UserError):  # noqa: N818 - named after the fact, like its siblings below
    """No area, measure, priority or snapshot goes by this name."""


class TooFewPoints(ThreatDeskError):  # noqa: N818
    """A statistic was asked of fewer observations than it needs."""

    def __init__(self, *, needed: int, got: int) -> None:
        super().__init__(f"{needed} observations are needed and {got} are recorded.")
        self.needed = needed
        self.got = got
