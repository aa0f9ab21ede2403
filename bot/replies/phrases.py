"""Small phrases that many sentences share: counts with their noun, chances, directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.render.words import number, p_value
from metrics.statistics.verdict import SIGNIFICANCE_LEVEL

COMMON_LEVEL: Final = 0.05
"""The level of significance that people know from elsewhere."""

NAMED: Final = 4
"""So many names of a list are heard; a table beside it has them all."""


def counted(value: float, unit: str) -> str:
    """Write a count with its noun, e.g. "1 crime", "263 crimes", "1 family"."""
    written = number(value)
    return f"{written} {singular(unit) if written == '1' else unit}"


def singular(unit: str) -> str:
    """Return the singular of a unit as measures give it, e.g. "crimes", "families"."""
    return f"{unit[:-3]}y" if unit.endswith("ies") else unit.removesuffix("s")


def p_words(probability: float) -> str:
    """Write a p-value with its letter, e.g. "p = 0.31", "p = 0.0031", "p under 0.0001".

    Many know another level of significance; where it would decide otherwise, ours is said.
    """
    written = number(probability, 2) if probability >= SIGNIFICANCE_LEVEL else p_value(probability)
    if SIGNIFICANCE_LEVEL <= probability < COMMON_LEVEL:
        written = f"{written}, significant is below {SIGNIFICANCE_LEVEL}"
    return f"p {written}" if written.startswith("under") else f"p = {written}"


def verb(name: str) -> str:
    """Return "is" or "are", as a name of crimes or incidents asks for."""
    head = name.partition("(")[0].strip()
    return "are" if head.endswith("s") and not head.endswith("ss") else "is"


def together(items: Sequence[str]) -> str:
    """Write a list as people say it, e.g. "a, b and c"."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def some(items: Sequence[str]) -> str:
    """Write a list with so many items named as are still heard; the others are counted."""
    if len(items) <= NAMED:
        return together(items)
    return together([*items[:NAMED], f"{number(len(items) - NAMED)} more"])


def in_list(name: str) -> str:
    """Write a measure's name as one of several, e.g. "Hate crime (crime outcome rate)"."""
    what, _, of_it = name.partition(": ")
    return f"{what} ({of_it})" if of_it else what


def sentence_case(text: str) -> str:
    """Return a text with its first letter a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a name as it stands inside a sentence; an abbreviation stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
