"""A day is decided once; a press of a button is told wherever the alert was told."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import make_url

from bot.alerts.decide import Decided
from bot.alerts.model import Alert, Change, Destination, Feedback
from bot.alerts.muting import acknowledge
from bot.alerts.routing import Listener, Member, listeners
from bot.app import App
from bot.deciding import Deciding, freshness
from bot.delivery import Delivery, Elsewhere
from bot.figures import find_figures
from bot.people import Person, Role
from bot.render import slack
from bot.replies import Reply
from config.alerts import AlertPolicy, Route
from metrics.classification import ThreatLevel
from metrics.errors import UnknownName
from metrics.snapshot import Figures, Snapshot, SnapshotKind
from store.database import Database
from store.outbox import SqlOutbox
from tests.bot.test_delivery import Platform
from tests.demonstrated import SnapshotOn

DAY = date(2013, 12, 11)
MORNING = datetime(2013, 12, 12, 9, 0, tzinfo=UTC)  # quiet hours are over

BOARD = Destination(platform="slack", address="C1")
CHIEF = Destination(platform="slack", address="U1")
EVERYONE = (BOARD, CHIEF)

JANE = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)

ROUTES = (
    Route(name="board", to="slack:C1", least="high", daily_cap=50),
    Route(name="chiefs", role="chief_officer", least="high", daily_cap=50, nothing_new=True),
)


class World:
    """The demonstration's figures of a day, a policy, and a platform."""

    def __init__(self, file: Path, policy: AlertPolicy) -> None:
        self.url = f"sqlite:///{file}"
        self.policy = policy.model_copy(update={"route": ROUTES})
        self.database = Database(self.url)
        self.platform = Platform()
        self.deciding = self.another()
        self.figures = self.find(SnapshotKind.DAILY, DAY)

    def another(self, database: Database | None = None) -> Deciding:
        return Deciding(
            database or self.database, policy=self.policy, audience=audience, find=self.find
        )

    def find(self, kind: SnapshotKind | None, day: date | None) -> Figures:
        return find_figures(self.database, kind=kind, as_at=day or DAY)

    def decide(self) -> Decided[Reply]:
        made = self.deciding.day(self.figures, now=MORNING)
        assert made is not None
        return made

    def deliver(self, now: datetime = MORNING + timedelta(hours=2)) -> int:
        return Delivery(
            SqlOutbox(self.database),
            {"slack": self.platform},
            elsewhere=Elsewhere(operators=None, fallback=None),
            name="one",
            clock=lambda: now,
        ).deliver(at_most=1_000)

    def gravest(self) -> Alert:
        """Return an open alert that has a message of its own."""
        return next(
            one
            for one in self.deciding.standing()
            if one.level is ThreatLevel.HIGH and one.head is None
        )


def audience() -> tuple[Listener, ...]:
    return listeners(ROUTES, (Member(person=JANE, destination=CHIEF),))


@pytest.fixture
def world(demonstration_app: App, snapshot_on: SnapshotOn, tmp_path: Path) -> Iterator[World]:
    snapshot_on(DAY)
    url = make_url(demonstration_app.settings.database_url.get_secret_value())
    file = tmp_path / "threatdesk.db"
    with (
        closing(sqlite3.connect(url.database or "")) as shared,
        closing(sqlite3.connect(file)) as own,
    ):
        shared.backup(own)
    made = World(file, demonstration_app.policy)
    yield made
    made.database.close()


def acknowledged(world: World, by: str = "Jane Smith") -> Alert:
    later = MORNING + timedelta(hours=1)
    return world.deciding.act(
        world.gravest().id, lambda one: acknowledge(one, by=by, at=later), now=later
    )


def test_what_the_day_raises_is_told_to_everyone_whom_it_concerns(world: World) -> None:
    made = world.decide()

    world.deliver()

    raised = [one for one in made.transitions if one.change is Change.RAISED]
    assert raised
    assert [one.id for one in world.deciding.standing()] == [one.alert.id for one in raised]
    alert = world.gravest()
    for there in EVERYONE:
        posts = [key for key, _, under in world.platform.messages[there.address] if not under]
        assert f"{there}/{alert.id}/{alert.revision}/post" in posts


def test_the_same_figures_are_decided_on_once(world: World) -> None:
    world.decide()
    world.deliver()
    before = dict(world.platform.messages)

    again = world.deciding.day(world.figures, now=MORNING + timedelta(hours=2))

    assert again is None
    assert world.deliver() == 0
    assert world.platform.messages == before


