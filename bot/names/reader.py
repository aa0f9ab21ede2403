"""Finds the names in what was typed, and says what it made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.names.dates import read_dates
from bot.names.index import Index, Match
from bot.names.model import Ambiguous, Kind, Option, Reading, Thing, UnknownWords, name_of
from bot.names.phrases import Tier, lpu_stem
from bot.names.stretches import Divider, Stretch
from bot.names.words import Token, key_of, tokens, words_in
from metrics.errors import UserError
from metrics.model import Area, Catalogue, CrimeType, Level, Measure, Priority

MOST_OPTIONS: Final = 5
"""More buttons than these are not read on a phone."""

MOST_WORDS: Final = 30
"""A question is shorter; what is longer would take long to compare with every name."""

MOST_ALIKE: Final = 3


class Names:
    """Everything in a plan that has a name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._index = Index(catalogue)
        self._divider = Divider(catalogue, self._index)

    def read(self, words: str, *, today: date, wanted: Collection[Kind]) -> Reading:
        """Find what some words mean.

        Args:
            words: As typed, e.g. "burglry in hinkley as at 31 march 2014".
            today: What dates without a year are read from.
            wanted: What may be named, the first preferred where a name is of several kinds.

        Raises:
            Ambiguous: Some words can mean several things.
            UnknownWords: Some words mean nothing here; what is close is offered.
            UserError: A date is impossible, or several are named.
        """
        dated = read_dates(words, today=today)
        found = tokens(dated.rest)
        if len(found) > MOST_WORDS:
            raise UserError(
                f"That is {len(found)} words; {MOST_WORDS} at most are read as a question.",
                hint="Ask in fewer words, for example “burglary in Charnwood”.",
            )
        text = _Text(words, found)
        things: list[Thing] = []
        remarks = list(dated.remarks)
        for stretch in self._divider.read(found, tuple(wanted)):
            if stretch.is_filler:
                continue
            match = self._decided(stretch, text, tuple(wanted))
            if match.phrase.thing not in things:
                things.append(match.phrase.thing)
            remarks += self._remarks(match, text.said(stretch), found, stretch)
        return Reading(
            priorities=tuple(one for one in things if isinstance(one, Priority)),
            measures=tuple(one for one in things if isinstance(one, Measure)),
            areas=tuple(one for one in things if isinstance(one, Area)),
            crime_types=tuple(one for one in things if isinstance(one, CrimeType)),
            as_at=dated.as_at,
            kind=dated.kind,
            remarks=tuple(dict.fromkeys(remarks)),
        )

    def say(self, thing: Thing, wanted: Collection[Kind]) -> str:
        """Return words that name a thing and nothing else, where these kinds are wanted."""
        if isinstance(thing, Priority):
            return thing.number
        for words in (thing.name.casefold(), str(thing.id)):
            matches = self._divider.preferred(
                self._index.exact(words_in(words), wanted), tuple(wanted)
            )
            if [match.phrase.thing for match in matches] == [thing]:
                return words
        return str(thing.id)

    def _decided(self, stretch: Stretch, text: _Text, wanted: Sequence[Kind]) -> Match:
        """Return what a stretch means.

        Raises:
            Ambiguous: It can mean several things.
            UnknownWords: It means nothing.
        """
        said = text.said(stretch)
        if not stretch.matches:
            raise self._unknown(stretch, text, wanted)
        if len(stretch.matches) == 1:
            return stretch.matches[0]
        things = [match.phrase.thing for match in stretch.matches]
        more = len(things) > MOST_OPTIONS
        raise Ambiguous(
            f"“{said}” can mean several things.",
            options=tuple(
                self._option(thing, stretch, text, wanted) for thing in things[:MOST_OPTIONS]
            ),
            hint="There are more: say more of the name." if more else "Choose one.",
        )

    def _unknown(self, stretch: Stretch, text: _Text, wanted: Sequence[Kind]) -> UnknownWords:
        said = text.said(stretch)
        words = tuple(token.word for token in text.found[stretch.first : stretch.last])
        others = [kind for kind in Kind if kind not in wanted]
        named = self._index.exact(words, others)
        if named:
            kind = named[0].phrase.kind
            return UnknownWords(
                f"“{said}” is {_a(kind)}; here {_any_of(wanted)} can be named.",
                hint="/threatdesk help says what each command takes.",
            )
        if said.isdigit() and Kind.PRIORITY in wanted and self.catalogue.priorities:
            numbers = list(self.catalogue.priorities)
            return UnknownWords(
                f"There is no priority {said}.", hint=f"They are {numbers[0]} to {numbers[-1]}."
            )
        alike = self._index.alike(words, wanted, most=MOST_ALIKE)
        asked = [self._option(one.thing, stretch, text, wanted) for one in alike]
        options = tuple({option.label: option for option in reversed(asked)}.values())[::-1]
        as_what = f" as {_any_of(wanted)}" if others else ""
        return UnknownWords(
            f"“{said}” is not known here{as_what}.",
            options=options,
            hint="Did you mean one of these?" if options else self._for_example(wanted),
        )

    def _for_example(self, wanted: Sequence[Kind]) -> str:
        areas = [area.name for area in self.catalogue.at_level(Level.CSP)][:2]
        numbers = [f"priority {number}" for number in list(self.catalogue.priorities)[-2:]]
        types = [one.name.casefold() for one in self.catalogue.dashboard_crime_types()[1:3]]
        known = {
            Kind.AREA: areas,
            Kind.PRIORITY: numbers,
            Kind.CRIME_TYPE: types,
            Kind.MEASURE: types,
        }
        said = dict.fromkeys(name for kind in wanted for name in known[kind])
        return f"Names look like this: {', '.join(said)}." if said else ""

    def _option(
        self, thing: Thing, stretch: Stretch, text: _Text, wanted: Sequence[Kind]
    ) -> Option:
        name = name_of(thing)
        return Option(
            label=name[0].upper() + name[1:],
            words=text.instead(stretch, self.say(thing, wanted)),
        )

    def _remarks(
        self, match: Match, said: str, found: Sequence[Token], stretch: Stretch
    ) -> Iterator[str]:
        """Say what was made of words that are not a name themselves."""
        thing, tier = match.phrase.thing, match.phrase.tier
        other = self._other_lpu(match)
        apart = self._apart(found, stretch) if not match.slips else ""
        if match.slips or tier in (Tier.IMPLIED, Tier.PART) or other or apart:
            yield f"Read “{said}” as {name_of(thing)}{other or apart}."

    def _other_lpu(self, match: Match) -> str:
        """Say how the LPU is asked for that an alias of its partnership could mean as well."""
        area = match.phrase.thing
        if not isinstance(area, Area) or area.level is not Level.CSP:
            return ""
        words = match.phrase.words
        if key_of(words) == key_of(words_in(area.name)):
            return ""
        for lpu in self.catalogue.at_level(Level.LPU, inside=area.id):
            if lpu_stem(lpu) == words:
                return f"; for the LPU write “{' '.join(words)} lpu”"
        return ""

    def _apart(self, found: Sequence[Token], stretch: Stretch) -> str:
        """Say how two areas are asked for whose names with "and" are a third area's name."""
        words = [token.word for token in found[stretch.first : stretch.last]]
        for place, word in enumerate(words):
            if word != "and":
                continue
            sides = [
                self._index.exact(side, (Kind.AREA,))
                for side in (words[:place], words[place + 1 :])
            ]
            if all(side and side[0].phrase.tier is Tier.NAME for side in sides):
                one, two = " ".join(words[:place]), " ".join(words[place + 1 :])
                return f"; for the two apart write “{one} vs {two}”"
        return ""


@dataclass(frozen=True, slots=True)
class _Text:
    """What was typed, and its words."""

    text: str
    found: Sequence[Token]

    def said(self, stretch: Stretch) -> str:
        """Return a stretch as it was typed."""
        return self.text[self.found[stretch.first].first : self.found[stretch.last - 1].last]

    def instead(self, stretch: Stretch, words: str) -> str:
        """Return all that was typed with other words in the place of a stretch."""
        before = self.text[: self.found[stretch.first].first]
        after = self.text[self.found[stretch.last - 1].last :]
        return " ".join(f"{before}{words}{after}".split())


def _a(kind: Kind) -> str:
    return f"an {kind}" if kind.value[0] in "aeiou" else f"a {kind}"


def _any_of(kinds: Collection[Kind]) -> str:
    said = [_a(kind) for kind in kinds]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + f" or {said[-1]}"
