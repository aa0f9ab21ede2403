"""What the tests run in a process of its own, to stop it midway or to race it with another.

    python -m tests.store.another_process upgrade|save|die-at:<table> <url>

It says "ready", waits for a line, then does it.  `die-at` says "midway" when it is about to write
to that table, in the midst of its transaction, and waits there to be killed.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from store.database import Database
from store.loads import SqlLoads
from store.snapshots import SqlSnapshots
from tests.store.samples import DAY, MORNING, a_delivery, a_snapshot, a_table

TOMORROW = timedelta(days=1)


def say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - the test listens


def save(database: Database) -> None:
    """Save tomorrow's load and snapshot."""
    with database.transaction() as session:
        load = SqlLoads(session).save(
            a_delivery(), changed=a_table(), fingerprint="f2", at=MORNING + TOMORROW
        )
        snapshot = a_snapshot(as_at=DAY + TOMORROW, made_at=MORNING + TOMORROW)
        new = SqlSnapshots(session).save(snapshot, load_ids=[load.id])
    say("new" if new else "known")


def wait_at(table: str) -> None:
    """Stand still before the first statement that writes to a table."""

    @event.listens_for(Engine, "before_cursor_execute")
    def stand_still(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            say("midway")
            time.sleep(60)


def main(what: str, url: str) -> None:
    database = Database(url)
    say("ready")
    sys.stdin.readline()
    if what == "upgrade":
        database.upgrade()
    else:
        if what.startswith("die-at:"):
            wait_at(what.removeprefix("die-at:"))
        save(database)


if __name__ == "__main__":
    main(*sys.argv[1:])
