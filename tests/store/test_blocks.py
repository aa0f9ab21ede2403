"""Counts kept in blocks come back as they were, and only what changed is written again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from metrics.cache import Cache
from metrics.counts import Blocks, changed, merge, put_onto
from metrics.delivery import CountTable
from metrics.model import AreaId
from store import blocks
from store.blocks import Copy, keep, read
from tests.store.samples import BURGLARY, a_table, words

THEFT: Final = "bicycle-theft.recorded"
PLACES: Final = ("blaby", "charnwood")
WITHIN: Final = {AreaId("force"): frozenset(AreaId(one) for one in ("force", *PLACES))}

Drawn = list[tuple[int, int, dict[tuple[int, str, str], float]]]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows make a block."""
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 4)


def december(first: int, last: int, count: float = 1.0) -> CountTable:
    """One count on every day, and the days covered."""
    days = [f"2013-12-{day:02d}" for day in range(first, last + 1)]
    rows = [(day, "charnwood", BURGLARY, count) for day in days]
    return a_table(rows, [(BURGLARY, "force", days[0], days[-1])])


def kept(cache: Cache, key: str, counts: Blocks, before: Copy | None = None) -> set[str]:
    """Keep counts; return the keys of the blocks there are then."""
    keep(cache, key, loads=(), counts=counts, before=before)
    return {block.key for block in found(cache, key).names.values()}


def found(cache: Cache, key: str) -> Copy:
    copy = read(cache, key)
    assert copy is not None
    return copy


def test_a_table_comes_back_to_the_bit_and_to_the_category(tmp_path: Path) -> None:
    table = a_table(
        [
            ("2013-12-01", "charnwood", BURGLARY, 0.1 + 0.2),
            ("2013-12-02", "blaby", THEFT, 300.0),
            ("1969-12-31", "blaby", THEFT, 255.0),
        ],
        [(BURGLARY, "force", "2013-12-01", "2013-12-02")],
    )
    unused = words(list(table.rows["area"]), ["melton", "charnwood", "blaby"])
    table = CountTable(rows=table.rows.assign(area=unused), covers=table.covers)
    cache = Cache(tmp_path, made_by=())

    kept(cache, "a", Blocks.of(table))

    again = found(cache, "a").counts.table()
    assert_frame_equal(again.rows, table.rows)
    assert_frame_equal(again.covers, table.covers)


def test_a_block_of_days_that_nothing_new_is_about_is_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path, made_by=())
    before = kept(cache, "a", Blocks.of(december(1, 12)))
    copy = found(cache, "a")
    written: list[str] = []
    put = Cache.put

    def noting(self: Cache, key: str, content: bytes) -> None:
        written.append(key)
        put(self, key, content)

    monkeypatch.setattr(Cache, "put", noting)

    after = kept(cache, "b", put_onto(copy.counts, [december(12, 13, 2.0)], WITHIN), copy)

    assert len(before & after) == 2  # 1 to 4 and 5 to 8 December
    assert set(written) == (after - before) | {"b"}


def test_day_after_day_leaves_no_trail_of_small_blocks(tmp_path: Path) -> None:
    cache = Cache(tmp_path, made_by=())
    kept(cache, "1", Blocks.of(december(1, 1)))
    for day in range(2, 21):
        copy = found(cache, str(day - 1))
        kept(cache, str(day), put_onto(copy.counts, [december(day, day)], WITHIN), copy)

    counts = found(cache, "20").counts

    assert_frame_equal(counts.table().rows, december(1, 20).rows)
    assert len(counts.rows) <= 1 + 20 / 2  # half full, and what holds the words


def test_a_copy_of_which_a_block_is_missing_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path, made_by=())
    kept(cache, "a", Blocks.of(december(1, 12)))
    one, *_ = (path for path in tmp_path.iterdir() if not path.name.startswith("a-"))
    one.unlink()

    assert read(cache, "a") is None


def test_what_a_delivery_is_not_about_need_not_be_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path, made_by=())
    whole = december(1, 12)
    kept(cache, "a", Blocks.of(whole))
    delivered = december(8, 9, 2.0)  # the end of one block, the beginning of another

    part = read(cache, "a", about=delivered.covers)

    assert part is not None
    known = part.counts.table()
    assert len(known.rows) == 8  # of 12
    told, expected = (changed(one, delivered, WITHIN) for one in (known, whole))
    assert_frame_equal(told.rows, expected.rows)
    assert_frame_equal(told.covers, expected.covers)


deliveries = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.integers(0, 4),
        st.dictionaries(
            st.tuples(
                st.integers(1, 13), st.sampled_from(PLACES), st.sampled_from([BURGLARY, THEFT])
            ),
            st.sampled_from([1.0, 2.0, 0.5, 300.0]),
        ),
    ),
    min_size=1,
    max_size=6,
)


def _tables(drawn: Drawn) -> list[CountTable]:
    tables = []
    for first, more, counts in drawn:
        inside = [
            (f"2013-12-{day:02d}", place, tally, count)
            for (day, place, tally), count in sorted(counts.items())
            if first <= day <= first + more
        ]
        ends = f"2013-12-{first:02d}", f"2013-12-{first + more:02d}"
        tables.append(a_table(inside, [(one, "force", *ends) for one in (BURGLARY, THEFT)]))
    return tables


@settings(max_examples=40, deadline=None)
@given(drawn=deliveries)
def test_kept_after_every_load_it_is_what_all_loads_put_together_at_once_are(drawn: Drawn) -> None:
    tables = _tables(drawn)
    with TemporaryDirectory() as folder:
        cache = Cache(Path(folder), made_by=())
        kept(cache, "0", Blocks.of(tables[0]))
        for number, table in enumerate(tables[1:], start=1):
            copy = found(cache, str(number - 1))
            kept(cache, str(number), put_onto(copy.counts, [table], WITHIN), copy)
        counts = found(cache, str(len(tables) - 1)).counts.table()

    at_once = merge(tables, WITHIN)
    assert_frame_equal(counts.rows, at_once.rows)
    assert_frame_equal(counts.covers, at_once.covers)
    assert counts.rows["count"].dtype == np.float64
