"""`@saltmarsh`: which force is meant, said anywhere in a question or order."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

SIGN: Final = "@"
"""Stands before a force's id."""

NAMED: Final = re.compile(
    r"(?:(?<=\s)|^)@([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?=[\s?!.,]|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A text without the forces that it named."""

    text: str
    named: tuple[str, ...]  # ids, each once, in the order they were named


def addressed(text: str, known: Collection[str]) -> Addressed:
    """Find the forces (or regions) that a text names with an @; other @words stay in it.

    Args:
        text: As it was typed, or as a button carries it.
        known: The ids there are.
    """
    named = [found[1].casefold() for found in NAMED.finditer(text) if found[1].casefold() in known]
    if not named:
        return Addressed(text=text, named=())

    def without(found: re.Match[str]) -> str:
        return "" if found[1].casefold() in known else found[0]

    rest = re.sub(r"[ \t]+", " ", NAMED.sub(without, text)).strip()
    return Addressed(text=rest, named=tuple(dict.fromkeys(named)))


def to_force(text: str, force: str) -> str:
    """Return a text that asks one force, whoever sends it from wherever."""
    return f"{text} {SIGN}{force}"
