"""The rules: what each looks for, when it fires and when it stays quiet.

A rule of performance reads one row, one measure in one area, and answers with a finding or with the
reason for its silence; it can be asked about any row, also why it did *not* fire.  Rules of one
concern share an alert: several findings about one row make one candidate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.alerts.model import RuleName
from bot.alerts.rules.classification import classification
from bot.alerts.rules.control import control
from bot.alerts.rules.deterioration import deterioration
from bot.alerts.rules.late import late
from bot.alerts.rules.peers import peers
from bot.alerts.rules.row import Cuts, Finding, Quiet, Row, Rule, not_eligible
from bot.alerts.rules.surge import surge
from bot.alerts.rules.target import target_secured, target_unlikely

RULES: Final[Mapping[RuleName, Rule]] = {
    RuleName.DETERIORATION: deterioration,
    RuleName.SURGE: surge,
    RuleName.CLASSIFICATION: classification,
    RuleName.TARGET_UNLIKELY: target_unlikely,
    RuleName.CONTROL: control,
    RuleName.PEERS: peers,
    RuleName.TARGET_SECURED: target_secured,
}
"""Every rule that reads a row.  `late` reads a feed, and is asked apart."""

__all__ = ["RULES", "Cuts", "Finding", "Quiet", "Row", "Rule", "late", "not_eligible"]
