"""The entry points, as processes: what they log is what machines read, and metrics are there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.bot.observing.test_scraping import TOKEN
from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH

WITHIN_S = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@contextmanager
def process(folder: Path, command: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command on the invented force until the test is done with it."""
    (folder / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "THREATDESK_PLAN": str(SALTMARSH),
        "THREATDESK_DATA": str(folder),
        "THREATDESK_SOURCES": str(folder / "sources.toml"),
        "THREATDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        "THREATDESK_LOG": "json",
        **settings,
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def asked(url: str, **headers: str) -> httpx.Response:
    """Ask until something listens there."""
    until = time.monotonic() + WITHIN_S
    while True:
        try:
            return httpx.get(url, headers=headers, timeout=10)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def until_told(url: str, sample: str) -> dict[str, float]:
    """Scrape until a sample is there; return every sample, by its name and labels."""
    until = time.monotonic() + WITHIN_S
    while True:
        families = text_string_to_metric_families(asked(url).text)
        found = {
            f"{one.name}{sorted(one.labels.values())}": one.value
            for family in families
            for one in family.samples
        }
        if sample in found or time.monotonic() > until:
            return found
        time.sleep(0.2)


def test_a_worker_logs_for_machines_and_offers_its_metrics(tmp_path: Path) -> None:
    port = free_port()
    with process(tmp_path, "worker", THREATDESK_METRICS_PORT=str(port)) as worker:
        # Records of 2020 are late, so the daily run fails: once, and again ten minutes later.
        found = until_told(
            f"http://127.0.0.1:{port}/metrics",
            "threatdesk_run_seconds_count['daily', 'failed']",
        )
        worker.send_signal(signal.SIGTERM)
        _, logged = worker.communicate(timeout=WITHIN_S)

    assert worker.returncode == 0
    assert found["threatdesk_run_seconds_count['daily', 'failed']"] == 1.0
    assert found["threatdesk_failures_total['run']"] >= 1.0
    assert found["threatdesk_database_up[]"] == 1.0
    lines = [json.loads(line) for line in logged.splitlines()]
    daily = [one for one in lines if one.get("job") == "daily"]
    assert len({one["reference"] for one in daily}) == 1
    assert any("Alerts are held" in one["event"] for one in daily)


def test_web_offers_its_metrics_for_the_token_alone(tmp_path: Path) -> None:
    port = free_port()
    with process(
        tmp_path,
        "web",
        THREATDESK_PORT=str(port),
        THREATDESK_SLACK_BOT_TOKEN="x" * 16,
        THREATDESK_SLACK_SIGNING_SECRET="s" * 32,
        THREATDESK_SLACK_API_URL="http://127.0.0.1:9/",
        THREATDESK_METRICS_TOKEN=TOKEN,
    ) as web:
        address = f"http://127.0.0.1:{port}/metrics"
        assert asked(address).status_code == 401
        assert "threatdesk_info" in asked(address, authorization=f"Bearer {TOKEN}").text
        web.send_signal(signal.SIGTERM)
        said, logged = web.communicate(timeout=WITHIN_S)

    assert TOKEN not in said + logged
    for line in logged.splitlines():
        json.loads(line)
