"""Roles x surfaces x measures: what may not be told is in nothing that is rendered.

The cells are generated from the plan; what may be told is derived from its restrictions
(`tests.attacks.cells`), never from the gate.
"""

from __future__ import annotations

import asyncio
import io
import json
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from starlette.applications import Starlette

from bot.__main__ import main
from bot.access import Sight
from bot.alerts.replayed import Configuration
from bot.answer import Answered
from bot.audit import Outcome
from bot.channels.console.web import routes
from bot.channels.slack.views import home_view
from bot.console import make_console
from bot.documents import Document
from bot.documents.briefing import performance_briefing
from bot.documents.theme import theme_report
from bot.people import ANYONE, Surface
from bot.render import docx, paper, pdf
from bot.render import replay as report
from bot.render.export import to_csv, to_json, to_xlsx
from bot.replay import replay
from bot.replies import kept
from bot.replies.charts import Drawing
from metrics.dashboards import DashboardName
from store.audit import SqlAudit
from store.feed import SqlFeed
from tests.attacks.asking import (
    RENDERERS,
    all_direct_questions,
    ask,
    direct_questions,
    questions,
    unzipped,
)
from tests.attacks.cells import CHANNEL, PEOPLE, Reader, cells, found_in, is_hidden, secrets
from tests.attacks.world import LAST, MORNING, PLAN, World
from tests.bot.render.papers import drawn as a_picture
from tests.demonstrated import quiet

PRIVATE = tuple(Reader(name=one.name, person=one, surface=Surface.PRIVATE) for one in PEOPLE)
SHARED = tuple(Reader(name=one.name, person=one, surface=Surface.CHANNEL) for one in PEOPLE)

MEMBER, CHIEF = PRIVATE[1], PRIVATE[-1]
LOOKED_AT_WHOLE = (MEMBER, SHARED[-1])
"""Whose answers are rendered in every way; of the others, what is kept holds everything."""

PASSED_ON = tuple(
    Reader(name=surface, person=ANYONE, surface=surface)
    for surface in (Surface.EXPORT, Surface.PUBLIC)
)
"""Files that can be passed on, and papers that are published."""

NEEDS = ("kept", "plain", "html", "slack")


class Answers:
    """All answers to everybody, each asked once; where others read, all to who has most rights."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._questions = tuple(dict.fromkeys(questions(world)))
        self._direct = tuple(all_direct_questions(world))
        self.to = cache(self._to)

    def _to(self, reader: Reader) -> dict[str, Answered]:
        asked = self._questions if reader in (*PRIVATE, SHARED[-1]) else self._direct
        return {text: ask(self._world, reader, text) for text in asked}


@pytest.fixture(scope="module")
def answers(world: World) -> Answers:
    """Whatever anybody can ask, asked."""
    return Answers(world)


@cache
def hidden_from(world: World, reader: Reader) -> frozenset[float]:
    """Return what a reader may be told neither of the day nor of the month's end."""
    return secrets(reader, world.daily, world.month_end)


def leaks(texts: dict[str, str], hidden: frozenset[float]) -> dict[str, list[float]]:
    """Return which texts hold figures that are not to be in them, and some of these."""
    return {
        name: sorted(found)[:5] for name, text in texts.items() if (found := found_in(text, hidden))
    }


def test_there_is_something_to_be_hidden_from_everybody(world: World) -> None:
    sizes = {reader.name: len(hidden_from(world, reader)) for reader in (*PRIVATE, CHANNEL)}

    assert min(sizes.values()) > 300, sizes


@pytest.mark.parametrize("reader", [*PRIVATE, *SHARED], ids=str)
def test_no_answer_holds_a_figure_that_its_reader_may_not_be_told(
    world: World, answers: Answers, reader: Reader
) -> None:
    ways = RENDERERS if reader in LOOKED_AT_WHOLE else {"kept": kept.to_text}
    texts = {
        f"{text} ({name})": render(answered.reply)
        for text, answered in answers.to(reader).items()
        for name, render in ways.items()
    }

    assert leaks(texts, hidden_from(world, reader)) == {}


