"""What was published stays: the database refuses to change it, whoever asks."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.alerts.model import Change, Feedback, RuleName, Transition
from store import horizon_tables, register_tables  # noqa: F401 - Base knows their tables now
from store.alert_tables import CHANGING
from store.alerts import SqlAlerts
from store.audit import SqlAudit
from store.catalogues import SqlCatalogues
from store.database import Database
from store.loads import SqlLoads
from store.snapshots import SqlSnapshots
from store.tables import Base, SnapshotLetGoRow
from tests.bot.alerts.making import an_alert
from tests.store.samples import CATALOGUE, MORNING, a_delivery, a_snapshot, a_table
from tests.store.test_audit import JANE, an_entry

TABLES = sorted(set(Base.metadata.tables) - CHANGING)

DUMMIES = {int: 1, str: "x", date: MORNING.date()}
CHAINED = frozenset({"audit", "audit_checkpoint"})
"""What takes no row without a meaning."""
KNOWN = {"horizon_change": {"change": "noted"}}
"""Where not every word will do."""


@pytest.fixture(autouse=True)
def a_row_in_every_table(database: Database) -> None:
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE, {"areas.toml": ""})
        load = SqlLoads(session).save(a_delivery(), changed=a_table(), fingerprint="f1", at=MORNING)
        SqlSnapshots(session).save(a_snapshot(), load_ids=[load.id])
        older = replace(a_snapshot(), as_at=date(2013, 12, 10))
        SqlSnapshots(session).save(older, load_ids=[])
        session.add(SnapshotLetGoRow(snapshot_id=older.id, at=MORNING))
        raise_one(session)
        fill_the_others(session)
    audit = SqlAudit(database)
    audit.record(an_entry(at=MORNING - timedelta(days=1)))
    audit.prune(before=MORNING, rule="old", by=JANE, place="", now=MORNING)


def raise_one(session: Session) -> None:
    alerts, one = SqlAlerts(session), an_alert()
    alerts.save([Transition(change=Change.RAISED, alert=one, at=MORNING)])
    rules = frozenset({RuleName.DETERIORATION})
    alerts.judge(Feedback(alert=one.id, rules=rules, useful=False, by="Jane", at=MORNING))
    alerts.claim_decision(a_snapshot().id, rules="r1", as_at=MORNING.date(), now=MORNING)


def fill_the_others(session: Session) -> None:
    """Put a row of no meaning into each table that is empty."""
    for table in Base.metadata.sorted_tables:
        if (
            table.name not in TABLES
            or table.name in CHAINED
            or session.execute(select(table)).first()
        ):
            continue
        values = {one.name: DUMMIES.get(one.type.python_type, MORNING) for one in table.columns}
        session.execute(insert(table).values(values | KNOWN.get(table.name, {})))


def change(url: str, statement: str) -> None:
    """Run a statement as any other program would, past everything of ours."""
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_deleted(url: str, table: str) -> None:
    with pytest.raises(IntegrityError, match=f"{table} is written once: no DELETE"):
        change(url, f"DELETE FROM {table}")  # noqa: S608 - our own names


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_updated(url: str, table: str) -> None:
    column = next(iter(Base.metadata.tables[table].columns)).name

    with pytest.raises(IntegrityError, match=f"{table} is written once: no UPDATE"):
        change(url, f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - our own names


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_row_can_be_replaced(url: str, table: str) -> None:
    file = sqlite3.connect(Path(make_url(url).database or ""))

    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is written once: no REPLACE"):
        file.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
    file.close()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_no_table_can_be_emptied(url: str, table: str) -> None:
    with pytest.raises(IntegrityError, match="is written once: no TRUNCATE"):
        change(url, f"TRUNCATE {table} CASCADE")
