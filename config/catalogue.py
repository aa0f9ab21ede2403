"""Reads a plan's TOML files and gives the catalogue, checked as a whole, or says what to mend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from config.assemble import assemble
from config.checks import Part, whole_plan_complaints
from config.entries import ENTRY_TYPES, PlanEntry
from config.files import Origin, TomlFile, complaints, parse_toml, read_toml
from metrics.errors import CatalogueError
from metrics.model import Catalogue

PLAN_FILE: Final = "plan.toml"
PLANS: Final = Path(__file__).parent / "plans"
"""The plans that come with the product."""

MOST_COMPLAINTS: Final = 12
"""More than this on one screen is not read; the rest shows when these are mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFiles:
    """The text of every file that a catalogue was read from, by name."""

    texts: Mapping[str, str]

    @property
    def version(self) -> str:
        """Identify the catalogue by what its files say."""
        return hashlib.sha256(json.dumps(dict(self.texts), sort_keys=True).encode()).hexdigest()


def read_catalogue(folder: Path) -> tuple[Catalogue, PlanFiles]:
    """Read and check the plan in a folder.

    Args:
        folder: Holds `plan.toml`, which names the files that the plan is made of.

    Returns:
        The catalogue, and the texts it was read from (kept beside each snapshot).

    Raises:
        CatalogueError: Something is missing, doubled, dangling or impossible.  The message names
            file, line, key and value of each complaint, up to `MOST_COMPLAINTS` of them.
    """
    head = read_toml(folder / PLAN_FILE, name=PLAN_FILE)
    plan = _plan_entry(head)
    files = [head, *(read_toml(folder / part, name=part) for part in plan.parts)]
    return _build(plan, files), PlanFiles(texts={file.name: file.text for file in files})


def catalogue_from(texts: Mapping[str, str]) -> Catalogue:
    """Read a catalogue again from the texts that were kept of it.

    Raises:
        CatalogueError: The texts do not make a catalogue any more.
    """
    head = parse_toml(texts[PLAN_FILE], name=PLAN_FILE)
    plan = _plan_entry(head)
    # In the order of the plan, which is the order that measures and areas are shown in.
    return _build(plan, [head, *(parse_toml(texts[part], name=part) for part in plan.parts)])


def _plan_entry(head: TomlFile) -> PlanEntry:
    try:
        return PlanEntry.model_validate(head.content)
    except ValidationError as error:
        raise _refusal(list(complaints(error, Origin(file=head)))) from error


def _build(plan: PlanEntry, files: list[TomlFile]) -> Catalogue:
    parts, problems = _entries([file for file in files if file.name != PLAN_FILE])
    problems = problems or list(whole_plan_complaints(parts, flags=plan.flags))
    if problems:
        raise _refusal(problems)
    version = PlanFiles(texts={file.name: file.text for file in files}).version
    return assemble(plan, [part.entry for part in parts], version=version)


def _entries(files: list[TomlFile]) -> tuple[list[Part], list[str]]:
    parts: list[Part] = []
    problems: list[str] = []
    for file in files:
        for table, rows in file.content.items():
            entry_type = ENTRY_TYPES.get(table)
            if entry_type is None or not isinstance(rows, list):
                problems.append(
                    f"{file.name}: [{table}] is not known here; "
                    f"write one of {', '.join(f'[[{name}]]' for name in ENTRY_TYPES)}."
                )
                continue
            for index, row in enumerate(rows):
                origin = Origin(file=file, table=table, index=index)
                try:
                    parts.append(Part(entry=entry_type.model_validate(row), origin=origin))
                except ValidationError as error:
                    problems.extend(complaints(error, origin))
    return parts, problems


def _refusal(problems: list[str]) -> CatalogueError:
    shown = problems[:MOST_COMPLAINTS]
    more = len(problems) - len(shown)
    lines = [*shown, *([f"… and {more} more."] if more else [])]
    return CatalogueError(
        "The plan cannot be used:\n" + "\n".join(f"  {line}" for line in lines),
        hint="Mend the lines named above and run `threatdesk check`.",
    )
