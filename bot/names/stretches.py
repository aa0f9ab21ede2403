"""Divides what was typed into stretches, each read as a name, as filler or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.names.index import Index, Match
from bot.names.model import Kind
from bot.names.phrases import Tier, is_its_lpu
from bot.names.words import FILLER, UNSPOKEN, Token
from metrics.model import Catalogue

# What it costs to read a stretch of words in a way.  The cheapest reading of all words is taken:
# whole names before parts of names, parts before misspellings, anything before leaving a word out.
FILLED: Final = 0.1
NAMED: Final = 1.0
IN_PART: Final = 2.5
MISSPELT: Final = 2.6
EACH_SLIP: Final = 0.2
NOT_READ: Final = 8.0

LONGEST_MISSPELT: Final = 8
"""Words of a stretch up to which it is compared with names letter by letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some words in a row, read in one way: as names, as filler, or not at all (no matches)."""

    first: int
    last: int  # the place after the last word
    matches: tuple[Match, ...] = ()
    is_filler: bool = False

    @property
    def cost(self) -> float:
        """What reading it so costs."""
        if self.is_filler:
            return FILLED
        if not self.matches:
            return NOT_READ
        best = self.matches[0]
        if best.slips:
            return MISSPELT + EACH_SLIP * best.slips
        return IN_PART if best.phrase.tier is Tier.PART else NAMED


class Divider:
    """Finds the cheapest way to read all the words."""

    def __init__(self, catalogue: Catalogue, index: Index) -> None:
        self._catalogue = catalogue
        self._index = index

    def read(self, found: Sequence[Token], wanted: Sequence[Kind]) -> list[Stretch]:
        """Return the cheapest way to read all the words; misspellings only where it must be."""
        words = [token.word for token in found]
        exact = list(self._exact_stretches(words, wanted))
        read = _cheapest(exact, len(words))
        if all(stretch.matches or stretch.is_filler for stretch in read):
            return read
        return _cheapest([*exact, *self._misspelt_stretches(words, wanted)], len(words))

    def _exact_stretches(self, words: Sequence[str], wanted: Sequence[Kind]) -> Iterator[Stretch]:
        for first, word in enumerate(words):
            yield Stretch(first=first, last=first + 1, is_filler=word in FILLER)
            for last in range(first + 1, min(len(words), first + self._index.longest) + 1):
                if not (_may_end(words[first]) and _may_end(words[last - 1])):
                    continue
                matches = self._index.exact(words[first:last], wanted)
                if matches:
                    kept = self.preferred(matches, wanted)
                    yield Stretch(first=first, last=last, matches=kept)

    def _misspelt_stretches(
        self, words: Sequence[str], wanted: Sequence[Kind]
    ) -> Iterator[Stretch]:
        for first in range(len(words)):
            for last in range(first + 1, min(len(words), first + LONGEST_MISSPELT) + 1):
                if words[first] in FILLER or words[last - 1] in FILLER:
                    continue
                matches = self._index.misspelt(words[first:last], wanted)
                if matches and matches[0].slips:
                    kept = self.preferred(matches, wanted)
                    yield Stretch(first=first, last=last, matches=kept)

    def preferred(self, matches: Sequence[Match], wanted: Sequence[Kind]) -> tuple[Match, ...]:
        """Return what is meant, first; and what else may be meant as well, if anything."""
        ranked = sorted(
            matches,
            key=lambda one: (
                one.slips, one.phrase.tier, wanted.index(one.phrase.kind)
            ),
        )  # fmt: skip
        if not ranked:
            return ()
        best = ranked[0]
        kept = [match for match in ranked if _is_rival(match, best)]
        return tuple(
            match
            for match in kept
            if not any(
                is_its_lpu(match.phrase.thing, other.phrase.thing, self._catalogue)
                and match.slips >= other.slips
                for other in kept
            )
        )


def _is_rival(match: Match, best: Match) -> bool:
    """Whether something else may be meant as well as the best reading.

    Of a name typed right: what goes by it as directly and is of the same kind.  Of a misspelling:
    also whatever another name stands for.
    """
    if match.slips and match.phrase.words != best.phrase.words:
        return True
    is_like = match.phrase.kind is best.phrase.kind
    return is_like and (match.slips > 0 or match.phrase.tier is best.phrase.tier)


def _may_end(word: str) -> bool:
    """Whether a name may begin or end with a word: "the" and its like are left to the filler."""
    return word not in UNSPOKEN


def _cheapest(stretches: Sequence[Stretch], words: int) -> list[Stretch]:
    """Return the stretches that together read all words at the least cost; unread ones joined."""
    best: list[tuple[float, list[Stretch]]] = [(0.0, [])]
    for last in range(1, words + 1):
        best.append(
            min(
                (
                    (best[one.first][0] + one.cost, [*best[one.first][1], one])
                    for one in stretches
                    if one.last == last
                ),
                key=lambda way: way[0],
            )
        )
    return _joined(best[-1][1])


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for one in stretches:
        unread = not one.matches and not one.is_filler
        before = joined[-1] if joined else None
        if unread and before and not before.matches and not before.is_filler:
            joined[-1] = Stretch(first=before.first, last=one.last)
        else:
            joined.append(one)
    return joined
