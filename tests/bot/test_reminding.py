"""What is due is told once a day to who has it, through the outbox, whoever else is at work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.alerts.model import Destination
from bot.register.history import Change, TakenIn
from bot.register.model import Issue
from bot.register.reminders import Reminded
from bot.reminding import Reminding
from metrics.errors import UserError
from metrics.model import Catalogue, MeasureId
from metrics.snapshot import Figures, SnapshotKind
from store.alert_tables import NotificationRow
from store.database import Database
from store.register import SqlRegister
from tests.bot.register.making import MORNING, PEOPLE, TODAY, an_action, an_issue

TOMS = Destination(platform="console", address="tom")
DESK = Destination(platform="console", address="#desk")
LATE = TODAY - timedelta(days=2)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    one.upgrade()
    yield one
    one.close()


def no_figures(_kind: SnapshotKind | None, _as_at: date | None) -> Figures:
    raise UserError("There are no figures.")


def a_reminding(
    database: Database,
    plan: Catalogue,
    *,
    desk: Destination | None = DESK,
    register: SqlRegister | None = None,
) -> Reminding:
    return Reminding(
        database,
        register or SqlRegister(database),
        people=lambda: PEOPLE,
        destinations=lambda: {"tom": TOMS},
        coordinator=desk,
        catalogue=lambda: plan,
        find=no_figures,
    )


def keep(database: Database, *issues: Issue) -> None:
    changes = [
        Change(issue=one.id, revision=1, at=MORNING, by="ana", what=TakenIn(stands=one))
        for one in issues
    ]
    SqlRegister(database).take_in(lambda _standing: changes)


def told(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(NotificationRow).order_by(NotificationRow.id))
        return [(row.address, row.reply) for row in rows]


def remind(reminding: Reminding, now: datetime = MORNING) -> str:
    return reminding.day(now.date(), now)


def test_who_has_something_to_do_is_told_where_they_are(
    database: Database, saltmarsh: Catalogue
) -> None:
    keep(database, an_issue(1, actions=(an_action(due=LATE),)))

    said = remind(a_reminding(database, saltmarsh))

    [(address, reply)] = told(database)
    assert (said, address) == ("1 reminded.", "tom")
    assert "and it is overdue" in reply


def test_two_workers_tell_it_once(database: Database, saltmarsh: Catalogue) -> None:
    keep(database, an_issue(1, actions=(an_action(due=LATE),)))

    remind(a_reminding(database, saltmarsh))
    remind(a_reminding(database, saltmarsh), MORNING + timedelta(hours=1))

    assert len(told(database)) == 1


class Behind(SqlRegister):
    """A register as a worker read it before another one reminded."""

    def reminded(self) -> tuple[Reminded, ...]:
        return ()


def test_what_another_worker_told_meanwhile_is_not_told_again(
    database: Database, saltmarsh: Catalogue
) -> None:
    keep(database, an_issue(1, actions=(an_action(1, due=LATE),)))
    remind(a_reminding(database, saltmarsh))
    keep(database, an_issue(2, actions=(an_action(1, due=LATE),)))

    remind(a_reminding(database, saltmarsh, register=Behind(database)))

    [_, (_, second)] = told(database)
    assert "I-2" in second
    assert "I-1" not in second


@pytest.mark.parametrize("owner", ["gone", "jane", ""], ids=["left", "cannot be reached", "nobody"])
def test_what_no_one_can_be_told_goes_to_the_coordinator(
    database: Database, saltmarsh: Catalogue, owner: str
) -> None:
    keep(database, an_issue(1, owner=owner, actions=(an_action(due=LATE, owner=owner),)))

    remind(a_reminding(database, saltmarsh))

    assert [address for address, _ in told(database)] == ["#desk"]


def test_without_a_coordinator_it_is_not_told_and_not_counted_as_told(
    database: Database, saltmarsh: Catalogue
) -> None:
    keep(database, an_issue(1, owner="", actions=(an_action(due=LATE, owner=""),)))

    assert remind(a_reminding(database, saltmarsh, desk=None)) == "Nobody had to be reminded."
    assert SqlRegister(database).reminded() == ()


def test_in_the_coordinators_channel_no_guarded_word_is_told(
    database: Database, leicestershire: Catalogue
) -> None:
    guarded = MeasureId("drug-and-alcohol-completions")
    action = an_action(due=LATE, owner="gone", text="Ask the clinic")
    force = leicestershire.force.id
    keep(database, an_issue(1, measure=guarded, priority="3", area=force, actions=(action,)))

    remind(a_reminding(database, leicestershire))

    [(_, reply)] = told(database)
    assert "Ask the clinic" not in reply


def test_on_a_saturday_nobody_is_told(database: Database, saltmarsh: Catalogue) -> None:
    keep(database, an_issue(1, actions=(an_action(due=LATE),)))

    remind(a_reminding(database, saltmarsh), MORNING + timedelta(days=1))

    assert told(database) == []


def test_an_empty_register_reminds_nobody(database: Database, saltmarsh: Catalogue) -> None:
    assert remind(a_reminding(database, saltmarsh)) == "Nobody had to be reminded."
