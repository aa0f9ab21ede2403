"""Every load is kept, with the counts it changed, and can be read as at any moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from metrics.delivery import CountTable, Load
from metrics.errors import StoreError
from store.loads import SqlLoads, _days_covered
from store.tables import LoadCountsRow
from tests.store.samples import BURGLARY, MORNING, a_delivery, a_table, allow_changes


@pytest.fixture
def loads(session: Session) -> SqlLoads:
    return SqlLoads(session)


def save(
    loads: SqlLoads,
    source: str = "crimes",
    *,
    changed: CountTable | None = None,
    at: datetime = MORNING,
) -> Load:
    return loads.save(a_delivery(source), changed=changed or a_table(), fingerprint="f1", at=at)


def test_a_load_accounts_for_its_delivery(loads: SqlLoads) -> None:
    delivery = a_delivery()

    load = loads.save(delivery, changed=a_table(), fingerprint="f1", at=MORNING)

    assert load == Load(
        id=load.id,
        source="crimes",
        loaded_at=MORNING,
        fingerprint="f1",
        rows_in=17,
        rows_rejected=2,
        span=(date(2013, 12, 10), date(2013, 12, 11)),
        cohort_days_changed=2,
        inputs=delivery.inputs,
        rejections=delivery.rejected,
        remarks=delivery.remarks,
    )


def test_what_was_saved_is_read_back_the_same(loads: SqlLoads, session: Session) -> None:
    load = save(loads)
    session.expire_all()

    assert loads.get(load.id) == load


def test_there_is_no_load_of_an_unknown_number(loads: SqlLoads) -> None:
    assert loads.get(17) is None


def test_a_delivery_of_nothing_has_no_span(loads: SqlLoads) -> None:
    nothing = a_table(counts=(), covers=())

    load = loads.save(a_delivery(table=nothing), changed=nothing, fingerprint="", at=MORNING)

    assert (load.span, load.cohort_days_changed) == (None, 0)


def test_the_moment_of_a_load_is_kept_in_utc(loads: SqlLoads, session: Session) -> None:
    summer = datetime(2013, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))

    load = save(loads, at=summer)

    stored = session.execute(text("SELECT CAST(loaded_at AS VARCHAR) FROM load")).scalar_one()
    assert stored.startswith("2013-06-30 23:30:00")
    assert load.loaded_at == summer


def test_a_moment_without_a_timezone_is_refused(loads: SqlLoads) -> None:
    with pytest.raises(Exception, match="naive time"):
        save(loads, at=datetime(2013, 12, 12, 6, 0))  # noqa: DTZ001 - that is the point


def test_the_latest_load_is_that_of_the_source_asked_about(loads: SqlLoads) -> None:
    save(loads, "crimes")
    second = save(loads, "crimes")
    save(loads, "surveys")

    assert loads.latest("crimes") == second


def test_a_source_that_was_never_loaded_has_no_latest_load(loads: SqlLoads) -> None:
    save(loads, "crimes")

    assert loads.latest("surveys") is None


def test_loads_are_listed_newest_first(loads: SqlLoads) -> None:
    ids = [save(loads).id for _ in range(3)]

    assert [load.id for load in loads.list()] == ids[::-1]
    assert [load.id for load in loads.list(2)] == ids[:0:-1]


def test_a_list_of_loads_does_not_read_their_counts(loads: SqlLoads, session: Session) -> None:
    save(loads)
    asked: list[str] = []
    event.listen(
        session.connection(), "before_cursor_execute", lambda *about: asked.append(about[2])
    )

    loads.list()

    assert not any("load_counts" in statement for statement in asked)


def test_tables_come_back_oldest_first_as_they_went_in(loads: SqlLoads) -> None:
    tables = [a_table([("2013-12-10", "charnwood", BURGLARY, float(n))]) for n in (3, 4)]
    saved = [save(loads, changed=table) for table in tables]

    found = loads.tables()

    assert [load for load, _ in found] == saved
    for (_, table), original in zip(found, tables, strict=True):
        assert_frame_equal(table.rows, original.rows, check_exact=True)
        assert_frame_equal(table.covers, original.covers, check_exact=True)


def test_what_was_loaded_later_was_not_known_then(loads: SqlLoads) -> None:
    known = save(loads, at=MORNING)
    save(loads, at=MORNING + timedelta(microseconds=1))

    assert [load for load, _ in loads.tables(known_at=MORNING)] == [known]


def test_damaged_counts_are_refused_with_the_number_of_the_load(
    loads: SqlLoads, session: Session
) -> None:
    load = save(loads)
    allow_changes(session, "load_counts")
    session.execute(update(LoadCountsRow).values(rows=b"PAR1 and then something else"))
    session.expire_all()

    with pytest.raises(StoreError, match=f"load {load.id} are damaged"):
        loads.tables()


@pytest.mark.parametrize(
    ("stretches", "days"),
    [
        ([], 0),
        ([("2013-12-10", "2013-12-10")], 1),
        ([("2013-12-01", "2013-12-10"), ("2013-12-05", "2013-12-12")], 12),
        ([("2013-12-01", "2013-12-31"), ("2013-12-05", "2013-12-06")], 31),
        (
            [
                ("2013-12-01", "2013-12-31"),
                ("2013-12-05", "2013-12-06"),
                ("2013-12-20", "2014-01-02"),
            ],
            33,
        ),
        ([("2013-12-05", "2013-12-06"), ("2013-12-01", "2013-12-02")], 4),
        ([("2013-12-01", "2013-12-02"), ("2013-12-01", "2013-12-02")], 2),
    ],
)
def test_days_are_counted_once_however_many_covers_hold_them(
    stretches: list[tuple[str, str]], days: int
) -> None:
    table = a_table(covers=[(BURGLARY, "force", first, last) for first, last in stretches])

    assert _days_covered(table.covers) == days
