"""Horizon-scanning items are kept, and each keeps who noted it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.people import Person, Role
from metrics.errors import UnknownName
from store.database import Database
from store.horizon import SqlHorizon

NOW = datetime(2013, 12, 3, 9, 0, tzinfo=UTC)
ANALYST = Person(id="analyst", name="An analyst", role=Role.ANALYST)


def test_what_was_noted_is_there(database: Database) -> None:
    item = SqlHorizon(database).add("Clare’s Law begins in March", by=ANALYST, now=NOW)

    [found] = SqlHorizon(database).items()
    assert found == item
    assert (found.number, found.by, found.day) == (1, "An analyst", date(2013, 12, 3))


def test_the_same_words_are_not_noted_twice(database: Database) -> None:
    horizon = SqlHorizon(database)

    first = horizon.add("Clare’s Law", by=ANALYST, now=NOW)

    assert horizon.add("CLARE’S LAW", by=ANALYST, now=NOW) == first
    assert len(horizon.items()) == 1


def test_what_was_taken_away_is_gone_and_its_number_is_not_given_again(database: Database) -> None:
    horizon = SqlHorizon(database)
    horizon.add("One", by=ANALYST, now=NOW)

    assert horizon.remove(1, by=ANALYST, now=NOW).text == "One"

    assert horizon.items() == ()
    assert horizon.add("One", by=ANALYST, now=NOW).number == 2


@pytest.mark.parametrize("number", [1, 7])
def test_what_is_not_there_cannot_be_taken_away(database: Database, number: int) -> None:
    horizon = SqlHorizon(database)
    horizon.add("One", by=ANALYST, now=NOW)
    horizon.remove(1, by=ANALYST, now=NOW)

    with pytest.raises(UnknownName, match=f"no horizon-scanning item {number}"):
        horizon.remove(number, by=ANALYST, now=NOW)


def test_two_at_once_get_two_numbers(database: Database) -> None:
    threads = [
        Thread(target=SqlHorizon(database).add, args=(words,), kwargs={"by": ANALYST, "now": NOW})
        for words in ("One", "Two", "Three")
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert [one.number for one in SqlHorizon(database).items()] == [1, 2, 3]


@pytest.mark.parametrize(
    "statement", ["UPDATE horizon_change SET text = ''", "DELETE FROM horizon_change"]
)
def test_nothing_of_it_can_be_changed(database: Database, statement: str) -> None:
    SqlHorizon(database).add("One", by=ANALYST, now=NOW)

    with (
        pytest.raises(IntegrityError, match="horizon_change is written once"),
        database.transaction() as session,
    ):
        session.execute(text(statement))
