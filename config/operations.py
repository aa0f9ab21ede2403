"""Operations that a plan ships: its `operations.toml`, checked whole.

Others are recorded in chat, and kept in the database; one of the same id there takes the place of
the one that is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import Field, ValidationError, model_validator

from bot.register.model import Operation
from config.entries import Entry, Id, Words
from config.files import Origin, TomlFile, complaints, parse_toml, read_toml
from metrics.errors import CatalogueError
from metrics.model import AreaId, Catalogue

OPERATIONS_FILE: Final = "operations.toml"

MOST_COMPLAINTS: Final = 12


class OperationEntry(Entry):
    """`[[operation]]`: something that the force does about priorities."""

    id: Id
    name: Words
    first: date = Field(alias="from")
    last: date | None = Field(default=None, alias="to")
    priorities: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    comparison_areas: tuple[str, ...] = ()
    does: str = ""
    lead: str = ""
    source: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError("it would end before it began")
        if set(self.areas) & set(self.comparison_areas):
            raise ValueError("an area it is in cannot be compared with: it is in both lists")
        return self


def read_operations(file: Path, catalogue: Catalogue) -> tuple[Operation, ...]:
    """Read and check a plan's operations; a plan may have none, and no such file.

    Raises:
        CatalogueError: Something is missing, doubled or dangling, with file, line and key.
    """
    return _operations(read_toml(file, name=file.name), catalogue) if file.is_file() else ()


def operations_from(text: str, catalogue: Catalogue) -> tuple[Operation, ...]:
    """Read and check operations from text.

    Raises:
        CatalogueError: Like `read_operations`.
    """
    return _operations(parse_toml(text, name=OPERATIONS_FILE), catalogue)


def _operations(file: TomlFile, catalogue: Catalogue) -> tuple[Operation, ...]:
    problems = [
        f"{file.name}: [{table}] is not known here; write [[operation]]."
        for table in file.content
        if table != "operation"
    ]
    written: list[tuple[Origin, OperationEntry]] = []
    rows = file.content.get("operation", [])
    for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
        origin = Origin(file=file, table="operation", index=index)
        try:
            written.append((origin, OperationEntry.model_validate(row)))
        except ValidationError as error:
            problems.extend(complaints(error, origin))
    problems += [*_doubled(written), *_dangling(written, catalogue)]
    if problems:
        more = len(problems) - MOST_COMPLAINTS
        lines = [*problems[:MOST_COMPLAINTS], *([f"… and {more} more."] if more > 0 else [])]
        raise CatalogueError(
            "The operations cannot be used:\n" + "\n".join(f"  {line}" for line in lines),
            hint="Mend the lines named above and run `threatdesk check`.",
        )
    return tuple(_operation(entry) for _, entry in written)


def _operation(entry: OperationEntry) -> Operation:
    return Operation(
        id=entry.id,
        name=entry.name,
        first=entry.first,
        last=entry.last,
        priorities=entry.priorities,
        areas=tuple(AreaId(one) for one in entry.areas),
        comparison_areas=tuple(AreaId(one) for one in entry.comparison_areas),
        does=entry.does,
        lead=entry.lead,
        source=entry.source,
    )


def _doubled(written: Iterable[tuple[Origin, OperationEntry]]) -> Iterator[str]:
    seen: set[str] = set()
    for origin, entry in written:
        if entry.id in seen:
            yield origin.complaint("id", entry.id, "another operation has this id too")
        seen.add(entry.id)


def _dangling(
    written: Iterable[tuple[Origin, OperationEntry]], catalogue: Catalogue
) -> Iterator[str]:
    areas = {area.id for area in catalogue.tree}
    for origin, entry in written:
        numbers = catalogue.priorities
        yield from _unknown(origin, "priorities", entry.priorities, numbers, "priority")
        yield from _unknown(origin, "areas", entry.areas, areas, "area")
        yield from _unknown(origin, "comparison_areas", entry.comparison_areas, areas, "area")


def _unknown(
    origin: Origin, key: str, given: Iterable[str], known: Collection[str], what: str
) -> Iterator[str]:
    for one in given:
        if one not in known:
            yield origin.complaint(key, one, f"the plan has no such {what}")
