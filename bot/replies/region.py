"""What is said of the forces of a region side by side: the verdict first, then who is not in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.replies.footing import MARK, SUMMARY_LENGTH
from bot.replies.forces import ForceHeld, Together
from bot.replies.forces_compared import Basis, Compared, compare
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Footnote,
    Heading,
    Menu,
    Paragraph,
    Reply,
)
from bot.replies.phrases import counted, lower_first, sentence_case
from bot.replies.phrases import together as listed
from bot.replies.region_words import differs, in_a_list, is_tested, method, table, verdict
from bot.replies.threat import threat_line
from bot.replies.verdict import level_words, movement
from metrics.calendar import say_date
from metrics.classification import ThreatLevel
from metrics.dashboards.caveats import SYNTHETIC
from metrics.dashboards.table import standing
from metrics.errors import UserError
from metrics.model import MeasureId

MOST_LEFT_OUT: Final = 8
"""So many measures that are not alike are named in the overview; the rest are counted."""


def overview_reply(forces: Together) -> Reply:
    """Answer how forces stand on every measure, all crime first.

    Raises:
        UserError: No force has a measure of all crime to begin with.
    """
    compared = compare(forces, forces.measures)
    lead = _lead(compared)
    others = [one for one in compared if one is not lead]
    told = [one for one in others if differs(one)]
    alike = [one for one in others if is_tested(one) and not differs(one)]
    words = verdict(lead)
    return Reply(
        summary=_summary(forces, words),
        blocks=(
            Heading(text=f"{forces.region}: forces side by side"),
            Paragraph(text=words, strong=True),
            *_absent(forces),
            table(lead),
            Paragraph(text=method(lead)),
            *_apart(told),
            *_the_same(alike),
            *_left_out(compared),
            *_footing(forces),
            *_next(forces, compared),
        ),
    )


def measure_reply(forces: Together, measure: MeasureId) -> Reply:
    """Answer how forces stand on one measure.

    Raises:
        UserError: No force may tell it, or none holds it.
    """
    found = compare(forces, [measure])
    if not found:
        reasons = dict.fromkeys(why for one in forces.held if (why := one.hidden.get(measure)))
        raise UserError(
            f"No force of {forces.region} has figures of this that can be compared.",
            hint=" ".join(reasons) or "/region shows what can be.",
        )
    [one] = found
    words = verdict(one)
    return Reply(
        summary=_summary(forces, words),
        blocks=(
            Heading(text=f"{forces.region}: {lower_first(one.measure.name)}"),
            Paragraph(text=words, strong=True),
            *_absent(forces),
            *_each_left_out(one),
            table(one),
            Paragraph(text=method(one)),
            Heading(text="Each force on its own last year"),
            Bullets(
                items=tuple(
                    f"{place.force.name}: {sentence_case(movement(place.judged))}"
                    for place in one.places
                )
            ),
            *_footing(forces),
            Buttons(items=(Button(label="Every measure", command=_ask(forces)),)),
        ),
    )


def threats_reply(forces: Together) -> Reply:
    """Answer what each force has classified as High and as Medium."""
    by_force = {one.id: _classified(one) for one in forces.held}
    high = {one.name: len(by_force[one.id][ThreatLevel.HIGH]) for one in forces.held}
    said = listed([f"{name} {count}" for name, count in high.items()])
    words = f"Classified High by each force's own rules: {said}."
    return Reply(
        summary=_summary(forces, words),
        blocks=(
            Heading(text=f"{forces.region}: threats"),
            Paragraph(text=words, strong=True),
            Paragraph(
                text="A classification is each force's own, by the rules of its own plan: more of "
                "them is not worse. What differs between forces is tested by /region."
            ),
            *_absent(forces),
            *(block for one in forces.held for block in _threats(one, by_force[one.id])),
            *_footing(forces),
            Buttons(items=(Button(label="Side by side", command=_ask(forces)),)),
        ),
        level=max(
            (level for one in by_force.values() for level in one if one[level]), default=None
        ),
    )


def _lead(compared: Sequence[Compared]) -> Compared:
    """Return all crime; where no force defines it alike, the first count of crimes."""
    recorded = [one for one in compared if one.basis is Basis.RATE]
    if not recorded:
        raise UserError(
            "These forces have no count in common that could be compared.",
            hint="Measures are alike where their plans define them alike (docs/region.md).",
        )
    return max(recorded, key=lambda one: sum(place.count for place in one.places
                                             if not math.isnan(place.count)))  # fmt: skip


def _absent(forces: Together) -> Iterator[Block]:
    """Say which forces are not in it: that nothing is heard of a force is never good news."""
    if not forces.late and not forces.missing:
        return
    yield Heading(text="Missing or late")
    yield Bullets(
        items=(
            *(
                f"{one.name} is late: its newest {_kind(one)}figures are as at "
                f"{say_date(one.as_at)}. It is not compared."
                for one in forces.late
            ),
            *(f"{one.name} is missing: {one.why}" for one in forces.missing),
        )
    )


def _kind(one: ForceHeld) -> str:
    return f"{one.kind.value.replace('_', '-')} "


def _apart(told: Sequence[Compared]) -> Iterator[Block]:
    if told:
        yield Heading(text="Where forces differ by more than chance")
        yield Bullets(items=tuple(verdict(one) for one in told))


def _the_same(alike: Sequence[Compared]) -> Iterator[Block]:
    if alike:
        names = [lower_first(in_a_list(one)) for one in alike]
        yield Paragraph(text=f"No more than chance explains: {listed(names)}.")


def _left_out(compared: Sequence[Compared]) -> Iterator[Block]:
    said = [
        f"{in_a_list(one)}, {force}: {_sentence(why)}"
        for one in compared
        for force, why in one.left_out
    ]
    if said:
        more = len(said) - MOST_LEFT_OUT
        yield Heading(text="Left out")
        yield Bullets(items=(*said[:MOST_LEFT_OUT], *([f"… and {more} more."] if more > 0 else [])))


def _each_left_out(one: Compared) -> Iterator[Block]:
    if one.left_out:
        yield Heading(text="Left out")
        yield Bullets(items=tuple(f"{force}: {_sentence(why)}" for force, why in one.left_out))


def _sentence(why: str) -> str:
    return why if why.endswith(".") else f"{why}."


Classified = dict[ThreatLevel, list[str]]


def _classified(force: ForceHeld) -> Classified:
    """Return what a force has classified, as lines by level."""
    found: Classified = {level: [] for level in ThreatLevel}
    for id_ in force.watched:
        judged = force.shown.get(id_)
        if judged is not None and (level := judged.assessment.threat.level) is not None:
            found[level].append(threat_line(judged.measure, judged.assessment.threat))
    return found


def _threats(force: ForceHeld, by_level: Classified) -> Iterator[Block]:
    yield Heading(text=force.name)
    lines = [
        f"{level_words(level)}: {line}"
        for level in (ThreatLevel.HIGH, ThreatLevel.MEDIUM)
        for line in by_level[level]
    ]
    low = len(by_level[ThreatLevel.LOW])
    unclassified = sum(
        1
        for id_ in force.watched
        if (judged := force.shown.get(id_)) and judged.assessment.threat.level is None
    )
    hidden = sum(1 for id_ in force.watched if id_ in force.hidden)
    rest = [f"{low} Low"]
    rest += [f"{counted(unclassified, 'measures')} not classified"] if unclassified else []
    rest += [f"{counted(hidden, 'measures')} that may not be shown"] if hidden else []
    yield Bullets(items=(*lines, f"{sentence_case(listed(rest))}."))


def _footing(forces: Together) -> Iterator[Block]:
    invented = f"{SYNTHETIC} " if forces.is_synthetic else ""
    yield Footnote(text=f"{invented}{standing(forces.as_at, forces.kind)}.")
    for one in forces.held:
        yield Footnote(text=f"{one.name}: {one.standing}. {one.source}.")


def _summary(forces: Together, words: str) -> str:
    mark = MARK if forces.is_synthetic else ""
    absent = [one.name for one in forces.late] + [one.name for one in forces.missing]
    gone = f" Without {listed(absent)}." if absent else ""
    room = SUMMARY_LENGTH - len(mark) - len(gone)
    short = words if len(words) <= room else f"{words[: room - 1].rpartition(' ')[0]}…"
    return f"{short}{gone}{mark}"


def _next(forces: Together, compared: Sequence[Compared]) -> Iterator[Block]:
    yield Buttons(items=(Button(label="Threats", command=_ask(forces, "threats")),))
    yield Menu(
        label="One measure",
        items=tuple(
            Button(label=in_a_list(one), command=_ask(forces, one.measure.id)) for one in compared
        ),
    )


def _ask(forces: Together, words: str = "") -> str:
    """Return the command that asks as at the same day."""
    kind = forces.kind.value.replace("_", " ")
    asked = ("/region", words, f"as at {say_date(forces.as_at)} {kind}")
    return " ".join(one for one in asked if one)
