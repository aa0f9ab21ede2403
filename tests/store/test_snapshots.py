"""Snapshots: saved once, found by day and kind, refused when they are not what was saved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from metrics.errors import StoreError
from metrics.snapshot import Snapshot, SnapshotId, SnapshotKind
from metrics.trends import no_trends
from store.catalogues import SqlCatalogues
from store.loads import SqlLoads
from store.packing import pack
from store.snapshots import SqlSnapshots
from store.tables import SnapshotPositionsRow, SnapshotRow
from tests.store.samples import (
    CATALOGUE,
    DAY,
    MORNING,
    a_delivery,
    a_snapshot,
    a_table,
    allow_changes,
    some_positions,
    some_trends,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def snapshots(session: Session) -> SqlSnapshots:
    SqlCatalogues(session).save(CATALOGUE, {"areas.toml": ""})
    return SqlSnapshots(session)


def about(snapshot: Snapshot | None) -> tuple[object, ...]:
    """Everything that makes a snapshot what it is, to compare."""
    assert snapshot is not None
    return (
        snapshot.id,
        snapshot.as_at,
        snapshot.kind,
        snapshot.made_at,
        snapshot.catalogue_version,
        snapshot.product_version,
        snapshot.inputs,
        snapshot.positions.to_bytes(),
        snapshot.trends.to_bytes(),
    )


def test_what_goes_in_comes_out(snapshots: SqlSnapshots, session: Session) -> None:
    snapshot = a_snapshot()
    snapshots.save(snapshot, load_ids=())
    session.expire_all()

    assert about(snapshots.get(snapshot.id)) == about(snapshot)


def test_there_is_no_snapshot_of_an_unknown_id(snapshots: SqlSnapshots) -> None:
    assert snapshots.get(SnapshotId("0123456789abcdef")) is None


def test_the_same_content_is_kept_once(snapshots: SqlSnapshots, session: Session) -> None:
    saved = [snapshots.save(a_snapshot(made_at=MORNING + n * HOUR), load_ids=()) for n in (0, 1)]

    assert saved == [True, False]
    assert session.scalar(select(func.count()).select_from(SnapshotRow)) == 1


def test_content_that_is_made_again_keeps_its_first_moment_and_knows_its_last(
    snapshots: SqlSnapshots,
) -> None:
    for made_at in (MORNING, MORNING + HOUR):
        snapshots.save(a_snapshot(made_at=made_at), load_ids=())

    [header] = snapshots.list()
    assert (header.made_at, header.last_made_at) == (MORNING, MORNING + HOUR)


def test_figures_that_are_restored_are_the_newest_again(snapshots: SqlSnapshots) -> None:
    right, wrong = a_snapshot(), a_snapshot(value=9999.0, made_at=MORNING + HOUR)
    snapshots.save(right, load_ids=())
    snapshots.save(wrong, load_ids=())

    snapshots.save(a_snapshot(made_at=MORNING + 2 * HOUR), load_ids=())

    assert about(snapshots.newest()) == about(right)


def test_a_snapshot_knows_its_loads(snapshots: SqlSnapshots, session: Session) -> None:
    loads = SqlLoads(session)
    ids = [
        loads.save(a_delivery(), changed=a_table(), fingerprint="", at=MORNING).id for _ in "123"
    ]
    snapshot = a_snapshot()

    snapshots.save(snapshot, load_ids=[ids[2], ids[0], ids[2]])

    assert snapshots.load_ids(snapshot.id) == (ids[0], ids[2])


def test_a_snapshot_of_a_load_that_was_never_saved_is_refused(snapshots: SqlSnapshots) -> None:
    with pytest.raises(IntegrityError):
        snapshots.save(a_snapshot(), load_ids=[17])


def test_a_snapshot_whose_catalogue_was_never_saved_is_refused(snapshots: SqlSnapshots) -> None:
    with pytest.raises(IntegrityError):
        snapshots.save(a_snapshot(catalogue_version="unheard of"), load_ids=())


def test_the_newest_is_that_of_the_latest_day_whenever_it_was_made(
    snapshots: SqlSnapshots,
) -> None:
    latest = a_snapshot()
    snapshots.save(latest, load_ids=())
    back_dated = a_snapshot(as_at=DAY - timedelta(days=1), made_at=MORNING + HOUR)
    snapshots.save(back_dated, load_ids=())

    assert about(snapshots.newest()) == about(latest)


def test_of_one_day_the_newest_is_the_one_made_last(snapshots: SqlSnapshots) -> None:
    corrected = a_snapshot(value=2679.0, made_at=MORNING + HOUR)
    snapshots.save(corrected, load_ids=())
    snapshots.save(a_snapshot(), load_ids=())

    assert about(snapshots.newest()) == about(corrected)


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        (date(2013, 12, 31), date(2013, 12, 11)),
        (date(2013, 12, 11), date(2013, 12, 11)),
        (date(2013, 12, 10), date(2013, 11, 30)),
        (date(2013, 11, 29), None),
    ],
)
def test_as_at_a_day_gives_the_newest_figures_of_that_day_or_before(
    snapshots: SqlSnapshots, asked: date, got: date | None
) -> None:
    for as_at in (date(2013, 12, 11), date(2013, 11, 30)):
        snapshots.save(a_snapshot(as_at=as_at), load_ids=())

    found = snapshots.newest(as_at=asked)

    assert (found.as_at if found else None) == got


def test_a_kind_can_be_asked_for(snapshots: SqlSnapshots) -> None:
    month_end = a_snapshot(as_at=date(2013, 11, 30), kind=SnapshotKind.MONTH_END)
    snapshots.save(month_end, load_ids=())
    snapshots.save(a_snapshot(), load_ids=())

    assert about(snapshots.newest(kind=SnapshotKind.MONTH_END)) == about(month_end)
    assert [header.id for header in snapshots.list(kind=SnapshotKind.MONTH_END)] == [month_end.id]


def test_headers_are_listed_newest_first(snapshots: SqlSnapshots) -> None:
    days = [DAY - timedelta(days=n) for n in (1, 0, 2)]
    for day in days:
        snapshots.save(a_snapshot(as_at=day), load_ids=())

    assert [one.as_at for one in snapshots.list()] == sorted(days, reverse=True)
    assert [one.as_at for one in snapshots.list(limit=1)] == [DAY]
    assert [one.as_at for one in snapshots.list(as_at=min(days))] == [min(days)]


def test_a_list_of_headers_does_not_read_figures(snapshots: SqlSnapshots, session: Session) -> None:
    snapshots.save(a_snapshot(), load_ids=())
    asked: list[str] = []
    event.listen(
        session.connection(), "before_cursor_execute", lambda *about: asked.append(about[2])
    )

    snapshots.list()

    assert not any("snapshot_positions" in statement for statement in asked)


@pytest.mark.parametrize(
    "positions",
    [
        pack(some_positions(2677.0).to_bytes()),  # a figure edited
        pack(some_positions().to_bytes()[:-8]),  # cut short, then packed again
        pack(some_positions().to_bytes())[:-9],  # cut short
        b"not packed at all",
    ],
)
def test_figures_that_were_changed_are_refused(
    snapshots: SqlSnapshots, session: Session, positions: bytes
) -> None:
    snapshot = a_snapshot()
    snapshots.save(snapshot, load_ids=())
    allow_changes(session, "snapshot_positions")
    session.execute(update(SnapshotPositionsRow).values(positions=positions))
    session.expire_all()

    with pytest.raises(StoreError, match=f"{snapshot.id} .* edited or damaged"):
        snapshots.get(snapshot.id)


@pytest.mark.parametrize(
    "trends",
    [
        pack(some_trends(299.0).to_bytes()),  # a month edited
        pack(some_trends().to_bytes()[:-8]),  # cut short, then packed again
        b"not packed at all",
        None,  # taken away
    ],
)
def test_months_that_were_changed_are_refused(
    snapshots: SqlSnapshots, session: Session, trends: bytes | None
) -> None:
    snapshot = a_snapshot()
    snapshots.save(snapshot, load_ids=())
    allow_changes(session, "snapshot_positions")
    session.execute(update(SnapshotPositionsRow).values(trends=trends))
    session.expire_all()

    with pytest.raises(StoreError, match=f"{snapshot.id} .* edited or damaged"):
        snapshots.get(snapshot.id)


def test_other_months_make_another_snapshot(snapshots: SqlSnapshots) -> None:
    saved = [
        snapshots.save(a_snapshot(trends=some_trends(value)), load_ids=())
        for value in (300.0, 299.0, 300.0)
    ]

    assert saved == [True, True, False]


def test_the_id_of_a_snapshot_without_trends_is_what_it_was_before_there_were_any() -> None:
    assert a_snapshot(trends=no_trends()).id == "dbbcf072280dbcb3"


def test_a_day_that_was_changed_is_refused(snapshots: SqlSnapshots, session: Session) -> None:
    snapshots.save(a_snapshot(), load_ids=())
    allow_changes(session, "snapshot")
    session.execute(update(SnapshotRow).values(as_at=DAY + timedelta(days=1)))
    session.expire_all()

    with pytest.raises(StoreError, match="edited or damaged"):
        snapshots.newest()
