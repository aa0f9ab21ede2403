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
    "95% range": (
        "Where the true figure, or the year's end, lies in 95 of 100 such cases. A wide range "
        "means that little is known."
    ),
    "acknowledge": "To take an alert on: it then says who has it.",
    "alert": "A threat, or its good end, that is told by itself: one message that changes with it.",
    "area": (
        "A place that figures are asked for: force, Basic Command Unit (BCU), Community Safety "
        "Partnership (CSP), Local Policing Unit (LPU)."
    ),
    "as at": "The day that figures stand at.",
    "assessment": "What the statistics say of a position: better, worse, or no significant change.",
    "baseline": "The performance year that a framework measures against.",
    "BCU": "Basic Command Unit: the force's City and its Counties, each made of CSPs.",
    "better": "A significant change to the good side, or good news.",
    "catalogue": "A plan, read and checked.",
    "chance": (
        "How likely something is: 5% is once in 20 times. “No more than chance explains” means "
        "that such changes come about by themselves."
    ),
    "chance of meeting": (
        "How likely the year is to end with its target met, if things go on as they have."
    ),
    "change": "This year less last year. As a percentage, it is of last year.",
    "classification, threat": (
        "High, Medium or Low, with its reasons: how likely the target is to be met, and what "
        "the tests show."
    ),
    "cohort": (
        "The day whose delivery a count belongs to: a crime's recorded day, a monthly figure's "
        "last day. A later delivery of the cohort replaces it."
    ),
    "confidence": (
        "In a survey: the share who say the police do a good job. In a test: how sure a range is."
    ),
    "control chart, SPC": (
        "A measure month by month, with the limits within which it varies by itself. SPC is "
        "statistical process control."
    ),
    "control limits": (
        "The bounds within which a measure's months vary by themselves: three deviations either "
        "side of the mean."
    ),
    "counterfactual, expected without it": (
        "What would have been expected without an operation, from the months before."
    ),
    "cover": (
        "The days that a delivery accounts for in full. A day in it without a record is a "
        "nought; a day outside it is not recorded."
    ),
    "crime outcome rate": "Outcomes given in a period over crimes recorded in it.",
    "crimes short": "Crimes above the target level, rounded up to a whole crime.",
    "CSP": "Community Safety Partnership: the police, the council and others of one district.",
    "cut": "The chance or gap at which a classification changes.",
    "daily figures": "Figures of a day. They are provisional.",
    "data quality": "Known changes and gaps in recording that a figure has to be read with.",
    "definition changed": (
        "What is counted, or how, changed between two periods: they cannot be tested against "
        "each other."
    ),
    "delivery, load": "What a source hands over; the keeping of it.",
    "deterioration": "A change for the worse, by the way that is better for the measure.",
    "deviation": (
        "The usual distance of a month from the mean. Three deviations is as far as the control "
        "limits are."
    ),
    "drift": "How far a year's level moves from what the years before promised, beyond chance.",
    "drivers": "Areas or crime types that make up most of a change: “What drives it”.",
    "expected": (
        "What was to be counted if things had gone on as they had. For the latest days, the "
        "time of year is allowed for."
    ),
    "expected bounds": (
        "Between the control limits of the control chart. A month outside them, or a run of "
        "months on one side, is more than chance."
    ),
    "follow, subscribe": "To have the alerts of a priority or area sent to you as well.",
    "fragile": "Significant, but the usual revisions of a recent count would undo it.",
    "framework": (
        "How performance is judged from one day to another: its targets, or what stands in "
        "their place."
    ),
    "gap": "How far a figure is from its target: crimes short, or percentage points of a rate.",
    "grain": "The shortest period that a source can tell apart: day, month, quarter.",
    "High": (
        "The gravest of three classifications: the target is unlikely to be met and the gap is "
        "large, or several tests point to a worsening."
    ),
    "horizon scanning": "What is coming that the board should know of: reports, laws, reviews.",
    "impact": (
        "How much a measure matters to the classification: high for high harm and priorities, "
        "else standard. Also what an operation changed."
    ),
    "improvement": "A change for the better, by the way that is better for the measure.",
    "interrupted time series": (
        "The way the effect of an operation is measured: what came after it against what the "
        "months before led to expect."
    ),
    "IQR": (
        "Interquartile range: the middle half of a set of figures. No answer here uses it; "
        "ranges here are 95% ranges."
    ),
    "issue": "Something wrong with performance that a person owns until it is closed.",
    "last year": (
        "The same days of last year, as far as the as-at day; of surveys, the 12 months before."
    ),
    "late": "A source or a measure that does not reach the day of the newest figures.",
    "likelihood band": (
        "The step from likely to unlikely in which the chance of meeting the target lies. It "
        "gives the classification, with the gap."
    ),
    "long term": (
        "“Significantly high” or “low over the long term”: many months running lie on one side "
        "of the mean."
    ),
    "Low": (
        "The least of three classifications: the target is likely to be met, or no test points "
        "to a worsening."
    ),
    "LPU": "Local Policing Unit: the smallest area that figures are told for, part of a CSP.",
    "LYTD": "Last year to date: the same days of last year.",
    "mean": "The average: the middle line of a control chart.",
    "measure": (
        "One quantity the force answers for, with its definition, its polarity and its restriction."
    ),
    "Medium": (
        "The middle of three classifications: the target is in doubt, or the gap is small, or a "
        "test points to a worsening."
    ),
    "month": "The calendar month that holds the as-at day, so far.",
    "month-end figures": "The figures of a month's last day, made once: one version of the truth.",
    "most similar forces, most similar group, peer": (
        "The forces most like one's own by population and area, with which it is compared; MSG "
        "for short."
    ),
    "not classified": (
        "No level is given, with the reason: more is neither good nor bad, or too little is known."
    ),
    "not known": (
        "Something that the figure needs was not recorded or not delivered. It is never counted "
        "as nought."
    ),
    "not significant": (
        "Chance and the usual variation could explain the change. That does not show that "
        "nothing has changed."
    ),
    "not tested": (
        "Nothing may be said of the change, and the reason is given: recording changed, too "
        "little is counted, or it is told as given."
    ),
    "note": "A dated remark on the quality of a measure's data.",
    "now": "The year to date; of surveys, the last 12 months.",
    "observed": "Accounted for by a delivery.",
    "on course": "Whether the target would be met if the year ended today.",
    "operation": "Something the force does about its priorities from a day on.",
    "outcome": (
        "What became of a crime: charged, cautioned, resolved in the community and the like."
    ),
    "outcomes required": "Outcomes still needed for the target rate, rounded up.",
    "p": (
        "How often chance alone would bring about so large a change or a larger one: p = 0.05 "
        "is once in 20 times. Small means that chance is an unlikely reason."
    ),
    "per 1,000": "Crimes of 12 months for every 1,000 people who live there.",
    "percentage points, points": (
        "The difference of two percentages: from 20% to 25% is 5 points up. As a percentage of "
        "20% it would be 25%."
    ),
    "performance year": "1 April to 31 March.",
    "plan": "The Police and Crime Plan, and the folder of files that holds it.",
    "polarity": "Which way is better: lower, higher, or neither by itself.",
    "position": "One measure in one area as at a day: now, last year, target level, gap.",
    "precision": "Of the alerts that were raised, the share that were right.",
    "priority": "A strategic priority of the plan.",
    "projection, year end": (
        "Where the performance year is likely to end if things go on as they have, with the "
        "range around it."
    ),
    "provisional": (
        "May still change: late records and re-classifications are to come. Month-end figures "
        "are what boards use."
    ),
    "rank, place": (
        "The position among areas or forces by rate; 1st is the best of forces, and the lowest "
        "rate of areas."
    ),
    "re-classification": (
        "A crime that is given another type after it was recorded; the figures follow."
    ),
    "responses": "How many people answered a survey. The fewer, the wider the range.",
    "restricted": (
        "Not shown here: internal, not yet published by its owner, or not cited by the plan."
    ),
    "return": "A partner's figure for a quarter, with who supplied it and when.",
    "rolling 12 months, last 3 months": "The 12 or 3 months that end on the as-at day.",
    "satisfaction": "Of those who answered, the share who were satisfied, over 12 months.",
    "scorecard": (
        "One line for each measure with its classifications: recorded crime, outcomes, "
        "satisfaction."
    ),
    "short": "“263 crimes short of the target” means 263 more than the target level allows so far.",
    "significant": (
        "More than chance explains: so large a change would come about by chance less than once "
        "in 100 times (p below 0.01). All that is tested together is allowed for."
    ),
    "snapshot": "Everything one run produced; never changed.",
    "snooze": "To silence an alert until a day. It comes back at once if it gets worse.",
    "source": "Where figures come from.",
    "sparkline": "A row of small bars: the last months, the lowest and the highest drawn to scale.",
    "stabilised": (
        "The latest months keep to a level of their own, one or two deviations from the mean."
    ),
    "still open": "Crimes of this year that are under investigation, without an outcome yet.",
    "surge": "The latest weeks hold clearly more than was to be expected for the time of year.",
    "synthetic data": "Invented figures of the demonstration: not real crimes.",
    "tally": "One thing that is counted and delivered, such as `domestic-burglary.recorded`.",
    "target": "What the framework asks for by the end of the performance year.",
    "target level": "The most crimes that would still meet the target.",
    "told as given": (
        "A figure that a partner or a paper supplied: it is shown as it came, and nothing is "
        "tested of it."
    ),
    "trend": "A measure over time, month by month or year by year.",
    "usual variation": (
        "How much a count swings from one period to another when nothing has changed. Every "
        "test allows for it."
    ),
    "variance": (
        "On the plan dashboard: the latest 12 months less the baseline year, as a percentage of "
        "a count, in points of a rate."
    ),
    "watch": (
        "The last 7, 28 and 56 days against what was to be expected of them; of surveys and "
        "rates, months."
    ),
    "what would show": "The smallest effect of an operation that could be told from chance.",
    "withheld": (
        "Not shown, because with the totals beside it a figure that may not be shown could be "
        "worked out."
    ),
    "worse": "A significant change to the bad side, or a threat.",
    "YTD": "Year to date: since 1 April.",
}
"""One word for each idea, the same in code, configuration, commands and messages."""

