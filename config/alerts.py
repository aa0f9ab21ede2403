"""When alerts are raised, how many, and who is told: a plan's `alerts.toml`, checked as a whole.

Every table may be left out: what is not written has the defaults below, whose reasons are in
docs/methods/alerts.md.  Proportions and chances are 0-1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from config.entries import Entry
from config.files import Origin, TomlFile, complaints, parse_toml, read_toml
from metrics.errors import CatalogueError
from metrics.model import Catalogue, Level

ALERTS_FILE: Final = "alerts.toml"

MOST_COMPLAINTS: Final = 12

Chance = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=366)]

FORCE_ONLY: Final = (Level.FORCE,)
FORCE_AND_BCU: Final = (Level.FORCE, Level.BCU)
WATCHED: Final = (Level.FORCE, Level.BCU, Level.CSP, Level.LPU)


class Budget(Entry):
    """`[budget]`: how many false alerts the force is ready to hear a week, over all its series."""

    false_alerts_a_week: Annotated[float, Field(gt=0, le=20)] = 1.0
    surge: Share = 0.8
    """What part of it the daily watch may use; the control charts have the rest."""


class Material(Entry):
    """`[material]`: below this a change is too small to be told, however significant."""

    volume: Share = 0.05
    crimes: Annotated[int, Field(ge=1)] = 10
    points: Share = 0.025
    large_volume: Share = 0.20
    large_points: Share = 0.05
    least_in_window: Annotated[int, Field(ge=1)] = 5


class Deterioration(Entry):
    """`[deterioration]`: the year to date against last year's."""

    significance: Chance = 0.01
    hold: Chance = 0.05
    least_days: Days = 28
    """Days of the performance year that must be over."""

    @model_validator(mode="after")
    def _holds_longer(self) -> Self:
        if self.hold < self.significance:
            raise ValueError("hold must not be below significance, or an alert would flap")
        return self


class TargetCuts(Entry):
    """`[target]`: when a target counts as unlikely, and when as secured."""

    unlikely: Chance = 0.20
    unlikely_hold: Chance = 0.30
    secured: Chance = 0.95
    secured_hold: Chance = 0.80
    least_days: Days = 60
    levels: tuple[Level, ...] = FORCE_ONLY

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.unlikely <= self.unlikely_hold < self.secured_hold <= self.secured:
            raise ValueError("write them so that unlikely ≤ unlikely_hold < secured_hold ≤ secured")
        return self


class Late(Entry):
    """`[late]`: days that a source may take after the end of what it reports."""

    day: Days = 2
    month: Days = 45
    quarter: Days = 75


class Life(Entry):
    """`[life]`: how long things last."""

    quiet_days: Annotated[int, Field(ge=1, le=92)] = 28
    merge_days: Days = 7
    longest_snooze_days: Annotated[int, Field(ge=1, le=366)] = 92
    clearly_larger: Annotated[float, Field(gt=1)] = 1.5


class QuietHours(Entry):
    """`[quiet_hours]`: from when to when nothing is posted, in Europe/London."""

    start: time = time(20)
    end: time = time(7)
    weekends: bool = False
    """Whether Saturdays and Sundays are quiet throughout."""


class RouteConcern(StrEnum):
    """What a route may carry."""

    THREAT = "threat"
    LATE = "late"
    SECURED = "secured"


def _known_platform(value: str) -> str:
    platform, _, address = value.partition(":")
    if not platform or not address:
        raise ValueError('write the platform and its own id, for example "slack:C042"')
    return value


class Route(Entry):
    """`[[route]]`: one channel, person or role, and what it is told.

    A filter that is left out lets everything through; of several all must fit.
    """

    name: Annotated[str, Field(min_length=1)]
    to: Annotated[str, AfterValidator(_known_platform)] | None = None
    role: Literal["chief_officer", "analyst", "area_lead", "member"] | None = None
    priorities: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    """These areas and everything inside them."""
    area_levels: tuple[Level, ...] = ()
    concerns: tuple[RouteConcern, ...] = (RouteConcern.THREAT, RouteConcern.SECURED)
    least: Literal["low", "medium", "high"] = "medium"
    daily_cap: Annotated[int, Field(ge=1, le=50)] = 5
    nothing_new: bool = False
    quiet_hours: bool = True

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.to is None) is (self.role is None):
            raise ValueError("write either `to` or `role`")
        return self


class AlertPolicy(Entry):
    """Everything that is written in `alerts.toml`."""

    levels: tuple[Level, ...] = WATCHED
    boards: tuple[date, ...] = ()
    budget: Budget = Budget()
    material: Material = Material()
    deterioration: Deterioration = Deterioration()
    target: TargetCuts = TargetCuts()
    classification_levels: tuple[Level, ...] = FORCE_AND_BCU
    control_levels: tuple[Level, ...] = FORCE_ONLY
    late: Late = Late()
    life: Life = Life()
    quiet_hours: QuietHours = QuietHours()
    route: tuple[Route, ...] = ()


