"""Whatever is fed to a parser, there is a result or a sentence: nothing else, and soon."""

from __future__ import annotations

import csv
import io
import json
import string
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.asking import understand
from bot.channels.slack import heard
from bot.channels.slack.views import answers
from bot.handlers.commands import COMMANDS
from bot.names import Kind, Names
from bot.names.dates import read_dates
from bot.register.cells import NotReadable, day_of, moment_of, neutral, original
from bot.register.files import Format, read_file
from bot.register.sheets import NAMES, Known, from_sheets
from bot.replies import kept
from config.alerts import read_alerts
from config.briefing import read_weekly
from config.catalogue import catalogue_from, read_catalogue
from config.events import read_events
from config.files import parse_toml
from config.operations import operations_from
from config.people import people_from
from config.sources import ExtractSource, read_sources
from metrics.errors import ThreatDeskError
from metrics.model import Catalogue
from metrics.sources.extract import Extract
from tests.bot.render.replies import REPLIES
from tests.conftest import SALTMARSH
from tests.metrics.sources.conftest import EXTRACT_HEADER, a_catalogue, silent

TODAY: Final = date(2020, 12, 11)
NOON: Final = datetime(2020, 12, 11, 12, tzinfo=UTC)

quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""What never ends would show here too: nothing that is drawn is long."""

READABLE: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@cache
def names() -> Names:
    return Names(plan())


@cache
def plan() -> Catalogue:
    return read_catalogue(SALTMARSH)[0]


# What people type.

WORDS: Final = st.sampled_from(
    [
        "boat", "theft", "ebb", "flow", "all crime", "priority", "1", "99", "as at", "31 march",
        "2020", "yesterday", "vs", "and", "in", "?", "!", "/", "the", "month end", "in in in",
        "30 february", "0", "-1", "1e9", "year to date", "last", "A-1", "ebbb", "bot theft",
    ]
)  # fmt: skip

TYPED: Final = st.one_of(
    READABLE,
    st.lists(st.one_of(WORDS, READABLE), max_size=40).map(" ".join),
    st.builds(lambda one, n: one * n, st.sampled_from(["a", "/", "vs ", "1 ", "\u0301", "ebb "]),
              st.integers(1, 5_000)),
)  # fmt: skip


@quickly
@given(text=TYPED)
def test_whatever_is_typed_is_understood_or_asked_back(text: str) -> None:
    with allowed():
        understand(text, commands=COMMANDS, names=names(), today=TODAY)


@quickly
@given(text=TYPED, first=st.sampled_from([one.name for one in COMMANDS]))
def test_whatever_follows_a_command_is_understood_or_asked_back(text: str, first: str) -> None:
    with allowed():
        understand(f"/{first} {text}", commands=COMMANDS, names=names(), today=TODAY)


@quickly
@given(text=TYPED, wanted=st.lists(st.sampled_from(Kind), min_size=1, unique=True))
def test_whatever_is_named_is_found_or_asked_back(text: str, wanted: list[Kind]) -> None:
    with allowed():
        names().read(text, today=TODAY, wanted=wanted)


@quickly
@given(text=TYPED, today=st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_whatever_day_is_named_on_whatever_day(text: str, today: date) -> None:
    with allowed():
        read_dates(f"as at {text}", today=today)


# Spreadsheets of the register.

CELL: Final = st.one_of(
    READABLE,
    st.sampled_from(["I-1", "I-0", "2020-02-30", "31/12/9999", "1/1/0001", "open", "=1+1", "'"]),
)


@quickly
@given(written=CELL)
def test_a_cell_is_a_day_a_moment_or_a_sentence(written: str) -> None:
    for read in (day_of, moment_of):
        with allowed(NotReadable):
            read(written)


@quickly
@given(text=st.text(max_size=60))
def test_a_text_that_was_made_harmless_is_the_same_when_it_is_read(text: str) -> None:
    assert original(neutral(text)) == text


@quickly
@given(
    headings=st.lists(
        st.one_of(st.sampled_from(["Sheet", "Issue", "Title", "Owner", "Review", "Text"]), CELL),
        max_size=8,
    ),
    rows=st.lists(st.lists(CELL, max_size=9), max_size=6),
    delimiter=st.sampled_from(",;\t"),
)
def test_any_csv_file_is_a_register_or_refused(
    headings: list[str], rows: list[list[str]], delimiter: str
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([headings, *rows])
    with allowed():
        sheets = read_file(out.getvalue().encode(), Format.CSV, NAMES)
        from_sheets(sheets, Known(catalogue=plan(), people={}), by="jane", now=NOON)


@quickly
@given(content=st.binary(max_size=300), form=st.sampled_from(Format))
def test_any_bytes_are_a_register_or_refused(content: bytes, form: Format) -> None:
    with allowed():
        read_file(content, form, NAMES)


# TOML of every kind.

VALUES: Final = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**70), 2**70), st.floats(), READABLE, st.dates()),
    lambda of: st.one_of(
        st.lists(of, max_size=3),
        st.dictionaries(st.sampled_from(["a", "id", "name"]), of, max_size=3),
    ),
    max_leaves=5,
)


def as_toml(value: object) -> str:
    """Write a value inline."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            inside = ", ".join(f"{key} = {as_toml(one)}" for key, one in value.items())
            return f"{{{inside}}}"
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case str():
            return json.dumps(value, ensure_ascii=True) if value.isascii() else json.dumps("x")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def from_a_file(text: str, read: Callable[[Path], object]) -> object:
    """Read a text as a file is read."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.toml").write_text(text, encoding="utf-8")
        return read(Path(folder) / "x.toml")


READERS: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "people": ("person", people_from),
    "operations": ("operation", lambda text: operations_from(text, plan())),
    "alerts": ("route", lambda text: from_a_file(text, lambda file: read_alerts(file, plan()))),
    "events": ("event", lambda text: from_a_file(text, lambda file: read_events(file, plan()))),
    "sources": ("source", lambda text: from_a_file(text, read_sources)),
    "plan": ("measure", lambda text: catalogue_from(the_plan_with(text))),
}
"""Every kind of file, the table that it is made of, and what reads it."""

KEYS: Final = (
    "id", "name", "role", "slack", "areas", "from", "to", "priorities", "least", "kind", "path",
    "columns", "measures", "day", "text", "unit", "polarity", "levels", "max_rejected", "unknown",
)  # fmt: skip


def the_plan_with(text: str) -> dict[str, str]:
    texts = {one.name: one.read_text() for one in SALTMARSH.glob("*.toml")}
    return {name: texts[name] for name in ("plan.toml", "everything.toml")} | {
        "everything.toml": f"{texts['everything.toml']}\n{text}"
    }


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    entries=st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), max_size=3),
    wrapped=st.sampled_from(["[[{}]]", "[{}]", "[x.{}]", "{} = [1]", "{} = 1"]),
)
def test_any_toml_is_read_or_refused_with_all_its_mistakes(
    kind: str, entries: list[dict[str, Any]], wrapped: str
) -> None:
    table, read = READERS[kind]
    lines = []
    for entry in entries[:1] if wrapped != "[[{}]]" else entries:
        lines += [wrapped.format(table), *(f"{key} = {as_toml(one)}" for key, one in entry.items())]
    text = "\n".join(lines)
    with allowed():
        read(text)


@quickly
@given(text=st.one_of(READABLE, st.text("[]{}=.\"'#\n ax1-", max_size=200)))
def test_any_text_is_toml_or_refused_with_the_name_of_the_file(text: str) -> None:
    with allowed() as refusals:
        assert parse_toml(text, name="people.toml").content == tomllib.loads(text)
    assert all(one.startswith("people.toml: ") for one in refusals)


@quickly
@given(text=TYPED)
def test_any_time_of_the_week_is_read_or_refused(text: str) -> None:
    with allowed():
        read_weekly(text)


# Records.

FIELD: Final = st.one_of(
    READABLE, st.sampled_from(["2024-01-05", "2024-13-01", "burglary", "east", "", "\0", '"', "'"])
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.lists(FIELD, max_size=9), max_size=5),
    raw=st.binary(max_size=60),
    packed=st.sampled_from(["c.csv", "c.zip", "c.csv.gz", "c.parquet"]),
)
def test_any_records_are_counted_or_refused(rows: list[list[str]], raw: bytes, packed: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([EXTRACT_HEADER, *rows])
    content = out.getvalue().encode() + raw
    with tempfile.TemporaryDirectory() as folder, allowed():
        path = Path(folder) / packed
        if packed.endswith(".zip"):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("c.csv", content)
        else:
            path.write_bytes(content)
        written = {"kind": "extract", "name": "crimes", "path": str(path), "max_rejected": 1.0}
        source = ExtractSource.model_validate(written)
        Extract(source, Path()).deliver(a_catalogue(), progress=silent)


# What platforms send, and what was kept.


@quickly
@given(reply=REPLIES)
def test_a_reply_that_was_kept_is_the_same_when_it_is_read(reply: Any) -> None:
    text = kept.to_text(reply)

    assert kept.to_text(kept.from_text(text)) == text


@quickly
@given(text=st.one_of(READABLE, VALUES.map(lambda one: json.dumps(one, default=str))))
def test_what_is_no_kept_reply_is_refused(text: str) -> None:
    with allowed(ValueError):
        kept.from_text(text)


@quickly
@given(text=st.one_of(READABLE, st.text("<>@#!|&;ltgamp UC0", max_size=200)))
def test_the_words_of_a_message_hold_nobody_s_mention(text: str) -> None:
    said = heard.plain_words(text)

    assert "<@U" not in said or "&lt;" in text


SENT: Final = st.fixed_dictionaries(
    {
        "command": st.just("/csp"),
        "text": st.one_of(READABLE, st.none()),
        "user_id": st.text(string.ascii_uppercase, min_size=1, max_size=9),
    },
    optional={"channel_id": READABLE, "trigger_id": READABLE, "user_name": READABLE},
)


@quickly
@given(body=SENT)
def test_any_slash_command_is_heard(body: dict[str, Any]) -> None:
    asked = heard.from_command(body)

    assert asked.user == body["user_id"]
    assert asked.text.startswith("/csp")


@quickly
@given(
    values=st.dictionaries(
        READABLE,
        st.dictionaries(
            READABLE,
            st.fixed_dictionaries(
                {},
                optional={
                    "value": st.one_of(READABLE, st.none()),
                    "selected_date": st.one_of(READABLE, st.none()),
                    "selected_option": st.one_of(
                        st.none(), st.fixed_dictionaries({"value": READABLE})
                    ),
                },
            ),
            max_size=2,
        ),
        max_size=4,
    )
)
def test_any_form_that_was_sent_is_texts(values: dict[str, Any]) -> None:
    said = answers({"state": {"values": values}})

    assert all(isinstance(one, str) for one in said.values())


class allowed:  # noqa: N801 - read as a word of the test
    """Lets through what ends in a sentence for people; `with` gives what was said."""

    def __init__(self, *others: type[Exception]) -> None:
        self._kinds: tuple[type[Exception], ...] = (ThreatDeskError, *others)
        self._said: list[str] = []

    def __enter__(self) -> list[str]:
        return self._said

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, self._kinds):
            self._said.append(str(error))
        return isinstance(error, self._kinds) and bool(str(error).strip())
