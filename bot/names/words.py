"""Text as words: where each stands, and what two spellings have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WORD: Final = re.compile(r"[^\W_]+|&")
"""Letters and digits; hyphens, points, quotes and slashes only keep words apart."""

FILLER: Final = frozenset(
    word
    for line in (
        "a about across against and are area at between by compared comparison do does doing",
        "figures for from get give going have how i in into is like looking me much my now of on",
        "or our please s show tell than that the these this to us v versus vs we what with within",
        "you",
    )
    for word in line.split()
)
"""Words that may stand between names and mean nothing by themselves.

“An” is not among them: it is one slip away from “and”, which is part of names.
"""

UNSPOKEN: Final = frozenset(("the", "in", "for", "with"))
"""Words of a name that people leave out or put in.  “Of” and “from” tell thefts apart."""

SHORTEST_PLURAL: Final = 5
"""Letters; shorter words that end in s are mostly not plurals (ASB's, gas, bus)."""

Key = tuple[str, ...]
"""A name's words without order, plural and unspoken words: equal keys are the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word, and where it stands in the text."""

    word: str  # small letters; "&" is "and"
    first: int
    last: int  # the place after it


def tokens(text: str) -> list[Token]:
    """Return the words of a text."""
    return [
        Token(word=_word(found.group()), first=found.start(), last=found.end())
        for found in WORD.finditer(text)
    ]


def words_in(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters."""
    return tuple(_word(found) for found in WORD.findall(text))


def key_of(words: Iterable[str]) -> Key:
    """Return what a name has in common with its other spellings."""
    return tuple(sorted(spoken(words)))


def spoken(words: Iterable[str]) -> tuple[str, ...]:
    """Return a name's words in their order, without plural and unspoken words."""
    return tuple(_singular(word) for word in words if word not in UNSPOKEN)


def _word(text: str) -> str:
    return "and" if text == "&" else text.casefold()


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or word.endswith("ss") or not word.endswith("s"):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
