"""Damaged, strange and enormous inputs end in a clear sentence, and lose nothing silently."""

from __future__ import annotations

import gzip
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from config.sources import ExtractSource
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.extract import Extract
from metrics.sources.files import FileSet
from tests.metrics.sources.conftest import EXTRACT_HEADER, a_crime, counts, silent

HEADER = ",".join(EXTRACT_HEADER)
QUOTED = ",".join(f'"{name}"' for name in EXTRACT_HEADER)
ROW = "R1,2024-01-05,burglary,east,,,"


def delivered(path: Path, catalogue: Catalogue, **changes: object) -> Delivery:
    source = ExtractSource.model_validate(
        {"kind": "extract", "name": "crimes", "path": str(path)} | changes
    )
    return Extract(source, Path()).deliver(catalogue, progress=silent)


def total(delivery: Delivery) -> float:
    return sum(counts(delivery).values())


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (f"{HEADER}\n{ROW}\n", "utf-8-sig"),
        (f"{HEADER}\r\n{ROW}\r\n", "utf-8"),
        (f"{HEADER}\n{ROW}", "utf-8"),
        (f"{HEADER}\n{ROW}\n", "utf-16"),
        (f"{HEADER}\n{ROW}\nR2,2024-01-05,theft,,,,\r\n", "utf-8"),
        (f"{HEADER}\n{ROW.replace('east', 'café')}\n", "cp1252"),
        (f"{HEADER}\n{ROW.replace('east', 'café')}\n", "utf-8"),
        (QUOTED + f"\n{ROW}\n", "utf-8"),
    ],
    ids=[
        "byte order mark",
        "Windows line ends",
        "no last line end",
        "UTF-16",
        "line ends of two kinds",
        "Windows-1252",
        "UTF-8",
        "quoted header",
    ],
)
def test_text_is_read_however_it_is_encoded(
    tmp_path: Path, catalogue: Catalogue, content: str, encoding: str
) -> None:
    (tmp_path / "c.csv").write_bytes(content.encode(encoding))

    delivery = delivered(tmp_path / "c.csv", catalogue, areas={"Café": "east"})

    assert counts(delivery)["2024-01-05", "east", "burglary.recorded"] == 1
    assert not delivery.rejected


def test_windows_1252_is_remarked(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "c.csv").write_bytes(f"{HEADER}\n{ROW.replace('east', 'café')}\n".encode("cp1252"))

    delivery = delivered(tmp_path / "c.csv", catalogue, areas={"café": "east"})

    assert "Windows-1252" in delivery.remarks[0]


