"""Hostile words in every field and every column, on every renderer: words they stay."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, Final

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from rich.console import Console

from bot.access import Sight
from bot.answer import Answered, Request
from bot.daily import Loaded
from bot.documents.briefing import performance_briefing
from bot.people import Person, Role, Surface
from bot.register.files import Format, write_file
from bot.register.sheets import to_sheets
from bot.render import docx, html, paper, pdf, plain, slack
from bot.render.export import to_csv, to_xlsx
from bot.render.loads import loaded_text
from bot.render.text import print_dashboard
from bot.render.why import print_explanation
from bot.replies import Reply
from metrics.dashboards import DashboardName, explain_claim, make_dashboard
from metrics.delivery import InputFile
from metrics.errors import UserError
from store.feed import SqlFeed
from tests.attacks.asking import RENDERERS, questions
from tests.attacks.hostile import (
    HOSTILE,
    OBEYED,
    wrong_in_card,
    wrong_in_cells,
    wrong_in_html,
    wrong_in_message,
    wrong_in_plain,
)
from tests.attacks.world import MORNING, PLAN, World, a_world, some_records
from tests.bot.render.papers import drawn

TEXTS: Final = tuple(HOSTILE.values())

CHECKS: Final[dict[str, Callable[[Reply], list[str]]]] = {
    "plain": lambda reply: wrong_in_plain(plain.render(reply)),
    "html": lambda reply: wrong_in_html(html.render(reply)),
    "slack": lambda reply: wrong_in_message(slack.render(reply)),
    "slack home": lambda reply: wrong_in_message(slack.render_home(reply)),
}
if "teams" in RENDERERS:
    CHECKS["teams"] = lambda reply: wrong_in_card(json.loads(RENDERERS["teams"](reply)))

NAMED: Final = re.compile(r'^(name|theme|text|source|does|unit) = "[^"]*"$', re.MULTILINE)
"""What a plan says in words; ids, kinds and numbers are checked when it is read."""


def _spoilt(text: str, words: Iterator[str]) -> str:
    """Return a plan's file with hostile words wherever it has words of its own."""
    return NAMED.sub(lambda found: f"{found[1]} = {json.dumps(next(words))}", text)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The guarded force, all of whose words are hostile; each name is told apart by a number."""
    folder = tmp_path_factory.mktemp("hostile")
    plan = folder / "plan"
    shutil.copytree(PLAN, plan)
    numbers = iter(range(1, 1_000))
    words = (f"{text} n{next(numbers)}" for text in cycle(TEXTS))
    for file in ("everything.toml", "operations.toml"):
        spoilt = _spoilt((plan / file).read_text(), words)
        (plan / file).write_text(spoilt.replace('"The harbour master', '"<!channel> The master'))
    people = (plan / "people.toml").read_text()
    (plan / "people.toml").write_text(_spoilt(people, words))
    inputs = [InputFile(name=f"{text}.csv", size=1, sha256="ab", rows=1) for text in TEXTS]
    with a_world(folder, some_records(), plan=plan, inputs=inputs) as made:
        _write_down(made)
        yield made


WRITER: Final = Person(id="chief-officer", name=" ".join(list(TEXTS)[:4]), role=Role.CHIEF_OFFICER)


def tell(world: World, asked: str, /, **fields: str) -> Answered:
    """Ask, or send a form, as somebody whose very name is hostile."""
    return world.app.desk.settle(Request(text=asked, person=WRITER, at=MORNING, fields=fields))


def _write_down(world: World) -> None:
    """Put a hostile text into every field of every form."""
    for number, text in enumerate(TEXTS, start=1):
        kept = f"{text} w{number}"
        tell(world, "/issue new", title=kept, known=kept, priority="1", area="flow")
        tell(world, f"/issue update I-{number}", text=kept, root_cause=kept)
        tell(world, f"/issue action I-{number}", action=kept, due="2020-12-20")
        tell(world, f"/issue assign I-{number}", owner="chief-officer", why=kept)
        tell(world, "/operation new", name=kept, first="2020-12-01", does=kept, lead=kept)
        tell(world, f"/brief add {kept}")
        tell(world, "/alert useless A-1", comment=kept)
    tell(world, "/alert ack A-1")
    tell(world, "/alert snooze A-2 until next board")
    assert len(world.app.register.issues()) == len(HOSTILE)
    assert len(world.app.horizon.items()) == len(HOSTILE)
    assert len(world.app.operations.operations()) >= len(HOSTILE)


ECHOED: Final = tuple(
    form.format(text, text)
    for text in TEXTS
    for form in (
        "{}", "/trend {}", "/priority {}", "/csp {}", "/issue show {}", "/issue {}", "/alert {}",
        "/operation show {}", "/impact {}", "/brief {}", "/threatdesk {}", "/{}", "/compare {} {}",
        "/threatdesk glossary {}", "/dashboard {}", "/threatdesk subscribe {}",
        "/trend boats as at {}",
        "/alert snooze A-3 until {}", "how is {} in {}?",
    )
)  # fmt: skip
"""Whatever is asked is said back where it is not understood."""


@pytest.fixture(scope="module")
def replies(hostile: World) -> dict[str, Reply]:
    """Everything that can be answered about what is hostile, and every echo."""
    asked = [
        *(text for text in questions(hostile) if "month end" not in text),
        *ECHOED,
        *(f"/issue show I-{number}" for number in range(1, len(HOSTILE) + 1)),
        *(f"/issue history I-{number}" for number in range(1, len(HOSTILE) + 1)),
        *(f"/operation show {one.id}" for one in hostile.app.operations.operations()),
        *("/issue list", "/issue mine", "/issue new", "/issue update I-1", "/issue action I-1"),
        *("/operation list", "/operation new", "/brief list", "/alert A-1", "/alert A-2"),
    ]
    return {text: tell(hostile, text).reply for text in dict.fromkeys(asked)}


@pytest.mark.parametrize("rendered", CHECKS)
def test_hostile_words_stay_words_in_every_answer(replies: dict[str, Reply], rendered: str) -> None:
    wrong = {text: found for text, reply in replies.items() if (found := CHECKS[rendered](reply))}

    assert {text: found[:3] for text, found in list(wrong.items())[:10]} == {}


def test_hostile_words_are_shown_where_they_were_written(replies: dict[str, Reply]) -> None:
    """What is dropped altogether cannot be attacked, and cannot be read."""
    said = "\n".join(plain.render(reply, width=100_000) for reply in replies.values())

    for mark in ("<!channel>", "<script>alert(1)</script>", "gnp.exe", "=HYPERLINK", "@SUM(1+1)"):
        assert mark in said


@pytest.mark.parametrize("rendered", CHECKS)
def test_hostile_words_stay_words_in_what_is_told(hostile: World, rendered: str) -> None:
    told = [one.reply for one in _told(hostile)]

    assert told
    assert [found for reply in told if (found := CHECKS[rendered](reply))] == []


def _told(world: World) -> list[Any]:
    return list(SqlFeed(world.app.database, platform="console").posts("chief-officer", at_most=999))


# Files.


@pytest.mark.parametrize("name", DashboardName)
def test_no_cell_of_an_exported_dashboard_is_run(hostile: World, name: DashboardName) -> None:
    made = make_dashboard(hostile.daily, name, None)
    book = load_workbook(io.BytesIO(to_xlsx(made)))

    lines = [*csv.reader(io.StringIO(to_csv(made), newline=""))]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert wrong_in_cells(lines) == []
    assert [one.value for one in cells if one.data_type == "f" or one.hyperlink] == []


@pytest.mark.parametrize("form", Format)
def test_no_cell_of_an_exported_register_is_run(hostile: World, form: Format) -> None:
    content = write_file(to_sheets(hostile.app.register.issues()), form)

    if form is Format.CSV:
        rows: list[list[Any]] = [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    else:
        book = load_workbook(io.BytesIO(content))
        rows = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
        formulas = [
            c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"
        ]
        assert formulas == []
    assert wrong_in_cells(rows) == []


def test_no_paper_holds_a_link_or_an_unseen_character(hostile: World) -> None:
    sight = Sight(figures=hostile.month_end, person=WRITER, surface=Surface.PRIVATE)
    document = performance_briefing(
        sight, hostile.app.doing(MORNING.date()), made_on=MORNING.date()
    )

    pages = PdfReader(io.BytesIO(pdf.render(document, draw=drawn))).pages
    links = [
        one.get_object().get("/A")
        for page in pages
        for one in page.get("/Annots", ())
        if "/URI" in str(one.get_object()) or "/JS" in str(one.get_object())
    ]
    assert links == []
    assert OBEYED.findall("".join(page.extract_text().replace("\n", " ") for page in pages)) == []
    assert OBEYED.findall(paper.render(document)) == []


def test_no_word_document_leads_anywhere(hostile: World) -> None:
    sight = Sight(figures=hostile.month_end, person=WRITER, surface=Surface.PRIVATE)
    document = performance_briefing(
        sight, hostile.app.doing(MORNING.date()), made_on=MORNING.date()
    )

    with zipfile.ZipFile(io.BytesIO(docx.render(document, draw=drawn))) as archive:
        parts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith(("xml", "rels"))
        }

    everything = "".join(parts.values())
    assert 'TargetMode="External"' not in everything
    assert "<w:hyperlink" not in everything
    fields = set(re.findall(r"<w:instrText[^>]*>\s*(\w+)", everything))
    assert fields <= {"PAGE", "NUMPAGES", "TOC", "STYLEREF"}
    assert OBEYED.findall(parts["word/document.xml"]) == []


# The terminal.


def printed(print_it: Callable[[Console], None]) -> str:
    """Return what reaches a terminal that shows no colours."""
    out = io.StringIO()
    print_it(Console(file=out, width=200, highlight=False, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize("name", DashboardName)
def test_a_dashboard_cannot_command_a_terminal(hostile: World, name: DashboardName) -> None:
    made = make_dashboard(hostile.daily, name, None)

    assert wrong_in_plain(printed(lambda out: print_dashboard(made, out))) == []


def test_an_explanation_cannot_command_a_terminal(hostile: World) -> None:
    wrong = [
        found
        for measure in hostile.app.catalogue.measures
        if (
            found := wrong_in_plain(
                printed(
                    lambda out, one=measure: print_explanation(  # type: ignore[misc]
                        explain_claim(hostile.daily, one, "ebb"), out
                    )
                )
            )
        )
    ]

    assert wrong == []


@pytest.mark.parametrize("text", TEXTS, ids=list(HOSTILE))
def test_the_report_of_a_load_cannot_command_a_terminal(text: str) -> None:
    problem = UserError(f"{text}.csv is damaged.", hint=text)

    said = printed(lambda out: out.print(loaded_text([Loaded(source=text, problem=problem)])))

    assert wrong_in_plain(said) == []