def read_alerts(file: Path, catalogue: Catalogue) -> AlertPolicy:
    """Read and check an `alerts.toml`; without one there are the defaults and no routes.

    Raises:
        CatalogueError: Something in it is wrong; the message has a line for every mistake, with
            the line of the file, the key and the value.
    """
    return _checked(read_toml(file, name=file.name), catalogue) if file.exists() else AlertPolicy()


def alerts_from(text: str, catalogue: Catalogue) -> AlertPolicy:
    """Read a policy from the text of an `alerts.toml`.

    Raises:
        CatalogueError: As `read_alerts`.
    """
    return _checked(parse_toml(text, name=ALERTS_FILE), catalogue)


def _checked(file: TomlFile, catalogue: Catalogue) -> AlertPolicy:
    routes, problems = _routes(file, catalogue)
    parts = {key: value for key, value in file.content.items() if key != "route"}
    try:
        policy = AlertPolicy.model_validate(parts)
    except ValidationError as error:
        raise _refusal([*_placed(error, file), *problems]) from error
    if problems:
        raise _refusal(problems)
    return policy.model_copy(update={"route": routes})


def _placed(error: ValidationError, file: TomlFile) -> Iterator[str]:
    """Say each mistake with the line of the key itself, not of its table's name."""
    for problem in error.errors():
        keys = [str(part) for part in problem["loc"] if isinstance(part, str)]
        table, key = (keys[0], keys[-1]) if len(keys) > 1 else ("", keys[0] if keys else "")
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"there is no such key{f' in [{table}]' if table else ''}"
        line = _line_in(file, table or key, key if table else "")
        where = f"{file.name}, line {line}" if line else file.name
        value = problem["input"] if not isinstance(problem["input"], Mapping) else "(the table)"
        yield f"{where}: {'.'.join(keys)} = {value}: {message[:1].lower() + message[1:]}."


def _line_in(file: TomlFile, table: str, key: str) -> int:
    """Return the line of a key in a plain table; of the table or key itself where there is none."""
    lines = [line.split("#")[0].strip() for line in file.text.splitlines()]
    start = lines.index(f"[{table}]") if f"[{table}]" in lines else -1
    if start < 0 or not key:
        wanted = [n for n, line in enumerate(lines) if line.partition("=")[0].strip() == table]
        return (wanted[0] + 1) if wanted else start + 1
    for n in range(start + 1, len(lines)):
        if lines[n].startswith("["):
            break
        if lines[n].partition("=")[0].strip() == key:
            return n + 1
    return start + 1


def _routes(file: TomlFile, catalogue: Catalogue) -> tuple[tuple[Route, ...], list[str]]:
    tables: Any = file.content.get("route", [])
    if not isinstance(tables, list):
        return (), [f"{file.name}: write a route as [[route]], with double brackets."]
    routes: list[Route] = []
    problems: list[str] = []
    for index, table in enumerate(tables):
        origin = Origin(file=file, table="route", index=index)
        try:
            route = Route.model_validate(table)
        except ValidationError as error:
            problems += complaints(error, origin)
            continue
        problems += _dangling(route, origin, catalogue)
        routes.append(route)
    for name, times in Counter(one.name for one in routes).items():
        if times > 1:
            problems.append(f"{file.name}: {times} routes are named “{name}”; each needs its own.")
    return tuple(routes), problems


def _dangling(route: Route, origin: Origin, catalogue: Catalogue) -> Iterator[str]:
    """Say every name in a route that the plan does not know."""
    known: dict[str, tuple[tuple[str, ...], set[str]]] = {
        "priorities": (route.priorities, set(catalogue.priorities)),
        "themes": (route.themes, {one.theme for one in catalogue.priorities.values()}),
        "areas": (route.areas, {area.id for area in catalogue.tree}),
    }
    for key, (written, names) in known.items():
        for name in written:
            if name not in names:
                yield origin.complaint(key, name, f"the plan has no such {key[:-1]}")


def _refusal(problems: list[str]) -> CatalogueError:
    shown = problems[:MOST_COMPLAINTS]
    more = len(problems) - len(shown)
    lines = [*shown, *([f"… and {more} more."] if more else [])]
    return CatalogueError(
        "The alerts cannot be configured:\n" + "\n".join(f"  {line}" for line in lines),
        hint=f"Mend the lines of {ALERTS_FILE} named above and run `threatdesk check`.",
    )
