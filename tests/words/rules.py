"""How the product speaks, as rules that a text keeps or breaks.

Most are GOV.UK's, for everyone who reads on a phone or hears a text read: *Content design:
planning, writing and managing content*, "Writing for GOV.UK" (plain English; sentences of 25 words;
no "eg", "ie" and "etc"; no negative contractions), and its *A to Z style* (dates, numbers,
percentages).
"Colour alone" is WCAG 2.2, success criterion 1.4.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

LONGEST_VERDICT: Final = 25
"""Words of a sentence that is read first: GOV.UK, *Sentence length: why 25 words is our limit*."""

LONGEST: Final = 35
"""Words of any other: ten more, for what has to name two periods and both their figures."""

BRACKETED: Final = re.compile(r"\([^()]*\)")
"""Figures beside a sentence; it can be read without them."""

WORD: Final = re.compile(r"\S*\w\S*")

DATE: Final = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
"""Heard as one thing."""

SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+|\n")

LATIN: Final = re.compile(
    r"(?<![\w.])(?:e\.g\b\.?|i\.e\b\.?|eg|ie|etc\b\.?|viz\b\.?|cf\.|ibid\.?|inter alia|per se"
    r"|per annum|ad hoc|vice versa|via)(?!\w)",
    re.IGNORECASE,
)

POLITE: Final = re.compile(r"\b(?:please|sorry|oops|unfortunately|kindly)\b", re.IGNORECASE)

EXCLAIMED: Final = re.compile(r"[a-z]!(?:\s|$|”)")

BLAMED: Final = re.compile(
    r"\b(?:you (?:must|failed|forgot|should have|did something)|invalid|illegal|incorrect|bad"
    r" (?:request|input|value)|your (?:mistake|error))\b",
    re.IGNORECASE,
)

NEGATED_TWICE: Final = re.compile(
    r"\bnot (?:un(?!der|til|less|ique|it|ion)\w+|impossible|insignificant|infrequent|without)\b"
    r"|\b(?:cannot|never|nothing|nobody|no longer) not\b|n['’]t (?:not|un\w+able)\b",
    re.IGNORECASE,
)

CONTRACTED: Final = re.compile(
    r"\b(?:can|don|won|isn|aren|doesn|didn|hasn|haven|wasn|couldn|shouldn)['’]t\b", re.IGNORECASE
)

JARGON: Final = re.compile(
    r"\b(?:p-values?|z-scores?|sigma|iid|i\.i\.d|over-?dispers\w+|dispersion|hetero\w+|auto-?correl\w+"
    r"|autoregress\w+|poisson|binomial|wilson|bonferroni|benjamini|hochberg|false discovery"
    r"|confidence intervals?|interval|quantiles?|residuals?|covariates?|null hypothesis|power of"
    r"|log-?linear|posteriors|priors|bayes\w*|regress(?:ion|or)|funnel|winsor\w+)\b",
    re.IGNORECASE,
)
"""Words of a statistician.  What an answer needs has a plain word in docs/glossary.md."""

AMERICAN: Final = re.compile(
    r"\b(?:colou?r(?<!colour)s?|centers?|favor\w*|behaviors?|neighbor\w*|labor|gray|canceled|labeled"
    r"|modeled|traveled|fulfill|judgments?|defense|offenses?|catalogs?|toward|percent"
    r"|\w+(?:ganiz|cogniz|maliz|nimiz|ximiz|thoriz|mmariz|oritiz|goriz|tiliz|dardiz|cializ|naliz"
    r"|lyz)(?:e|es|ed|ing|ation|ations|er|ers))\b",
    re.IGNORECASE,
)

COLOUR: Final = re.compile(
    r"\b(?:red|amber|green|yellow|orange|blue|purple|black|white|gr[ae]y|colou?red)\b",
    re.IGNORECASE,
)

PER_CENT: Final = re.compile(r"\d\s+%|\d\s*per ?cent\b", re.IGNORECASE)

ISO_DATE: Final = re.compile(r"(?<![\w/-])\d{4}-\d{2}-\d{2}(?![\w-])")

OTHER_DATE: Final = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th) (?:of )?(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b|\b0\d (?:January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b|\b\d{1,2} (?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?"
    r"|Oct|Nov|Dec)\b",
)

UNSEPARATED: Final = re.compile(r"(?<![\w.,/-])(?!(?:19|20)\d\d(?!\d))\d{4,}(?![\w/-])")
"""A number of four digits or more without separators; a year is none."""

HYPHEN_MINUS: Final = re.compile(r"(?<![\w.–-])-\d")

Rule = Callable[[str], "re.Match[str] | None"]

IN_EVERY_MESSAGE: Final[dict[str, Rule]] = {
    "a Latin abbreviation: write “for example”, “that is”": LATIN.search,
    "polite filling: say what to do": POLITE.search,
    "an exclamation mark": EXCLAIMED.search,
    "the reader is blamed": BLAMED.search,
    "two negatives": NEGATED_TWICE.search,
    "a contraction, which is misheard": CONTRACTED.search,
    "a word of statisticians": JARGON.search,
    "American spelling": AMERICAN.search,
    "a colour as the carrier of a meaning": COLOUR.search,
    "a percentage that is not written 12%": PER_CENT.search,
    "a date that is not written 11 December 2013": OTHER_DATE.search,
}

IN_EVERY_FIGURE: Final[dict[str, Rule]] = {
    "a date as machines write it": ISO_DATE.search,
    "a number without its thousands apart": UNSEPARATED.search,
    "a hyphen for a minus sign": HYPHEN_MINUS.search,
}
"""Of what is said in an answer, where commands and examples of what to type are left out."""


def broken(text: str, rules: dict[str, Rule]) -> Iterator[str]:
    """Give what a text breaks, each with what breaks it."""
    for name, search in rules.items():
        found = search(text)
        if found is not None:
            yield f"{name}: {found.group()!r}"


def too_long(text: str, most: int) -> Iterator[str]:
    """Give the sentences of a text that have more words than that."""
    for sentence in SENTENCE_END.split(text):
        words = WORD.findall(DATE.sub("date", BRACKETED.sub(" ", sentence)))
        if len(words) > most:
            yield f"{len(words)} words: {sentence}"
