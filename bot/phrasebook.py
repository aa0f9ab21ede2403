"""What people say, and the command that it is: a table of phrases, read from the top."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from bot.glossary import knows
from bot.names.words import FILLER

QUOTES: Final = " “”\"'"

JUDGEMENT: Final = re.compile(
    r"(?<![\w.-])(?:classified|classification|flagged|alerts?|high|medium|low|red|amber|green|up|down|rising"
    r"|falling|rise|fall|risen|fallen|increas\w+|decreas\w+|going|gone|bad|good|badly|well|worse"
    r"|better|improv\w+|deteriorat\w+|so|did|has|have|been|was|were|it|that|there|will|meet\w*|hit"
    r"|course|track|problem|update|situation|picture|position|performance|numbers"
    r"|stats|levels?|getting|many|targets?|as(?! (?:at|of|on)\b)|news"
    r"|currently|at the moment|right now|this year|so far"
    r"|happening|today"
    r"|please|thanks|thank you|can|could|you|give|any|anything|still|all right|ok)(?![\w-])",
    re.IGNORECASE,
)
"""Words of a question that ask for a judgement, or are polite; what is named is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A command and what follows it."""

    command: str
    words: str = ""

    @property
    def text(self) -> str:
        """The question as a slash command."""
        return f"/{self.command} {self.words}".strip()


def phrased(said: str, commands: Collection[str]) -> Question | None:
    """Return the command of the first phrase that fits."""
    for pattern, give in PHRASES:
        found = pattern.search(said)
        question = give(found, said) if found else None
        if question is not None and question.command in commands:
            return question
    return None


Give = Callable[["re.Match[str]", str], Question | None]


def _always(command: str, words: str = "") -> Give:
    """Give one command whatever else is said."""
    return lambda _found, _said: Question(command=command, words=words)


def _rest(command: str, before: str = "") -> Give:
    """Give a command with what is left when the phrase itself is taken away."""

    def give(found: re.Match[str], said: str) -> Question:
        left = _named_in(f"{said[: found.start()]} {said[found.end() :]}")
        return Question(command=command, words=f"{before} {left}".strip())

    return give


def _named_in(said: str) -> str:
    """Return what is named in a question: its judgements are left out, and how it begins."""
    words = JUDGEMENT.sub(" ", said).split()
    while words and words[0].casefold() in FILLER:
        del words[0]
    return " ".join(words)


def _comparison(found: re.Match[str], _said: str) -> Question:
    return Question(command="compare", words=_named_in(f"{found['one']} vs {found['other']}"))


def _dashboard(found: re.Match[str], said: str) -> Question | None:
    """Give a dashboard by its name; without one, that of all crime."""
    name = (found["name"] or "all-crime").casefold().replace(" ", "-")
    name = {"target": "targets"}.get(name, name)
    return _rest("dashboard", name)(found, said)


def _meaning(found: re.Match[str], _said: str) -> Question:
    return Question(command="threatdesk", words=f"glossary {found['term'].strip(QUOTES)}")


def _meaning_if_known(found: re.Match[str], said: str) -> Question | None:
    """Give a word's meaning; "what is" before anything else asks how it stands."""
    return _meaning(found, said) if knows(found["term"].strip(QUOTES)) else None


def _alert(found: re.Match[str], _said: str) -> Question:
    return Question(command="alert", words=f"why {found['alert'].upper()}")


def _phrase(pattern: str, give: Give) -> tuple[re.Pattern[str], Give]:
    return re.compile(pattern, re.IGNORECASE), give


PHRASES: Final[tuple[tuple[re.Pattern[str], Give], ...]] = (
    _phrase(
        r"^(?:help|help me|hello|hi|commands|what can (?:you|i) (?:do|ask).*|how does this work)$",
        _always("threatdesk", "help"),
    ),
    _phrase(
        r"^(?:status|what is late|what's late|when (?:was|were) .*(?:updated|loaded|made)"
        r"|how (?:old|fresh|up to date) (?:is|are) .*)$",
        _always("threatdesk", "status"),
    ),
    _phrase(r"^why (?:did |was )?(?P<alert>a-\d+)\b", _alert),
    _phrase(
        r"^what (?:does|do)\s+(?P<term>.+?)(?:\s+(?:mean|stand for))?$",
        _meaning,
    ),
    _phrase(
        r"^(?:define|meaning of|what is the meaning of|what is meant by|glossary)\s+(?P<term>.+)$",
        _meaning,
    ),
    _phrase(  # those that there are, not the word
        r"^(?:what|which) are (?:the |our )?(?:main |biggest |open )?threats$", _always("threats")
    ),
    _phrase(
        r"^(?:what is|what's|whats|what are)\s+(?:an?\s+|the\s+)?(?P<term>.+)$",
        _meaning_if_known,
    ),
    _phrase(
        r"^(?:why|explain|what (?:is|'s)? ?behind|what drives|what is driving|what's driving"
        r"|what makes|what caused)\b(?:\s+(?:is|are))?",
        _rest("threatdesk", "why"),
    ),
    _phrase(
        r"\b(?P<name>all[ -]crime|targets?|plan|scorecard|csp|long[ -]term)?\s*\bdashboard\b",
        _dashboard,
    ),
    _phrase(r"\bscore ?card\b", _rest("dashboard", "scorecard")),
    _phrase(
        r"^(?:are|will) we (?:be )?(?:going to )?(?:on target|(?:on (?:course|track) )?(?:to )?"
        r"(?:meet\w*|hit\w*)? ?(?:our|the|all)? ?targets)\b",
        _rest("dashboard", "targets"),
    ),
    _phrase(r"^how are we doing(?: against (?:the plan|our targets|target))?$",
            _always("dashboard", "targets")),
    _phrase(
        r"\b(?:(?:what|which) (?:are|is) (?:the |our )?)?(?:main |biggest |open )?threats?\b"
        r"|\b(?:what|anything|where) (?:should i |should we |to )?(?:be )?(?:worry|worried) about\b"
        r"|^(?:what is|what's) getting worse\b",
        _rest("threats"),
    ),
    _phrase(r"\b(?:trend|control chart|chart|graph|spc|plot)\b(?: (?:of|for))?", _rest("trend")),
    _phrase(r"^(?:compare|comparison of|(?:what is the )?difference between)\b", _rest("compare")),
    _phrase(
        r"^how (?:does|do|is|are)\b(?P<one>.+)\bcompared?\b(?: (?:with|to|against))?(?P<other>.+)",
        _comparison,
    ),
    _phrase(r"\bbriefing\b|\b(?:1-1|one[ -]to[ -]one)\b", _always("briefing")),
)  # fmt: skip
"""What people say, and the command that it is; the first that fits is taken."""
