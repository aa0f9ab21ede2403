"""From a text to a command and its words: slash commands, plain commands, questions.

What is understood is a table of phrases, read from the top, and the names of the plan.  Nothing is
learnt and nothing is sent anywhere: the same words always mean the same command.

A question is answered by the command that says most about what it names:

- a priority, or a measure or crime type that belongs to one: `/priority`, in the area if named;
- another crime type or measure: `/csp` in a partnership, else `/trend`;
- two areas: `/compare`;
- one area alone: `/csp` for a partnership, else `/dashboard all-crime`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.handlers.command import Command
from bot.names import Ambiguous, Kind, Names, Option, Reading, UnknownWords
from bot.names.model import Thing, name_of
from bot.phrasebook import JUDGEMENT, Question, phrased
from metrics.calendar import say_date
from metrics.model import Area, CrimeType, Level, Measure, Priority
from metrics.snapshot import SnapshotKind

ADDRESSED: Final = re.compile(r"^\s*@?threat\s*desk\b[\s,:]*", re.IGNORECASE)
"""Being called by name, where the platform left it in the text; `/threatdesk` is not this."""

SHORTEST_PREFIX: Final = 3
"""Letters of a command's name that stand for it, where no other command begins so."""

EXAMPLES: Final = ("/priority 12", "/csp charnwood", "how is burglary in Charnwood?")
"""Offered to who was not understood."""

QUESTION_KINDS: Final = (Kind.CRIME_TYPE, Kind.PRIORITY, Kind.MEASURE, Kind.AREA)


def understand(text: str, *, commands: Sequence[Command], names: Names, today: date) -> Question:
    """Turn a text into the command that answers it.

    Args:
        text: As typed, without the mention that a platform puts before it.
        commands: Those that there are; no other is given.
        today: What dates without a year are read from.

    Raises:
        Ambiguous: Several things may be meant; the words of an option are a whole question.
        UnknownWords: It is no command, and no question about anything known here.
    """
    said = ADDRESSED.sub("", " ".join(text.split())) if not text.strip().startswith("/") else text
    said = " ".join(said.split())
    if said.startswith("/"):
        return _tidy(_slash(said, commands))
    bare = said.rstrip(" ?!.").strip()
    if not bare:
        return Question(command="threatdesk", words="help")
    first, _, rest = bare.partition(" ")
    if (command := _named(first.casefold(), commands)) is not None:
        return _tidy(Question(command=command.name, words=rest))
    if (question := phrased(bare, {one.name for one in commands})) is not None:
        return _tidy(question)
    return _about_names(bare, names=names, today=today)


def _slash(said: str, commands: Sequence[Command]) -> Question:
    first, _, rest = said[1:].partition(" ")
    command = _named(first.casefold(), commands) or _begun(first.casefold(), commands)
    if command is not None:
        return Question(command=command.name, words=rest.strip())
    if (question := phrased(said[1:], {one.name for one in commands})) is not None:
        return question  # "/why burglary", where there is no such command but such a phrase
    begun = [one for one in commands if first and one.name.startswith(first.casefold())]
    raise UnknownWords(
        f"There is no command /{first}.",
        options=tuple(
            Option(label=f"/{one.name}", words=f"/{one.name} {rest}".strip()) for one in begun
        ),
        hint="Did you mean one of these?" if begun else "/threatdesk help lists the commands.",
    )


def _named(word: str, commands: Sequence[Command]) -> Command | None:
    """Return the command of a name or alias."""
    return next((one for one in commands if word in (one.name, *one.aliases)), None)


def _begun(word: str, commands: Sequence[Command]) -> Command | None:
    """Return the only command whose name begins so."""
    begun = [one for one in commands if one.name.startswith(word)]
    return begun[0] if len(begun) == 1 and len(word) >= SHORTEST_PREFIX else None


def _tidy(question: Question) -> Question:
    """Take "A and B" apart where two things are compared: together they can name a third."""
    words = question.words
    joined = len(AND.findall(words)) == 1 and not APART.search(words)
    if question.command == "compare" and joined:
        words = AND.sub("vs", words)
    return Question(command=question.command, words=words)


