"""Every transition is told, whoever dies and whatever Slack and Teams do.

Two worker processes share one database and are killed (SIGKILL) at random moments, while the
platforms they tell refuse, fail, and answer too late.  Afterwards each channel holds what it would
hold had nothing ever gone wrong: every message in its order, each thread complete, and every living
message as it stands at the end.  In Slack each is there exactly once.  Teams cannot be asked what
was posted: there each is at least once, and what may have come before says so.

`THREATDESK_CHAOS_CYCLES` says how many days; the whole proof is 200.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from slack_sdk import WebClient
from sqlalchemy import Engine, select

from bot.alerts.model import Alert, Operation, SnoozeUntil
from bot.alerts.muting import acknowledge, snooze
from bot.alerts.telling import SPOKEN
from bot.app import SLACK
from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.posting import EVENT
from bot.channels.teams.addresses import TEAMS, read_message
from bot.deciding import Deciding
from bot.delivery import MAYBE_TOLD
from bot.render import slack, teams
from bot.replies import Reply
from bot.runs import RunState
from metrics.calendar import london_day
from store.alert_tables import JobRunRow, NotificationRow, TransitionRow
from store.database import Database
from store.outbox import State
from tests.fakes.faults import Fault
from tests.fakes.slack import BOT_TOKEN, BOT_USER, Channel, FakeSlack
from tests.fakes.teams import CHANNEL, FakeTeams, Message
from tests.journeys.chaos import (
    OFFICER,
    POLICY,
    TIMEOUT_S,
    Force,
    keep_figures,
    morning,
    work_until_killed,
)
from tests.journeys.desks import Both
from tests.store.conftest import new_postgresql, server  # noqa: F401 - a fixture

log = logging.getLogger(__name__)

SEED: Final = 20_261_121

CYCLES: Final = int(os.environ.get("THREATDESK_CHAOS_CYCLES", "20"))
FEWER: Final = max(CYCLES // 3, 5)

LATE_S: Final = TIMEOUT_S + 0.1

TROUBLE: Final = (
    (0.05, Fault(status=429, headers={"Retry-After": "17"}, error="ratelimited")),
    (0.04, Fault(status=500, error="internal_error")),
    (0.02, Fault(status=503, body="<html>Service unavailable</html>")),
    (0.03, Fault(status=500, error="fatal_error", is_done=True)),
    (0.005, Fault(status=503, late_s=LATE_S)),  # hung up on, and never done
    (0.008, Fault(late_s=LATE_S, is_done=True)),  # hung up on, and done
)
"""How often a call goes wrong, and how."""

Messages = dict[str, list[tuple[str, str, Any]]]
"""By conversation: the key of each message, the key of the message it is under, what it says."""


@dataclass
class Ledger:
    """A platform on which nothing ever goes wrong."""

    write: Callable[[Reply], Any]
    messages: Messages = field(default_factory=lambda: defaultdict(list))

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        conversation = f"D{address}" if address.startswith("U") else address
        there = self.messages[conversation]
        parent = there[int(under.split("/")[1])][0] if under else ""
        there.append((key, parent, self.write(reply)))
        return f"{conversation}/{len(there) - 1}"

    def edit(self, message: str, reply: Reply) -> None:
        conversation, place = message.split("/")
        key, parent, _ = self.messages[conversation][int(place)]
        self.messages[conversation][int(place)] = (key, parent, self.write(reply))

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        raise AssertionError("nothing went wrong, so nothing is looked for")

    def is_channel(self, address: str) -> bool:
        return not address.startswith("U")

    def close(self) -> None:
        """Nothing is open."""


def in_slack(reply: Reply) -> Any:
    """Write a message as it stands in Slack."""
    return _plain(slack.render(reply))


def _plain(content: Any) -> Any:
    return {"text": content["text"], "blocks": content.get("blocks")}


class Crew:
    """Two worker processes; whoever is killed is replaced at once.

    One is killed after every few calls of a platform, and every morning while the day is decided:
    a random moment of the work, however fast the machine is.
    """

    def __init__(self, force: Force, fakes: Both, random: Random) -> None:
        self.killed = 0
        self.morning = threading.Event()
        self._force = force
        self._fakes = fakes
        self._random = random
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.journeys.chaos"])
        self._started = 0
        self._over = threading.Event()
        self._workers: list[BaseProcess] = []
        self._killer = threading.Thread(target=self._kill_and_replace, daemon=True)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._workers = [self._start(), self._start()]
        self._killer.start()
        try:
            yield
        finally:
            self._over.set()
            self._killer.join()
            for one in self._workers:
                one.kill()
                one.join()

    def _start(self) -> BaseProcess:
        self._started += 1
        name = f"worker-{self._started}"
        process = self._context.Process(target=work_until_killed, args=(self._force, name))
        process.start()
        return process

    def _kill_and_replace(self) -> None:
        while self._wait_for_its_moment():
            which = self._random.randrange(2)
            self._workers[which].kill()  # SIGKILL: no code of ours runs after it
            self._workers[which].join()
            self.killed += 1
            self._workers[which] = self._start()

    def _wait_for_its_moment(self) -> bool:
        """Wait; False where the days are over."""
        calls = self._calls() + self._random.randint(1, 16)
        while self._calls() < calls and not self.morning.is_set():
            if self._over.wait(0.003):
                return False
        self.morning.clear()
        return not self._over.wait(self._random.uniform(0, 0.04))

    def _calls(self) -> int:
        return len(self._fakes.slack.calls) + len(self._fakes.teams.calls)


class Days:
    """Lets the days go by, as fast as everything of each has been told."""

    def __init__(self, force: Force, database: Database, fakes: Both, crew: Crew) -> None:
        self._force = force
        self._database = database
        self._crew = crew
        self._ping = WebClient(token=BOT_TOKEN, base_url=fakes.slack.api_url, timeout=10)
        self._ping_teams = fakes.teams.openid_url

    def go_by(self, cycles: int) -> None:
        for number in range(cycles):
            self._force.clock.set(morning(number))
            self._crew.morning.set()
            self._until(number, self._has_run)
            press_a_button(self._force.deciding(self._database), self._force.clock(), number)
            self._until(number, self._is_told)

    def _until(self, number: int, is_so: Any) -> None:
        limit = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < limit, f"day {number} did not end: {self._force.clock()}"
            later = self._next()
            if later is None:
                time.sleep(0.003)
            else:
                self._ping.auth_test()  # what was asked of them before this has arrived
                urllib.request.urlopen(self._ping_teams, timeout=10).close()  # noqa: S310
                self._force.clock.set(later)
        assert self._force.clock() < morning(number) + timedelta(hours=12)

    def _has_run(self) -> bool:
        with self._database.reading() as session:
            day = london_day(self._force.clock())
            run = session.get(JobRunRow, ("daily", day))
            return run is not None and run.state == RunState.DONE.value

    def _is_told(self) -> bool:
        with self._database.reading() as session:
            waits = NotificationRow.state == State.WAITING.value
            return session.scalar(select(NotificationRow.id).where(waits).limit(1)) is None

    def _next(self) -> datetime | None:
        """Return when the next thing can be done; None where something can be done now."""
        now = self._force.clock()
        with self._database.reading() as session:
            waiting = session.scalars(
                select(NotificationRow)
                .where(NotificationRow.state == State.WAITING.value)
                .order_by(NotificationRow.id.desc())
            )
            heads = {(one.platform, one.address): one for one in waiting}
            runs = session.scalars(
                select(JobRunRow).where(JobRunRow.state == RunState.RUNNING.value)
            )
            moments = [max(one.not_before, one.lease_until or now) for one in heads.values()]
            moments += [one.lease_until + timedelta(seconds=1) for one in runs]
        if not moments or min(moments) <= now:
            return None
        return min(moments)


def press_a_button(deciding: Deciding, now: datetime, number: int) -> None:
    """Let someone take on or silence an alert, on some days."""
    random = Random(f"{SEED}/{number}")  # noqa: S311
    standing = deciding.standing()
    if not standing or random.random() > 0.4:
        return
    one = random.choice(standing)

    def silence(alert: Alert) -> Any:
        return snooze(
            alert,
            kind=SnoozeUntil.DATE,
            by=OFFICER.name,
            at=now,
            boards=(),
            longest_days=POLICY.life.longest_snooze_days,
            day=london_day(now) + timedelta(days=random.randint(2, 9)),
        )

    acts = (silence, lambda alert: acknowledge(alert, by=OFFICER.name, at=now))
    deciding.act(one.id, random.choice(acts), now=now)


def a_slack() -> FakeSlack:
    fake = FakeSlack(scopes=BOT_SCOPES)
    fake.workspace.channels |= {
        name: Channel(members={"U1", BOT_USER}) for name in ("C1", "C2", "C3")
    }
    fake.workspace.looks_until_scanned = 0
    return fake


def make_trouble(fakes: Both, random: Random, cycles: int) -> None:
    """Decide on which calls go wrong, long enough for every call there may be."""
    kinds = [fault for _, fault in TROUBLE]
    chances = [chance for chance, _ in TROUBLE]
    fine = Fault()
    troubled: tuple[tuple[FakeSlack | FakeTeams, str], ...] = (
        (fakes.slack, "chat.postMessage"),
        (fakes.slack, "chat.update"),
        (fakes.slack, "conversations.history"),
        (fakes.teams, "send"),
        (fakes.teams, "update"),
        (fakes.teams, "open"),
    )
    for fake, method in troubled:
        calls = random.choices([*kinds, fine], [*chances, 1 - sum(chances)], k=60 * cycles)
        fake.fail(method, *calls)


def expected(cycles: int, folder: Path) -> Mapping[str, Ledger]:
    """Return what is told where nothing goes wrong: one worker, the same days."""
    folder.mkdir()
    force = Force(url=f"sqlite:///{folder / 'calm.db'}", folder=folder)
    database = Database(force.url)
    database.upgrade()
    keep_figures(database, days=cycles, seed=SEED)
    ledgers = {SLACK: Ledger(in_slack), TEAMS: Ledger(teams.render)}
    shift = force.shift(database, ledgers, "calm")
    for number in range(cycles):
        force.clock.set(morning(number))
        shift.work()
        press_a_button(force.deciding(database), force.clock(), number)
        force.clock.set(morning(number) + timedelta(hours=1))  # quiet hours are over
        shift.deliver()
    database.close()
    return ledgers


def seen(fake: FakeSlack) -> Messages:
    """Return what stands in the workspace."""
    keys = {(one.channel, one.ts): _key(one.content) for one in fake.workspace.messages}
    found: Messages = defaultdict(list)
    for one in fake.workspace.messages:
        under = one.content.get("thread_ts")
        parent = keys[one.channel, under] if under else ""
        found[one.channel].append((_key(one.content), parent, _plain(one.content)))
    return found


def _key(content: Any) -> str:
    metadata = content["metadata"]
    assert metadata["event_type"] == EVENT
    return str(metadata["event_payload"]["key"])


def run_chaos(url: str, folder: Path, cycles: int) -> tuple[Both, Database]:
    random = Random(SEED)  # noqa: S311
    fakes = Both(slack=a_slack(), teams=FakeTeams())
    fakes.slack.start()
    fakes.teams.start()
    force = Force(url=url, folder=folder, slack_url=fakes.slack.api_url, teams_url=fakes.teams.base)
    fakes.slack.workspace.clock = lambda: force.clock().timestamp()
    make_trouble(fakes, random, cycles)
    database = Database(url)
    database.upgrade()
    keep_figures(database, days=cycles, seed=SEED)
    force.clock.set(morning(0))
    begun = time.monotonic()
    crew = Crew(force, fakes, random)
    try:
        with crew.at_work():
            Days(force, database, fakes, crew).go_by(cycles)
    finally:
        fakes.slack.stop()
        fakes.teams.stop()
    log.info(
        "%d days, %d kills, %d and %d calls, %d and %d messages, %.0f s",
        *(cycles, crew.killed, len(fakes.slack.calls), len(fakes.teams.calls)),
        *(len(fakes.slack.workspace.messages), len(fakes.teams.tenant.messages)),
        time.monotonic() - begun,
    )
    assert crew.killed
    return fakes, database


def check(fakes: Both, database: Database, folder: Path, cycles: int) -> None:
    errors = [one.read_text() for one in folder.glob("error-*")]
    assert errors == []
    wanted = expected(cycles, folder / "calm")
    check_once(seen(fakes.slack), wanted[SLACK].messages)
    check_at_least_once(fakes.teams, database, wanted[TEAMS].messages)
    assert untold(database, "C1") == []
    assert untold(database, CHANNEL) == []


def check_once(told: Messages, wanted: Messages) -> None:
    """What stands in Slack is what would stand there had nothing gone wrong."""
    for channel in sorted({*told, *wanted}):
        keys = Counter(key for key, _, _ in told[channel])
        assert [key for key, times in keys.items() if times > 1] == [], "told twice"
        lost = [key for key, _, _ in wanted[channel] if key not in keys]
        assert lost == [], "never told"
        order = [(key, parent) for key, parent, _ in told[channel]]
        assert order == [(key, parent) for key, parent, _ in wanted[channel]]
        for one, calm in zip(told[channel], wanted[channel], strict=True):
            assert one == calm, "not as it stands at the end"


def check_at_least_once(fake: FakeTeams, database: Database, wanted: Messages) -> None:
    """Everything stands in Teams, in order; what came before it is the same, and it says so."""
    keys, repeated, remarked = _keys(database), 0, 0
    for address, calm in wanted.items():
        there = CHANNEL if address == CHANNEL else fake.tenant.personal(address)
        told = fake.tenant.posted(there)
        kept = [one for one in told if one.id in keys]
        assert [keys[one.id] for one in kept] == [key for key, _, _ in calm], (
            "lost, or not in order"
        )
        parents = [keys.get(one.under, "") for one in kept]
        in_threads = [parent for _, parent, _ in calm]
        assert parents == (in_threads if address == CHANNEL else [""] * len(calm))
        for one, (key, _, card) in zip(kept, calm, strict=True):
            assert _unremarked(one.card()) == card, f"{key} is not as it stands at the end"
        remarked += sum(_is_remarked(one) for one in kept)
        repeated += _check_repeated(told, keys)
    assert {one.conversation for one in fake.tenant.messages} <= {
        CHANNEL,
        *(fake.tenant.personal(one) for one in wanted if one != CHANNEL),
    }
    log.info("Teams: %d messages came again, %d say that they may have", repeated, remarked)


def _check_repeated(told: list[Message], keys: Mapping[str, str]) -> int:
    """Check the messages of a place that came again; return how many did.

    What the desk does not know of is the same as the next that it does, which says that it may
    have been told before.
    """
    repeated, waiting = 0, list[Message]()
    for one in told:
        if one.id not in keys:
            waiting.append(one)
            continue
        for before in waiting:
            assert _unremarked(_first(before)) == _unremarked(_first(one)), "something else"
            assert before.under == one.under
            assert _is_remarked(one), "it does not say that it may have been told before"
        repeated += len(waiting)
        waiting = []
    assert waiting == [], "told, and nothing of it is known"
    return repeated


def _keys(database: Database) -> Mapping[str, str]:
    """Return the key of each message in Teams that the desk knows of, by the message's id."""
    keys: dict[str, str] = {}
    with database.reading() as session:
        rows = session.scalars(
            select(NotificationRow)
            .where(NotificationRow.platform == TEAMS)
            .order_by(NotificationRow.id)
        )
        for row in rows:
            assert row.message, f"{row.key} was never told"
            keys.setdefault(read_message(row.message)[1], row.key)
    return keys