@pytest.mark.parametrize("rendered", NEEDS)
def test_the_search_finds_what_is_told(world: World, answers: Answers, rendered: str) -> None:
    """A chief officer is told in private what members are not: the search sees it there."""
    internal = hidden_from(world, MEMBER) - hidden_from(world, CHIEF)

    texts = {
        text: RENDERERS[rendered](answered.reply) for text, answered in answers.to(CHIEF).items()
    }

    assert len(leaks(texts, internal)) > 30


@pytest.mark.parametrize("reader", [*PRIVATE, *SHARED], ids=str)
def test_whoever_asks_for_a_hidden_figure_is_refused_with_the_reason(
    world: World, answers: Answers, reader: Reader
) -> None:
    told = answers.to(reader)
    wrong = []
    for figures, kind in ((world.daily, ""), (world.month_end, " month end")):
        for measure, area in cells(figures):
            if not is_hidden(figures, reader, measure, area):
                continue
            for text in direct_questions(measure.id, area):
                answered = told[f"{text}{kind}"]
                if answered.outcome is not Outcome.REFUSED or not answered.reply.summary.strip():
                    wrong.append((text, kind, answered.reply.summary))

    assert wrong == []


@pytest.mark.parametrize("reader", [*PRIVATE[1:], *SHARED[1:]], ids=str)
def test_what_nothing_restricts_is_told_to_everyone_who_is_known(
    answers: Answers, reader: Reader
) -> None:
    """A gate that refuses everything would pass every other test."""
    answered = answers.to(reader)["/trend poaching.recorded flow"]

    assert answered.outcome is Outcome.ANSWERED


@pytest.mark.parametrize("reader", [*PRIVATE, CHANNEL], ids=str)
def test_no_sentence_about_a_hidden_figure_is_within_reach(world: World, reader: Reader) -> None:
    """What makes a reply is given figures without what is hidden: also without its words."""
    whole = world.daily.snapshot.assessments
    seen = Sight(figures=world.daily, person=reader.person, surface=reader.surface)
    hidden: set[str] = set()
    told: set[str] = set()
    for measure, area in cells(world.daily):
        words = "\n".join(whole.get(measure.id, area).threat.sentences)
        (hidden if is_hidden(world.daily, reader, measure, area) else told).add(words)

    assert hidden
    assert not (hidden - told) & set(seen.figures.snapshot.assessments.threat.sentences)


def test_every_refusal_is_written_down_with_its_reason(world: World) -> None:
    ask(world, MEMBER, "/trend smuggling.recorded flow")

    [row] = SqlAudit(world.app.database).search(limit=1)

    assert (row.entry.person.id, row.entry.outcome) == ("member", Outcome.REFUSED)
    assert "internal" in row.entry.detail


# Files and papers.


@pytest.mark.parametrize("reader", [CHANNEL, *PASSED_ON], ids=str)
def test_no_exported_dashboard_holds_a_figure_that_may_not_be_passed_on(
    world: World, reader: Reader
) -> None:
    texts: dict[str, str] = {}
    for figures in (world.daily, world.month_end):
        sight = Sight(figures=figures, person=reader.person, surface=reader.surface)
        for name in DashboardName:
            for area in figures.catalogue.tree:
                made = sight.dashboard(name, area)
                label = f"{name} {area.id} {sight.kind}"
                workbook = to_xlsx(made)
                texts |= {
                    f"{label} csv": to_csv(made),
                    f"{label} json": to_json(made),
                    f"{label} xlsx": unzipped(workbook),
                    f"{label} cells": _cells(workbook),
                }

    assert leaks(texts, hidden_from(world, reader)) == {}


