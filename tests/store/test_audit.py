"""Every question is kept for ever, in a chain that shows where it was tampered with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.audit import Audit, Entry, Outcome
from bot.people import Person, Role, Surface
from store.audit import LONGEST, Head, SqlAudit, Wanted
from store.database import Database
from tests.store.samples import allow_changes

NOON = datetime(2013, 12, 11, 12, 0, 0, 123456, tzinfo=UTC)
JANE = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)
STRANGER = Person(id="slack:U999", name="Joe", role=None)


def an_entry(
    words: str = "/priority 12",
    *,
    person: Person = JANE,
    at: datetime = NOON,
    outcome: Outcome = Outcome.ANSWERED,
    detail: str = "priority",
) -> Entry:
    return Entry(
        at=at,
        person=person,
        surface=Surface.PRIVATE,
        place="slack:C042",
        text=words,
        outcome=outcome,
        detail=detail,
        snapshot="0123456789abcdef",
    )


@pytest.fixture
def audit(database: Database) -> SqlAudit:
    return SqlAudit(database)


def tamper(database: Database, statement: str) -> None:
    with database.transaction() as session:
        allow_changes(session, "audit")
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_refuses_delete"))
        session.execute(text(statement))


def test_an_entry_is_found_as_it_was_recorded(audit: SqlAudit) -> None:
    port: Audit = audit
    port.record(an_entry(person=STRANGER))

    [kept] = audit.search()

    assert (kept.number, kept.entry) == (1, an_entry(person=STRANGER))


def test_the_newest_is_found_first(audit: SqlAudit) -> None:
    for words in ("one", "two", "three"):
        audit.record(an_entry(words))

    assert [kept.entry.text for kept in audit.search(limit=2)] == ["three", "two"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(since=NOON + timedelta(hours=1)), ["/csp 100%"]),
        (Wanted(until=NOON + timedelta(hours=1)), ["/priority 6"]),
        (Wanted(person="slack:U999"), ["/priority 6"]),
        (Wanted(person="jane"), ["/csp 100%"]),
        (Wanted(words="CSP"), ["/csp 100%"]),
        (Wanted(words="not cited"), ["/priority 6"]),
        (Wanted(words="0%"), ["/csp 100%"]),
        (Wanted(words="%"), ["/csp 100%"]),
        (Wanted(outcome=Outcome.REFUSED), ["/priority 6"]),
        (Wanted(place="c04"), ["/csp 100%", "/priority 6"]),
        (Wanted(place="c04", words="CSP"), ["/csp 100%"]),
    ],
)
def test_entries_are_found_by_what_is_known_of_them(
    audit: SqlAudit, wanted: Wanted, found: list[str]
) -> None:
    audit.record(
        an_entry("/priority 6", person=STRANGER, outcome=Outcome.REFUSED, detail="Not cited.")
    )
    audit.record(an_entry("/csp 100%", at=NOON + timedelta(hours=2)))

    assert [kept.entry.text for kept in audit.search(wanted)] == found


def test_a_chain_that_nobody_touched_is_whole(audit: SqlAudit) -> None:
    assert audit.verify() is None
    for words in ("one", "two", "three"):
        audit.record(an_entry(words))

    assert audit.verify() is None


@pytest.mark.parametrize(
    "column", ["person_id", "person_name", "surface", "place", "words", "detail", "snapshot"]
)
def test_a_changed_word_breaks_the_chain_where_it_stands(
    database: Database, audit: SqlAudit, column: str
) -> None:
    for words in ("one", "two", "three"):
        audit.record(an_entry(words))

    tamper(database, f"UPDATE audit SET {column} = 'public' WHERE id = 2")  # noqa: S608

    assert audit.verify() == 2


@pytest.mark.parametrize(
    "change",
    [
        "role = NULL",
        "outcome = 'failed'",
        "at = '2013-12-11 12:00:01'",
        "hash = previous",
        "previous = hash",
    ],
)
def test_any_other_change_breaks_it_too(database: Database, audit: SqlAudit, change: str) -> None:
    for words in ("one", "two", "three"):
        audit.record(an_entry(words))

    tamper(database, f"UPDATE audit SET {change} WHERE id = 2")  # noqa: S608

    assert audit.verify() == 2


def test_a_removed_row_breaks_the_chain_at_the_next(database: Database, audit: SqlAudit) -> None:
    for words in ("one", "two", "three"):
        audit.record(an_entry(words))

    tamper(database, "DELETE FROM audit WHERE id = 2")

    assert audit.verify() == 3


def test_a_chain_that_was_cut_short_is_told_by_its_head(
    database: Database, audit: SqlAudit
) -> None:
    audit.record(an_entry("one"))
    audit.record(an_entry("two"))
    noted = audit.head()

    tamper(database, "DELETE FROM audit WHERE id = 2")

    assert noted.length == 2
    assert audit.head() != noted


def test_the_head_of_an_empty_log_is_nothing(audit: SqlAudit) -> None:
    assert audit.head() == Head(length=0, hash="0" * 64)


def test_writers_at_once_make_one_chain(audit: SqlAudit) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audit.record(an_entry(str(n))), range(20)))

    assert audit.head().length == 20
    assert audit.verify() is None


def test_words_are_kept_up_to_a_length(audit: SqlAudit) -> None:
    audit.record(an_entry("x" * 9_999))

    [kept] = audit.search()

    assert len(kept.entry.text) == LONGEST


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("is xoxb-123-abc right", "123-abc"),
        ("is xapp-1-A0-99-abc right", "A0-99-abc"),
        ("postgresql://chief:hunter2@host/db", "hunter2"),
        ("login password=hunter2 please", "hunter2"),
        ("login Password: hunter2 please", "hunter2"),
        ('{"token": "hunter2hunter2"}', "hunter2"),
        ("Authorization: Bearer hunter2hunter2", "hunter2"),
        ("https://hooks.slack.com/services/T0/B0/hunter2", "hunter2"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", "eyJzdWIi"),
        ("y" * 1_990 + " xoxb-hunter2-hunter2", "xoxb"),
    ],
)
def test_a_secret_that_was_pasted_is_not_kept(audit: SqlAudit, typed: str, secret: str) -> None:
    audit.record(an_entry(typed, detail=typed))

    [kept] = audit.search()

    assert secret not in kept.entry.text
    assert secret not in kept.entry.detail


def test_characters_that_no_database_keeps_are_left_out(audit: SqlAudit) -> None:
    audit.record(an_entry("a\0b\ud800c"))

    [kept] = audit.search()

    assert kept.entry.text == "ab?c"
    assert audit.verify() is None
