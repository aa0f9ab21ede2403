"""Files that somebody has tampered with: a sentence that names them, in bounded memory.

Everything that could be large is read in a process of its own whose memory is limited, as a
container's would be.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.register.files import Format, read_file
from bot.register.sheets import NAMES
from config.catalogue import read_catalogue
from config.files import parse_toml, read_toml
from config.settings import Settings
from config.sources import ExtractSource, read_sources
from metrics.delivery import Delivery
from metrics.errors import CatalogueError, SourceError, ThreatDeskError, UserError
from metrics.sources import open_source
from metrics.sources.extract import Extract
from tests.metrics.sources.conftest import (
    EXTRACT_HEADER,
    a_catalogue,
    counts,
    silent,
)

HEADER: Final = ",".join(EXTRACT_HEADER)
ROW: Final = "R1,2024-01-05,burglary,east,,,"
MEGABYTE: Final = 1 << 20

FREE: Final = 1_200 * MEGABYTE
"""What a child may take beside what it has once everything is imported: address space, of which
threads set aside more than they use."""


def delivered(path: Path, **changes: object) -> Delivery:
    """Read records as the daily job does."""
    written = {"kind": "extract", "name": "crimes", "path": str(path)} | changes
    source = ExtractSource.model_validate(written)
    return Extract(source, Path()).deliver(a_catalogue(), progress=silent)


Made = TypeVar("Made")


def attempted(read: Callable[[], Made]) -> tuple[Made | None, UserError | None]:
    """Return what was read, or why it was not; anything but a sentence is a failure of the test."""
    try:
        return read(), None
    except UserError as refused:
        return None, refused


# Paths.


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.csv", "/etc/cron.d/x.csv", "..\\..\\x.csv", "a/../../b.csv", "C:\\x.csv"],
)
def test_a_member_of_an_archive_is_never_written_under_its_own_name(
    tmp_path: Path, name: str
) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    with zipfile.ZipFile(inside / "c.zip", "w") as archive:
        archive.writestr(name, f"{HEADER}\n{ROW}\n")

    assert sum(counts(delivered(inside / "c.zip")).values()) == 1
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["c.zip", "in"]


def test_a_member_that_is_a_symbolic_link_is_read_as_the_text_that_it_is(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("c.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(SourceError, match=r"c\.zip/c\.csv") as refused:
        delivered(tmp_path / "c.zip")

    assert "root:" not in str(refused.value)


def test_an_archive_within_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("c.csv", f"{HEADER}\n{ROW}\n")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("c.csv", f"{HEADER}\n")

    assert counts(delivered(tmp_path / "c.zip")) == {}


def test_a_folder_that_leads_back_into_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"{HEADER}\n{ROW}\n")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)

    assert sum(counts(delivered(tmp_path)).values()) == 1


@pytest.mark.parametrize("plan", ["../../etc", "/etc", "..", ".", "a\0b", "x" * 5_000])
def test_a_plan_is_a_folder_that_holds_one(plan: str) -> None:
    settings = Settings(plan=plan, _env_file=None)

    with pytest.raises(UserError, match="THREATDESK_PLAN"):
        read_catalogue(settings.plan_folder)


@pytest.mark.parametrize("part", ["../secret.toml", "/etc/passwd", "a/../../b.toml", ".."])
def test_a_plan_is_made_of_files_beside_it_alone(tmp_path: Path, part: str) -> None:
    (tmp_path / "secret.toml").write_text('password = "hunter2"')
    plan = tmp_path / "plan"
    plan.mkdir()
    (plan / "plan.toml").write_text(f'name = "X"\nsynthetic = true\nparts = ["{part}"]\n')

    with pytest.raises(CatalogueError) as refused:
        read_catalogue(plan)

    assert "hunter2" not in str(refused.value)
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize(
    "path", ["../outside.csv", "/etc/passwd", "in/../../outside.csv", "~/outside.csv"]
)
def test_what_a_source_leads_to_outside_the_data_folder_is_never_shown(
    tmp_path: Path, path: str
) -> None:
    """Whoever writes sources.toml chooses files; but a wrong one is not read out."""
    (tmp_path / "outside.csv").write_text("password\nhunter2\n")
    data = tmp_path / "data"
    data.mkdir()
    sources = tmp_path / "sources.toml"
    sources.write_text(f'[[source]]\nkind = "extract"\nname = "crimes"\npath = "{path}"\n')

    def load() -> Delivery:
        [one] = read_sources(sources)
        return open_source(one, folder=data).deliver(a_catalogue(), progress=silent)

    with pytest.raises(ThreatDeskError) as refused:
        load()

    assert "hunter2" not in f"{refused.value} {refused.value.hint}"  # type: ignore[attr-defined]
    assert "root:" not in str(refused.value)


def test_a_record_where_the_header_should_be_is_not_read_out(tmp_path: Path) -> None:
    """What is wrong with a delivery is told in channels."""
    (tmp_path / "c.csv").write_text("R1,2024-01-05,rape,Ebb,Jane Roe,1990-01-01,victim\n" * 3)

    with pytest.raises(SourceError, match=r"c\.csv has no column") as refused:
        delivered(tmp_path / "c.csv")

    assert "Jane" not in f"{refused.value} {refused.value.hint}"


# What stands in them.


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n".encode() + b"\0" * 10_000,
        f"{HEADER}\n{ROW}\n".encode() + b"R2,2024\0-01-05,theft,,,,\n",
        f"{HEADER}\n{ROW}\n".encode("utf-32"),
        f"{HEADER}\n{ROW}\n".encode("utf-16")[:-1],
        f"{HEADER}\n{ROW}\n".encode("cp037"),
        b"\xff\xfe" + os.urandom(3_001),
        bytes(range(256)) * 50,
    ],
    ids=["NUL bytes", "a NUL", "UTF-32", "half of UTF-16", "EBCDIC", "noise", "every byte"],
)
def test_what_is_not_text_is_refused_with_its_name_or_counted_for_what_it_says(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "c.csv").write_bytes(content)

    made, refused = attempted(lambda: delivered(tmp_path / "c.csv", max_rejected=1))

    assert made is None or sum(counts(made).values()) <= 2
    assert refused is None or ("c.csv" in str(refused) and refused.hint)


def test_a_formula_in_records_is_a_value_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEADER}\n{ROW}\nR2,2024-01-05,\"=cmd|'/c calc'!A1\",east,,,\n")

    [rejected] = delivered(path, max_rejected=1).rejected

    assert rejected.first == ("c.csv, line 3",)


COLUMNS: Final[dict[str, Any]] = {
    "reference": ["R1"], "recorded_date": ["2024-01-05"], "crime_type": ["burglary"],
    "area": ["east"], "flags": [""], "outcome_type": [""], "outcome_date": [""],
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"recorded_date": [1.5]},
        {"recorded_date": [b"\xff\x00"]},
        {"recorded_date": [[1, 2]]},
        {"crime_type": [{"a": 1}]},
        {"area": [None]},
        {"reference": [2**62]},
        {"recorded_date": [True]},
    ],
    ids=["a number", "bytes", "a list", "a structure", "nothing", "a large number", "a yes"],
)
def test_a_parquet_file_of_other_types_is_refused_or_rejected_with_its_name(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    pq.write_table(pa.table(COLUMNS | wrong), tmp_path / "c.parquet")

    made, refused = attempted(lambda: delivered(tmp_path / "c.parquet", max_rejected=1))

    places = [place for one in made.rejected for place in one.first] if made else []
    assert all("c.parquet" in place for place in places)
    assert refused is None or "c.parquet" in str(refused)


# Workbooks.


def a_workbook(change: Callable[[Worksheet], None] = lambda _: None) -> bytes:
    """Return a register of one issue."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Issues"
    sheet.append(["Issue", "Title"])
    sheet.append(["I-1", "Boats"])
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """Return a workbook in which some parts are others, or more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


SHEET: Final = "xl/worksheets/sheet1.xml"
WORKSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def a_sheet(declared: str, said: str) -> bytes:
    """Return a sheet of one cell, with a declaration of entities before it."""
    cell = f"<c r='A1' t='inlineStr'><is><t>{said}</t></is></c>"
    return (
        f"<?xml version='1.0'?><!DOCTYPE z [{declared}]><worksheet xmlns='{WORKSHEET}'>"
        f"<sheetData><row r='1'>{cell}</row></sheetData></worksheet>"
    ).encode()


LAUGHS: Final = "<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)
ENTITIES: Final = a_sheet(LAUGHS, "&j;")
OUTSIDE: Final = a_sheet("<!ENTITY x SYSTEM 'file:///etc/passwd'>", "&x;")
LINKS: Final = (
    b"<?xml version='1.0'?><Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
    b"relationships'><Relationship Id='rId99' Type='http://schemas.openxmlformats.org/"
    b"officeDocument/2006/relationships/externalLinkPath' Target='http://evil.example/x.xlsx' "
    b"TargetMode='External'/></Relationships>"
)

TAMPERED: Final[dict[str, Callable[[], bytes]]] = {
    "entities in entities": lambda: repacked(a_workbook(), {SHEET: ENTITIES}),
    "an entity from outside": lambda: repacked(a_workbook(), {SHEET: OUTSIDE}),
    "a macro": lambda: repacked(a_workbook(), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"}),
    "a link to another workbook": lambda: repacked(
        a_workbook(), {"xl/externalLinks/_rels/externalLink1.xml.rels": LINKS}
    ),
    "a bomb": lambda: repacked(a_workbook(), {"xl/media/x.bin": b"\0" * (60 * MEGABYTE)}),
    "half a sheet": lambda: repacked(a_workbook(), {SHEET: b"<worksheet><sheetData><row"}),
    "no sheet": lambda: repacked(a_workbook(), {SHEET: b""}),
    "no parts": lambda: repacked(a_workbook(), {"[Content_Types].xml": b"<x/>"}),
    "cut off": lambda: a_workbook()[:900],
    "not a workbook": lambda: b"PK\x03\x04" + os.urandom(500),
    "a far cell": lambda: a_workbook(lambda sheet: sheet.__setitem__("XFD1048576", 1)),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_workbook_that_was_tampered_with_is_refused_in_words_or_read_for_what_it_says(
    how: str,
) -> None:
    content = TAMPERED[how]()

    rows, refused = attempted(lambda: read_file(content, Format.XLSX, NAMES))

    said = json.dumps([row.cells for row in rows["Issues"]]) if rows else ""
    assert "root:" not in said
    assert "aaaaaaaaaaaaaaaaaaaa" not in said
    assert refused is None or str(refused).endswith(".")


# TOML.

DEEP: Final = {
    "lists": "x = " + "[" * 20_000,
    "closed lists": "x = " + "[" * 20_000 + "]" * 20_000,
    "tables": "x = " + "{a = " * 20_000 + "1" + "}" * 20_000,
    "dotted keys": ".".join("a" * 3_000) + " = 1",
    "a dotted table": f"[{'.'.join('a' * 3_000)}]",
    "a large number": f"x = {'9' * 10_000}",
    "a large exponent": "x = 1e999999999",
    "a hexadecimal": f"x = 0x{'f' * 100_000}",
    "NUL": 'x = "\0"',
    "surrogates": 'x = "\\ud800"',
}


@pytest.mark.parametrize("how", DEEP)
def test_a_toml_file_is_refused_with_its_name_however_deep_it_is(how: str) -> None:
    _, refused = attempted(lambda: parse_toml(DEEP[how], name="people.toml"))

    assert refused is None or str(refused).startswith("people.toml: ")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 100, b"x = '\xc3'"])
def test_a_toml_file_that_is_not_text_is_refused_with_its_name(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "people.toml").write_bytes(content)

    with pytest.raises(CatalogueError, match=r"people\.toml"):
        read_toml(tmp_path / "people.toml", name="people.toml")


# In bounded memory.


READ: Final = """
import resource, sys
from pathlib import Path
from metrics.errors import ThreatDeskError
from tests.attacks.test_files import delivered, FREE, in_use
resource.setrlimit(resource.RLIMIT_AS, (in_use() + FREE,) * 2)
try:
    delivered(Path(sys.argv[1]), max_rejected=1, max_unpacked_gb=float(sys.argv[2]))
    print("read")
