"""The worker of a region: every force in turn, and one force's failure is its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.region.app import ForceApp, RegionApp
from bot.region.working import RegionShift, shift_of_region
from bot.runs import RunState
from bot.working import DAILY
from store.feed import SqlFeed
from store.runs import SqlRuns
from store.signs import SqlSigns

MORNING = datetime(2020, 12, 12, 10, 0, tzinfo=UTC)
"""A Saturday morning, after the daily run was due."""


@pytest.fixture
def shift(own_region: RegionApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegionShift]:
    """A worker on the morning after the sample's last day."""
    monkeypatch.setattr("bot.app.App.now", staticmethod(lambda: MORNING))
    made = shift_of_region(own_region)
    yield made
    made.close()


def run_of(app: ForceApp) -> RunState | None:
    found = SqlRuns(app.database).last(DAILY)
    return found.state if found else None


def test_every_forces_run_is_done_once_claimed_in_its_own_database_and_then_let_go(
    shift: RegionShift, own_region: RegionApp
) -> None:
    done = shift.work()

    assert done >= 3
    assert {run_of(app) for app in own_region.forces.values()} == {RunState.DONE}
    assert all(force._app is None for force in shift._forces)
    assert shift.work() == 0


def test_jobs_are_named_by_their_force(shift: RegionShift) -> None:
    daily = [one for one in shift.jobs if one.name.endswith(f"/{DAILY}")]

    assert [one.name for one in daily] == ["lagoon/daily", "saltmarsh/daily", "shingle/daily"]
    assert daily[0].does == "Lagoon Police: the daily run"


def test_one_forces_broken_plan_holds_that_force_alone(
    shift: RegionShift, own_region: RegionApp
) -> None:
    plan = own_region.forces["lagoon"].settings.plan_folder / "everything.toml"
    plan.write_text("this is no TOML", encoding="utf-8")

    shift.work()

    assert run_of(own_region.forces["saltmarsh"]) is RunState.DONE
    assert run_of(own_region.forces["shingle"]) is RunState.DONE
    assert run_of(own_region.forces["lagoon"]) is None
    assert shift.undone() == ("Lagoon Police",)


def test_it_is_told_to_that_forces_operators_and_to_no_others(
    own_region: RegionApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.App.now", staticmethod(lambda: MORNING))
    folder = own_region.region.folder
    text = (folder / "region.toml").read_text(encoding="utf-8")
    for id_ in ("lagoon", "saltmarsh"):
        data = f'data = "data/{id_}"\n'
        text = text.replace(data, f'{data}operators = "console:#{id_}-operators"\n')
    (folder / "region.toml").write_text(text, encoding="utf-8")
    (own_region.forces["lagoon"].settings.plan_folder / "everything.toml").write_text("no")

    with RegionApp(settings=own_region.settings) as region:
        shift = shift_of_region(region)
        shift.once()
        shift.close()
        told = {
            id_: [
                post.reply.summary
                for post in SqlFeed(app.database, platform="console").posts("x", at_most=20)
                if post.address.endswith("operators")
            ]
            for id_, app in region.forces.items()
        }

    assert len(told["lagoon"]) == 1
    assert "Lagoon Police: nothing can be computed, and its alerts are held" in told["lagoon"][0]
    assert told["saltmarsh"] == []


def test_each_force_has_a_sign_of_life(shift: RegionShift, own_region: RegionApp) -> None:
    shift.sign()

    for app in own_region.forces.values():
        assert SqlSigns(app.database).last() == MORNING


def test_alerts_of_every_force_are_told(shift: RegionShift) -> None:
    assert shift.deliver() >= 6


def test_a_worker_that_is_to_stop_begins_no_further_force(
    shift: RegionShift, own_region: RegionApp
) -> None:
    shift.stop()

    assert shift.work() == 0
    assert run_of(own_region.forces["lagoon"]) is None
