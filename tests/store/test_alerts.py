"""Alerts and their lives are kept whole, one open alert for each key, one decision for each day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.alerts.model import Alert, Change, Ending, Feedback, RuleName, Transition
from metrics.errors import UnknownName
from store.alerts import SqlAlerts
from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import SqlSnapshots
from tests.bot.alerts.making import MORNING, a_key, an_alert
from tests.store.samples import CATALOGUE, a_snapshot


def raised(alert: Alert) -> Transition:
    return Transition(change=Change.RAISED, alert=alert, at=alert.raised_at)


def ended(alert: Alert) -> Transition:
    later = MORNING + timedelta(days=3)
    over = replace(alert, resolved_at=later, ending=Ending.RECOVERED, revision=alert.revision + 1)
    return Transition(change=Change.RESOLVED, alert=over, at=later)


@pytest.fixture
def alerts(session: Session) -> SqlAlerts:
    return SqlAlerts(session)


def test_an_alert_is_read_as_it_was_kept_what_is_not_known_included(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert())])

    found = repr(alerts.get("A-17")).replace("TzInfo(0)", repr(UTC))  # NaN is not equal to itself
    assert found == repr(an_alert())


@pytest.mark.parametrize("typed", ["A-17", "a17", " A-017 "])
def test_an_alert_is_found_by_what_people_call_it(alerts: SqlAlerts, typed: str) -> None:
    alerts.save([raised(an_alert())])

    assert alerts.get(typed).id == "A-17"


@pytest.mark.parametrize("typed", ["A-18", "A-0", "17 or so", "A-99999999999999999999"])
def test_an_unknown_alert_is_said_to_be_so(alerts: SqlAlerts, typed: str) -> None:
    with pytest.raises(UnknownName, match="There is no alert"):
        alerts.get(typed)


def test_what_has_ended_is_no_longer_open(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert()), raised(an_alert(id_="A-18", key=a_key(area="ebb")))])

    alerts.save([ended(an_alert())])

    assert [one.id for one in alerts.open()] == ["A-18"]


def test_the_whole_life_of_an_alert_is_kept(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert()), ended(an_alert())])

    life = alerts.life(an_alert().id)

    assert [one.change for one in life] == [Change.RAISED, Change.RESOLVED]
    assert [one.alert.is_open for one in life] == [True, False]


def test_the_database_refuses_a_second_open_alert_of_one_key(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert())])

    with pytest.raises(IntegrityError):
        alerts.save([raised(an_alert(id_="A-18"))])


def test_once_it_has_ended_the_same_threat_may_be_raised_again(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert()), ended(an_alert())])

    alerts.save([raised(an_alert(id_="A-18"))])

    assert [one.id for one in alerts.open()] == ["A-18"]


def test_the_same_revision_is_never_written_twice(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert())])

    with pytest.raises(IntegrityError):
        alerts.save([raised(an_alert())])


def test_numbers_go_on_from_the_last(alerts: SqlAlerts) -> None:
    assert alerts.next_number() == 1

    alerts.save([raised(an_alert())])

    assert alerts.next_number() == 18


def test_a_judgement_is_read_as_it_was_given(alerts: SqlAlerts) -> None:
    alerts.save([raised(an_alert())])
    said = Feedback(
        alert=an_alert().id,
        rules=frozenset({RuleName.SURGE, RuleName.CONTROL}),
        useful=False,
        by="Jane Smith",
        at=MORNING,
        comment="We knew.",
    )

    alerts.judge(said)

    assert alerts.feedback() == (said,)


@pytest.fixture
def with_snapshot(database: Database) -> Database:
    with database.transaction() as session:
        SqlCatalogues(session).save(CATALOGUE, {})
        SqlSnapshots(session).save(a_snapshot(), load_ids=())
    return database


def decide(database: Database, rules: str = "r1") -> bool:
    snapshot = a_snapshot()
    with database.transaction() as session:
        alerts = SqlAlerts(session)
        alerts.hold()
        return alerts.claim_decision(snapshot.id, rules=rules, as_at=snapshot.as_at, now=MORNING)


def test_figures_are_decided_on_once_unless_the_rules_change(with_snapshot: Database) -> None:
    decisions = [decide(with_snapshot), decide(with_snapshot), decide(with_snapshot, "r2")]

    assert decisions == [True, False, True]


def test_of_two_who_decide_at_once_one_does(with_snapshot: Database) -> None:
    together = Barrier(2)

    def go(_: int) -> bool:
        together.wait()
        return decide(with_snapshot)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(go, range(2))) == [False, True]


def test_two_who_raise_at_once_give_different_numbers(database: Database) -> None:
    together = Barrier(2)

    def go(area: str) -> None:
        together.wait()
        with database.transaction() as session:
            alerts = SqlAlerts(session)
            alerts.hold()
            number = alerts.next_number()
            alerts.save([raised(an_alert(id_=f"A-{number}", key=a_key(area=area)))])

    with ThreadPoolExecutor(2) as both:
        list(both.map(go, ["ebb", "flow"]))

    with database.reading() as session:
        assert [one.id for one in SqlAlerts(session).open()] == ["A-1", "A-2"]
