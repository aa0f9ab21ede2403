"""Count tables come back from Parquet exactly as they went in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from metrics.delivery import CountTable
from store.parquet import from_parquet, to_parquet
from tests.store.samples import a_table, words

FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"

some_words = st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=8, unique=True)
ordinals = st.integers(
    int(np.datetime64(FIRST_DAY, "D").astype(int)), int(np.datetime64(LAST_DAY, "D").astype(int))
)
counts = st.floats(allow_nan=False, width=64)


def days(values: list[int]) -> pd.Series:
    return pd.Series(np.array(values, dtype="datetime64[D]").astype("datetime64[s]"))


@st.composite
def tables(draw: st.DrawFn) -> CountTable:
    areas, tallies = draw(some_words), draw(some_words)
    place = st.tuples(st.sampled_from(areas), st.sampled_from(tallies))
    rows = draw(st.lists(st.tuples(ordinals, ordinals, place, counts), max_size=30))
    covers = draw(st.lists(st.tuples(place, ordinals, ordinals), max_size=5))
    return CountTable(
        rows=pd.DataFrame(
            {
                "cohort": days([one[0] for one in rows]),
                "day": days([one[1] for one in rows]),
                "area": words([one[2][0] for one in rows], areas),
                "tally": words([one[2][1] for one in rows], tallies),
                "count": np.array([one[3] for one in rows], dtype=np.float64),
            }
        ),
        covers=pd.DataFrame(
            {
                "tally": pd.Series([one[0][1] for one in covers], dtype="str"),
                "area": pd.Series([one[0][0] for one in covers], dtype="str"),
                "first": days([one[1] for one in covers]),
                "last": days([one[2] for one in covers]),
            }
        ),
    )


def there_and_back(table: CountTable) -> CountTable:
    return from_parquet(rows=to_parquet(table.rows), covers=to_parquet(table.covers))


@given(tables())
@settings(max_examples=40)
def test_what_goes_in_comes_out(table: CountTable) -> None:
    back = there_and_back(table)

    assert_frame_equal(back.rows, table.rows, check_exact=True)
    assert_frame_equal(back.covers, table.covers, check_exact=True)


@given(tables())
@settings(max_examples=15)
def test_counts_come_back_to_the_bit(table: CountTable) -> None:
    back = there_and_back(table)

    assert back.rows["count"].to_numpy().tobytes() == table.rows["count"].to_numpy().tobytes()


def test_categories_that_no_row_uses_come_back_in_their_order() -> None:
    table = a_table()
    table.rows["area"] = words(["charnwood"], ["melton", "charnwood", "blaby"])

    back = there_and_back(table)

    assert list(back.rows["area"].cat.categories) == ["melton", "charnwood", "blaby"]


def test_covers_with_categories_keep_them() -> None:
    table = a_table()
    table.covers["tally"] = words(table.covers["tally"].to_list(), ["asb", *table.covers["tally"]])

    assert_frame_equal(there_and_back(table).covers, table.covers)


def test_an_empty_table_keeps_its_types() -> None:
    table = a_table(counts=(), covers=())

    back = there_and_back(table)

    assert_frame_equal(back.rows, table.rows)
    assert_frame_equal(back.covers, table.covers)


def test_the_index_is_not_kept() -> None:
    table = a_table()
    table.rows.index = pd.Index([17])

    assert list(there_and_back(table).rows.index) == [0]


def test_a_time_of_day_is_refused_rather_than_dropped() -> None:
    table = a_table()
    table.rows["day"] += pd.Timedelta(hours=1)

    with pytest.raises(ValueError, match="day: a day has a time of day"):
        to_parquet(table.rows)


@pytest.mark.parametrize("column", ["cohort", "area"])
def test_a_missing_value_is_refused(column: str) -> None:
    table = a_table()
    table.rows.loc[0, column] = None

    with pytest.raises(ValueError, match=f"{column}: a value is missing"):
        to_parquet(table.rows)


def test_categories_come_back_even_where_a_writer_orders_words_its_own_way() -> None:
    table = a_table([("2013-12-10", area, "asb", 1.0) for area in ("melton", "blaby", "melton")])
    table.rows["area"] = words(table.rows["area"].to_list(), ["blaby", "charnwood", "melton"])
    sink = pa.BufferOutputStream()
    plain = pq.read_table(pa.BufferReader(to_parquet(table.rows)))
    pq.write_table(plain, sink, use_dictionary=False)

    back = from_parquet(rows=bytes(sink.getvalue()), covers=to_parquet(table.covers))

    assert_frame_equal(back.rows, table.rows)


def test_damage_to_a_figure_is_noticed() -> None:
    """Packed figures may well unpack to other figures: the checksum is what tells."""
    figures = np.random.default_rng(1).random(500)
    table = a_table([("2013-12-10", "charnwood", "asb", figure) for figure in figures])
    blob = bytearray(to_parquet(table.rows))
    blob[len(blob) // 2] ^= 1

    with pytest.raises(OSError, match="CRC checksum"):
        from_parquet(rows=bytes(blob), covers=to_parquet(table.covers))
