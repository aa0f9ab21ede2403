"""The names of a region: everything that any of its forces' plans has a name for.

It is for reading and completing words only.  No figure is made with it, and whose definition of a
measure it holds makes no difference: what is compared is decided by each force's own plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from metrics.model import Area, AreaId, Catalogue, Level

ROOT: Final = AreaId("the-region")

Key = TypeVar("Key")
Thing = TypeVar("Thing")


def region_catalogue(name: str, plans: Sequence[Catalogue]) -> Catalogue:
    """Return the plans of a region as one, each name once, as the first plan has it.

    Args:
        name: What the region is called.
        plans: At least one.
    """
    root = Area(id=ROOT, name=name, level=Level.FORCE)
    return Catalogue(
        name=name,
        synthetic=any(one.synthetic for one in plans),
        areas={ROOT: root, **_areas(plans)},
        crime_types=_united(one.crime_types for one in plans),
        flags=tuple(dict.fromkeys(flag for one in plans for flag in one.flags)),
        measures=_united(one.measures for one in plans),
        priorities=_united(one.priorities for one in plans),
        frameworks=(),
        notes=(),
        past_years=(),
        version=hashlib.sha256(" ".join(one.version for one in plans).encode()).hexdigest(),
    )


def _areas(plans: Sequence[Catalogue]) -> dict[AreaId, Area]:
    """Return the areas inside the forces, under the region."""
    found: dict[AreaId, Area] = {}
    for plan in plans:
        for area in plan.tree:
            if area.level is not Level.FORCE and area.id not in found:
                parents = tuple(ROOT if one == plan.force.id else one for one in area.parents)
                found[area.id] = replace(area, parents=parents)
    return found


def _united(parts: Iterable[Mapping[Key, Thing]]) -> dict[Key, Thing]:
    found: dict[Key, Thing] = {}
    for part in parts:
        for key, thing in part.items():
            found.setdefault(key, thing)
    return found