ALSO: Final[Mapping[str, str]] = {
    "1st is best": "rank",
    "80% range": "95% range",
    "95% interval": "95% range",
    "<5 or withheld": "withheld",
    "as given": "told as given",
    "asked": "responses",
    "average": "mean",
    "chance does not explain": "significant",
    "chance of meeting the target": "chance of meeting",
    "chance of target": "chance of meeting",
    "confidence interval": "95% range",
    "crimes short of the target": "short",
    "emergent scorecard": "scorecard",
    "good as met": "chance of meeting",
    "High threat": "High",
    "insignificant": "not significant",
    "internal": "restricted",
    "last 12 months": "rolling 12 months",
    "last 28 days": "watch",
    "last 56 days": "watch",
    "last 7 days": "watch",
    "last year to date": "LYTD",
    "late records": "provisional",
    "latest 12 months": "rolling 12 months",
    "level": "classification",
    "levels concentrated around the mean": "expected bounds",
    "likely": "chance of meeting",
    "limits": "control limits",
    "Low threat": "Low",
    "lower limit": "control limits",
    "margin of error": "95% range",
    "Medium threat": "Medium",
    "month end": "month-end figures",
    "more than chance explains": "significant",
    "MSG": "most similar forces",
    "no more than chance explains": "not significant",
    "no significant change": "not significant",
    "no statistically significant change": "not significant",
    "not recorded": "not known",
    "not shown": "restricted",
    "odds": "chance",
    "of the change": "drivers",
    "outcome rate": "crime outcome rate",
    "outcomes": "outcome",
    "outside the expected bounds": "expected bounds",
    "p-value": "p",
    "per 1,000 population": "per 1,000",
    "percentage point": "percentage points",
    "position in the MSG": "most similar forces",
    "pp": "percentage points",
    "probability": "chance",
    "provisional daily figures": "provisional",
    "pts": "percentage points",
    "range": "95% range",
    "rate": "per 1,000",
    "rate per 1,000": "per 1,000",
    "read with": "data quality",
    "reclassification": "re-classification",
    "revisions": "fragile",
    "score": "surge",
    "short of the target": "short",
    "significance": "significant",
    "significant fall": "significant",
    "significant rise": "significant",
    "significantly high over the long term": "long term",
    "significantly low over the long term": "long term",
    "silence": "snooze",
    "similar forces": "most similar forces",
    "small numbers": "withheld",
    "standard deviation": "deviation",
    "statistical process control": "control chart",
    "statistically significant": "significant",
    "surge in the latest weeks": "surge",
    "synthetic": "synthetic data",
    "target unlikely": "chance of meeting",
    "too few points for firm control limits": "control limits",
    "under investigation": "still open",
    "unlikely": "chance of meeting",
    "unsubscribe": "follow",
    "upper limit": "control limits",
    "what drives it": "drivers",
    "what was expected": "expected",
    "within expected bounds": "expected bounds",
    "would have been expected": "counterfactual",
    "year to date": "YTD",
}
"""Other words of answers and of people, and the word of the glossary that explains them."""


ARTICLES: Final = ("a", "an", "the")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, or words of the same meaning, and what they mean."""

    words: str
    meaning: str
    also: tuple[str, ...] = ()  # other words that it explains


def find_term(said: str) -> Term | None:
    """Return the term of a word as it was typed, in any case, singular or plural."""
    words = _KEYS.get(_plain(said))
    if words is None:
        return None
    own = words.split(", ")
    return Term(
        words=words,
        meaning=TERMS[words],
        also=tuple(one for one, word in ALSO.items() if word in own),
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
    words = words_in(said)
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    joined = " ".join(words)
    return joined.removesuffix("s") if len(joined) >= SHORTEST_PLURAL else joined


def _keys() -> Mapping[str, str]:
    """Return under which words of the table everything that can be asked stands."""
    own = {_plain(one): words for words in TERMS for one in (words, *words.split(","))}
    return {_plain(one): own[_plain(word)] for one, word in ALSO.items()} | own


_KEYS: Final = _keys()
