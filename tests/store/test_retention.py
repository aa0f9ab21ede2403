"""Old daily figures are let go by rule, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from metrics.errors import StoreError
from metrics.snapshot import SnapshotKind
from store.catalogues import SqlCatalogues
from store.database import Database
from store.retention import AT_A_TIME, let_go
from store.snapshots import SqlSnapshots
from store.tables import SnapshotLetGoRow, SnapshotPositionsRow
from tests.store.samples import CATALOGUE, DAY, MORNING, a_snapshot

KEPT = timedelta(days=30)


def keep(database: Database, *days: int, kind: SnapshotKind = SnapshotKind.DAILY) -> None:
    """Keep a snapshot for each of so many days before the newest."""
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE, {"areas.toml": ""})
        for back in days:
            one = replace(a_snapshot(), as_at=DAY - timedelta(days=back), kind=kind)
            SqlSnapshots(session).save(one, load_ids=())


def held(database: Database) -> list[date]:
    with database.reading() as session:
        return [one.as_at for one in SqlSnapshots(session).list()]


def test_daily_figures_go_when_they_are_older_than_the_rule_says(database: Database) -> None:
    keep(database, 0, 30, 31, 400)

    assert let_go(database, kept=KEPT, now=MORNING) == 2
    assert held(database) == [DAY, DAY - KEPT]


def test_month_ends_stay_for_ever(database: Database) -> None:
    keep(database, 0)
    keep(database, 3_000, kind=SnapshotKind.MONTH_END)

    assert let_go(database, kept=KEPT, now=MORNING) == 0
    assert held(database) == [DAY, DAY - timedelta(days=3_000)]


def test_where_no_new_figures_come_nothing_goes(database: Database) -> None:
    keep(database, 5)

    assert let_go(database, kept=KEPT, now=MORNING + timedelta(days=4_000)) == 0


def test_an_answer_as_at_a_day_that_was_let_go_has_the_figures_before_it(
    database: Database,
) -> None:
    keep(database, 0, 100)
    keep(database, 120, kind=SnapshotKind.MONTH_END)
    let_go(database, kept=KEPT, now=MORNING)

    with database.reading() as session:
        found = SqlSnapshots(session).newest(as_at=DAY - timedelta(days=90))
    assert found is not None
    assert found.as_at == DAY - timedelta(days=120)


def test_however_much_is_old_all_of_it_goes(database: Database) -> None:
    keep(database, 0, *range(31, 31 + AT_A_TIME + 3))

    assert let_go(database, kept=KEPT, now=MORNING) == AT_A_TIME + 3
    assert let_go(database, kept=KEPT, now=MORNING) == 0


def test_what_was_let_go_is_not_kept_again_in_silence(database: Database) -> None:
    keep(database, 0, 100)
    let_go(database, kept=KEPT, now=MORNING)

    with pytest.raises(StoreError, match="have been let go"):
        keep(database, 100)


def test_the_database_deletes_no_figures_that_are_not_written_down(database: Database) -> None:
    keep(database, 0, 100)

    with (
        pytest.raises(IntegrityError, match="snapshot_positions is written once: no DELETE"),
        database.transaction() as session,
    ):
        session.execute(delete(SnapshotPositionsRow))


def test_the_database_takes_no_month_end_off_the_shelf(database: Database) -> None:
    keep(database, 0, kind=SnapshotKind.MONTH_END)
    month_end = replace(a_snapshot(), kind=SnapshotKind.MONTH_END).id

    with (
        pytest.raises(IntegrityError, match="takes daily figures only"),
        database.transaction() as session,
    ):
        session.add(SnapshotLetGoRow(snapshot_id=month_end, at=MORNING))
