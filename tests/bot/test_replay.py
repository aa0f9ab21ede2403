"""A replay is repeatable, can be cut in two, tells nothing twice, and says what it cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.alerts.history import history_of
from bot.alerts.model import Concern, Operation
from bot.alerts.rehearsal import Rehearsed, Stage
from bot.alerts.replayed import Configuration
from bot.alerts.truth import Mark
from bot.past import Loaded, Past
from bot.replay import rehearsal_of, replay
from config.alerts import AlertPolicy, Budget, Route
from config.events import Event
from metrics.delivery import Delivery
from metrics.errors import UserError
from metrics.model import AreaId, Catalogue, MeasureId
from store.database import Database
from store.loads import SqlLoads
from tests.bot.test_past import RUN_AT, a_load
from tests.metrics.test_assess import AS_AT, records

LOADED = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = tuple(AS_AT - timedelta(days=back) for back in range(70))[::-1]
MIDDLE = 33

POLICY = AlertPolicy(
    route=(
        Route(name="everyone", to="slack:C042", least="low", nothing_new=True),
        Route(name="chief officers", role="chief_officer", least="medium"),
    )
)


@pytest.fixture(scope="module")
def loads() -> list[Loaded]:
    """Six years of chance, with twice the nets cut in the last eight weeks."""
    return [a_load(1, records(burst={"net-damage": 2.0}), LOADED)]


def rehearsed(
    past: Past, days: tuple[date, ...], stage: Stage | None = None
) -> list[tuple[Rehearsed, Stage]]:
    return list(rehearsal_of(past, days, POLICY, stage or Stage()))


@pytest.fixture(scope="module")
def whole(loads: list[Loaded], saltmarsh: Catalogue) -> list[Rehearsed]:
    past = Past(loads, saltmarsh, run_at=RUN_AT)
    return [day for day, _ in rehearsed(past, DAYS)]


def test_the_burst_is_told(whole: list[Rehearsed]) -> None:
    raised = history_of("", whole).of(Concern.THREAT)

    assert "net-damage.recorded" in {one.key.measure for one in raised}


def test_the_same_replay_twice_is_the_same(
    whole: list[Rehearsed], loads: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(loads, saltmarsh, run_at=RUN_AT)

    assert [str(day) for day, _ in rehearsed(past, DAYS)] == [str(day) for day in whole]


def test_a_replay_in_two_halves_is_the_whole(
    whole: list[Rehearsed], loads: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(loads, saltmarsh, run_at=RUN_AT)

    one = rehearsed(past, DAYS[:MIDDLE])
    other = rehearsed(past, DAYS[MIDDLE:], one[-1][1])

    assert [str(day) for day, _ in [*one, *other]] == [str(day) for day in whole]


def test_no_alert_is_posted_twice_at_one_place(whole: list[Rehearsed]) -> None:
    posts = Counter(
        (one.alert, one.destination)
        for day in whole
        for one in day.messages
        if one.operation is Operation.POST and one.alert is not None
    )

    assert posts
    assert set(posts.values()) == {1}


def test_no_key_is_open_twice(whole: list[Rehearsed]) -> None:
    for day in whole:
        keys = [one.key for one in day.open_alerts]
        assert len(keys) == len(set(keys))


@pytest.fixture(scope="module")
def database(loads: list[Loaded], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('replay') / 'desk.db'}")
    made.upgrade()
    table = loads[0][1]
    with made.transaction() as session:
        delivery = Delivery(source="crimes", table=table, inputs=())
        SqlLoads(session).save(delivery, changed=table, fingerprint="", at=LOADED)
    yield made
    made.close()


def test_two_configurations_are_tried_on_the_same_days(
    database: Database, saltmarsh: Catalogue
) -> None:
    deaf = POLICY.model_copy(update={"budget": Budget(false_alerts_a_week=0.001)})
    told: list[str] = []

    made = replay(
        database=database,
        catalogue=saltmarsh,
        configurations=[
            Configuration(name="a", policy=POLICY),
            Configuration(name="b", policy=deaf),
        ],
        first=DAYS[0],
        last=DAYS[-1],
        run_at=time(6, 30),
        progress=told.append,
        events=[
            Event(
                measure=MeasureId("net-damage.recorded"),
                area=AreaId("saltmarsh"),
                first=AS_AT - timedelta(days=55),
                last=AS_AT,
                size=1.0,
            )
        ],
    )

    one, other = made.told
    assert len(one.history.raised) >= len(other.history.raised)
    assert one.judged is not None
    assert one.judged.count(Mark.RIGHT) > 0
    assert made.days == len(DAYS)
    assert made.days_as_known == 0
    assert "day 70 of 70" in told[-1]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2020, 6, 2), date(2020, 6, 1), "after"),
        (date(2010, 1, 1), date(2020, 6, 1), "The records run from"),
        (date(2020, 1, 1), date(2030, 6, 1), "The records run from"),
    ],
)
def test_days_that_cannot_be_replayed_are_refused_in_words(
    database: Database, saltmarsh: Catalogue, first: date, last: date, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        replay(
            database=database,
            catalogue=saltmarsh,
            configurations=[Configuration(name="", policy=POLICY)],
            first=first,
            last=last,
            run_at=RUN_AT,
            progress=lambda _: None,
        )


def test_without_any_load_there_is_no_history(tmp_path: Path, saltmarsh: Catalogue) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    empty.upgrade()

    with pytest.raises(UserError, match="Nothing has been loaded"):
        replay(
            database=empty,
            catalogue=saltmarsh,
            configurations=[Configuration(name="", policy=POLICY)],
            first=None,
            last=None,
            run_at=RUN_AT,
            progress=lambda _: None,
        )
    empty.close()
