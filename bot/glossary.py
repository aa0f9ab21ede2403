"""The words of the field and what they mean: the one source, which docs/glossary.md repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.names.words import SHORTEST_PLURAL, words_in

ALIKE: Final = 0.6
"""Share of letters in common from which a word is worth asking about."""

MOST_ALIKE: Final = 3

TERMS: Final[Mapping[str, str]] = {
    "acknowledge": "To take an alert on: it then says who has it.",
    "alert": "A threat, or its good end, that is told by itself: one message that changes with it.",
    "area": (
        "A place that figures are asked for: force, Basic Command Unit (BCU), Community "
        "Safety Partnership (CSP), Local Policing Unit (LPU)."
    ),
    "as at": "The day that figures stand at.",
    "assessment": "What the statistics say of a position.",
    "baseline": "The performance year that a framework measures against.",
    "BCU": "Basic Command Unit: the force's City and its Counties, each made of CSPs.",
    "catalogue": "A plan, read and checked.",
    "chance of meeting": "The probability that the year's total or rate meets its target.",
    "change": "This year less last year; as a percentage, of last year.",
    "classification, threat": "High, Medium or Low, with its reasons.",
    "cohort": (
        "The day whose delivery a count belongs to: a crime's recorded day, a monthly "
        "figure's last day. A later delivery of the cohort replaces it."
    ),
    "control limits": "The bounds within which a measure's months vary by themselves.",
    "counterfactual": "What would have been expected without an operation, from the months before.",
    "cover": (
        "The days that a delivery accounts for in full. A day in it without a record is a "
        "nought; a day outside it is not recorded."
    ),
    "crime outcome rate": "Outcomes given in a period over crimes recorded in it.",
    "crimes short": "Crimes above the target level, rounded up to a whole crime.",
    "CSP": "Community Safety Partnership: the police, the council and others of one district.",
    "daily figures": "Figures of a day; provisional, because late records are still to come.",
    "delivery, load": "What a source hands over; the keeping of it.",
    "drift": "How far a year's level moves from what the years before promised, beyond chance.",
    "fragile": "Significant, but the usual revisions would undo it.",
    "framework": (
        "How performance is judged from one day to another: its targets, or what stands in "
        "their place."
    ),
    "gap": "What lies between a figure and its target: crimes short, or points of a rate.",
    "grain": "The shortest period that a source can tell apart: day, month, quarter.",
    "issue": "Something wrong with performance that a person owns until it is closed.",
    "LPU": "Local Policing Unit: the smallest area that figures are told for, part of a CSP.",
    "LYTD": "Last year to date: the same days of last year.",
    "measure": (
        "One quantity the force answers for, with its definition, its polarity and its restriction."
    ),
    "month-end figures": "The figures of a month's last day, made once: one version of the truth.",
    "most similar group, peer": "The forces that a force is compared with.",
    "note": "A dated remark on the quality of a measure's data.",
    "observed": "Accounted for by a delivery.",
    "operation": "Something the force does about its priorities from a day on.",
    "outcomes required": "Outcomes still needed for the target rate, rounded up.",
    "performance year": "1 April to 31 March.",
    "plan": "The Police and Crime Plan, and the folder of files that holds it.",
    "polarity": "Which way is better.",
    "position": "One measure in one area as at a day: now, last year, target level, gap.",
    "priority": "A strategic priority of the plan.",
    "projection": "Where the performance year is likely to end, with 80% and 95% limits.",
    "return": "A partner's figure for a quarter, with who supplied it and when.",
    "rolling 12 months, last 3 months": "The 12 or 3 months that end on the as-at day.",
    "satisfaction, confidence": (
        "Satisfied responses over responses, told over 12 months with their number."
    ),
    "significant": (
        "Not explained by chance: p below 0.01 after adjustment over what is shown together."
    ),
    "snapshot": "Everything one run produced; never changed.",
    "source": "Where figures come from.",
    "SPC": "Statistical process control: the control chart, with its control limits.",
    "tally": "One thing that is counted and delivered, e.g. `domestic-burglary.recorded`.",
    "target level": "The most crimes that would still meet the target.",
    "watch": "The last 7, 28 and 56 days against what was to be expected of them.",
    "YTD": "Year to date: since 1 April.",
}
"""One word for each idea, the same in code, configuration, commands and messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or words of the same meaning, and what they mean."""

    words: str
    meaning: str


def find_term(said: str) -> Term | None:
    """Return the term of a word as it was typed, in any case, singular or plural."""
    wanted = _plain(said)
    return next(
        (
            Term(words=words, meaning=meaning)
            for words, meaning in TERMS.items()
            if wanted in [_plain(words), *map(_plain, words.split(","))]
        ),
        None,
    )


def knows(said: str) -> bool:
    """Whether a word is in the glossary."""
    return find_term(said) is not None


def alike(said: str) -> tuple[str, ...]:
    """Return the glossary's words that are most like one that it does not have."""
    known = {_plain(one): one.strip() for words in TERMS for one in words.split(",")}
    found = process.extract(
        _plain(said),
        list(known),
        scorer=OSA.normalized_similarity,
        score_cutoff=ALIKE,
        limit=MOST_ALIKE,
    )
    return tuple(known[word] for word, _, _ in found)


def _plain(said: str) -> str:
    words = " ".join(words_in(said))
    return words.removesuffix("s") if len(words) >= SHORTEST_PLURAL else words
