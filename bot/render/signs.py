"""What a message is about, in a word and a sign: never told by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.replies import Reply, Standing
from metrics.classification import ThreatLevel

STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.PLAIN: "",
    Standing.WORSE: "▲ Worse",
    Standing.BETTER: "✓ Better",
    Standing.NOTICE: "■ Note",
}
"""Signs that no platform turns into a coloured picture."""

LEVELS: Final[Mapping[ThreatLevel, str]] = {
    ThreatLevel.LOW: "●○○ Low threat",
    ThreatLevel.MEDIUM: "●●○ Medium threat",
    ThreatLevel.HIGH: "●●● High threat",
}


def badges(reply: Reply) -> tuple[str, ...]:
    """Return the standing and the threat level of a reply, each if it has one."""
    level = "" if reply.level is None else LEVELS[reply.level]
    return tuple(badge for badge in (STANDINGS[reply.standing], level) if badge)
