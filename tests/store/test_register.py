"""The register in the database: changes that are written once, and issues that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.register import acts
from bot.register.history import Change, Raised, TakenIn, replay
from bot.register.model import Issue, IssueId, Operation, Step, issue_id
from bot.register.ports import Register
from bot.register.reminders import Key, Matter, Reminded
from metrics.errors import UnknownName, UserError
from metrics.model import AreaId
from store.database import Database
from store.register import SqlRegister, keep_reminded
from tests.bot.register.making import BY_JANE, MORNING, TODAY, FakeRegister, an_action, lives

TIGER = Operation(
    id="tiger",
    name="Operation Tiger",
    first=date(2013, 10, 28),
    priorities=("12", "14"),
    comparison_areas=(AreaId("ebb"),),
)


@pytest.fixture(params=["fake", "sql"])
def register(request: pytest.FixtureRequest, database: Database) -> Register:
    """The fake of other tests and the real one, so that the fake can be believed."""
    return FakeRegister() if request.param == "fake" else SqlRegister(database)


def raising(title: str = "Boats are taken", alert: str = "") -> Callable[[IssueId], list[Change]]:
    raised = Raised(title=title, owner="jane", alert=alert)
    return lambda id_: [acts.raise_issue(id_, raised, BY_JANE)]


def test_issues_have_numbers_one_after_the_other(register: Register) -> None:
    made = [register.begin(raising(title)) for title in ("One", "Two")]

    assert [one.id for one in made] == ["I-1", "I-2"]
    assert [one.title for one in register.issues()] == ["One", "Two"]


def test_what_is_done_with_an_issue_is_found_again(register: Register) -> None:
    register.begin(raising())

    after = register.act(
        "i-1",
        lambda issue: acts.all_of(
            issue,
            [
                lambda one: acts.write(one, "= “Seen” by Ж\r\n", BY_JANE),
                lambda one: acts.plan(one, an_action(0), BY_JANE),
                lambda one: acts.step(one, Step.RESPONSE, BY_JANE, why="It is clear."),
            ],
        ),
    )

    assert register.get("I-1") == after
    assert [one.kind for one in register.history("I-1")] == [
        "raised", "written", "planned", "stepped",
    ]  # fmt: skip
    assert register.history("I-1")[-1].why == "It is clear."


def test_an_alert_has_one_open_issue_and_may_have_another_when_it_is_closed(
    register: Register,
) -> None:
    first = register.begin(raising(alert="A-17"), alert="A-17")
    again = register.begin(raising(alert="A-17"), alert="A-17")
    register.act(
        first.id,
        lambda one: acts.all_of(one, [lambda i: acts.step(i, Step.CLOSED, BY_JANE, why="Over.")]),
    )
    third = register.begin(raising(alert="A-17"), alert="A-17")

    assert (again.id, third.id) == (first.id, "I-2")


@pytest.mark.parametrize("id_", ["I-9", "A-1", "", "I-99999999999999999999"])
def test_an_issue_that_there_is_not_is_said_so(register: Register, id_: str) -> None:
    with pytest.raises(UserError, match="There is no issue"):
        register.get(id_)
    with pytest.raises(UnknownName):
        register.act(id_, lambda _one: ())


def test_an_act_that_is_refused_writes_nothing(register: Register) -> None:
    register.begin(raising())

    with pytest.raises(UserError):
        register.act("I-1", lambda one: [acts.write(one, " ", BY_JANE)])

    assert len(register.history("I-1")) == 1


def test_an_operation_stands_as_it_was_said_last(register: Register) -> None:
    register.set_operation(
        "tiger", lambda _before, revision: acts.set_operation(TIGER, revision, BY_JANE)
    )
    ended = replace(TIGER, last=date(2014, 3, 31))
    register.set_operation(
        "tiger", lambda _before, revision: acts.set_operation(ended, revision, BY_JANE)
    )

    assert register.operations() == (ended,)


@given(life=lives())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_life_of_an_issue_is_read_as_it_was_written(
    database: Database, life: list[Change]
) -> None:
    register = SqlRegister(database)
    number = max((one.number for one in register.issues()), default=0) + 1
    id_ = issue_id(number)
    written = [
        replace(one, issue=id_, what=replace(one.what, twin=f"t{number}"))
        if isinstance(one.what, TakenIn)
        else replace(one, issue=id_)
        for one in life
    ]

    register.take_in(lambda _standing: written)

    assert SqlRegister(database).history(id_) == tuple(written)
    assert register.get(id_) == SqlRegister(database).get(id_) == replay(written)


def test_another_process_sees_what_was_written_since(database: Database) -> None:
    one, other = SqlRegister(database), SqlRegister(database)
    one.begin(raising())
    assert len(other.issues()) == 1

    other.act("I-1", lambda issue: [acts.write(issue, "Seen.", BY_JANE)])

    assert one.get("I-1").updates[0].text == "Seen."


def test_what_was_rolled_back_is_not_remembered(database: Database) -> None:
    register = SqlRegister(database)
    register.begin(raising())

    def fail(issue: Issue) -> list[Change]:
        change = acts.write(issue, "Never said.", BY_JANE)
        return [change, change]  # the same revision twice

    with pytest.raises(IntegrityError):
        register.act("I-1", fail)

    assert register.get("I-1").updates == ()


def test_writers_at_once_get_numbers_of_their_own(database: Database) -> None:
    start = Barrier(4)

    def write() -> None:
        register = SqlRegister(database)
        start.wait()
        for _ in range(5):
            register.begin(raising())

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one.number for one in SqlRegister(database).issues()] == list(range(1, 21))


def test_a_row_that_came_without_a_number_is_known_again(database: Database) -> None:
    register = SqlRegister(database)
    issue = register.begin(raising())
    stands = replace(issue, id=issue_id(2))
    change = Change(
        issue=stands.id, revision=1, at=MORNING, by="ana", what=TakenIn(stands=stands, twin="ab")
    )

    register.take_in(lambda _standing: [change])

    assert SqlRegister(database).twins() == {"ab": "I-2"}


def test_of_two_workers_one_reminds(database: Database) -> None:
    key = Key(issue_id(3), 1, Matter.OVERDUE, TODAY - timedelta(days=4))
    reminded = Reminded(key=key, day=TODAY, person="tom")

    with database.transaction() as session:
        first = keep_reminded(session, [reminded])
    with database.transaction() as session:
        second = keep_reminded(session, [reminded])

    assert (first, second) == ((reminded,), ())
    assert SqlRegister(database).reminded() == (reminded,)


TABLES = ("issue_change", "operation_change", "issue_reminded")


@pytest.fixture
def filled(database: Database) -> Database:
    register = SqlRegister(database)
    register.begin(raising())
    register.set_operation("tiger", lambda _before, n: acts.set_operation(TIGER, n, BY_JANE))
    key = Key(issue_id(1), 1, Matter.DUE, TODAY)
    with database.transaction() as session:
        keep_reminded(session, [Reminded(key=key, day=TODAY, person="")])
    return database


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("what", "statement"),
    [("DELETE", "DELETE FROM {0}"), ("UPDATE", "UPDATE {0} SET {1} = {1}")],
)
def test_nothing_that_was_written_can_be_changed(
    filled: Database, table: str, what: str, statement: str
) -> None:
    column = "number" if table != "operation_change" else "revision"

    with (
        pytest.raises(IntegrityError, match=f"{table} is written once: no {what}"),
        filled.transaction() as session,
    ):
        session.execute(text(statement.format(table, column)))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("table", "columns"), [("issue_change", "number, revision, change, at, by, why, facts"),
                           ("operation_change", "operation, revision, at, by, why, facts")]
)  # fmt: skip
def test_nothing_can_be_put_in_the_place_of_what_was_written(
    filled: Database, table: str, columns: str
) -> None:
    """Not even by a row with another id that shares the other key."""
    with (
        pytest.raises(IntegrityError, match="no REPLACE"),
        filled.transaction() as session,
    ):
        session.execute(
            text(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}")  # noqa: S608
        )