def _cells(workbook: bytes) -> str:
    return "\n".join(
        f"{cell.value!r} {cell.comment}"
        for sheet in load_workbook(io.BytesIO(workbook))
        for line in sheet.iter_rows()
        for cell in line
    )


def _papers(world: World, reader: Reader) -> list[Document]:
    doing = world.app.doing(MORNING.date())
    sight = Sight(figures=world.month_end, person=reader.person, surface=reader.surface)
    themes = dict.fromkeys(one.theme for one in sight.catalogue.priorities.values())
    return [
        performance_briefing(sight, doing, made_on=MORNING.date()),
        *(theme_report(sight, theme, doing) for theme in themes),
    ]


@pytest.mark.parametrize("reader", [*PASSED_ON, CHIEF], ids=str)
def test_no_paper_holds_a_figure_that_its_readers_may_not_be_told(
    world: World, reader: Reader
) -> None:
    drawn: list[str] = []

    def draw(drawing: Drawing) -> bytes:
        drawn.append(repr(drawing))
        return a_picture(drawing)

    texts: dict[str, str] = {}
    for document in _papers(world, reader):
        pages = PdfReader(io.BytesIO(pdf.render(document, draw=draw)))
        texts |= {
            f"{document.heading} pdf": " ".join(page.extract_text() for page in pages.pages)
            + f"{pages.metadata} {pages.outline}",
            f"{document.heading} docx": unzipped(docx.render(document, draw=draw)),
            f"{document.heading} text": paper.render(document),
        }
    texts["pictures"] = "\n".join(drawn)

    assert leaks(texts, hidden_from(world, reader)) == {}