def test_a_snapshot_at_hand_that_was_not_decided_on_is_not_gone_on_from(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "another.db"
    shutil.copy(tmp_path / "threatdesk.db", file)
    another = World(file, world.policy)
    alone = world.decide()

    made = another.deciding.day(another.figures, now=MORNING, before=another.figures.snapshot)

    assert made is not None
    assert repr(made.transitions) == repr(alone.transitions)  # NaN is not equal to itself
    another.database.close()


def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    together = Barrier(2)

    def go(_: int) -> Decided[Reply] | None:
        database = Database(world.url)
        together.wait()
        try:
            return world.another(database).day(world.figures, now=MORNING)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as both:
        made = list(both.map(go, range(2)))

    assert [one is None for one in made].count(True) == 1
    [decided] = [one for one in made if one is not None]
    assert len(world.deciding.standing()) == len(decided.transitions)
    assert world.deliver() == len(decided.notifications)


def test_an_acknowledgement_edits_the_message_and_is_said_in_its_thread_everywhere(
    world: World,
) -> None:
    world.decide()
    world.deliver()
    alert = acknowledged(world)
    calls = {there: list(world.platform.messages[there.address]) for there in EVERYONE}

    assert world.deliver() == 2 * len(EVERYONE)

    for there in EVERYONE:
        now = world.platform.messages[there.address]
        edited = [one for one, before in zip(now, calls[there], strict=False) if one != before]
        assert [key for key, _, _ in edited] == [f"{there}/{alert.id}/1/post"]
        [(_, said, under)] = now[len(calls[there]) :]
        assert "Jane Smith" in said
        assert now[int(under.split("/")[1])][0] == f"{there}/{alert.id}/1/post"


def test_whoever_pressed_is_named_and_nobody_is_pinged(world: World) -> None:
    world.decide()
    world.deliver()

    acknowledged(world, by="<@U1> <!channel>")
    replies: list[Reply] = []

    def edit(message: str, reply: Reply) -> None:
        replies.append(reply)

    world.platform.edit = edit  # type: ignore[method-assign]
    world.deliver()

    assert len(replies) == len(EVERYONE)
    for one in replies:
        assert "<@U1>" not in str(slack.render(one)["text"])


def test_a_second_acknowledgement_changes_nothing_and_is_told_to_nobody(world: World) -> None:
    world.decide()
    acknowledged(world)
    world.deliver()

    after = acknowledged(world, by="Somebody else")

    assert after.acknowledged_by == "Jane Smith"
    assert world.deliver() == 0


def test_what_fails_half_way_leaves_nothing(world: World) -> None:
    world.decide()
    world.deliver()
    alert = world.gravest()

    def fail(one: Alert) -> None:
        raise UnknownName(one.id)

    with pytest.raises(UnknownName):
        world.deciding.act(alert.id, fail, now=MORNING)

    assert world.deciding.get(alert.id) == alert
    assert world.deliver() == 0


def test_what_is_decided_and_what_is_told_of_it_are_kept_together_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError("the process dies here")

    with monkeypatch.context() as patched:
        patched.setattr("store.outbox.put", fail)
        with pytest.raises(OSError, match="dies here"):
            world.decide()

    assert world.deciding.standing() == ()
    assert world.decide().transitions
    assert world.deliver()


def test_held_alerts_are_told_once_a_day_to_those_who_are_told_every_day(world: World) -> None:
    for hours in (0, 1, 24):
        world.deciding.held("Figures are 4 days late.", now=MORNING + timedelta(hours=hours))

    world.deliver(MORNING + timedelta(days=2))

    told = world.platform.words(CHIEF)
    assert told == ["Alerts are held. Figures are 4 days late."] * 2
    assert world.platform.words(BOARD) == []


def test_who_is_told_of_an_alert_and_who_not_is_explained(world: World) -> None:
    world.decide()
    lesser = next(one for one in world.deciding.standing() if one.level < ThreatLevel.HIGH)

    [told, *_] = world.deciding.routes(world.gravest().id)[world.gravest().id]
    [not_told, *_] = world.deciding.routes(lesser.id)[lesser.id]

    assert (told.destination, told.told) == (BOARD, True)
    assert not not_told.told
    assert "high and above" in not_told.why


def test_a_judgement_is_kept(world: World) -> None:
    world.decide()
    one = world.gravest()
    said = Feedback(alert=one.id, rules=one.rules, useful=False, by="Jane", at=MORNING)

    world.deciding.judge(said)

    assert world.deciding.feedback() == (said,)


@pytest.fixture
def snapshot(snapshot_on: SnapshotOn) -> Snapshot:
    """The published day's, loaded at five past five the next morning."""
    found = snapshot_on(DAY)
    at = datetime(2013, 12, 12, 5, 5, tzinfo=UTC)
    return replace(found, inputs=tuple(replace(one, loaded_at=at) for one in found.inputs))


TWO_DAYS = timedelta(days=2)


def test_fresh_figures_say_to_when_they_reach_and_when_they_came(snapshot: Snapshot) -> None:
    found = freshness(snapshot, problems=[], allowed=TWO_DAYS, now=MORNING)

    assert found.is_fresh
    assert found.words == "Figures to 11 December 2013, loaded 05:05, complete."


def test_figures_may_be_as_late_as_is_allowed_and_no_later(snapshot: Snapshot) -> None:
    just = freshness(snapshot, problems=[], allowed=TWO_DAYS, now=MORNING + TWO_DAYS)
    late = freshness(
        snapshot, problems=[], allowed=TWO_DAYS, now=MORNING + TWO_DAYS + timedelta(days=1)
    )

    assert just.is_fresh
    assert not late.is_fresh
    assert "3 days late" in late.words


def test_a_source_that_could_not_be_read_makes_figures_incomplete(snapshot: Snapshot) -> None:
    found = freshness(snapshot, problems=["The folder is gone."], allowed=TWO_DAYS, now=MORNING)

    assert not found.is_fresh
    assert found.words.endswith("not complete. The folder is gone.")
