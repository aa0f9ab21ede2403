"""A source that can tell what changed is asked only for that, under the same rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import daily
from metrics.counts import empty_table
from metrics.delivery import Delivery, InputFile
from metrics.model import Catalogue
from store.database import Database
from tests.metrics.sources.conftest import a_catalogue, silent

NOW = datetime(2024, 3, 1, 6, tzinfo=UTC)
A_FILE = InputFile(name="a.csv", size=1, sha256="a", rows=1)


@dataclass
class Changing:
    """Remembers how it was asked."""

    content: str = "first"
    asked: list[tuple[InputFile, ...] | None] = field(default_factory=list)
    name: str = "crimes"

    def fingerprint(self) -> str:
        return self.content

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        self.asked.append(None)
        return Delivery(source=self.name, table=empty_table(), inputs=(A_FILE,))

    def deliver_changes(
        self,
        catalogue: Catalogue,
        *,
        before: Sequence[InputFile],
        progress: Callable[[str], None],
    ) -> Delivery:
        self.asked.append(tuple(before))
        return Delivery(source=self.name, table=empty_table(), inputs=(A_FILE,))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    one = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    one.upgrade()
    yield one
    one.close()


def load(source: Changing, database: Database, *, rules: str = "rules") -> daily.Loaded:
    [loaded] = daily.load(
        [source],
        database=database,
        catalogue=a_catalogue(),
        rules=rules,
        now=NOW,
        progress=silent,
    )
    return loaded


def test_the_first_load_is_of_everything(database: Database) -> None:
    source = Changing()

    load(source, database)

    assert source.asked == [None]


def test_a_changed_input_is_asked_for_what_changed_since_the_load_that_stands(
    database: Database,
) -> None:
    source = Changing()
    load(source, database)
    source.content = "second"

    load(source, database)

    assert source.asked == [None, (A_FILE,)]


def test_under_other_rules_everything_is_read(database: Database) -> None:
    source = Changing()
    load(source, database)
    source.content = "second"

    load(source, database, rules="other rules")

    assert source.asked == [None, None]


def test_an_input_that_has_not_changed_is_not_asked_at_all(database: Database) -> None:
    source = Changing()
    load(source, database)

    assert load(source, database).unchanged
    assert source.asked == [None]