@pytest.fixture
def at_the_terminal(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command line over the same database; where its files go."""
    url = world.app.settings.database_url.get_secret_value()
    for name, value in {"DATABASE_URL": url, "PLAN": str(PLAN), "DATA": str(tmp_path)}.items():
        monkeypatch.setenv(f"THREATDESK_{name}", value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def threatdesk(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize("name", DashboardName)
def test_no_file_of_the_command_line_holds_a_figure_that_may_not_be_passed_on(
    world: World, at_the_terminal: Path, name: DashboardName, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("csv", "json", "xlsx", "table"):
        file = at_the_terminal / f"{name}.{form}"
        assert threatdesk("dashboard", name, "--format", form, "--output", str(file)) == 0
    assert threatdesk("dashboard", name, "--format", "csv") == 0
    files = {one.name: one.read_bytes() for one in at_the_terminal.glob(f"{name}.*")}
    texts = {
        one: unzipped(content) if one.endswith("xlsx") else content.decode()
        for one, content in files.items()
    }
    texts["a pipe"] = capsys.readouterr().out

    assert len(texts) == 5
    assert leaks(texts, hidden_from(world, PASSED_ON[0])) == {}


@pytest.mark.parametrize("name", DashboardName)
def test_no_screen_shows_what_is_not_cited(
    world: World, at_the_terminal: Path, name: DashboardName, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is at the terminal sees what analysts see."""
    assert at_the_terminal
    assert threatdesk("dashboard", name) == 0
    assert threatdesk("why", "wrecking.recorded") == 1
    assert threatdesk("why", "smuggling.recorded") == 0

    said = capsys.readouterr()
    assert leaks({"screen": said.out + said.err}, hidden_from(world, CHIEF)) == {}
    assert "not cited" in said.err


# What is told without being asked for.


@pytest.mark.parametrize("reader", [*PRIVATE[1:], CHANNEL], ids=str)
def test_nothing_that_was_told_holds_a_figure_that_its_reader_may_not_be_told(
    world: World, reader: Reader
) -> None:
    """Alerts, the digest, the monthly briefing and the theme; also what people follow by wish."""
    posts = SqlFeed(world.app.database, platform="console").posts(reader.name, at_most=1_000)
    address = "#performance" if reader is CHANNEL else reader.name
    texts = {
        f"{post.key} ({name})": render(reply)
        for post in posts
        if post.address == address
        for reply in (post.reply, *(one.reply for one in post.thread))
        for name, render in RENDERERS.items()
    }

    assert texts
    assert leaks(texts, hidden_from(world, reader)) == {}


def test_who_follows_what_they_may_not_be_told_hears_nothing_of_it(world: World) -> None:
    posts = SqlFeed(world.app.database, platform="console").posts("member", at_most=1_000)
    direct = [kept.to_text(one.reply) for one in posts if one.address == "member"]

    assert direct
    assert not [text for text in direct if "Smuggling" in text or "Oyster" in text]


def test_the_alerts_of_chief_officers_hold_what_others_are_not_told(world: World) -> None:
    """The search of what was told would find something."""
    posts = SqlFeed(world.app.database, platform="console").posts("chief-officer", at_most=1_000)
    texts = {one.key: kept.to_text(one.reply) for one in posts if one.address == "chief-officer"}

    assert leaks(texts, hidden_from(world, MEMBER) - hidden_from(world, CHIEF))


@pytest.mark.parametrize("reader", PRIVATE, ids=str)
def test_no_home_holds_a_figure_that_its_owner_may_not_be_told(
    world: World, answers: Answers, reader: Reader
) -> None:
    view = home_view(answers.to(reader)["/threatdesk home"].reply)

    assert leaks({"home": json.dumps(view)}, hidden_from(world, reader)) == {}


def test_a_replay_tells_nothing_that_is_not_cited(world: World) -> None:
    """Its report is for those who set the rules: analysts, in private."""
    made = replay(
        database=world.app.database,
        catalogue=world.app.catalogue,
        configurations=[Configuration(name="as it is", policy=world.app.policy)],
        first=LAST.replace(day=9),
        last=LAST,
        run_at=time(6),
        progress=quiet,
    )
    texts = {
        form.__name__: form(made) for form in (report.to_csv, report.to_json, report.to_markdown)
    }

    assert leaks(texts, hidden_from(world, CHIEF)) == {}


# The console.


class Page:
    """The console's own page, as somebody."""

    def __init__(self, world: World) -> None:
        self._app = Starlette(routes=routes(make_console(world.app)))

    def get(self, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._send("GET", path, **given))

    def post(self, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._send("POST", path, **given))

    async def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=("127.0.0.1", 50_000))
        base = "http://127.0.0.1:8765"
        headers = {"x-threat-desk": "console"}
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            return await client.request(method, path, **given)


ASKED_IN_THE_CONSOLE = (
    "/dashboard all-crime",
    "/dashboard targets",
    "/priority 4",
    "/priority 2 quay",
    "/threats",
    "/trend all crime",
    "/briefing monthly",
)


@pytest.mark.parametrize("reader", PRIVATE[1:], ids=str)
def test_the_console_shows_nobody_what_they_may_not_be_told(world: World, reader: Reader) -> None:
    page = Page(world)
    shown = {
        text: page.post("/console/ask", json={"text": text, "as": reader.name}).text
        for text in ASKED_IN_THE_CONSOLE
    }
    shown["feed"] = page.get("/console/feed", params={"as": reader.name}).text
    shown["page"] = page.get("/").text

    assert leaks(shown, hidden_from(world, reader)) == {}


@pytest.mark.parametrize(
    "measure", ["smuggling.recorded", "wrecking.recorded", "net-damage.recorded"]
)
def test_the_reason_of_what_is_not_shared_is_told_to_who_shares_it_alone(
    world: World, measure: str
) -> None:
    feed = SqlFeed(world.app.database, platform="console")
    before = feed.mark()

    answer = Page(world).post(
        "/console/share", json={"command": f"/trend {measure}.recorded quay", "as": "chief-officer"}
    )

    assert answer.json()["shared"] is False
    assert answer.json()["summary"].endswith(".")
    assert feed.mark() == before
