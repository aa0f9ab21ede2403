"""What all loads come to is the same, whether or not it was put together before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy.orm import Session

from metrics.counts import merge
from metrics.delivery import CountTable
from metrics.model import AreaId
from store.known import Known, known
from store.loads import SqlLoads
from tests.store.samples import BURGLARY, MORNING, a_delivery, a_table

WITHIN: Final = {
    AreaId("force"): frozenset({AreaId("force"), AreaId("charnwood")}),
    AreaId("charnwood"): frozenset({AreaId("charnwood")}),
}
SURVEY: Final = "confidence.score"


def on(day: date, count: float, tally: str = BURGLARY) -> CountTable:
    """What counted on a day."""
    text = day.isoformat()
    return a_table([(text, "charnwood", tally, count)], [(tally, "force", text, text)])


def save(
    session: Session,
    tables: Sequence[CountTable],
    *,
    source: str = "crimes",
    at: datetime = MORNING,
) -> None:
    for number, table in enumerate(tables):
        SqlLoads(session).save(
            a_delivery(source, table),
            changed=table,
            fingerprint=f"{source} {number}",
            at=at + timedelta(hours=number),
        )


def same(one: Known, other: Known) -> None:
    """Compare what two readings came to."""
    assert one.loads == other.loads
    assert_frame_equal(one.table.rows, other.table.rows)
    assert_frame_equal(one.table.covers, other.table.covers)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many loads each reading takes from the database."""
    found: list[int] = []
    tables = SqlLoads.tables

    def noting(self: SqlLoads, *given: object, **more: object) -> object:
        read = tables(self, *given, **more)  # type: ignore[arg-type]
        found.append(len(read))
        return read

    monkeypatch.setattr(SqlLoads, "tables", noting)
    return found


DAYS: Final = [on(date(2013, 12, day), day) for day in (8, 9, 10)]
CORRECTED: Final = on(date(2013, 12, 9), 4.0)


def test_only_loads_since_the_copy_are_read(
    session: Session, tmp_path: Path, reads: list[int]
) -> None:
    save(session, DAYS)
    known(session, WITHIN, cache=tmp_path)
    save(session, [CORRECTED], at=MORNING + timedelta(days=1))

    found = known(session, WITHIN, cache=tmp_path)
    again = known(session, WITHIN, cache=tmp_path)

    assert reads == [3, 1]
    same(found, known(session, WITHIN))
    same(again, found)
    assert_frame_equal(found.table.rows, merge([*DAYS, CORRECTED], WITHIN).rows)


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_damaged_in_a_copy_is_not_relied_upon(
    session: Session, tmp_path: Path, which: int
) -> None:
    save(session, DAYS)
    whole = known(session, WITHIN, cache=tmp_path / "cache")
    copies = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    copies[which].write_bytes(copies[which].read_bytes()[:-9] + b"something")

    same(known(session, WITHIN, cache=tmp_path / "cache"), whole)


def test_a_copy_of_another_database_with_as_many_loads_is_not_taken(
    session: Session, tmp_path: Path
) -> None:
    with session.begin_nested() as one:
        save(session, DAYS[:1])
        known(session, WITHIN, cache=tmp_path)
        one.rollback()
    save(session, DAYS[1:2], at=MORNING + timedelta(minutes=1))

    same(known(session, WITHIN, cache=tmp_path), known(session, WITHIN))


def test_when_the_areas_are_others_everything_is_put_together_anew(
    session: Session, tmp_path: Path, reads: list[int]
) -> None:
    save(session, DAYS)
    known(session, WITHIN, cache=tmp_path)

    known(session, WITHIN | {AreaId("melton"): frozenset({AreaId("melton")})}, cache=tmp_path)

    assert reads == [3, 3]


def test_what_was_known_at_a_moment_is_told_with_copies_of_later_ones_there(
    session: Session, tmp_path: Path
) -> None:
    save(session, [*DAYS, CORRECTED])
    known(session, WITHIN, cache=tmp_path)
    then = MORNING + timedelta(hours=1)

    found = known(session, WITHIN, known_at=then, cache=tmp_path)

    assert_frame_equal(found.table.rows, merge(DAYS[:2], WITHIN).rows)


def test_sources_are_put_side_by_side_with_their_loads_in_order(
    session: Session, tmp_path: Path
) -> None:
    save(session, DAYS[:1])
    save(session, [on(date(2013, 12, 31), 0.7, SURVEY)], source="a survey")
    save(session, DAYS[1:], at=MORNING + timedelta(days=1))

    found = known(session, WITHIN, cache=tmp_path)

    assert found.table.rows["count"].sum() == pytest.approx(8 + 9 + 10 + 0.7)
    numbers = [load.id for load in found.loads]
    assert numbers == sorted(numbers)


def test_of_two_sources_that_count_the_same_the_newest_load_holds(
    session: Session, tmp_path: Path
) -> None:
    save(session, DAYS)
    save(session, [CORRECTED], source="another", at=MORNING + timedelta(days=1))

    found = known(session, WITHIN, cache=tmp_path)

    assert_frame_equal(found.table.rows, merge([*DAYS, CORRECTED], WITHIN).rows)


def test_where_nothing_was_loaded_nothing_is_known(session: Session, tmp_path: Path) -> None:
    found = known(session, WITHIN, cache=tmp_path)

    assert (found.loads, len(found.table.rows), len(found.table.covers)) == ((), 0, 0)
