"""`sources.toml` is read as a whole, and every mistake is told with its place and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.sources import (
    KINDS,
    EmptyDays,
    ExtractColumns,
    ExtractSource,
    OutcomeClass,
    PoliceUkSource,
    SourceSettings,
    SqlSource,
    read_sources,
)
from metrics.errors import SourceError


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_sources(path)
    assert refused.value.hint
    return str(refused.value)


def test_sources_are_read_in_the_order_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(
        """
[[source]]
name = "crimes"
kind = "extract"
path = "crimes.csv"
date_format = "%d/%m/%Y"
empty_days = "zero"
earliest = 2008-04-01
columns = { recorded_date = "DATE RECORDED" }
outcome_types = { "Charge/Summons" = "outcome" }

[[source]]
name = "public"
kind = "policeuk"
path = "downloads"

[[source]]
name = "warehouse"
kind = "sql"
url_variable = "CRIME_DATABASE_URL"
table = "crime.records"
""",
        encoding="utf-8",
    )

    crimes, public, warehouse = read_sources(path)

    assert isinstance(crimes, ExtractSource)
    assert crimes.empty_days is EmptyDays.ZERO
    assert crimes.columns.recorded_date == "DATE RECORDED"
    assert crimes.outcome_types == {"Charge/Summons": OutcomeClass.OUTCOME}
    assert isinstance(public, PoliceUkSource)
    assert isinstance(warehouse, SqlSource)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('pth = "x"', 'sources.toml, line 5: [[source]] number 1, pth = "x": a source of kind'),
        ("max_rejected = 5", "line 5: [[source]] number 1, max_rejected = 5: input should be less"),
        ('date_format = "%d/%m"', "write it with one each of %d; %m or %b or %B; %Y or %y"),
        ('date_format = "dd/mm/yyyy"', "for example %d/%m/%Y"),
        ('date_format = "%d/%m/%Y %H:%M"', "a time of day after a date is left out by itself"),
        ('empty_days = "none"', "input should be 'gap' or 'zero'"),
        ('outcome_types = { a = "won" }', "'outcome', 'closed' or 'open'"),
        ('columns = { refrence = "x" }', "no such key; it has reference, recorded_date"),
        ('columns = { recorded_date = "" }', "should have at least 1 character"),
        ('columns = { outcome_date = "" }', "name both outcome_type and outcome_date"),
    ],
)
def test_a_mistake_is_told_with_file_line_key_value_and_what_to_write(
    tmp_path: Path, line: str, told: str
) -> None:
    text = f'[[source]]\nname = "crimes"\nkind = "extract"\npath = "c.csv"\n{line}\n'

    assert told in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[source]]\nname = "a"\npath = "b"\n', "write one of policeuk, extract, sql"),
        ('[[source]]\nname = "a"\nkind = "excel"\n', 'kind = "excel": write one of policeuk'),
        ('[[source]]\nname = "a"\nkind = "peers"\n', "path is missing; write it"),
        ('[[source]]\nkind = "peers"\npath = "b"\n', "name is missing; write it"),
        ("", "names no source"),
        ('source = "crimes.csv"\n', "names no source"),
        ("[[source]\n", "is not valid TOML"),
        (
            '[settings]\nx = 1\n[[source]]\nname = "a"\nkind = "peers"\npath = "b"\n',
            "settings: there is no such key",
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('url_variable = "postgresql://u:p@h/d"\ntable = "t"', "does not belong in this file"),
        ('url_variable = "DB"', "write either a table or a query"),
        ('url_variable = "DB"\ntable = "t"\nquery = "q"', "write either a table or a query"),
    ],
)
def test_a_database_needs_a_variable_and_either_a_table_or_a_query(
    tmp_path: Path, lines: str, told: str
) -> None:
    assert told in refusal(tmp_path, f'[[source]]\nname = "a"\nkind = "sql"\n{lines}\n')


DOCUMENT = Path(__file__).parents[2] / "docs" / "sources.md"


@pytest.mark.parametrize("kind", [*SourceSettings.__args__, ExtractColumns])
def test_every_setting_is_documented(kind: type[BaseModel]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert [one for one in kind.model_fields if f"`{one}`" not in text] == []


def test_every_example_of_the_document_is_right(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    named = [re.sub('name = "', f'name = "{n}', one, count=1) for n, one in enumerate(examples)]
    (tmp_path / "sources.toml").write_text("\n".join(named), encoding="utf-8")

    sources = read_sources(tmp_path / "sources.toml")

    assert {one.kind for one in sources} == set(KINDS)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    source = '[[source]]\nname = "a"\nkind = "peers"\npath = "b"\ncolour = "red"\n'

    told = refusal(tmp_path, source * 2).splitlines()

    assert len(told) == 3
    assert "line 10" in told[1]
    assert "this name is given 2 times" in told[2]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"sources\.toml: there is no such file"):
        read_sources(tmp_path / "sources.toml")
