"""What inputs call areas and crime types, looked up whatever the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from metrics.errors import SourceError
from metrics.model import Area, AreaId, Catalogue, Level


def folded(name: str) -> str:
    """Return a name as it is compared: without case and outer or doubled space."""
    return " ".join(name.split()).casefold()


class Names:
    """Finds ids by what an input writes: first by its own table, then id, name, alias."""

    def __init__(
        self,
        *,
        what: str,
        setting: str,
        own: Mapping[str, str],
        known: Iterable[tuple[str, str, tuple[str, ...]]],
    ) -> None:
        """Build the one dictionary.

        Args:
            what: What is named, for messages: "area".
            setting: The table in `sources.toml` that decides, for messages.
            own: What the input writes: the id.
            known: Id, name and aliases of each.

        Raises:
            SourceError: The table of the settings names an id that is not known.
        """
        self._what, self._setting = what, setting
        listed = list(known)
        ids = {one for one, _, _ in listed}
        for written, one in own.items():
            if one not in ids:
                raise SourceError(
                    f"{setting} of sources.toml: “{written}” is given the {what} “{one}”, which "
                    "the plan does not have.",
                    hint=f"Write one of {', '.join(sorted(ids))}.",
                )
        self._found: dict[str, tuple[str, ...]] = {}
        # What is said first wins: a later rank never overrules an earlier one.
        for rank in (
            [(written, one) for written, one in own.items()],
            [(one, one) for one, _, _ in listed],
            [(name, one) for one, name, _ in listed],
            [(alias, one) for one, _, aliases in listed for alias in aliases],
        ):
            together: dict[str, set[str]] = defaultdict(set)
            for written, one in rank:
                together[folded(written)].add(one)
            for written, ones in together.items():
                self._found.setdefault(written, tuple(sorted(ones)))

    def find(self, written: str) -> str | None:
        """Return the id, or None where nothing is called so.

        Raises:
            SourceError: More than one is called so.
        """
        ones = self._found.get(folded(written), ())
        if len(ones) > 1:
            raise SourceError(
                f"“{written}” can be more than one {self._what}: {', '.join(ones)}.",
                hint=f"Say which in sources.toml: {self._setting} = "
                f'{{ "{written}" = "{ones[0]}" }}.',
            )
        return ones[0] if ones else None


def area_names(
    catalogue: Catalogue,
    own: Mapping[str, str],
    *,
    among: Callable[[Area], bool] = lambda area: area.level is not Level.PEER,
) -> Names:
    """Return the names of areas: of the force's own tree unless told otherwise."""
    areas = [area for area in catalogue.areas.values() if among(area)]
    return Names(
        what="area",
        setting="areas",
        own=own,
        known=[(area.id, area.name, area.aliases) for area in areas],
    )


def crime_type_names(
    catalogue: Catalogue, own: Mapping[str, str], *, groups: bool = False
) -> Names:
    """Return the names of crime types; Home Office offence codes are among their aliases."""
    return Names(
        what="crime type",
        setting="crime_types",
        own=own,
        known=[
            (one.id, one.name, (*one.aliases, *one.codes))
            for one in catalogue.crime_types.values()
            if groups or not one.members
        ],
    )


def find_area(names: Names, written: str, force: AreaId) -> AreaId | None:
    """Return the area that is written; a blank is the force itself: it was not located."""
    if not written.strip():
        return force
    found = names.find(written)
    return None if found is None else AreaId(found)


def known_tallies(catalogue: Catalogue, prefix: str, suffix: str = "") -> dict[str, str]:
    """Return what the plan's measures count under a prefix: by its folded name, its name."""
    counted = (
        tally
        for measure in catalogue.measures.values()
        for tally in (*measure.numerator, *measure.denominator)
    )
    names = {
        tally.removeprefix(prefix).removesuffix(suffix)
        for tally in counted
        if tally.startswith(prefix) and tally.endswith(suffix)
    }
    return {folded(name): name for name in sorted(names)}