def test_a_strange_byte_in_a_column_that_is_not_read_does_no_harm(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    (tmp_path / "c.csv").write_bytes(f"{HEADER},victim\n{ROW},Zoë\n".encode("cp1252"))

    delivery = delivered(tmp_path / "c.csv", catalogue)

    assert total(delivery) == 1


def test_a_strange_byte_in_the_header_does_no_harm(tmp_path: Path, catalogue: Catalogue) -> None:
    header = HEADER.replace("area", "où")
    (tmp_path / "c.csv").write_bytes(f"{header}\n{ROW}\n".encode("cp1252"))

    delivery = delivered(tmp_path / "c.csv", catalogue, columns={"area": "Où"})

    assert total(delivery) == 1


def test_rows_of_the_wrong_shape_are_rejected_with_their_lines(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEADER}\n{ROW}\nR2,2024-01-05\n{ROW},more\n{ROW}\n")

    delivery = delivered(path, catalogue, max_rejected=1)

    assert {one.reason: one.first for one in delivery.rejected} == {
        "2 columns where the first line has 7": ("c.csv, line 3",),
        "8 columns where the first line has 7": ("c.csv, line 4",),
    }
    assert delivery.rows_in == 4


def test_a_quotation_mark_that_swallows_the_rest_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rest = "\n".join(f"R{n},2024-01-05,theft,,,," for n in range(200))
    (tmp_path / "c.csv").write_text(f'{HEADER}\n{ROW}\nR2,2024-01-05,"theft,,,,\n{rest}\n')

    with pytest.raises(SourceError, match="line 3: a quotation mark is opened"):
        delivered(tmp_path / "c.csv", catalogue)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.csv", b"", "is empty"),
        ("c.csv", b"\n\n", "is empty"),
        ("c.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("c.csv.gz", gzip.compress(os.urandom(9000).hex().encode())[:500], "ends too early"),
        ("c.csv.gz", HEADER.encode(), "is damaged"),
        ("c.zip", b"PK\x03\x04 no archive", "is damaged"),
        ("c.parquet", b"PAR1 no parquet PAR1", "is not a Parquet file"),
        ("c.csv", b"\x89PNG\r\n\x1a\n\x00\x81\x8d" * 100, "has no column|is not text"),
        ("c.csv", HEADER.replace(",", ";").encode(), "has no column"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    tmp_path: Path, catalogue: Catalogue, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SourceError, match=message) as refused:
        delivered(tmp_path / name, catalogue)

    assert str(refused.value).startswith(name)
    assert refused.value.hint


def test_another_delimiter_is_suggested_and_can_be_set(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEADER}\n{ROW}\n".replace(",", ";"))

    with pytest.raises(SourceError) as refused:
        delivered(path, catalogue)
    assert "delimiter" in refused.value.hint
    assert total(delivered(path, catalogue, delimiter=";")) == 1


def test_a_gzip_cut_off_after_its_header_line_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    rows = "".join(f"{os.urandom(8).hex()},2024-01-05,theft,,,,\n" for _ in range(20_000))
    packed = gzip.compress(f"{HEADER}\n{rows}".encode())
    (tmp_path / "c.csv.gz").write_bytes(packed[: len(packed) // 2])

    with pytest.raises(SourceError, match="ends too early"):
        delivered(tmp_path / "c.csv.gz", catalogue)


def test_a_header_alone_is_a_delivery_of_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "c.csv").write_text(HEADER + "\n")

    delivery = delivered(tmp_path / "c.csv", catalogue)

    assert delivery.table.rows.empty
    assert delivery.span is None
    assert delivery.remarks == ("It holds no record that counts.",)


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip"])
def test_what_unpacks_to_more_than_the_limit_is_refused(
    tmp_path: Path, catalogue: Catalogue, name: str
) -> None:
    content = f"{HEADER}\n{ROW}\n".encode() + b"x" * 3_000_000
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("c.csv", content)

    with pytest.raises(SourceError, match=r"unpacks to more than 0\.001 GB"):
        delivered(tmp_path / name, catalogue, max_unpacked_gb=0.001)


def test_an_archive_that_declares_less_than_it_holds_is_refused(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.csv", f"{HEADER}\n{ROW}\n" + "x" * 3_000_000)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", content, content.index(mark) + place, 100)
    path.write_bytes(bytes(content))

    with pytest.raises(SourceError, match="is damaged"):
        delivered(path, catalogue, max_unpacked_gb=0.001)


def test_an_archive_with_a_password_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "secret.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("c.csv", f"{HEADER}\n{ROW}\n")
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(bytes(content))

    with pytest.raises(SourceError, match="cannot be unpacked") as refused:
        delivered(path, catalogue)

    assert "password" in refused.value.hint


def test_an_archive_writes_nothing_outside_its_own_folder(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "c.zip", "w") as archive:
        archive.writestr("../escaped.csv", f"{HEADER}\n{ROW}\n")

    assert total(delivered(tmp_path / "in" / "c.zip", catalogue)) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["c.zip", "in"]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        delivered(tmp_path / "nowhere.csv", catalogue)


def test_a_folder_without_a_fitting_file_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "notes.txt").write_text("not data")

    with pytest.raises(SourceError, match="holds no file"):
        delivered(tmp_path, catalogue)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    files = FileSet(path, pattern="*", limit=10**9)
    before = files.fingerprint()
    path.write_text(f"{HEADER}\n{ROW}\n{ROW}\n")

    with pytest.raises(SourceError, match="changed while it was being read"):
        files.refuse_changed(before)


def test_one_line_repeated_for_ever_is_one_crime(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "c.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write(HEADER + "\n")
        block = f"{ROW}\n" * 50_000
        for _ in range(10):
            file.write(block)

    delivery = delivered(path, catalogue)

    assert total(delivery) == 1
    assert delivery.rows_in == 500_000
    assert delivery.remarks[0].startswith("499,999 rows repeat a reference")


def test_a_value_is_told_short_and_on_one_line(
    written: Callable[..., Path], catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(crime_type="x" * 500 + "\n\x1b[31m"))

    reason = delivered(path, catalogue, max_rejected=1).rejected[0].reason

    assert len(reason) < 150
    assert reason.isprintable()


def test_a_value_cannot_reach_the_database_as_a_command(
    written: Callable[..., Path], catalogue: Catalogue
) -> None:
    name = "it's\"; drop table x; --"
    path = written("it's.csv", [name, *EXTRACT_HEADER[1:]], a_crime(area="'; drop table x; --"))

    delivery = delivered(path, catalogue, columns={"reference": name}, max_rejected=1)

    assert delivery.rejected[0].first == ("it's.csv, line 2",)
