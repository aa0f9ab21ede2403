"""What is being done: an operation, as its effect is measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.errors import CatalogueError
from metrics.model import AreaId, Catalogue, MeasureId


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that was begun on a day, against something, somewhere.

    Wherever operations are kept, this is what the measurement of their effect needs to know.
    """

    id: str  # "tiger"
    name: str  # "Operation Tiger"
    first: date  # the day of its launch
    last: date | None = None  # its last day; None: it goes on
    measures: tuple[MeasureId, ...] = ()  # what it is against, the leading one first
    areas: tuple[AreaId, ...] = ()  # where; empty: the whole force
    comparison: tuple[AreaId, ...] = ()  # areas that it does not touch; empty: none are alike


def check_comparison(operation: Operation, area: AreaId, catalogue: Catalogue) -> None:
    """See that an area and what it is compared with do not share a place.

    Raises:
        CatalogueError: They do, so that the comparison would hold the effect itself.
    """
    touched = catalogue.within.get(area, frozenset())
    for one in operation.comparison:
        if one not in catalogue.within:
            raise CatalogueError(
                f"{operation.name} is compared with {one}, which is no area of the plan.",
                hint="Name its comparison areas by the ids in areas.toml.",
            )
        if touched & catalogue.within[one]:
            names = catalogue.areas[one].name, catalogue.areas[area].name
            raise CatalogueError(
                f"{operation.name}: {names[0]} cannot be compared with {names[1]}: they overlap.",
                hint="Ask for an area apart from it, or correct the operation's comparison areas.",
            )
