"""Prometheus reads what there is to count, over a real socket, and nobody else does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from bot.alerts.model import Destination
from bot.answer import Request
from bot.app import App
from bot.audit import Entry, Outcome
from bot.delivery import CannotTell, TryLater
from bot.jobs import Stopped
from bot.observing.instruments import Instruments
from bot.observing.scraping import PATH, offering
from bot.people import Person, Role, Surface
from bot.runs import RunState
from bot.serving import web
from bot.working import DAILY, daily_work, metrics_offered, shift_of
from config.settings import Settings
from metrics.errors import StoreError, UserError
from store.outbox import plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns
from tests.bot.test_main import CRIMES, SOURCES
from tests.bot.test_working import DAY, MORNING, never
from tests.conftest import SALTMARSH

TOKEN = "prometheus-" + "reads-this"
PRESENTED = {"authorization": f"Bearer {TOKEN}"}


def settings(folder: Path, **more: object) -> Settings:
    (folder / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return Settings.model_validate(
        {
            "database_url": f"sqlite:///{folder / 'desk.db'}",
            "plan": str(SALTMARSH),
            "data": folder,
            "sources": folder / "sources.toml",
            "slack_bot_token": "xoxb-1",
            "slack_signing_secret": "s" * 32,
            "slack_api_url": "http://127.0.0.1:9/",
            **more,
        }
    )


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The invented force, which Slack could ask."""
    with App(settings=settings(tmp_path, metrics_token=TOKEN)) as made:
        yield made


@contextmanager
def served(application: ASGIApp) -> Iterator[str]:
    """Serve on a port of its own; give the address."""
    config = uvicorn.Config(application, host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listening.close()
        assert not thread.is_alive()


def scraped(address: str, **headers: str) -> dict[str, Metric]:
    found = httpx.get(f"{address}{PATH}", headers={**PRESENTED, **headers}, timeout=30)
    found.raise_for_status()
    return {one.name: one for one in text_string_to_metric_families(found.text)}


def values(family: Metric) -> dict[tuple[str, ...], float]:
    """Return the samples of a family by their labels, in the order of the labels' names."""
    return {
        tuple(one.labels[key] for key in sorted(one.labels)): one.value for one in family.samples
    }


def test_web_gives_metrics_to_whoever_presents_the_token(app: App) -> None:
    with served(web(app)) as address:
        found = scraped(address)

        assert values(found["threatdesk_database_up"]) == {(): 1.0}
        assert "process_resident_memory_bytes" in found
        assert "threatdesk_answer_seconds" in found


@pytest.mark.parametrize(
    "presented",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": "Bearer"},
    ],
)
def test_without_the_token_there_is_nothing_to_read(app: App, presented: dict[str, str]) -> None:
    with served(web(app)) as address:
        found = httpx.get(f"{address}{PATH}", headers=presented, timeout=30)

    assert found.status_code == 401
    assert "threatdesk_" not in found.text


def test_where_no_token_is_set_web_has_no_metrics(tmp_path: Path) -> None:
    with App(settings=settings(tmp_path)) as app, served(web(app)) as address:
        assert httpx.get(f"{address}{PATH}", timeout=30).status_code == 404


def test_a_request_of_slacks_is_timed_to_its_response(app: App) -> None:
    with served(web(app)) as address:
        assert httpx.post(f"{address}/slack/events", content=b"{}", timeout=30).status_code == 401
        httpx.post(f"{address}/elsewhere", content=b"{}", timeout=30)

        family = scraped(address)["threatdesk_acknowledgement_seconds"]

    [count] = [one for one in family.samples if one.name.endswith("_count")]
    assert (count.labels, count.value) == ({"platform": "slack", "status": "4xx"}, 1.0)


def test_every_process_tells_the_same_of_what_is_in_the_database(app: App) -> None:
    daily_work(app, never, DAY, MORNING)
    app.audit.record(an_entry())
    SqlSigns(app.database).give("one", now=MORNING)
    runs = SqlRuns(app.database)
    runs.claim(DAILY, DAY, by="one", now=MORNING, until=MORNING + timedelta(minutes=3))
    ended = MORNING + timedelta(seconds=90)
    runs.finish(DAILY, DAY, by="one", now=ended, state=RunState.DONE, detail="")
    app.outbox.put([plain_post(Destination.read("slack:C1"), "k", "Hello", MORNING)], now=MORNING)

    with served(web(app)) as address:
        found = {name: values(one) for name, one in scraped(address).items()}

    assert found["threatdesk_audit_rows"] == {(): 1.0}
    assert found["threatdesk_runs"] == {("daily", "done"): 1.0}
    assert found["threatdesk_run_last_success_duration_seconds"] == {("daily",): 90.0}
    assert found["threatdesk_run_last_success_timestamp_seconds"] == {
        ("daily",): ended.timestamp(),
    }
    assert found["threatdesk_worker_heard_timestamp_seconds"] == {(): MORNING.timestamp()}
    assert found["threatdesk_outbox_waiting"][("slack",)] == 1.0
    late = (datetime.now(UTC) - MORNING).total_seconds()
    assert found["threatdesk_outbox_overdue_seconds"][()] == pytest.approx(late, abs=60)
    # The figures stand at 1 May 2020, which ended at midnight in London.
    age = (datetime.now(UTC) - datetime(2020, 5, 1, 23, 0, tzinfo=UTC)).total_seconds()
    assert found["threatdesk_figures_age_seconds"][("daily",)] == pytest.approx(age, abs=60)


