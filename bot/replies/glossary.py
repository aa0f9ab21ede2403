"""What a word means."""

from __future__ import annotations

from typing import Final

from bot.glossary import TERMS, Term
from bot.replies.model import Button, Buttons, Facts, Footnote, Heading, Paragraph, Reply
from metrics.model import Area, CrimeType, Level, Measure, Polarity, Priority

FIRST_ASKED: Final = ("classification", "target level", "significant", "control limits")
"""Words that a reader of the first answers meets."""

LEVELS: Final = {
    Level.FORCE: "The force.",
    Level.BCU: "A Basic Command Unit (BCU).",
    Level.JOINT: "Partnerships that some papers report as one.",
    Level.CSP: "A Community Safety Partnership (CSP).",
    Level.LPU: "A Local Policing Unit (LPU).",
    Level.PEER: "A force of the most similar group.",
}

POLARITIES: Final = {
    Polarity.LOWER_IS_BETTER: "Lower is better.",
    Polarity.HIGHER_IS_BETTER: "Higher is better.",
    Polarity.NEITHER: "Neither a rise nor a fall is better by itself.",
}


def glossary_reply() -> Reply:
    """List every word of the glossary."""
    return Reply(
        summary=f"The glossary explains {len(TERMS)} words.",
        blocks=(
            Heading(text="Glossary"),
            Paragraph(text="; ".join(TERMS) + "."),
            Paragraph(text="Ask for one with /threatdesk glossary and the word."),
            Buttons(
                items=tuple(
                    Button(label=word.capitalize(), command=f"/threatdesk glossary {word}")
                    for word in FIRST_ASKED
                )
            ),
        ),
    )


def term_reply(term: Term) -> Reply:
    """Say what a word of the glossary means."""
    name = capitalised(term.words)
    also = (Facts(rows=(("Also explains", ", ".join(term.also)),)),) if term.also else ()
    return Reply(
        summary=f"{name}: {term.meaning}",
        blocks=(Heading(text=name), Paragraph(text=term.meaning), *also),
    )


def capitalised(words: str) -> str:
    """Begin words with a capital; a letter that stands for a figure stays small."""
    return words if len(words) == 1 else words[0].upper() + words[1:]


def measure_reply(measure: Measure, *, also: str = "") -> Reply:
    """Say what a measure counts, by which definition, and which way is better.

    Args:
        also: The name of the crime type that it was asked for by; empty: by its own.
    """
    meaning = [measure.definition] if measure.definition else []
    meaning.append(POLARITIES[measure.polarity])
    rows = [("Counted in", measure.unit), ("Known here as", str(measure.id))]
    rows += [("Priority", measure.priority)] if measure.priority else []
    rows += [("Also called", ", ".join(measure.aliases))] if measure.aliases else []
    name = also or measure.name
    return Reply(
        summary=f"{name}: {' '.join(meaning)}",
        blocks=(
            Heading(text=name),
            Paragraph(text=" ".join(meaning)),
            Facts(rows=tuple(rows)),
            *([Footnote(text=f"Defined in: {measure.published}.")] if measure.published else []),
        ),
    )


def name_reply(thing: Area | Priority | CrimeType, *, within: str = "") -> Reply:
    """Say what an area or a priority is.

    Args:
        within: Of an area: the names of the areas that it lies in.
    """
    if isinstance(thing, Priority):
        name, meaning = f"Priority {thing.number}", f"{thing.name}. Theme: {thing.theme}."
    elif isinstance(thing, Area):
        name = thing.name
        meaning = LEVELS[thing.level] + (f" It lies in {within}." if within else "")
    else:
        name, meaning = thing.name, "A type of crime."
    aliases = ", ".join(thing.aliases)
    return Reply(
        summary=f"{name}: {meaning}",
        blocks=(
            Heading(text=name),
            Paragraph(text=meaning),
            *([Facts(rows=(("Also called", aliases),))] if aliases else []),
        ),
    )
