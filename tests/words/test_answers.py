"""Real answers to every command, read as they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.app import App
from bot.replies import (
    Bullets,
    Chart,
    Facts,
    Footnote,
    Heading,
    Paragraph,
    Reply,
    Standing,
    Table,
)
from tests.words.conftest import Answer
from tests.words.rules import (
    IN_EVERY_FIGURE,
    IN_EVERY_MESSAGE,
    LONGEST_VERDICT,
    broken,
    too_long,
)

DAY = " as at 11 December 2013"

ASKED = (
    *(f"/priority {number}{DAY}" for number in ("1", "3", "5", "7", "9", "11", "12", "13", "14")),
    *(f"/priority {number}" for number in ("5", "8", "12", "14", "17", "18")),
    f"/priority 12 charnwood{DAY}", f"/csp charnwood{DAY}", "/csp burglary", f"/threats{DAY}",
    "/threats charnwood", "/trend burglary charnwood", "/trend all-crime", f"/trend 9{DAY}",
    "/trend all-user satisfaction", f"/compare charnwood blaby burglary{DAY}",
    "/compare city counties", "/briefing", "/briefing monthly", "/briefing theme",
    f"/dashboard all-crime{DAY}", f"/dashboard targets{DAY}", "/dashboard targets",
    "/dashboard plan", f"/dashboard scorecard{DAY}", "/dashboard csp", "/dashboard long-term",
    "/impact", "/impact tiger", f"/threatdesk why burglary{DAY}", "/threatdesk status",
    "/threatdesk why all-user satisfaction", "/issue list", "/operation list", "/brief list",
    "/threatdesk home", "/threatdesk subscribe", "/threatdesk help", "/threatdesk glossary",
    "/priority 99", "/csp atlantis", "/trend burglary as at 1 January 2050", "something else",
    "/alert A-999", "/alert ack", "/compare charnwood", "/issue show I-999", "/issue raise",
)  # fmt: skip
"""Every kind of answer, on a day with targets and on one without, and what is not understood."""

TYPED = re.compile(
    r"/[a-z]+(?: [^.;]*)?|`[^`]*`|“[^”]*”|(?:threatdesk|--[a-z-]+) [^.;,]*"
    r"|\S+\.(?:toml|md|pdf|docx|csv|parquet)"
    r"|(?:sha256|[Ss]napshot|rule) [0-9a-f]{8,}|\bR-[0-9A-F]+|slack:\S+"
)
"""Commands, names of files, and marks of what a figure came from: to be copied, not to be read."""

A_FIGURE = re.compile(r"\d%(?! range)|\d points|[+−]\d|\d against \d|\d expected")


@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_is_plain_english(asked: str, answer: Answer) -> None:
    told = [TYPED.sub("…", one) for one in _said(answer(asked))]

    assert [f"{one}: {why}" for one in told for why in broken(one, IN_EVERY_MESSAGE)] == []
    assert [f"{one}: {why}" for one in told for why in broken(one, IN_EVERY_FIGURE)] == []


@pytest.mark.parametrize("asked", ASKED)
def test_the_verdict_is_short_enough_to_be_heard_once(asked: str, answer: Answer) -> None:
    strong = [
        block.text
        for block in answer(asked).blocks
        if isinstance(block, Paragraph) and block.strong
    ]

    assert [why for one in strong for why in too_long(TYPED.sub("…", one), LONGEST_VERDICT)] == []


@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_with_figures_says_as_at_when_and_from_where(asked: str, answer: Answer) -> None:
    reply = answer(asked)
    told = "\n".join(_said(reply))
    if not _shows_figures(reply):
        return

    assert re.search(r"\b[Aa]s at \d{1,2} [A-Z][a-z]+ \d{4}", told)
    assert re.search(r"\b[Ss]napshot\b", told)
    assert re.search(r"\bfrom [a-z]+|\bLoad 1\b|\bSources?\b", told)


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_not_answered_says_what_to_do(asked: str, answer: Answer) -> None:
    reply = answer(asked)
    if reply.standing is not Standing.NOTICE or _shows_figures(reply):
        return

    assert len(reply.blocks) > 1, reply.summary


def test_every_command_has_its_answer_here(demonstration_app: App) -> None:
    names = {one.name for one in demonstration_app.commands}

    assert names == {one.split()[0].removeprefix("/") for one in ASKED if one.startswith("/")}


def _shows_figures(reply: Reply) -> bool:
    """Whether a reply shows a figure of crime: a chart, a table of numbers, a change."""
    return any(
        isinstance(block, Chart)
        or (isinstance(block, Table) and any(one.is_number for one in block.columns))
        or (isinstance(block, Paragraph) and bool(A_FIGURE.search(block.text)))
        or (isinstance(block, Bullets) and any(A_FIGURE.search(one) for one in block.items))
        for block in reply.blocks
    )


def _said(reply: Reply) -> Iterator[str]:
    """Give every text of a reply that is read; not what is only pressed or typed."""
    yield reply.summary
    for block in reply.blocks:
        match block:
            case Heading() | Paragraph() | Footnote():
                yield block.text
            case Bullets():
                yield from block.items
            case Facts():
                yield from (f"{name}: {value}" for name, value in block.rows)
            case Chart():
                yield block.alt
            case Table():
                yield block.caption
                yield from (one.name for one in block.columns)
                yield from (cell for row in block.rows for cell in row.cells)
            case _:
                continue
