"""The briefings on their days: each told once, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Thread

import pytest

from bot.alerts.model import Destination
from bot.app import App
from bot.briefing_run import MONTHLY, WEEKLY, Briefings, Reader, find_doing, readers
from bot.delivery import CannotTell, Delivery, Elsewhere
from bot.figures import find_figures
from bot.people import Person, Role
from bot.replies import Reply
from bot.replies.doing import Doing, HorizonItem
from config.briefing import Weekly
from metrics.errors import ThreatDeskError, UserError
from metrics.model import AreaId
from metrics.snapshot import Figures, SnapshotKind
from store.database import Database
from store.outbox import SqlOutbox
from store.register import SqlRegister
from tests.bot.asked import CHIEF, MEMBER
from tests.bot.conftest import PUBLISHED_DAY
from tests.bot.replies.weeks import LEAD, OWNER
from tests.demonstrated import SnapshotOn

MONDAY = date(2013, 12, 16)
MORNING = datetime(2013, 12, 16, 7, 30, tzinfo=UTC)
CHANNEL = Destination(platform="slack", address="C-BRIEFING")
OPERATORS = Destination(platform="slack", address="C-OPS")
FALLBACK = Destination(platform="slack", address="C-FALLBACK")

AUDIENCE = (
    Reader(destination=CHANNEL),
    Reader(destination=Destination(platform="slack", address="U-CHIEF"), person=CHIEF),
    Reader(destination=Destination(platform="slack", address="U-LEAD"), person=LEAD),
)


@pytest.fixture(scope="module")
def daily(demonstration_app: App, snapshot_on: SnapshotOn) -> Figures:
    snapshot_on(PUBLISHED_DAY)
    return find_figures(demonstration_app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)


@dataclass
class World:
    """A database, a platform in memory, and the briefings over them."""

    database: Database
    figures: Figures
    audience: list[Reader] = field(default_factory=lambda: list(AUDIENCE))
    doing: Doing = field(default_factory=Doing)
    month_end: Figures | None = None
    posted: dict[str, list[Reply]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def find(self, kind: SnapshotKind | None, as_at: date | None) -> Figures:
        found = self.month_end if kind is SnapshotKind.MONTH_END else self.figures
        if found is None or (as_at is not None and found.snapshot.as_at > as_at):
            raise UserError("There are no figures.")
        return found

    @property
    def briefings(self) -> Briefings:
        return Briefings(
            self.database,
            find=self.find,
            audience=lambda: self.audience,
            doing=lambda _: self.doing,
            weekly=Weekly(weekday=0, at=time(7, 30)),
        )

    def deliver(self) -> None:
        Delivery(
            SqlOutbox(self.database),
            {"slack": self},  # type: ignore[dict-item]
            elsewhere=Elsewhere(operators=OPERATORS, fallback=FALLBACK),
            name="one",
            clock=lambda: MORNING,
        ).deliver()

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        if address in self.gone:
            raise CannotTell("The channel is archived.")
        self.posted.setdefault(address, []).append(reply)
        return f"{address}/{key}{under}"

    def find_message(self, *_: object, **__: object) -> None:
        return None

    def is_channel(self, address: str) -> bool:
        return address.startswith("C")


@pytest.fixture
def world(tmp_path: Path, daily: Figures) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    database.upgrade()
    yield World(database, daily)
    database.close()


def test_the_channel_and_every_leader_are_briefed(world: World) -> None:
    said = world.briefings.week(MONDAY, MORNING)
    world.deliver()

    assert said == "Briefing weekly/2013-12-16: 3 to tell, 0 told or waiting before."
    assert {address: len(told) for address, told in world.posted.items()} == {
        "C-BRIEFING": 1,
        "U-CHIEF": 1,
        "U-LEAD": 1,
    }


def test_two_schedulers_give_one_digest(world: World) -> None:
    threads = [Thread(target=world.briefings.week, args=(MONDAY, MORNING)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    world.deliver()

    assert [len(told) for told in world.posted.values()] == [1, 1, 1]


def test_the_next_week_is_another_digest(world: World) -> None:
    world.briefings.week(MONDAY, MORNING)
    world.briefings.week(date(2013, 12, 23), MORNING)
    world.deliver()

    assert [len(told) for told in world.posted.values()] == [2, 2, 2]


def test_a_deleted_channel_goes_to_the_fallback_and_the_operators_hear(world: World) -> None:
    world.gone.add("C-BRIEFING")
    world.briefings.week(MONDAY, MORNING)
    world.deliver()

    [instead] = world.posted["C-FALLBACK"]
    assert "Weekly briefing" in instead.summary
    assert world.posted["C-OPS"]
    assert world.posted["U-CHIEF"]


def test_a_leader_who_cannot_be_reached_is_not_briefed_in_public(world: World) -> None:
    world.gone.add("U-LEAD")
    world.briefings.week(MONDAY, MORNING)
    world.deliver()

    assert "C-FALLBACK" not in world.posted


def test_one_that_cannot_be_written_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import briefing_run

    write = briefing_run._digest

    def fails_once(reader: Reader, *given: object) -> Reply:
        if reader.person is CHIEF:
            raise RuntimeError
        return write(reader, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(briefing_run, "_digest", fails_once)
    with pytest.raises(ThreatDeskError, match="slack:U-CHIEF"):
        world.briefings.week(MONDAY, MORNING)
    monkeypatch.setattr(briefing_run, "_digest", write)
    said = world.briefings.week(MONDAY, MORNING)

    assert said.startswith("Briefing weekly/2013-12-16: 1 to tell, 2 told")


def test_old_figures_say_how_old_they_are(world: World) -> None:
    world.briefings.week(MONDAY, MORNING)
    world.deliver()

    assert "The figures end on 11 December 2013" in str(world.posted["U-CHIEF"][0])


def test_without_figures_the_run_fails_with_what_to_do(world: World) -> None:
    world.figures = None  # type: ignore[assignment]

    with pytest.raises(UserError):
        world.briefings.week(MONDAY, MORNING)


def as_month_end(figures: Figures, day: date) -> Figures:
    snapshot = replace(figures.snapshot, as_at=day, kind=SnapshotKind.MONTH_END)
    return replace(figures, snapshot=snapshot)


def test_the_month_is_told_once_its_figures_are_there(world: World) -> None:
    assert world.briefings.month(MONDAY, MORNING) == "There are no month-end figures yet."
    world.month_end = as_month_end(world.figures, date(2013, 10, 31))
    assert "30 November 2013 are not there yet" in world.briefings.month(MONDAY, MORNING)

    world.month_end = as_month_end(world.figures, date(2013, 11, 30))
    first = world.briefings.month(MONDAY, MORNING)
    again = world.briefings.month(date(2013, 12, 17), MORNING)
    world.deliver()

    assert first == "Briefing monthly/2013-11-30: 2 to tell, 0 told or waiting before."
    assert again == "Briefing monthly/2013-11-30: 0 to tell, 2 told or waiting before."
    assert "Performance briefing, 30 November 2013" in world.posted["C-BRIEFING"][0].summary


def test_the_monthly_briefing_is_not_for_the_leads_of_an_area(world: World) -> None:
    world.month_end = as_month_end(world.figures, date(2013, 11, 30))
    world.briefings.month(MONDAY, MORNING)
    world.deliver()

    assert "U-LEAD" not in world.posted


def test_at_the_end_of_a_quarter_the_theme_follows_in_the_channel(world: World) -> None:
    world.month_end = as_month_end(world.figures, date(2013, 12, 31))
    world.briefings.month(date(2014, 1, 6), MORNING)
    world.deliver()

    assert len(world.posted["C-BRIEFING"]) == 2
    assert len(world.posted["U-CHIEF"]) == 1
    assert "Thematic report" in world.posted["C-BRIEFING"][1].summary


def test_the_jobs_are_due_when_they_are_written_down(world: World) -> None:
    weekly, monthly = world.briefings.jobs()

    assert (weekly.name, monthly.name) == (WEEKLY, MONTHLY)
    assert weekly.due(datetime(2013, 12, 18, 9, tzinfo=UTC)) == MONDAY
    assert monthly.due(datetime(2013, 12, 18, 9, tzinfo=UTC)) == date(2013, 12, 18)


def test_who_leads_something_is_briefed_where_they_are_preferred() -> None:
    nobody = Person(id="gone", name="Gone", role=None, areas=(AreaId("charnwood"),))
    plain_analyst = Person(id="a", name="A", role=Role.ANALYST)
    console = {"c": CHIEF, "m": MEMBER, "l": LEAD, "o": OWNER, "g": nobody, "a": plain_analyst}

    made = readers("slack:C1", [("console", console), ("slack", {"U1": CHIEF})])

    assert [str(one.destination) for one in made] == [
        "slack:C1",
        "slack:U1",
        "console:l",
        "console:o",
    ]


def test_who_has_left_is_briefed_no_more() -> None:
    assert readers(None, [("slack", {})]) == ()


def test_what_is_being_done_is_found_in_the_register(world: World) -> None:
    class Items:
        def items(self) -> tuple[HorizonItem, ...]:
            return (HorizonItem(number=1, text="One", by="A", day=MONDAY),)

    found = find_doing(SqlRegister(world.database), Items(), shipped=lambda: (), people=dict)(
        MONDAY
    )

    assert found.is_kept
    assert [one.text for one in found.horizon] == ["One"]
    assert not found.issues
