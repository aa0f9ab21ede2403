"""Who asks, and where the answer will be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from metrics.model import AreaId


class Role(StrEnum):
    """What a person may see and do."""

    CHIEF_OFFICER = "chief_officer"
    ANALYST = "analyst"
    AREA_LEAD = "area_lead"
    MEMBER = "member"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return self.value.replace("_", " ")


class Surface(StrEnum):
    """Who will see what is said."""

    PRIVATE = "private"  # the asker alone
    CHANNEL = "channel"  # everyone in a channel
    EXPORT = "export"  # a file, which can be passed on
    PUBLIC = "public"  # a paper that is published


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who asks or presses a button."""

    id: str  # the same on every platform, e.g. "jane.smith" from people.toml; else "slack:U042"
    name: str  # shown when they did something; never pinged
    role: Role | None  # None: not known here, and given nothing
    areas: tuple[AreaId, ...] = ()  # of an area lead: the areas that are theirs
    priorities: tuple[str, ...] = ()  # the priorities that are theirs


ANYONE: Final = Person(id="channel", name="everyone in the channel", role=Role.MEMBER)
"""Who reads a channel: on that surface a role opens nothing."""