except ThreatDeskError as refused:
    print(f"refused: {refused}")
"""


def in_use() -> int:
    """Return the addresses that this process has taken."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def read_apart(path: Path, *, most_gb: float = 0.05) -> str:
    """Read a file in a process of limited memory; return how it ended."""
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(most_gb)],
        capture_output=True, text=True, timeout=40, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return ended.stdout.strip() or f"ended with {ended.returncode}: {ended.stderr[-2_000:]}"


def a_gzip_bomb(path: Path) -> None:
    """Write 400 MB of noughts as 400 KB."""
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(f"{HEADER}\n{ROW}\n".encode())
        for _ in range(400):
            out.write(b"0" * MEGABYTE)


def a_zip_of_overlapping_members(path: Path) -> None:
    """Write an archive whose directory lists the same large member many times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.csv", "0" * (40 * MEGABYTE))
        first = archive.infolist()[0]
        for number in range(50):
            twin = zipfile.ZipInfo(f"c{number}.csv")
            for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)


def a_huge_line(path: Path) -> None:
    """Write one line of 60 MB."""
    with path.open("w") as out:
        out.write(f"{HEADER}\n")
        for _ in range(60):
            out.write("x" * MEGABYTE)
        out.write(",2024-01-05,burglary,east,,,\n")


def a_huge_header(path: Path) -> None:
    """Write a header of 40 MB and no line end."""
    path.write_text("a," * (20 * MEGABYTE))


def a_huge_quotation(path: Path) -> None:
    """Open a quotation mark and never close it."""
    with path.open("w") as out:
        out.write(f'{HEADER}\nR1,2024-01-05,"burglary')
        for _ in range(60):
            out.write("\n" * MEGABYTE)


BOMBS: Final[dict[str, Callable[[Path], None]]] = {
    "bomb.csv.gz": a_gzip_bomb,
    "overlapping.zip": a_zip_of_overlapping_members,
    "line.csv": a_huge_line,
    "header.csv": a_huge_header,
    "quotation.csv": a_huge_quotation,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_would_fill_the_memory_is_refused_with_its_name(
    tmp_path: Path, name: str
) -> None:
    BOMBS[name](tmp_path / name)

    ended = read_apart(tmp_path / name)

    assert ended.startswith("refused: ")
    assert name in ended


GREEDY: Final = """
import resource
from tests.attacks.test_files import FREE, in_use
resource.setrlimit(resource.RLIMIT_AS, (in_use() + FREE,) * 2)
bytearray(2 * FREE)
"""


def test_the_memory_of_the_child_is_limited() -> None:
    """Otherwise the tests above would say nothing."""
    ended = subprocess.run(
        [sys.executable, "-c", GREEDY], capture_output=True, text=True, check=False
    )

    assert "MemoryError" in ended.stderr
