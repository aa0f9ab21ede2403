"""The forces of a region, from `region.toml`, checked as a whole.

A region is an installation of installations: what is written here only says which forces there
are, where each one's own plan, people, alerts and figures are, and who may see them side by side.
Regions may hold regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from config.entries import Entry, Words
from config.files import Origin, TomlFile, complaints, parse_toml, read_toml
from config.people import MOST_COMPLAINTS, PLATFORMS, Email, EntraId, SlackUser
from metrics.errors import CatalogueError, UserError

REGION_FILE: Final = "region.toml"

LONGEST_ID: Final = 40
"""Characters of a force's id, which names a PostgreSQL schema too: those end at 63."""

RESERVED: Final = frozenset({"here", "everyone", "channel"})
"""Words that chat platforms send to everyone in a channel when an @ stands before them."""


def _not_reserved(value: str) -> str:
    if value in RESERVED:
        raise ValueError("chat platforms take it, after an @, for everyone in a channel")
    return value


ForceId = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=LONGEST_ID),
    AfterValidator(_not_reserved),
]
"""What a force is called after an @; small letters, digits and hyphens."""

Destination = Annotated[str, Field(pattern=r"^[a-z]+:\S+$")]
"""A platform and its own id of a channel or person, e.g. "slack:C041"."""

PATHS: Final = ("sources", "people", "alerts", "operations")
"""The settings of a force that name a file."""


class ForceEntry(Entry):
    """`[[force]]`: one force, and the settings that are its own.

    What is left out has the installation's setting, except where that would show one force's
    figures to another: its database, its data and the channels it tells.
    """

    id: ForceId
    name: Words
    plan: Words
    data: Words | None = None
    sources: Words | None = None
    people: Words | None = None
    alerts: Words | None = None
    operations: Words | None = None
    database_url: SecretStr | None = None
    daily_at: time | None = None
    briefing_at: Words | None = None
    briefing_channel: Destination | None = None
    reminders_at: time | None = None
    operators: Destination | None = None
    fallback: Destination | None = None
    channels: tuple[Destination, ...] = ()


class RegionEntry(Entry):
    """`[[region]]`: forces, and regions, under one name."""

    id: ForceId
    name: Words


class RegionPersonEntry(Entry):
    """`[[person]]`: someone who may see the forces of the region side by side."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+([-.][a-z0-9]+)*$")]
    name: Words
    role: Literal["regional"]
    regions: tuple[str, ...] = ()
    slack: SlackUser | None = None
    teams: EntraId | None = None
    email: Email | None = None
    console: str | None = None

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if not any(getattr(self, platform) for platform in PLATFORMS):
            raise ValueError(f"give at least one of {', '.join(PLATFORMS)}")
        return self


class HeadEntry(Entry):
    """The head of the file: what the region is called, and where it may be compared."""

    name: Words
    channels: tuple[Destination, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """One force of the region."""

    entry: ForceEntry
    regions: tuple[str, ...] = ()  # the ids of the regions that it is in, the largest first

    @property
    def id(self) -> str:
        """What it is called after an @."""
        return self.entry.id

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return self.entry.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Forces that are compared, and who may compare them."""

    name: str
    forces: Mapping[str, Force]  # by id, in the order they are written
    regions: Mapping[str, str]  # the names of the regions inside it, by id
    people: tuple[RegionPersonEntry, ...]
    channels: frozenset[str]  # where forces may be compared for everyone to see
    folder: Path  # where the file is: its paths start there

    @property
    def bound(self) -> Mapping[str, str]:
        """The force that each bound channel is of, by the channel's address."""
        return {
            channel: force.id for force in self.forces.values() for channel in force.entry.channels
        }

    def within(self, region: str) -> tuple[str, ...]:
        """Return the ids of the forces inside a region; of all of them for no region."""
        return tuple(one.id for one in self.forces.values() if not region or region in one.regions)

    def force(self, id_: str) -> Force:
        """Return a force.

        Raises:
            UserError: There is none of that id.
        """
        if id_ not in self.forces:
            raise UserError(
                f"The region {self.name} has no force {id_}.",
                hint=f"Its forces are: {', '.join(self.forces)}.",
            )
        return self.forces[id_]


def read_region(file: Path) -> Region:
    """Read and check the file of a region.

    Raises:
        CatalogueError: Something is missing, doubled or dangling.  The message names file, line,
            key and value of each complaint, up to `MOST_COMPLAINTS` of them.
    """
    if not file.is_file():
        raise CatalogueError(
            f"THREATDESK_REGION = {file}: there is no such file.",
            hint="Write which forces there are into it (docs/region.md), or leave the setting out "
            "for a single force.",
        )
    return _region(read_toml(file, name=file.name), file.parent.resolve())


def region_from(text: str, folder: Path = Path()) -> Region:
    """Read and check a region from text.

    Raises:
        CatalogueError: Like `read_region`.
    """
    return _region(parse_toml(text, name=REGION_FILE), folder)


_Kind = TypeVar("_Kind", ForceEntry, RegionEntry, RegionPersonEntry)