def test_a_database_that_is_away_is_a_figure_too(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreError("The database cannot be used.")

    with served(web(app)) as address:
        monkeypatch.setattr("bot.observing.standing.tallies", away)
        found = scraped(address)

    assert values(found["threatdesk_database_up"]) == {(): 0.0}
    assert "threatdesk_audit_rows" not in found


def test_answers_are_counted_by_command_and_outcome_and_never_by_person(app: App) -> None:
    ask = app.heard_on("slack")
    for text, role in (
        ("/threatdesk help", Role.MEMBER),
        ("/no-such-command Fontwell Lane", Role.MEMBER),
        ("/threats", None),
    ):
        person = Person(id="jane.smith", name="Jane", role=role)
        ask(request_of(text, person))

    with served(web(app)) as address:
        text = httpx.get(f"{address}{PATH}", headers=PRESENTED, timeout=30).text
        found = scraped(address)

    assert {
        key: value for key, value in values(found["threatdesk_answers"]).items() if value == 1.0
    } == {
        ("threatdesk", "answered", "slack"): 1.0,
        ("none", "failed", "slack"): 1.0,
        ("none", "refused", "slack"): 1.0,
    }
    for private in ("jane", "fontwell", "no-such-command"):
        assert private not in text.casefold()


def test_attempts_to_tell_are_counted_by_what_became_of_them(app: App) -> None:
    class Platform:
        def post(self, address: str, *_: object, **__: object) -> str:
            if address == "C1":
                raise TryLater("Too many.")
            if address == "C2":
                raise CannotTell("It is archived.")
            return "m1"

        def is_channel(self, _address: str) -> bool:
            return True

        def close(self) -> None:
            """Nothing is open."""

    vars(app)["posters"] = {"slack": Platform()}
    now = app.now()
    for address in ("C1", "C2", "C3"):
        there = Destination.read(f"slack:{address}")
        app.outbox.put([plain_post(there, address, "Hello", now)], now=now)
    app.delivery("one").deliver()

    with served(web(app)) as address:
        found = {name: values(one) for name, one in scraped(address).items()}

    attempts = found["threatdesk_delivery_attempts"]
    assert attempts[("post", "put_off", "slack")] == 1.0
    assert attempts[("post", "given_up", "slack")] == 1.0
    assert attempts[("post", "told", "slack")] == 1.0
    assert found["threatdesk_failures"][("delivery_put_off",)] == 1.0
    assert found["threatdesk_deliveries"] == {
        ("post", "failed", "slack"): 1.0,
        ("post", "told", "slack"): 1.0,
    }


@pytest.mark.parametrize(
    ("error", "outcome"), [(None, "done"), (KeyError("a bug"), "failed"), (Stopped("x"), "stopped")]
)
def test_attempts_of_jobs_are_timed_by_how_they_ended(
    app: App, monkeypatch: pytest.MonkeyPatch, error: Exception | None, outcome: str
) -> None:
    def work(*_: object) -> str:
        if error:
            raise error
        return "all well"

    monkeypatch.setattr("bot.working.daily_work", work)
    monkeypatch.setattr(App, "now", staticmethod(lambda: MORNING))
    shift_of(app).work()

    [count] = [
        one
        for family in app.registry.collect()
        for one in family.samples
        if one.name == "threatdesk_run_seconds_count" and one.labels["job"] == DAILY
    ]
    assert (count.labels["outcome"], count.value) == (outcome, 1.0)


def test_a_worker_offers_its_metrics_to_its_own_machine(tmp_path: Path) -> None:
    with App(settings=settings(tmp_path, metrics_port=0)) as app:
        Instruments(app.registry, version="1")
        with offering(app.registry, host="127.0.0.1", port=0, token="") as (host, port):
            found = scraped(f"http://{host}:{port}")
            elsewhere = httpx.get(
                f"http://{host}:{port}{PATH}", headers={"host": "evil.example"}, timeout=30
            )

    assert values(found["threatdesk_database_up"]) == {(): 1.0}
    assert elsewhere.status_code == 401


def test_a_port_that_everyone_could_read_is_refused_without_a_token(tmp_path: Path) -> None:
    public = settings(tmp_path, metrics_port=0, host="0.0.0.0")  # noqa: S104 - to be refused
    with (
        App(settings=public) as app,
        pytest.raises(UserError, match="would be everyone's to read"),
        metrics_offered(app),
    ):
        pass


def test_a_port_that_is_taken_is_said() -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    with (
        taken,
        pytest.raises(UserError, match="cannot be offered on port"),
        offering(CollectorRegistry(), host="127.0.0.1", port=taken.getsockname()[1], token=""),
    ):
        pass


def test_without_a_port_a_worker_offers_nothing(app: App) -> None:
    before = threading.active_count()
    with metrics_offered(app):
        assert threading.active_count() == before


def test_a_desk_whose_database_is_away_is_not_ready(app: App) -> None:
    with served(web(app)) as address:
        assert wait_for_ready(address) == (200, "ready")

        Path(app.settings.database_url.get_secret_value().removeprefix("sqlite:///")).unlink()

        found = httpx.get(f"{address}/readyz", timeout=30)
        assert (found.status_code, found.text) == (503, "the database is away")
        assert httpx.get(f"{address}/healthz", timeout=30).status_code == 200


def wait_for_ready(address: str) -> tuple[int, str]:
    """Ask until it is ready, or half a minute long."""
    until = datetime.now(UTC) + timedelta(seconds=30)
    while True:
        found = httpx.get(f"{address}/readyz", timeout=30)
        if found.status_code == 200 or datetime.now(UTC) > until:
            return found.status_code, found.text


def request_of(text: str, person: Person) -> Request:
    return Request(text=text, person=person, at=MORNING)


def an_entry() -> Entry:
    return Entry(
        at=MORNING,
        person=Person(id="jane.smith", name="Jane", role=Role.MEMBER),
        surface=Surface.PRIVATE,
        place="",
        text="/threats",
        outcome=Outcome.ANSWERED,
        detail="",
        snapshot="",
    )
