"""What Prometheus reads of a region says whose it is; of a single force nothing changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from bot.answer import Request
from bot.app import App
from bot.channels.console.posting import CONSOLE
from bot.observing.standing import Standing
from bot.region import sample
from bot.region.app import RegionApp
from bot.region.working import shift_of_region
from config.settings import Settings
from store.database import Database
from tests.bot.region.making import someone
from tests.bot.region.test_working import MORNING
from tests.conftest import SALTMARSH

FORCES = {one.id for one in sample.FORCES}

OF_A_FORCE = {
    "threatdesk_figures_age_seconds",
    "threatdesk_figures_made_timestamp_seconds",
    "threatdesk_outbox_overdue_seconds",
    "threatdesk_outbox_waiting",
    "threatdesk_audit_rows",
    "threatdesk_alerts_open",
}
"""What each force of the sample has some of."""


def families(registry: CollectorRegistry) -> dict[str, Metric]:
    return {one.name: one for one in registry.collect()}


def by_force(family: Metric) -> dict[str, float]:
    """Return the sums of a family's samples, by the force that they are labelled with."""
    found: dict[str, float] = {}
    for one in family.samples:
        if not one.name.endswith("_created"):
            found[one.labels["force"]] = found.get(one.labels["force"], 0.0) + one.value
    return found


def test_what_is_a_forces_is_labelled_with_the_force(region: RegionApp) -> None:
    found = families(region.registry)

    assert by_force(found["threatdesk_database_up"]) == dict.fromkeys({"", *FORCES}, 1.0)
    for name in OF_A_FORCE:
        assert by_force(found[name]).keys() - {""} == FORCES, name
    for id_, app in region.forces.items():
        assert by_force(found["threatdesk_alerts_open"])[id_] == len(app.deciding.standing())


def test_no_label_of_a_region_is_anything_but_one_of_its_forces(own_region: RegionApp) -> None:
    ask = own_region.heard_on(CONSOLE)
    for who, text in (("shingle-chief", "/threats"), ("coast", "/region"), ("nobody", "/threats"),
                      ("shingle-chief", "/threats @atlantis")):  # fmt: skip
        ask(Request(text=text, person=someone(own_region, who), at=sample.DECIDED_AT))

    said = {
        sample_.labels["force"]
        for family in own_region.registry.collect()
        for sample_ in family.samples
        if "force" in sample_.labels
    }
    assert said == {"", *FORCES}


def test_answers_are_counted_for_the_force_that_answered(own_region: RegionApp) -> None:
    ask = own_region.heard_on(CONSOLE)
    for who, text in (("shingle-chief", "/threats"), ("coast", "/region"),
                      ("saltmarsh-chief", "/threats @shingle")):  # fmt: skip
        ask(Request(text=text, person=someone(own_region, who), at=sample.DECIDED_AT))

    answers = families(own_region.registry)["threatdesk_answers"]
    counted = {(one.labels["force"], one.labels["outcome"]): one.value for one in answers.samples
               if one.name.endswith("_total")}  # fmt: skip
    assert counted == {
        ("shingle", "answered"): 1.0,
        ("", "answered"): 1.0,
        ("shingle", "refused"): 1.0,
    }


def test_what_a_worker_does_is_counted_for_the_force_it_did_it_for(
    own_region: RegionApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.App.now", staticmethod(lambda: MORNING))
    (own_region.forces["lagoon"].settings.data / "crimes.csv").unlink()
    shift = shift_of_region(own_region)
    shift.once()
    shift.close()

    found = families(own_region.registry)
    daily = {
        (one.labels["force"], one.labels["outcome"])
        for one in found["threatdesk_run_seconds"].samples
        if one.name.endswith("_count") and one.labels["job"] == "daily"
    }
    assert daily == {("lagoon", "failed"), ("saltmarsh", "done"), ("shingle", "done")}
    assert by_force(found["threatdesk_failures"]) == {"lagoon": 1.0}
    assert by_force(found["threatdesk_delivery_attempts"]).keys() == FORCES


def test_a_force_whose_database_is_away_keeps_no_other_from_being_counted(
    own_region: RegionApp,
) -> None:
    lagoon = own_region.forces["lagoon"].database
    assert lagoon.file
    lagoon.file.rename(lagoon.file.with_name("elsewhere.db"))

    found = families(own_region.registry)

    up = by_force(found["threatdesk_database_up"])
    assert up == {"": 1.0, "lagoon": 0.0, "saltmarsh": 1.0, "shingle": 1.0}
    assert by_force(found["threatdesk_audit_rows"]).keys() == {"", "saltmarsh", "shingle"}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    made.upgrade()
    yield made
    made.close()


def test_one_that_does_not_answer_is_not_waited_for_and_not_asked_twice(
    database: Database,
) -> None:
    answered, asked = threading.Event(), []

    def slow() -> Database:
        asked.append(1)
        answered.wait()
        return database

    standing = Standing(
        lambda: database,
        clock=lambda: MORNING,
        forces={"slow": slow, "quick": lambda: database},
        within_s=0.3,
    )
    try:
        found = [{one.name: one for one in standing.collect()} for _ in range(2)]
    finally:
        answered.set()

    for one in found:
        up = by_force(one["threatdesk_database_up"])
        assert up == {"": 1.0, "slow": 0.0, "quick": 1.0}
    assert len(asked) == 1


def test_a_single_force_has_no_such_label(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'desk.db'}",
        plan=str(SALTMARSH),
        data=tmp_path,
        _env_file=None,
    )
    with App(settings=settings) as app:
        app.instruments.of("").ran(job="daily", outcome="done", seconds=1.0)
        labels = {key for family in app.registry.collect() for one in family.samples
                  for key in one.labels}  # fmt: skip

    assert "job" in labels
    assert "force" not in labels