AND: Final = re.compile(r"\band\b", re.IGNORECASE)
APART: Final = re.compile(r"\b(?:vs?|versus|with|to|against)\b|,", re.IGNORECASE)
"""What stands between two things that are compared."""


def _about_names(said: str, *, names: Names, today: date) -> Question:
    """Answer a question by what it names."""
    named = " ".join(JUDGEMENT.sub(" ", re.sub(r"'s\b|’s\b", " ", said)).split())
    try:
        reading = names.read(named, today=today, wanted=QUESTION_KINDS)
    except UnknownWords as unknown:
        raise (unknown if unknown.options else _not_a_question(str(unknown))) from None
    when = _when(reading)
    subjects: list[Thing] = [*reading.priorities, *reading.crime_types, *reading.measures]
    if len(subjects) > 1:
        raise Ambiguous(
            "More than one thing is asked about.",
            options=tuple(
                Option(
                    label=_label(one),
                    words=_on_one(one, reading.areas[:1], names, when).text,
                )
                for one in subjects
            ),
            hint="Choose one.",
        )
    if len(reading.areas) > 1:
        return _on_several(subjects, reading.areas, names, when)
    if subjects:
        return _on_one(subjects[0], reading.areas, names, when)
    if reading.areas:
        return _on_area(reading.areas[0], names, when)
    raise _not_a_question(f"“{said}” is not a question that can be answered here.")


def _not_a_question(message: str) -> UnknownWords:
    return UnknownWords(
        message,
        options=tuple(Option(label=one, words=one) for one in EXAMPLES),
        hint="Ask like this, or see /threatdesk help:",
    )


def _on_one(thing: Thing, areas: Sequence[Area], names: Names, when: str) -> Question:
    """Ask about a priority, crime type or measure, in an area or in the force."""
    measure = _measure(thing, names)
    place = [_words(area, names) for area in areas]
    number = thing.number if isinstance(thing, Priority) else measure.priority if measure else ""
    if number:
        return _question("priority", number, *place, when)
    if isinstance(thing, CrimeType) and areas and areas[0].level is Level.CSP:
        return _question("csp", *place, names.say(thing, (Kind.AREA, Kind.CRIME_TYPE)), when)
    return _question("trend", measure.id if measure else "", *place, when)


def _on_area(area: Area, names: Names, when: str) -> Question:
    if area.level is Level.CSP:
        return _question("csp", _words(area, names), when)
    return _question("dashboard", "all-crime", _words(area, names), when)


def _on_several(
    subjects: Sequence[Thing], areas: Sequence[Area], names: Names, when: str
) -> Question:
    """Ask for areas side by side, of one crime type where one is named."""
    crime_type = ""
    if subjects:
        measure = _measure(subjects[0], names)
        crime_type = measure.crime_type if measure else ""
    return _question("compare", *(_words(area, names) for area in areas), crime_type, when)


def _measure(thing: Thing, names: Names) -> Measure | None:
    """Return the measure that a priority or crime type is first told by."""
    match thing:
        case Measure():
            return thing
        case CrimeType():
            return names.catalogue.recorded(thing.id)
        case Priority():
            measures = names.catalogue.measures.values()
            return next((one for one in measures if one.priority == thing.number), None)
        case _:
            return None


def _question(command: str, *words: str) -> Question:
    return Question(command=command, words=" ".join(word for word in words if word))


def _words(area: Area, names: Names) -> str:
    return names.say(area, QUESTION_KINDS)


def _label(thing: Thing) -> str:
    name = name_of(thing)
    return name[0].upper() + name[1:]


def _when(reading: Reading) -> str:
    """Write the day and the kind of figures that were asked for as a command takes them."""
    kinds = {SnapshotKind.DAILY: "daily", SnapshotKind.MONTH_END: "month end", None: ""}
    day = f"as at {say_date(reading.as_at)}" if reading.as_at else ""
    return f"{day} {kinds[reading.kind]}".strip()
