"""Reading TOML so that every complaint can name the file, the line, the key and the value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from metrics.errors import CatalogueError


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """One TOML file, with its text kept so that lines can be found again."""

    name: str  # as it is written in `parts`
    text: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an entry is written: the nth table of a kind in a file."""

    file: TomlFile
    table: str = ""  # empty: the head of the file
    index: int = 0

    def complaint(self, key: str, value: object, problem: str) -> str:
        """Return a sentence that names file, line, key and value."""
        line = self._line(key)
        place = f"{self.file.name}, line {line}" if line else self.file.name
        table = f"[[{self.table}]] number {self.index + 1}, " if self.table else ""
        return f"{place}: {table}{key} = {_as_toml(value)}: {problem}."

    def _line(self, key: str) -> int:
        """Return the line on which the key, or else its table, is written; 0 if neither is."""
        lines = self.file.text.splitlines()
        start, end = 0, len(lines)
        if self.table:
            heads = [n for n, line in enumerate(lines) if line.strip() == f"[[{self.table}]]"]
            if self.index >= len(heads):
                return 0
            start = heads[self.index]
            others = (
                n
                for n in range(start + 1, len(lines))
                if re.match(rf"\s*\[\[(?!{re.escape(self.table)}\.)", lines[n])
            )
            end = next(others, end)
        last_part = re.split(r"[.\[]", key)[0]
        for n in range(start, end):
            if re.match(rf"\s*{re.escape(last_part)}\s*=", lines[n]):
                return n + 1
        return start + 1 if self.table else 0


def read_toml(path: Path, *, name: str) -> TomlFile:
    """Read one file.

    Raises:
        CatalogueError: It is not there, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CatalogueError(
            f"{name}: there is no such file in {path.parent}.",
            hint="Look at `parts` in plan.toml, and at the setting THREATDESK_PLAN.",
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise CatalogueError(
            f"{name}: cannot be read as UTF-8 text ({error}).",
            hint="Save it as UTF-8, and let this user read it.",
        ) from error
    return parse_toml(text, name=name)


def parse_toml(text: str, *, name: str) -> TomlFile:
    """Read one file's text.

    Raises:
        CatalogueError: It is not TOML.
    """
    try:
        return TomlFile(name=name, text=text, content=tomllib.loads(text))
    except RecursionError as error:
        raise CatalogueError(
            f"{name}: its values lie too deep inside each other.",
            hint="Write fewer brackets inside brackets.",
        ) from error
    except ValueError as error:  # also a number of more digits than Python reads
        raise CatalogueError(
            f"{name}: this is not valid TOML: {error}.", hint="Mend the line that it names."
        ) from error


def complaints(error: ValidationError, origin: Origin) -> Iterator[str]:
    """Turn what pydantic found into sentences with a place in a file."""
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "the entry"
        missing = problem["type"] == "missing"
        value = "(nothing)" if missing else problem["input"]
        message = problem["msg"].removeprefix("Value error, ")
        yield origin.complaint(key, value, message[:1].lower() + message[1:])


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
