"""What the worker did and has to do, counted."""

from __future__ import annotations

from datetime import timedelta

from bot.alerts.model import Destination
from bot.runs import RunState
from metrics.snapshot import SnapshotKind
from store.audit import SqlAudit
from store.catalogues import SqlCatalogues
from store.database import Database
from store.outbox import SqlOutbox, State, plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns
from store.snapshots import SqlSnapshots
from store.tallies import tallies
from tests.store.samples import CATALOGUE, DAY, MORNING, a_snapshot
from tests.store.test_audit import an_entry

LATER = MORNING + timedelta(hours=1)


def test_of_an_empty_database_there_is_nothing(database: Database) -> None:
    found = tallies(database, now=MORNING)

    assert (found.newest, found.runs, found.successes) == ({}, {}, {})
    assert (found.ended, found.waiting, found.due_since) == ({}, {}, None)
    assert (found.audit_rows, found.heard_at) == (0, None)


def test_runs_are_counted_by_how_they_stand_and_the_newest_that_ended_well_is_timed(
    database: Database,
) -> None:
    runs = SqlRuns(database)
    for back, state in ((2, RunState.DONE), (1, RunState.DONE), (0, RunState.FAILED)):
        day, begun = DAY - timedelta(days=back), MORNING - timedelta(days=back)
        runs.claim("daily", day, by="one", now=begun, until=begun + timedelta(minutes=3))
        ended = begun + timedelta(seconds=60 * (back + 1))
        runs.finish("daily", day, by="one", now=ended, state=state, detail="")

    found = tallies(database, now=LATER)

    assert found.runs == {("daily", RunState.DONE): 2, ("daily", RunState.FAILED): 1}
    took = found.successes["daily"].finished_at - found.successes["daily"].started_at
    assert took == timedelta(seconds=120)


def test_what_is_told_and_waits_is_counted_by_platform(database: Database) -> None:
    outbox = SqlOutbox(database)
    for name, address, at in (
        ("one", "slack:C1", MORNING),
        ("two", "slack:C2", MORNING),
        ("three", "teams:c", LATER + timedelta(hours=1)),
    ):
        outbox.put([plain_post(Destination.read(address), name, "Hello", at)], now=MORNING)
    claimed = outbox.claim(by="one", now=MORNING, until=LATER, platforms=("slack",))
    assert claimed is not None
    outbox.told(claimed.number, by="one", message="m1", now=MORNING)

    found = tallies(database, now=LATER)

    assert found.ended == {("slack", "post", State.TOLD): 1}
    assert found.waiting == {"slack": 1, "teams": 1}
    assert found.due_since == MORNING


def test_the_newest_figures_the_audit_log_and_the_last_sign_of_life_are_found(
    database: Database,
) -> None:
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE, {})
        SqlSnapshots(session).save(a_snapshot(), load_ids=[])
    SqlAudit(database).record(an_entry())
    SqlSigns(database).give("one", now=MORNING)

    found = tallies(database, now=LATER)

    assert {kind: one.as_at for kind, one in found.newest.items()} == {SnapshotKind.DAILY: DAY}
    assert (found.audit_rows, found.heard_at) == (1, MORNING)
