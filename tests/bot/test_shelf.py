"""Figures at hand: looked up rarely, read once, and never lost to something older."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.shelf import Shelf
from metrics.errors import StoreError, UserError
from metrics.snapshot import Figures, SnapshotHeader, SnapshotId, SnapshotKind

DAILY, MONTH_END = SnapshotKind.DAILY, SnapshotKind.MONTH_END
PERIOD = timedelta(seconds=5)


@dataclass
class Kept:
    """A database of headers; reading one gives something that knows which it was."""

    headers: list[SnapshotHeader] = field(default_factory=list)
    looked_up: int = 0
    loaded: list[str] = field(default_factory=list)
    is_down: bool = False
    now: float = 0.0

    def header(self, kind: SnapshotKind | None, as_at: date | None) -> SnapshotHeader | None:
        self.looked_up += 1
        if self.is_down:
            raise StoreError("The database could not be reached.")
        found = [
            one
            for one in self.headers
            if kind in (None, one.kind) and (as_at is None or one.as_at <= as_at)
        ]
        return max(found, key=lambda one: (one.as_at, one.made_at), default=None)

    def load(self, header: SnapshotHeader) -> Figures:
        time.sleep(0.005)  # so that those who ask at once overlap
        self.loaded.append(header.id)
        snapshot: Any = header.id  # a shelf never looks into what it keeps
        catalogue: Any = None
        return Figures(snapshot=snapshot, catalogue=catalogue)

    def add(self, id_: str, day: date, kind: SnapshotKind = DAILY, *, hour: int = 5) -> None:
        made_at = datetime(2014, 4, 1, hour, tzinfo=UTC)
        self.headers.append(
            SnapshotHeader(
                id=SnapshotId(id_), as_at=day, kind=kind, made_at=made_at, last_made_at=made_at,
                catalogue_version="c", product_version="1",
            )
        )  # fmt: skip

    def shelf(self, *, keep: int = 2) -> Shelf:
        return Shelf(
            header=self.header, load=self.load, period=PERIOD, keep=keep, clock=lambda: self.now
        )


@pytest.fixture
def kept() -> Kept:
    """Two days and a month end."""
    kept = Kept()
    kept.add("monday", date(2014, 3, 31))
    kept.add("march", date(2014, 3, 31), MONTH_END)
    kept.add("tuesday", date(2014, 4, 1))
    return kept


def found(shelf: Shelf, kind: SnapshotKind | None = DAILY, as_at: date | None = None) -> str:
    return str(shelf.find(kind, as_at).snapshot)


def test_the_newest_of_a_kind_is_found(kept: Kept) -> None:
    shelf = kept.shelf()

    assert [found(shelf, kind) for kind in (DAILY, MONTH_END, None)] == [
        "tuesday", "march", "tuesday",
    ]  # fmt: skip


def test_an_older_day_gets_the_figures_that_were_published_then(kept: Kept) -> None:
    assert found(kept.shelf(), DAILY, date(2014, 3, 31)) == "monday"


def test_figures_are_read_once(kept: Kept) -> None:
    shelf = kept.shelf()

    for _ in range(5):
        found(shelf)
        kept.now += 10

    assert kept.loaded == ["tuesday"]


def test_something_newer_is_looked_for_no_more_than_once_a_period(kept: Kept) -> None:
    shelf = kept.shelf()
    found(shelf)
    kept.add("wednesday", date(2014, 4, 2))

    kept.now += 4.9
    assert found(shelf) == "tuesday"
    assert kept.looked_up == 1
    kept.now += 0.2
    assert found(shelf) == "wednesday"


def test_a_correction_of_an_older_day_is_found_too(kept: Kept) -> None:
    shelf = kept.shelf()
    found(shelf, DAILY, date(2014, 3, 31))
    kept.add("corrected", date(2014, 3, 31), hour=9)

    kept.now += 6

    assert found(shelf, DAILY, date(2014, 3, 31)) == "corrected"


def test_older_figures_make_room_but_the_newest_of_each_kind_stay(kept: Kept) -> None:
    shelf = kept.shelf(keep=2)
    for day in range(1, 6):
        kept.add(f"february {day}", date(2014, 2, day))
    shelf.refresh()

    for day in range(1, 6):
        found(shelf, DAILY, date(2014, 2, day))
    kept.loaded.clear()
    for kind in (DAILY, MONTH_END):
        found(shelf, kind)
    found(shelf, DAILY, date(2014, 2, 5))
    found(shelf, DAILY, date(2014, 2, 4))
    found(shelf, DAILY, date(2014, 2, 1))

    assert kept.loaded == ["february 1"]


def test_a_database_that_is_away_for_a_while_leaves_what_is_there(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = kept.shelf()
    found(shelf)
    kept.is_down = True
    kept.now += 6

    assert found(shelf) == "tuesday"
    assert "could not be looked up" in caplog.text


def test_a_database_that_was_never_there_is_said(kept: Kept) -> None:
    kept.is_down = True

    with pytest.raises(StoreError):
        found(kept.shelf())


def test_a_day_before_all_figures_says_which_are_newest(kept: Kept) -> None:
    with pytest.raises(UserError, match="no daily figures as at 1 January 2010") as refused:
        found(kept.shelf(), DAILY, date(2010, 1, 1))

    assert refused.value.hint == "The newest figures are as at 1 April 2014."


def test_days_that_nothing_answers_are_not_remembered(kept: Kept) -> None:
    shelf, first = kept.shelf(), date(1900, 1, 1)

    for number in range(1_000):
        with pytest.raises(UserError):
            shelf.find(DAILY, first + timedelta(days=number))

    assert [name for name, one in vars(shelf).items() if isinstance(one, dict) and one] == []


def test_no_figures_at_all_is_said(kept: Kept) -> None:
    kept.headers.clear()

    with pytest.raises(UserError, match="There are no figures"):
        found(kept.shelf(), None)


def test_many_who_ask_at_once_read_it_once(kept: Kept) -> None:
    shelf = kept.shelf()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: found(shelf), range(200)))

    assert answers == {"tuesday"}
    assert kept.loaded == ["tuesday"]
