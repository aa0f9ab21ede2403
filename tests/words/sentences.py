"""Every sentence that the product can say, found in its source: none can be forgotten.

A string of four words or more is a sentence, except where nobody reads it: docstrings, what is
written to the log, patterns, queries, and files of the checks that guard a platform's limits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

ROOMS: Final = ("bot", "config", "metrics", "store")

UNREAD: Final = (
    "bot/render/slack_limits.py",  # what a platform would refuse: told to a test
    "bot/render/teams_limits.py",
    "bot/render/pdf_styles.py",
    "bot/region/sample.py",  # TOML
    "bot/phrasebook.py",  # what people say
    "bot/names/words.py",
    "metrics/sources/duck.py",  # queries
    "metrics/sources/spark.py",
    "metrics/sources/sql.py",
    "metrics/statistics/",  # what only a caller can have done wrong
    "store/migrations/",
)
"""Files whose strings no user reads, and folders of them."""

FEWEST_WORDS: Final = 4

FIELD: Final = "…"
"""Stands for what is filled in; counted as one word."""

LOGS: Final = frozenset(("debug", "info", "warning", "error", "exception"))

PATTERN: Final = re.compile(r"\(\?|\\[bdsw]|\bselect\b .*\bfrom\b|'none'|; script-src")
"""A regular expression, a query or a header, which is no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words of the product, and where they stand."""

    text: str
    place: str  # "bot/answer.py:12"

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@cache
def every_sentence() -> tuple[Sentence, ...]:
    """Return every sentence of the product's source."""
    return tuple(one for file in sources() for one in sentences(file.read_text("utf-8"), file))


def sources() -> Iterator[Path]:
    """Give the files in which sentences are read by somebody."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not _place(file).startswith(UNREAD):
                yield file


def sentences(source: str, file: Path) -> Iterator[Sentence]:
    """Give the sentences of one file's source."""
    tree = ast.parse(source)
    unread = set(_unread(tree))
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        text = _text(node)
        if len(text.split()) >= FEWEST_WORDS and not PATTERN.search(text):
            yield Sentence(text=text, place=f"{_place(file)}:{getattr(node, 'lineno', 0)}")


def _place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.as_posix()


def _unread(tree: ast.AST) -> Iterator[int]:
    """Give the nodes that are docstrings, arguments of the log, or parts of a longer string."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as value):
                yield id(value)
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in LOGS:
                yield from (id(one) for argument in args for one in ast.walk(argument))
            case ast.JoinedStr(values=values):
                yield from (id(one) for one in values)
                yield from (
                    id(spec)
                    for one in values
                    if isinstance(one, ast.FormattedValue) and one.format_spec
                    for spec in ast.walk(one.format_spec)
                )


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_text(one) or FIELD for one in values)
        case _:
            return ""