def _first(message: Message) -> Any:
    """Return the card of a message as it was posted."""
    [attachment] = message.first["attachments"]
    return attachment["content"]


def _is_remarked(message: Message) -> bool:
    return MAYBE_TOLD.text in str(_first(message))


def _unremarked(card: Any) -> Any:
    """Return a card without the remark that it may have been told before."""
    return {**card, "body": [one for one in card["body"] if one.get("text") != MAYBE_TOLD.text]}


def untold(database: Database, address: str) -> list[str]:
    """Return the transitions that are to be heard of and that nothing told names at an address.

    A message that is posted shows its alert as it stands after everything of that moment.
    """
    with database.reading() as session:
        rows = session.scalars(
            select(NotificationRow).where(NotificationRow.address == address)
        ).all()
        assert {row.state for row in rows} == {State.TOLD.value}
        named = {part for row in rows for part in row.key.split("/")[-2].split("+")}
        posted = {
            (row.message_of, row.made_at) for row in rows if row.operation == Operation.POST.value
        }
        spoken = TransitionRow.change.in_([one.value for one in SPOKEN])
        return [
            f"A-{one.number}.{one.revision}"
            for one in session.scalars(select(TransitionRow).where(spoken))
            if f"A-{one.number}.{one.revision}" not in named
            and (f"A-{one.number}", one.at) not in posted
        ]


def test_every_transition_is_told_while_workers_die(tmp_path: Path) -> None:
    fakes, database = run_chaos(f"sqlite:///{tmp_path / 'threatdesk.db'}", tmp_path, CYCLES)

    check(fakes, database, tmp_path, CYCLES)
    database.close()


def test_and_on_postgresql(server: Engine, tmp_path: Path) -> None:  # noqa: F811
    fakes, database = run_chaos(new_postgresql(server, "chaos"), tmp_path, FEWER)

    check(fakes, database, tmp_path, FEWER)
    database.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached without a proxy, whatever the machine says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
