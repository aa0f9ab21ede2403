"""The components of a survey: action, follow-up, treatment, ease of contact."""

from __future__ import annotations

import math

from bot.access import Sight
from bot.replies.judged import Judged, judge
from metrics.model import Area, Measure


def components(sight: Sight, whole: Measure, area: Area) -> list[Judged]:
    """Return the components of a survey that may be shown and are known, in the plan's order."""
    found = [
        judge(sight, one, area)
        for one in sight.catalogue.measures.values()
        if one.id.startswith(f"{whole.id}.") and one.kind.is_survey and not sight.refusal(one, area)
    ]
    return [one for one in found if not math.isnan(one.value)]


def component_name(judged: Judged) -> str:
    """Name the component of a survey, e.g. "follow-up", "ease of contact"."""
    name = judged.measure.component
    return name if name == "follow-up" else name.replace("-", " ")
