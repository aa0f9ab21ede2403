"""Any reply whatever, for properties that must hold of all of them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from bot.replies import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Choice,
    Facts,
    Field,
    FieldKind,
    Footnote,
    Form,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Standing,
    Style,
    Table,
    TableColumn,
    TableRow,
)
from metrics.classification import ThreatLevel
from tests.bot.render.samples import DRAWING

NASTY: Final = (
    "", " ", "\n", "\u200b", "\u3164", "<@U123>", "<!channel>", "<!here|here>", "<#C1|ops>",
    "<https://evil.example|click>", "https://evil.example/?a=1", "HTTP://EVIL.EXAMPLE",
    "mailto:a@b.example", "tel:999", "www.evil.example", "a@b.example", "@here", "@channel",
    "#general", ":tada:", "*bold* _it_ `code` ~gone~", "&amp;&lt;", "\u202egnp.exe\u2066",
    "\x1b[31mred\x1b]8;;http://x\x07", "\x00\r\n\t\x85\u2028", "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', "' onclick='x", "e\u0301" * 40, "👩‍👩‍👧‍👦" * 30, "𝔸" * 90,
    "表格" * 60, "a" * 10_000, "word " * 2_000, "&<>" * 3_000, "/alert ack A-17", "{{ 7 * 7 }}",
    "end.Next 4.5 e.g. 10:30",
)  # fmt: skip

TEXT: Final = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)


def _tuples(of: st.SearchStrategy[str] | st.SearchStrategy[Button], most: int) -> st.SearchStrategy:
    """Some, or very many that are alike."""
    few = st.lists(of, max_size=5).map(tuple)
    return st.one_of(few, st.builds(lambda one, n: (one,) * n, of, st.integers(0, most)))


BUTTON: Final = st.builds(
    Button, label=TEXT, command=TEXT, style=st.sampled_from(Style), confirm=TEXT
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of up to 300 rows and 30 columns, some rows too short."""
    column = st.builds(TableColumn, name=TEXT, is_number=st.booleans(), is_detail=st.booleans())
    columns = draw(st.lists(column, max_size=4)) * draw(st.sampled_from([1, 1, 8]))
    cells = draw(st.lists(TEXT, max_size=4)) * draw(st.sampled_from([1, 1, 8]))
    row = TableRow(label=draw(TEXT), cells=tuple(cells), is_total=draw(st.booleans()))
    rows = (row,) * draw(st.sampled_from([0, 1, 2, 9, 120, 300]))
    return Table(caption=draw(TEXT), label=draw(TEXT), columns=tuple(columns), rows=rows)


FIELD: Final = st.builds(
    Field,
    name=st.uuids().map(str),
    label=TEXT,
    kind=st.sampled_from(FieldKind),
    choices=st.lists(st.builds(Choice, label=TEXT, value=TEXT), max_size=4).map(tuple),
    value=TEXT,
    hint=TEXT,
    is_required=st.booleans(),
)

FORMS: Final = st.builds(
    Form,
    title=TEXT,
    command=TEXT,
    submit=TEXT,
    fields=st.lists(FIELD, max_size=4).map(tuple),
)

BLOCK: Final = st.one_of(
    st.builds(Heading, text=TEXT),
    st.builds(Paragraph, text=TEXT, strong=st.booleans()),
    st.builds(Bullets, items=_tuples(TEXT, 150)),
    st.builds(Facts, rows=st.lists(st.tuples(TEXT, TEXT), max_size=25).map(tuple)),
    tables(),
    st.builds(Chart, drawing=st.just(DRAWING), alt=TEXT, sparkline=TEXT),
    st.builds(Buttons, items=_tuples(BUTTON, 60)),
    st.builds(Menu, label=TEXT, items=_tuples(BUTTON, 150)),
    FORMS,
    st.builds(Footnote, text=TEXT),
)

REPLIES: Final = st.builds(
    Reply,
    summary=TEXT,
    blocks=st.builds(
        lambda few, times: tuple(few * times),
        st.lists(BLOCK, max_size=6),
        st.sampled_from([1, 1, 1, 1, 1, 1, 1, 33]),
    ),
    standing=st.sampled_from(Standing),
    level=st.none() | st.sampled_from(ThreatLevel),
    share=TEXT,
)
