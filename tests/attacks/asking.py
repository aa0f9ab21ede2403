"""Everything that can be asked of the guarded force, generated from its plan."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from bot.answer import Answered, Request
from bot.render import html, plain, slack
from bot.replies import Reply, kept
from metrics.dashboards import DashboardName
from metrics.model import AreaId, MeasureId
from metrics.snapshot import SnapshotKind
from tests.attacks.cells import Reader
from tests.attacks.world import MORNING, World

Render = Callable[[Reply], str]


def _renderers() -> dict[str, Render]:
    found: dict[str, Render] = {
        "kept": kept.to_text,
        "plain": plain.render,
        "html": html.render,
        "slack": lambda reply: json.dumps(slack.render(reply), ensure_ascii=False),
    }
    if find_spec("bot.render.teams"):
        teams = import_module("bot.render.teams")
        found["teams"] = lambda reply: json.dumps(teams.render(reply), ensure_ascii=False)
    return found


RENDERERS: Final[Mapping[str, Render]] = _renderers()
"""Every way in which a reply is shown; what is kept of it holds drawings and buttons whole."""

KINDS: Final = {SnapshotKind.DAILY: "", SnapshotKind.MONTH_END: " month end"}


def direct_questions(measure: MeasureId, area: AreaId) -> tuple[str, ...]:
    """Return the questions about one figure and nothing else."""
    return f"/trend {measure} {area}", f"/threatdesk why {measure} {area}"


def all_direct_questions(world: World) -> Iterator[str]:
    """Give the questions about every measure in every area, of the day and of the month's end."""
    plan = world.app.catalogue
    for kind in KINDS.values():
        for measure in plan.measures:
            for area in plan.tree:
                yield from (f"{one}{kind}" for one in direct_questions(measure, area.id))


def questions(world: World) -> Iterator[str]:
    """Give every command about every measure, area, priority, dashboard, alert and operation."""
    yield from all_direct_questions(world)
    plan = world.app.catalogue
    areas = [one.id for one in plan.tree]
    for kind in KINDS.values():
        yield from (f"/dashboard {one}{kind}" for one in DashboardName)
        yield from (f"/priority {one}{kind}" for one in plan.priorities)
    yield from (f"/priority {one} {area}" for one in plan.priorities for area in areas)
    yield from (f"/dashboard {one} {area}" for one in DashboardName for area in areas)
    for crime_type in plan.crime_types:
        yield from (
            f"/csp ebb {crime_type}",
            f"/csp {crime_type}",
            f"/compare ebb flow {crime_type}",
        )
    yield from (f"/{one} {area}" for one in ("csp", "threats") for area in areas)
    operations = [one.id for one in world.app.operations.operations()]
    yield from (f"/impact {one}" for one in operations)
    yield from (f"/impact dark-lantern {measure}" for measure in plan.measures)
    for alert in world.app.deciding.standing():
        yield f"/alert {alert.id}"
    yield from (f"/alert {part} {alert.id}" for part in ("why", "chart", "useless"))
    yield from (f"/briefing theme {one.theme}" for one in plan.priorities.values())
    yield from OTHERS


OTHERS: Final = (
    "/briefing",
    "/briefing weekly",
    "/briefing monthly",
    "/impact",
    "/issue list",
    "/operation list",
    "/compare ebb flow",
    "/threatdesk home",
    "/threatdesk status",
    "/threatdesk subscribe",
    "/threatdesk glossary smuggling",
    "how is smuggling in ebb?",
    "wrecking",
    "how many pirates were there?",
)


def ask(world: World, reader: Reader, text: str) -> Answered:
    """Ask as somebody, somewhere."""
    return world.app.desk.settle(
        Request(text=text, person=reader.person, surface=reader.surface, at=MORNING)
    )


_TAGS: Final = re.compile(r"<[^>]*>")


def unzipped(content: bytes) -> str:
    """Return everything that an Office file holds: texts, properties, pictures' descriptions.

    Tags are left out: a number may be in two runs of a text, and is read there as well.
    """
    said = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                xml = archive.read(name).decode()
                said += [xml, _TAGS.sub(" ", xml), _TAGS.sub("", xml)]
    return "\n".join(said)
