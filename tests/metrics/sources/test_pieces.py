"""Only new and changed files are read again, and what they come to is what reading all gives."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.sources import ExtractSource
from metrics.counts import changed, merge
from metrics.delivery import CountTable, Delivery
from metrics.model import Catalogue
from metrics.sources.duck import DuckFiles
from metrics.sources.extract import Extract
from metrics.sources.reading import Records
from tests.metrics.sources.conftest import EXTRACT_HEADER, a_catalogue, a_crime, counts, silent

Row = list[object]
OUTCOMES = {"Charged": "outcome", "No suspect": "closed"}


class Force:
    """A folder of files, read by piece and as a whole."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "in"
        self.files.mkdir()
        self.cache = folder / "cache"
        self.catalogue = a_catalogue()

    def write(self, name: str, *rows: Row) -> None:
        lines = [",".join(map(str, row)) for row in (EXTRACT_HEADER, *rows)]
        (self.files / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def source(self, *, by_piece: bool = True, **changes: object) -> Extract:
        source = ExtractSource.model_validate(
            {"kind": "extract", "name": "crimes", "path": str(self.files), "max_rejected": 1}
            | {"outcome_types": OUTCOMES}
            | changes
        )
        return Extract(source, Path(), cache=self.cache if by_piece else None)

    def delivered(self, *, by_piece: bool = True, **changes: object) -> Delivery:
        return self.source(by_piece=by_piece, **changes).deliver(self.catalogue, progress=silent)

    def later(self, before: Delivery) -> Delivery:
        return self.source().deliver_changes(self.catalogue, before=before.inputs, progress=silent)


@pytest.fixture
def force(tmp_path: Path) -> Force:
    """An empty folder."""
    return Force(tmp_path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the files that DuckDB is asked to read from now on."""
    names: set[str] = set()
    ask = DuckFiles.lazy

    def noting(
        self: DuckFiles, columns: Sequence[str], numbers: Sequence[int], *, positions: bool = False
    ) -> Records:
        names.update(self.parts[number].name for number in numbers)
        return ask(self, columns, numbers, positions=positions)

    monkeypatch.setattr(DuckFiles, "lazy", noting)
    return names


@pytest.fixture
def looked_through(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are looked through for faulty lines from now on."""
    names: list[str] = []
    ask = DuckFiles.lines

    def noting(
        self: DuckFiles, number: int, columns: Sequence[str]
    ) -> Iterator[tuple[int, Sequence[str]]]:
        names.append(self.parts[number].name)
        return ask(self, number, columns)

    monkeypatch.setattr(DuckFiles, "lines", noting)
    return names


def same_account(one: Delivery, other: Delivery) -> None:
    """Compare what two deliveries say of the input, whatever their tables hold."""
    assert one.rejected == other.rejected
    assert one.remarks == other.remarks
    assert one.inputs == other.inputs
    assert one.span == other.span


def two_months(force: Force) -> None:
    force.write(
        "2024-01.csv", a_crime(1), a_crime(2, "2024-01-06"), a_crime(2, "2024-01-07"), a_crime("")
    )
    force.write("2024-02.csv", a_crime(3, "2024-02-01"), a_crime(4, "2024-02-30"))


def test_files_read_one_by_one_come_to_the_same_as_together(force: Force) -> None:
    two_months(force)

    whole, fresh, known = (
        force.delivered(by_piece=False), force.delivered(), force.delivered()
    )  # fmt: skip

    for one in (fresh, known):
        pd.testing.assert_frame_equal(one.table.rows, whole.table.rows)
        pd.testing.assert_frame_equal(one.table.covers, whole.table.covers)
        same_account(one, whole)


def test_a_file_that_has_not_changed_is_not_read_again(force: Force, read: set[str]) -> None:
    two_months(force)
    before = force.delivered()
    read.clear()
    force.write("2024-02.csv", a_crime(3, "2024-02-01"), a_crime(5, "2024-02-02"))

    force.later(before)

    assert read == {"2024-02.csv"}


def test_only_days_that_a_changed_file_has_are_delivered(force: Force) -> None:
    two_months(force)
    before = force.delivered()
    force.write("2024-02.csv", a_crime(5, "2024-02-02"))

    assert counts(force.later(before)) == {("2024-02-02", "east", "burglary.recorded"): 1}


def test_a_day_that_a_changed_file_no_longer_has_is_delivered_too(force: Force) -> None:
    force.write("a.csv", a_crime(1, "2024-01-05"))
    force.write("b.csv", a_crime(2, "2024-01-05"))
    before = force.delivered()
    force.write("b.csv", a_crime(2, "2024-01-06"))

    assert counts(force.later(before)) == {
        ("2024-01-05", "east", "burglary.recorded"): 1,
        ("2024-01-06", "east", "burglary.recorded"): 1,
    }


def test_a_record_in_two_files_has_them_read_together(force: Force, read: set[str]) -> None:
    two_months(force)
    before = force.delivered()
    read.clear()
    force.write("2024-03.csv", a_crime(1, "2024-01-05", area="west"))

    later = force.later(before)

    assert read == {"2024-01.csv", "2024-02.csv", "2024-03.csv"}
    assert counts(later)["2024-01-05", "west", "burglary.recorded"] == 1
    same_account(later, force.delivered(by_piece=False))


def test_when_a_repeat_goes_the_record_it_hid_counts_again(force: Force) -> None:
    two_months(force)
    force.write("2024-03.csv", a_crime(1, "2024-02-09"))
    before = force.delivered()
    (force.files / "2024-03.csv").unlink()

    assert ("2024-01-05", "east", "burglary.recorded") in counts(force.later(before))


@pytest.mark.parametrize("kind", ["pieces", "marks", "judged"])
def test_a_damaged_copy_is_not_relied_upon(force: Force, kind: str) -> None:
    force.write("a.csv", a_crime(1, "2024-01-05"), a_crime(2, "2024-01-06", "treason"))
    force.write("b.csv", a_crime(3, "2024-01-05"))
    before = force.delivered()
    kept = [path for path in (force.cache / kind).rglob("*") if path.is_file()]
    assert kept
    for copy in kept:
        written = bytearray(copy.read_bytes())
        written[-3] ^= 1
        copy.write_bytes(bytes(written))
    force.write("b.csv", a_crime(3, "2024-01-05"), a_crime(4, "2024-01-05"))

    later = force.later(before)

    assert counts(later)["2024-01-05", "east", "burglary.recorded"] == 3
    same_account(later, force.delivered(by_piece=False))


def test_what_is_wrong_with_a_file_is_told_each_time_without_reading_it(
    force: Force, read: set[str], looked_through: list[str]
) -> None:
    force.write(
        "a.csv",
        *(a_crime(n, "2024-01-05", kind) for n, kind in enumerate(("theft", "treason", "arson"))),
        *(a_crime(10 + n, "2024-01-06", f"kind {n}") for n in range(25)),
    )
    force.write("b.csv", a_crime(50, "2024-02-01", "kind 25"))
    before = force.delivered()
    read.clear()
    looked_through.clear()
    force.write("b.csv", a_crime(50, "2024-02-01"), a_crime(51, "2024-02-02"))

    later = force.later(before)

    assert read == {"b.csv"}
    assert looked_through == []
    assert any("a.csv, line 3" in one.first for one in later.rejected)
    same_account(later, force.delivered(by_piece=False))


def test_the_lines_of_a_file_that_repeats_references_are_looked_for_each_time(force: Force) -> None:
    force.write("a.csv", a_crime(1, crime_type="treason"), a_crime(1), a_crime(2, crime_type="x"))
    known = [a_crime(100 + n, "2024-02-01", f"kind {n % 20}") for n in range(40)]
    force.write("b.csv", *known)
    before = force.delivered()
    force.write("b.csv", *known, a_crime(3, "2024-02-01", "treason"))

    same_account(force.later(before), force.delivered(by_piece=False))


def test_files_of_the_same_content_are_told_apart(force: Force) -> None:
    columns = {"reference": ""}
    for name in ("a.csv", "b.csv"):
        force.write(name, a_crime(1, "2024-01-05"), a_crime(2, "2024-01-06", "treason"))
    force.write("c.csv", a_crime(3, "2024-02-01"))
    before = force.delivered(columns=columns)
    force.write("c.csv", a_crime(4, "2024-02-02"))

    later = force.source(columns=columns).deliver_changes(
        force.catalogue, before=before.inputs, progress=silent
    )

    same_account(later, force.delivered(by_piece=False, columns=columns))


def test_an_outcome_before_its_crime_is_told_once_though_the_record_has_a_fault(
    force: Force,
) -> None:
    force.write(
        "a.csv",
        a_crime(1, "2024-01-05", outcome="Charged", given="2024-01-03", flags="unheard-of"),
        a_crime(2, "2024-01-05", outcome="Charged", given="2024-01-03"),
    )
    force.write("b.csv", a_crime(3, "2024-02-01"))
    before = force.delivered()
    force.write("b.csv", a_crime(3, "2024-02-02"))

    later = force.later(before)

    assert any(remark.startswith("2 crimes have an outcome before") for remark in later.remarks)


def test_without_the_pieces_of_before_every_day_is_delivered(force: Force) -> None:
    two_months(force)
    before = force.delivered()
    shutil.rmtree(force.cache)

    pd.testing.assert_frame_equal(force.later(before).table.rows, before.table.rows)


def test_files_are_read_again_when_their_columns_are_called_otherwise(force: Force) -> None:
    two_months(force)
    force.delivered()

    mapped = force.delivered(columns={"area": "", "reference": "reference"})

    assert {area for _, area, _ in counts(mapped)} == {"northshire"}


def test_where_pieces_cannot_be_kept_files_are_read_all_the_same(force: Force) -> None:
    two_months(force)
    force.cache.write_text("a file where the folder should be")

    assert counts(force.delivered()) == counts(force.delivered(by_piece=False))


def test_pieces_of_files_that_are_gone_are_let_go(force: Force) -> None:
    two_months(force)
    force.delivered()
    (force.files / "2024-01.csv").unlink()

    force.delivered()

    for kind in ("pieces", "marks", "judged"):
        assert len([path for path in (force.cache / kind).rglob("*") if path.is_file()]) == 1


def test_a_file_that_is_not_plain_is_told_of_each_time(force: Force) -> None:
    two_months(force)
    (force.files / "2024-03.csv").write_bytes(
        ",".join(EXTRACT_HEADER).encode() + b"\nR9,2024-03-01,theft,caf\xe9,,,\nshort\n"
    )
    force.delivered()

    again = force.delivered()

    assert "Windows-1252" in again.remarks[0]
    same_account(again, force.delivered(by_piece=False))


DAYS = ("2024-01-01", "2024-01-02", "2024-01-04", "2024-02-01", "no day")
rows = st.builds(
    a_crime,
    st.sampled_from(["", *(f"R{n}" for n in range(40))]),
    st.sampled_from(DAYS),
    st.sampled_from(["burglary", "theft", "treason"]),
    st.sampled_from(["east", "west", ""]),
    outcome=st.sampled_from(["", "Charged", "No suspect", "Who knows"]),
    given=st.sampled_from(["", "2024-01-03", "2024-03-01"]),
)
folders = st.dictionaries(
    st.sampled_from(["a.csv", "b.csv", "c.csv", "d.csv"]), st.lists(rows, max_size=5), min_size=1
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=folders, changes=st.lists(folders, min_size=1, max_size=3))
def test_load_after_load_the_same_is_known_as_if_all_had_been_read_each_time(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, list[Row]],
    changes: list[dict[str, list[Row]]],
) -> None:
    force = Force(tmp_path_factory.mktemp("force"))
    within = force.catalogue.within
    known: list[CountTable] = []
    by_all: list[CountTable] = []
    before: Delivery | None = None
    for change in (first, *changes):
        for name, held in change.items():
            if held or len(list(force.files.iterdir())) < 2:
                force.write(name, *held)
            else:
                (force.files / name).unlink(missing_ok=True)

        whole = force.delivered(by_piece=False)
        before = force.later(before) if before else force.delivered()
        known.append(changed(merge(known, within), before.table, within))
        by_all.append(changed(merge(by_all, within), whole.table, within))

        same_account(before, whole)
        assert _facts(known, force.catalogue) == _facts(by_all, force.catalogue)


def _facts(
    tables: list[CountTable], catalogue: Catalogue
) -> tuple[Sequence[object], Collection[object]]:
    """Return every count that is known, and every day that is accounted for."""
    table = merge(tables, catalogue.within)
    held = sorted(zip(*(table.rows[name].astype(str) for name in table.rows), strict=True))
    covered = {
        (one.tally, one.area, day)
        for one in table.covers.itertuples()
        for day in pd.date_range(str(one.first), str(one.last))
    }
    return list(held), covered
