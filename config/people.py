"""Who may see what: the people and groups of an installation, from `people.toml`, checked whole.

One person on several platforms is one person.  Who is not named has the installation's default,
which is nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from bot.people import Person, Role
from config.entries import Entry, Id, Words
from config.files import Origin, TomlFile, complaints, parse_toml, read_toml
from metrics.errors import CatalogueError
from metrics.model import AreaId, Catalogue

PLATFORMS: Final = ("slack", "teams", "email", "console")
"""The keys by which a person is known on a platform."""

GROUP_PLATFORMS: Final = ("slack", "teams")
"""The platforms whose groups may carry a role."""

RANK: Final = (Role.CHIEF_OFFICER, Role.ANALYST, Role.AREA_LEAD, Role.MEMBER)
"""The roles, the highest first: of several, the highest counts."""

MOST_COMPLAINTS: Final = 12
"""More than this on one screen is not read; the rest shows when these are mended."""

SlackUser = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
SlackGroup = Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,}$")]
EntraId = Annotated[
    str,
    AfterValidator(str.lower),
    Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
]
Email = Annotated[str, AfterValidator(str.lower), Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class PersonEntry(Entry):
    """`[[person]]`: someone who is known by name, and their ids on the platforms."""

    id: Id
    name: Words
    role: Role
    areas: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    slack: SlackUser | None = None
    teams: EntraId | None = None
    email: Email | None = None
    console: Id | None = None

    @model_validator(mode="after")
    def _leads_an_area(self) -> Self:
        _check_areas(self.role, self.areas)
        return self

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if not any(getattr(self, platform) for platform in PLATFORMS):
            raise ValueError(f"give at least one of {', '.join(PLATFORMS)}")
        return self


class GroupEntry(Entry):
    """`[[group]]`: a user group of a platform whose members have a role."""

    role: Role
    areas: tuple[str, ...] = ()
    slack: SlackGroup | None = None
    teams: EntraId | None = None

    @model_validator(mode="after")
    def _leads_an_area(self) -> Self:
        _check_areas(self.role, self.areas)
        return self

    @model_validator(mode="after")
    def _is_found(self) -> Self:
        if not any(getattr(self, platform) for platform in GROUP_PLATFORMS):
            raise ValueError(f"give at least one of {', '.join(GROUP_PLATFORMS)}")
        return self


class DefaultsEntry(Entry):
    """`[defaults]`: what people have who are not named."""

    unknown: Literal["nothing", "member"] = "nothing"


ENTRY_TYPES: Final[Mapping[str, type[PersonEntry | GroupEntry]]] = {
    "person": PersonEntry,
    "group": GroupEntry,
}


def _check_areas(role: Role, areas: tuple[str, ...]) -> None:
    if role is Role.AREA_LEAD and not areas:
        raise ValueError("an area lead leads at least one area: give areas")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everyone who is known, and what everyone else is given."""

    named: Mapping[tuple[str, str], PersonEntry]  # by platform and the id there
    grouped: Mapping[tuple[str, str], GroupEntry]  # by platform and the group's id there
    unknown: Role | None = None  # the role of who is not named; None: given nothing

    def person(
        self, platform: str, user: str, *, name: str = "", groups: Collection[str] = ()
    ) -> Person:
        """Return who a user of a platform is.

        Args:
            platform: "slack", "teams", "email" or "console".
            user: Their id there.
            name: What they are called there, shown where they are not named here.
            groups: The ids of the groups that they are in.

        Returns:
            The person; of the roles that they and their groups have, the highest.
        """
        entry = self.named.get((platform, _plain(platform, user)))
        mine = [
            found
            for one in sorted(groups)
            if (found := self.grouped.get((platform, _plain(platform, one))))
        ]
        given: list[PersonEntry | GroupEntry] = [*([entry] if entry else []), *mine]
        role = min((one.role for one in given), key=RANK.index, default=self.unknown)
        areas = dict.fromkeys(AreaId(area) for one in given for area in one.areas)
        return Person(
            id=entry.id if entry else f"{platform}:{user}",
            name=entry.name if entry else name or user,
            role=role,
            areas=tuple(areas),
            priorities=entry.priorities if entry else (),
        )

    def groups(self, platform: str) -> frozenset[str]:
        """Return the ids of a platform's groups that carry a role."""
        return frozenset(group for where, group in self.grouped if where == platform)

    def everyone(self) -> Mapping[str, Person]:
        """Return everyone who is named, by their id in the file, in the order written."""
        return {
            entry.id: self.person(platform, user) for (platform, user), entry in self.named.items()
        }

    def on(self, platform: str) -> Mapping[str, Person]:
        """Return everyone who is named on a platform, by their id there, in the order written."""
        return {
            user: self.person(platform, user) for where, user in self.named if where == platform
        }


