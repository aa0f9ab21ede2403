"""Classifications, High first, each with its reason; and what has none, with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.access import Refused, Sight
from bot.replies import commands
from bot.replies.footing import footing, remarks, summary
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Style,
)
from bot.replies.phrases import counted, in_list, some
from bot.replies.subject import called, family, measures_of
from bot.replies.verdict import level_words, subject
from metrics.assessment import Threat
from metrics.classification import ThreatLevel
from metrics.dashboards import DashboardName
from metrics.dashboards.significance import told_as_given
from metrics.model import Area, Measure, MeasureKind, Priority

WHY_BUTTONS: Final = 5
"""So many "Why?" buttons stand side by side; the others are in a menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """A measure in an area with its classification."""

    measure: Measure
    threat: Threat

    @property
    def name(self) -> str:
        """The measure in a list: "Hate crime (crime outcome rate)"; recorded crime by its name."""
        if self.measure.kind is MeasureKind.RECORDED:
            return subject(self.measure)
        return in_list(self.measure.name)

    @property
    def reason(self) -> str:
        """The first reason, which decided."""
        return self.threat.sentences[0] if self.threat.sentences else ""


def threats_reply(
    sight: Sight, area: Area, *, priority: Priority | None = None, said_first: tuple[str, ...] = ()
) -> Reply:
    """Answer what is High in an area, what is Medium, what is Low and what is not classified.

    Args:
        sight: The figures, as the asker may see them.
        area: Where.
        priority: Of which priority; of all by default.
        said_first: How the question was read, and of which day the figures are.

    Raises:
        Refused: None of them may be shown here.
    """
    found, refusals = _classed(sight, area, priority)
    if refusals and not found:
        raise Refused(" ".join(refusals))
    by_level = {level: [one for one in found if one.threat.level is level] for level in ThreatLevel}
    where = f"{called(priority)}, {area.name}" if priority else area.name
    share = commands.threats(area, sight, priority=priority.number if priority else "")
    return Reply(
        summary=summary(sight, f"{where}: {_in_brief(by_level)}"),
        blocks=(
            Heading(text=f"Threats: {where}"),
            Paragraph(text=_verdict(by_level, is_whole=not refusals), strong=True),
            *remarks((*said_first, *refusals)),
            *_levels(by_level),
            *_unclassified([one for one in found if one.threat.level is None]),
            *footing(sight),
            *_next(sight, area, by_level),
        ),
        level=max((one.threat.level for one in found if one.threat.level), default=None),
        share=share,
    )


def threat_line(measure: Measure, threat: Threat) -> str:
    """Say a measure's classification with its first reason, in a line."""
    one = Classed(measure=measure, threat=threat)
    return f"{one.name}: {one.reason}"


def classified_rows(
    sight: Sight, area: Area, measures: Iterable[Measure]
) -> tuple[tuple[str, str], ...]:
    """Return which measures are High and which Medium in an area, of those that may be shown."""
    asked = tuple(measures)
    shown = [one for one in asked if not sight.refusal(one, area)]
    found = [Classed(measure=one, threat=sight.assessment(one, area).threat) for one in shown]
    high, medium = (
        [one.name for one in found if one.threat.level is level]
        for level in (ThreatLevel.HIGH, ThreatLevel.MEDIUM)
    )
    nothing = "nothing" if len(shown) == len(asked) else "nothing of what may be shown here"
    rows = [("High", ", ".join(high) or nothing)]
    return (*rows, ("Medium", ", ".join(medium))) if medium else tuple(rows)


def _classed(
    sight: Sight, area: Area, priority: Priority | None
) -> tuple[list[Classed], tuple[str, ...]]:
    """Return the classifications that may be shown, and why the others may not."""
    catalogue = sight.catalogue
    asked = family(catalogue, priority) if priority else tuple(catalogue.priorities.values())
    measures = dict.fromkeys(measure.id for one in asked for measure in measures_of(catalogue, one))
    found, refused = [], dict[str, list[str]]()
    for one in measures:
        measure = catalogue.measures[one]
        if reason := sight.refusal(measure, area):
            refused.setdefault(reason, []).append(measure.name)
        else:
            found.append(Classed(measure=measure, threat=sight.assessment(measure, area).threat))
    return found, tuple(f"Not shown: {some(names)}. {reason}" for reason, names in refused.items())


def _in_brief(by_level: dict[ThreatLevel, list[Classed]]) -> str:
    high = [one.name for one in by_level[ThreatLevel.HIGH]]
    others = f"{len(by_level[ThreatLevel.MEDIUM])} Medium"
    return f"{len(high)} High ({', '.join(high)}); {others}" if high else f"nothing High; {others}"


def _verdict(by_level: dict[ThreatLevel, list[Classed]], *, is_whole: bool) -> str:
    high, medium = by_level[ThreatLevel.HIGH], by_level[ThreatLevel.MEDIUM]
    low = by_level[ThreatLevel.LOW]
    rest = f"{len(medium)} Medium and {len(low)} Low"
    if not high:
        return f"Nothing {'' if is_whole else 'that may be shown here '}is High; {rest}."
    return f"{counted(len(high), 'measures')} {'is' if len(high) == 1 else 'are'} High, {rest}."


def _levels(by_level: dict[ThreatLevel, list[Classed]]) -> Iterator[Block]:
    for level in (ThreatLevel.HIGH, ThreatLevel.MEDIUM):
        if by_level[level]:
            yield Heading(text=level_words(level))
            yield Bullets(
                items=tuple(threat_line(one.measure, one.threat) for one in by_level[level])
            )
    if low := by_level[ThreatLevel.LOW]:
        yield Paragraph(text=f"Low: {', '.join(one.name for one in low)}.")


def _unclassified(found: Sequence[Classed]) -> Iterator[Block]:
    """Say what has no classification, by the reason why."""
    reasons: dict[str, list[str]] = {}
    for one in found:
        given = told_as_given(one.measure)
        why = f"{given}, nothing is tested of it" if given else one.reason
        why = why.removeprefix("Not classified: ").rstrip(".")
        reasons.setdefault(why, []).append(one.name)
    if reasons:
        yield Heading(text="Not classified")
        yield Bullets(items=tuple(f"{some(names)}: {why}." for why, names in reasons.items()))


def _next(sight: Sight, area: Area, by_level: dict[ThreatLevel, list[Classed]]) -> Iterator[Block]:
    first = [*by_level[ThreatLevel.HIGH], *by_level[ThreatLevel.MEDIUM]]
    why = [
        Button(label=f"Why: {one.name}", command=commands.why(one.measure, area, sight))
        for one in first
    ]
    scorecard = commands.dashboard(DashboardName.SCORECARD, area, sight)
    yield Buttons(
        items=(
            *(Button(label=one.label, command=one.command, style=Style.PRIMARY) for one in why[:1]),
            *why[1:WHY_BUTTONS],
            Button(label="Scorecard", command=scorecard),
        )
    )
    if why[WHY_BUTTONS:]:
        yield Menu(label="Why the others", items=tuple(why[WHY_BUTTONS:]))
    places = [(one, commands.threats(one, sight)) for one in commands.others(sight, area)]
    yield from commands.menu("By area", places)
