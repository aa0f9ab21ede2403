"""Phrases made ready to be looked up: as they are, and as they might have been misspelt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.names.model import Kind
from bot.names.phrases import Phrase, Tier, phrases, thing_key
from bot.names.words import FILLER, Key, key_of, spoken
from metrics.model import Catalogue

LONGEST_CODE: Final = 4
"""Letters up to which a name is a code (NWL, TFMV), which is typed right or is another word."""

EDITS: Final = ((7, 1), (12, 2))
"""Letters of a name up to which so many slips are forgiven (Damerau 1964: 80% are of one slip)."""
MOST_EDITS: Final = 3

PREFIX: Final = 3
"""Letters that a shortened word keeps at least: "viol with inj"."""
SHORTENED: Final = 1.0
"""A name whose words are shortened counts as one slip away."""

CLOSE: Final = 1.0
"""Slips by which the best reading must beat the next, or both are offered."""

ALIKE: Final = 0.6
"""Share of letters in common from which a name is worth asking about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A phrase that some words may stand for, and how many slips away it is."""

    phrase: Phrase
    slips: float = 0.0


class Index:
    """Every phrase of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        exact: dict[Kind, dict[Key, list[Phrase]]] = {kind: defaultdict(list) for kind in Kind}
        spelt: dict[Kind, dict[str, list[Phrase]]] = {kind: defaultdict(list) for kind in Kind}
        for phrase in phrases(catalogue):
            exact[phrase.kind][key_of(phrase.words)].append(phrase)
            if sum(map(len, phrase.words)) > LONGEST_CODE:
                spelt[phrase.kind][" ".join(phrase.words)].append(phrase)
        self._exact: Mapping[Kind, Mapping[Key, Sequence[Phrase]]] = exact
        self._spelt: Mapping[Kind, Mapping[str, Sequence[Phrase]]] = spelt
        self._of_letters: dict[Kind, dict[int, list[str]]] = {
            kind: defaultdict(list) for kind in Kind
        }
        self._of_length: dict[Kind, dict[int, list[tuple[str, ...]]]] = {
            kind: defaultdict(list) for kind in Kind
        }
        for kind, known in spelt.items():
            for spelling in known:
                self._of_letters[kind][len(spelling)].append(spelling)
                whole = tuple(spelling.split(" "))
                self._of_length[kind][len(whole)].append(whole)
        self.longest = max(len(phrase) for known in exact.values() for phrase in known) + 2

    def exact(self, words: Sequence[str], wanted: Collection[Kind]) -> list[Match]:
        """Return what goes by some words, in whatever order: of each kind the most direct."""
        key = key_of(words)
        return [
            Match(phrase=phrase)
            for kind in wanted
            for phrase in _most_direct(
                [_as_typed(one, words) for one in self._exact[kind].get(key, ())]
            )
        ]

    def misspelt(self, words: Sequence[str], wanted: Collection[Kind]) -> list[Match]:
        """Return what some words may be meant for, the closest first.

        Only what is within `CLOSE` slips of the closest is given.
        """
        typed = " ".join(words)
        found: dict[tuple[Kind, str], Match] = {}
        for kind in wanted:
            for spelling, slips in self._near(kind, typed, words):
                for phrase in _most_direct(self._spelt[kind][spelling]):
                    match = Match(phrase=phrase, slips=slips + (phrase.tier is Tier.PART))
                    key = (kind, thing_key(phrase.thing))
                    if key not in found or _closeness(match) < _closeness(found[key]):
                        found[key] = match
        if not found:
            return []
        best = min(match.slips for match in found.values())
        return sorted(
            (match for match in found.values() if match.slips <= best + CLOSE), key=_closeness
        )

    def alike(self, words: Sequence[str], wanted: Collection[Kind], *, most: int) -> list[Phrase]:
        """Return what is at all like some words, for a question back; never to be assumed."""
        typed = " ".join(words)
        scored: list[tuple[float, Phrase]] = []
        for kind in wanted:
            for known in self._exact[kind].values():
                for phrase in known:
                    if phrase.tier is Tier.NAME:
                        likeness = OSA.normalized_similarity(typed, " ".join(phrase.words))
                        scored.append((likeness, phrase))
        scored.sort(key=lambda one: -one[0])
        chosen: dict[tuple[Kind, str], Phrase] = {}
        for likeness, phrase in scored:
            if likeness < ALIKE or len(chosen) == most:
                break
            chosen.setdefault((phrase.kind, thing_key(phrase.thing)), phrase)
        return list(chosen.values())

    def _near(self, kind: Kind, typed: str, words: Sequence[str]) -> list[tuple[str, float]]:
        of_letters = self._of_letters[kind]
        # A slip adds or leaves out one letter at most, so that other lengths need no comparison.
        lengths = range(len(typed) - MOST_EDITS, len(typed) + MOST_EDITS + 1)
        spellings = [one for letters in lengths for one in of_letters.get(letters, ())]
        near = {
            spelling: float(slips)
            for spelling, slips, _ in process.extract(
                typed, spellings, scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None
            )
            if slips <= _forgiven(spelling)
        }
        for whole in self._of_length[kind].get(len(words), ()):
            if _is_shortened(words, whole):
                spelling = " ".join(whole)
                near[spelling] = min(SHORTENED, near.get(spelling, SHORTENED))
        return list(near.items())


def _as_typed(phrase: Phrase, words: Sequence[str]) -> Phrase:
    """Return a phrase as no more than part of a name where its words are in another order.

    "Theft motor vehicle" is not surely "motor vehicle theft".
    """
    in_order = spoken(words) == spoken(phrase.words)
    if in_order or phrase.tier is Tier.COMPOSED:
        return phrase
    return replace(phrase, tier=Tier.PART)


def _most_direct(found: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases of the lowest tier, one for each thing."""
    lowest = min((phrase.tier for phrase in found), default=Tier.NAME)
    return list({thing_key(one.thing): one for one in found if one.tier is lowest}.values())


def _closeness(match: Match) -> tuple[float, Tier]:
    return match.slips, match.phrase.tier


def _forgiven(spelling: str) -> int:
    letters = len(spelling.replace(" ", ""))
    return next((edits for most, edits in EDITS if letters <= most), MOST_EDITS)


def _is_shortened(words: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether words are the beginnings of as many words of a name, one for one."""
    if sum(map(len, words)) <= LONGEST_CODE:
        return False
    return all(
        full == word or (len(word) >= PREFIX and word not in FILLER and full.startswith(word))
        for word, full in zip(words, whole, strict=True)
    )
