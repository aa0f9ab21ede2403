"""What is kept or logged is cleaned here first: no secrets, and in the log nobody's words.

Nothing of this is clever: a secret is known by its look, and what was asked is known because
whoever answers it says so (`unspoken`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

REMOVED: Final = "[removed]"

SECRETS: Final = (
    re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+", re.IGNORECASE),  # Slack's tokens
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),  # JSON web tokens
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),  # user and password in an address
    re.compile(r"(?<=hooks\.slack\.com/)\S+", re.IGNORECASE),  # whoever has it may post
    re.compile(r"(?<=files\.slack\.com/upload/)\S+", re.IGNORECASE),
    re.compile(r"(?<=\bticket=)[^&\s'\"]+", re.IGNORECASE),  # of a socket, good for one connection
    re.compile(r"(?<=[?&]sig=)[^&\s'\"]+", re.IGNORECASE),  # signs an address of a workflow
    re.compile(
        r"(?<![\w-])(?:(?:pass(?:word|phrase|wd)?|secret|token|api[_-]?key|authorization)"
        r"[\"']?\s*[:=]\s*)(?:bearer\s+)?[^\s&]+",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=bearer\s)[\w.~+/=-]{8,}", re.IGNORECASE),
)
"""What is a secret by its look, wherever somebody has pasted it."""

SHORTEST_UNSPOKEN: Final = 3
"""Letters of a word that is left out of the log: shorter ones give nobody away."""

_unspoken: ContextVar[tuple[str, ...]] = ContextVar("unspoken", default=())


def without_secrets(text: str) -> str:
    """Return a text without what looks like a secret."""
    for secret in SECRETS:
        text = secret.sub(REMOVED, text)
    return text


@contextmanager
def unspoken(texts: Iterable[str]) -> Iterator[None]:
    """Keep words out of every error that is logged inside: what was asked, and by whom."""
    words = {word for text in texts for word in re.split(r"[^\w.-]+", text)}
    long = (word for word in words if len(word) >= SHORTEST_UNSPOKEN)
    token = _unspoken.set(tuple(sorted(long, key=len, reverse=True)))  # whole words before parts
    try:
        yield
    finally:
        _unspoken.reset(token)


def without_words(text: str) -> str:
    """Return what an error says without the words that are not to be told, and without secrets."""
    for word in _unspoken.get():
        text = re.sub(re.escape(word), REMOVED, text, flags=re.IGNORECASE)
    return without_secrets(text)