def read_people(file: Path, catalogue: Catalogue | None = None) -> People:
    """Read and check the file of people.

    Args:
        file: `people.toml`.
        catalogue: The plan whose areas and priorities people are given; not checked without it.

    Raises:
        CatalogueError: Something is missing, doubled or dangling.  The message names file, line,
            key and value of each complaint, up to `MOST_COMPLAINTS` of them.
    """
    if not file.is_file():
        raise CatalogueError(
            f"{file.name}: there is no such file in {file.parent}.",
            hint="Write who may see what there, or set THREATDESK_PEOPLE to another file.",
        )
    return _people(read_toml(file, name=file.name), catalogue)


def people_from(text: str, catalogue: Catalogue | None = None) -> People:
    """Read and check people from text.

    Raises:
        CatalogueError: Like `read_people`.
    """
    return _people(parse_toml(text, name="people.toml"), catalogue)


def _people(file: TomlFile, catalogue: Catalogue | None) -> People:
    defaults, problems = _defaults(file)
    written, more = _entries(file)
    problems += more
    if not problems:
        problems = [*_doubled(written), *_dangling(written, catalogue)]
    if problems:
        raise _refusal(problems)
    entries = [entry for _, entry in written]
    people = [one for one in entries if isinstance(one, PersonEntry)]
    groups = [one for one in entries if isinstance(one, GroupEntry)]
    return People(
        named={where: one for one in people for where in _ids(one)},
        grouped={where: one for one in groups for where in _ids(one)},
        unknown=Role.MEMBER if defaults.unknown == "member" else None,
    )


def _defaults(file: TomlFile) -> tuple[DefaultsEntry, list[str]]:
    try:
        return DefaultsEntry.model_validate(file.content.get("defaults", {})), []
    except ValidationError as error:
        return DefaultsEntry(), list(complaints(error, Origin(file=file)))


Written = list[tuple[Origin, PersonEntry | GroupEntry]]


def _entries(file: TomlFile) -> tuple[Written, list[str]]:
    written: Written = []
    problems: list[str] = []
    for table, rows in file.content.items():
        if table == "defaults":
            continue
        kind = ENTRY_TYPES.get(table)
        if kind is None or not isinstance(rows, list):
            problems.append(
                f"{file.name}: [{table}] is not known here; "
                "write one of [defaults], [[person]], [[group]]."
            )
            continue
        for index, row in enumerate(rows):
            origin = Origin(file=file, table=table, index=index)
            try:
                written.append((origin, kind.model_validate(row)))
            except ValidationError as error:
                problems.extend(complaints(error, origin))
    return written, problems


def _ids(entry: PersonEntry | GroupEntry) -> Iterator[tuple[str, str]]:
    platforms = PLATFORMS if isinstance(entry, PersonEntry) else GROUP_PLATFORMS
    for platform in platforms:
        if user := getattr(entry, platform):
            yield platform, user


def _plain(platform: str, user: str) -> str:
    """Return an id as it is kept: Entra ids and addresses are the same in either case."""
    return user.lower() if platform in ("teams", "email") else user


def _doubled(written: Written) -> Iterator[str]:
    """Find ids that are given twice: it would not be known who someone is."""
    seen: Counter[tuple[Any, ...]] = Counter()
    for origin, entry in written:
        own = [("id", entry.id)] if isinstance(entry, PersonEntry) else []
        for key, value in (*own, *_ids(entry)):
            seen[type(entry), key, value] += 1
            if seen[type(entry), key, value] == 2:  # told once, however often it comes
                yield origin.complaint(key, value, f"another {origin.table} has this {key} too")


def _dangling(written: Written, catalogue: Catalogue | None) -> Iterator[str]:
    """Find areas and priorities that the plan does not have."""
    if catalogue is None:
        return
    areas = {area.id for area in catalogue.tree}
    for origin, entry in written:
        yield from _unknown(origin, "areas", entry.areas, areas, "area of this id")
        if isinstance(entry, PersonEntry):
            known = catalogue.priorities
            yield from _unknown(
                origin, "priorities", entry.priorities, known, "priority of this number"
            )


def _unknown(
    origin: Origin, key: str, given: Iterable[str], known: Collection[str], what: str
) -> Iterator[str]:
    for one in given:
        if one not in known:
            yield origin.complaint(key, one, f"the plan has no {what}")


def _refusal(problems: list[str]) -> CatalogueError:
    shown = problems[:MOST_COMPLAINTS]
    more = len(problems) - len(shown)
    lines = [*shown, *([f"… and {more} more."] if more else [])]
    return CatalogueError(
        "The people cannot be used:\n" + "\n".join(f"  {line}" for line in lines),
        hint="Mend the lines named above and run `threatdesk check`.",
    )