class _Reading:
    """What is gathered on the way through the file, and what is wrong with it."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        self.problems: list[str] = []
        self.forces: list[tuple[Origin, Force]] = []
        self.regions: list[tuple[Origin, RegionEntry]] = []
        self.people: list[tuple[Origin, RegionPersonEntry]] = []
        self._counted: Counter[str] = Counter()

    def head(self) -> HeadEntry | None:
        """Read what stands before the first table."""
        known = {key: self.file.content[key] for key in HeadEntry.model_fields
                 if key in self.file.content}  # fmt: skip
        for key in self.file.content:
            if key not in (*known, "force", "region", "person"):
                self.problems.append(
                    f"{self.file.name}: {key} is not known here; write name, channels, [[force]], "
                    "[[region]] or [[person]]."
                )
        try:
            return HeadEntry.model_validate(known)
        except ValidationError as error:
            self.problems += complaints(error, Origin(file=self.file))
            return None

    def inside(self, content: Mapping[str, Any], *, table: str, regions: tuple[str, ...]) -> None:
        """Read the forces and regions of a region, and so on down."""
        for origin, row in self._rows(content, "force", table):
            if force := self._entry(ForceEntry, row, origin):
                self.forces.append((origin, Force(entry=force, regions=regions)))
        for origin, row in self._rows(content, "region", table):
            parts = {key: row[key] for key in row if key not in ("force", "region")}
            if entry := self._entry(RegionEntry, parts, origin):
                self.regions.append((origin, entry))
                self.inside(row, table=f"{origin.table}.", regions=(*regions, entry.id))

    def persons(self) -> None:
        """Read who may compare."""
        for origin, row in self._rows(self.file.content, "person", ""):
            if entry := self._entry(RegionPersonEntry, row, origin):
                self.people.append((origin, entry))

    def _rows(
        self, content: Mapping[str, Any], key: str, table: str
    ) -> Iterator[tuple[Origin, dict[str, Any]]]:
        """Give the tables of a kind, each with where it is written."""
        rows = content.get(key, [])
        name = f"{table}{key}"
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            self.problems.append(f"{self.file.name}: write {key} as [[{name}]], in two brackets.")
            return
        for row in rows:
            # Tables come in the order of the file, whatever holds them: so the line is found.
            index = self._counted[name]
            self._counted[name] += 1
            yield Origin(file=self.file, table=name, index=index), row

    def _entry(self, kind: type[_Kind], row: Mapping[str, Any], origin: Origin) -> _Kind | None:
        try:
            return kind.model_validate(row)
        except ValidationError as error:
            self.problems += complaints(error, origin)
            return None


def _region(file: TomlFile, folder: Path) -> Region:
    reading = _Reading(file)
    head = reading.head()
    reading.inside(file.content, table="", regions=())
    reading.persons()
    if not reading.problems:
        reading.problems += [*_doubled(reading), *_doubled_bindings(reading), *_dangling(reading)]
        if not reading.forces:
            reading.problems.append(
                f"{file.name}: there is no [[force]]; a region has at least one."
            )
    if reading.problems or head is None:
        raise _refusal(reading.problems)
    return Region(
        name=head.name,
        forces={force.id: force for _, force in reading.forces},
        regions={entry.id: entry.name for _, entry in reading.regions},
        people=tuple(entry for _, entry in reading.people),
        channels=frozenset(head.channels),
        folder=folder,
    )


def _doubled(reading: _Reading) -> Iterator[str]:
    """Find what is given twice, so that it would not be known which is meant."""
    written: list[tuple[Origin, str, str]] = [
        *((origin, "id", force.id) for origin, force in reading.forces),
        *((origin, "id", entry.id) for origin, entry in reading.regions),
    ]
    seen: Counter[str] = Counter()
    for origin, key, value in written:
        seen[value] += 1
        if seen[value] > 1:
            yield origin.complaint(key, value, "another force or region has this id")
    for key in ("id", *PLATFORMS):
        known: Counter[str] = Counter()
        for origin, person in reading.people:
            value = getattr(person, key) or ""
            known[value] += bool(value)
            if known[value] > 1:
                yield origin.complaint(key, value, "another person has it")
    yield from _doubled_databases(reading)


def _doubled_databases(reading: _Reading) -> Iterator[str]:
    seen: set[str] = set()
    for origin, force in reading.forces:
        url = force.entry.database_url
        if url is None:
            continue
        if url.get_secret_value() in seen:
            yield origin.complaint(
                "database_url", "(hidden)", "another force has it; each keeps its own"
            )
        seen.add(url.get_secret_value())


def _doubled_bindings(reading: _Reading) -> Iterator[str]:
    """Find channels that are of two forces: it would not be known which is asked there."""
    head = reading.file.content.get("channels", [])
    seen = dict.fromkeys(head, "the region")
    for origin, force in reading.forces:
        for channel in dict.fromkeys(force.entry.channels):
            if channel in seen:
                yield origin.complaint("channels", channel, f"it is {seen[channel]}'s already")
            seen[channel] = force.name


def _dangling(reading: _Reading) -> Iterator[str]:
    known = {entry.id for _, entry in reading.regions}
    for origin, person in reading.people:
        for one in person.regions:
            if one not in known:
                yield origin.complaint("regions", one, "there is no such [[region]]")


def _refusal(problems: list[str]) -> CatalogueError:
    shown = problems[:MOST_COMPLAINTS]
    more = len(problems) - len(shown)
    lines = [*shown, *([f"… and {more} more."] if more else [])]
    return CatalogueError(
        "The region cannot be used:\n" + "\n".join(f"  {line}" for line in lines),
        hint=f"Mend the lines of {REGION_FILE} named above and run `threatdesk check`.",
    )
