"""A real Spark Connect server: it counts the same, it may go away, and its token is never told."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pytest

from bot import daily
from config.sources import ExtractSource
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources import spark_connect
from metrics.sources.extract import Extract
from metrics.sources.reading import Records
from metrics.sources.spark import SparkFiles
from metrics.sources.spark_connect import read_address
from metrics.sources.spark_session import spark_session
from store.database import Database
from tests.bot.test_main import CRIMES, SOURCES, threatdesk
from tests.conftest import SALTMARSH
from tests.metrics.sources.conftest import a_crime, leave_out_without_spark, silent
from tests.metrics.sources.test_engines import INPUTS, extract, same, table

TOKEN: Final = "eyZq9marker"  # noqa: S105 - opens nothing
"""Stands in the address, and nowhere else."""

STARTS_WITHIN_S: Final = 120.0

SMALL: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.authenticate.token": TOKEN,
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    # What is tested is small: to compile and to divide it would take longer than to run it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    # Whatever a server thinks, days are counted as they are written.
    "spark.sql.session.timeZone": "Pacific/Auckland",
}

QUICK: Final = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
    "-XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
"""Let Java start soon; how long it then runs well does not matter here."""

NOW: Final = datetime(2024, 3, 1, 6, tzinfo=UTC)


class ConnectServer:
    """Spark's own server, in a process of its own, that wants a token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def address(self) -> str:
        """What THREATDESK_SPARK would say."""
        return f"sc://localhost:{self.port}/;token={TOKEN}"

    def start(self) -> None:
        """Start it, unless it runs, and wait until it listens."""
        if self._process is not None:
            return
        package = find_spec("pyspark")
        assert package is not None
        assert package.origin is not None
        home = Path(package.origin).parent
        settings = SMALL | {
            "spark.connect.grpc.binding.port": str(self.port),
            "spark.sql.warehouse.dir": str(self._folder / "warehouse"),
            "spark.local.dir": str(self._folder),
        }
        command = [
            str(home / "bin" / "spark-submit"),
            "--class=org.apache.spark.sql.connect.service.SparkConnectServer",
            "--master=local[2]",
            "--driver-memory=512m",
            f"--driver-java-options={QUICK}",
            *(f"--conf={name}={value}" for name, value in settings.items()),
        ]
        with (self._folder / "server.log").open("ab") as said:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=os.environ | {"SPARK_HOME": str(home), "SPARK_CONNECT_MODE": "0"},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + STARTS_WITHIN_S
        while not listens(self.port):
            assert self._process.poll() is None, (self._folder / "server.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectServer]:
    """The server of this module."""
    leave_out_without_spark()
    server = ConnectServer(tmp_path_factory.mktemp("connect"))
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def server(one_server: ConnectServer) -> ConnectServer:
    """The server, running."""
    one_server.start()
    return one_server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server be given up at once."""
    monkeypatch.setattr(spark_connect, "PATIENCE", {"max_retries": 1, "initial_backoff": 50})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    one = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    one.upgrade()
    yield one
    one.close()


def logged(error: BaseException) -> str:
    """Return an error as a log would show it, with all that led to it."""
    hint = error.hint if isinstance(error, SourceError) else ""
    return "".join(traceback.format_exception(error)) + repr(error) + hint


@pytest.mark.usefixtures("impatient")
def test_a_server_that_dies_leaves_the_last_figures_and_another_one_goes_on(
    tmp_path: Path,
    catalogue: Catalogue,
    server: ConnectServer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "crimes.parquet"

    def load(engine: str) -> daily.Loaded:
        source = ExtractSource.model_validate(
            {"kind": "extract", "name": "crimes", "path": str(file), "max_rejected": 1}
            | {"engine": engine}
        )
        [loaded] = daily.load(
            [Extract(source, Path(), spark=server.address)],
            database=database,
            catalogue=catalogue,
            rules="rules",
            now=NOW,
            progress=silent,
        )
        return loaded

    def dying(*arguments: Any, **named: Any) -> Records:
        server.kill()  # the session is open, and the first rows are asked for
        return reading(*arguments, **named)

    table(file, a_crime(1))
    first = load("duckdb").load
    table(file, a_crime(1), a_crime(2, area="Atlantis"))
    with monkeypatch.context() as patched:
        reading = SparkFiles.lazy
        patched.setattr(SparkFiles, "lazy", dying)
        died = load("spark")
    away = load("spark")
    server.start()
    after = load("spark")

    assert first is not None
    for one in (died, away):
        assert one.problem is not None
        assert f"Spark at sc://localhost:{server.port} does not answer: " in str(one.problem)
        assert "server runs" in one.problem.hint
        assert one.standing == first
    assert after.problem is None
    assert after.load is not None
    assert after.load.rows_in == first.rows_in + 1


def test_a_server_counts_and_rejects_what_duckdb_does(
    tmp_path: Path, catalogue: Catalogue, server: ConnectServer
) -> None:
    folder = tmp_path / "in"
    names = [
        "days that are none",
        "rows of the wrong shape",
        "quoted fields",
        "Windows-1252",
        "late rows and repeated references",
    ]
    for name in names:
        (folder / name).mkdir(parents=True)
        INPUTS[name](folder / name)
    nights = [datetime(2024, 3, 31, 23, 30, tzinfo=UTC), datetime(2024, 10, 27, 0, 30, tzinfo=UTC)]
    rows = [a_crime(f"night {night}") for night in nights]
    column = pa.array(nights, type=pa.timestamp("ns", tz="UTC"))
    table(folder / "nights.parquet", *rows, recorded_date=column)

    by_duckdb = extract(folder, catalogue)
    by_server = extract(folder, catalogue, spark=server.address)

    assert len(by_duckdb.rejected) > len(names)
    same(by_duckdb, by_server)


def test_a_session_on_a_server_ends_with_its_load(server: ConnectServer) -> None:
    with spark_session(server.address) as session:
        assert not session.is_stopped

    assert session.is_stopped


def test_a_file_that_the_server_does_not_see_is_named(
    tmp_path: Path, catalogue: Catalogue, server: ConnectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    table(tmp_path / "crimes.parquet", a_crime())
    reading = SparkFiles.lazy

    def hiding(*arguments: Any, **named: Any) -> Records:
        records = reading(*arguments, **named)
        (tmp_path / "crimes.parquet").unlink()  # Threat Desk has seen it, and the server has not
        return records

    monkeypatch.setattr(SparkFiles, "lazy", hiding)

    with pytest.raises(SourceError, match="cannot be read by Spark") as refused:
        extract(tmp_path, catalogue, spark=server.address)

    assert str(refused.value).startswith("crimes.parquet ")
    assert "same path" in refused.value.hint


def test_a_server_that_refuses_a_token_is_named_and_the_token_is_not(
    server: ConnectServer,
) -> None:
    address = server.address.replace(TOKEN, f"{TOKEN}wrong")

    with pytest.raises(SourceError, match="refuses") as refused, spark_session(address):
        pass

    assert f"sc://localhost:{server.port}" in str(refused.value)
    assert "token" in refused.value.hint
    assert TOKEN not in logged(refused.value)


def test_a_session_of_our_own_whose_java_has_ended_is_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_without_spark()

    def refused() -> None:
        raise ConnectionRefusedError  # what PySpark lets through when nobody is behind it

    monkeypatch.setattr("pyspark.sql.SparkSession.getActiveSession", refused)

    with pytest.raises(SourceError, match="has ended") as ended, spark_session("local[1]"):
        pass

    assert "Start Threat Desk again" in ended.value.hint


@pytest.mark.usefixtures("impatient")
def test_no_command_tells_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    leave_out_without_spark()
    port = free_port()
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(
        SOURCES.replace('kind = "extract"', 'kind = "extract"\nengine = "spark"')
    )
    for name, value in {
        "PLAN": str(SALTMARSH),
        "DATA": str(tmp_path),
        "SOURCES": str(tmp_path / "sources.toml"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
        "SPARK": f"sc://127.0.0.1:{port}/;token={TOKEN};x-api-key={TOKEN}",
    }.items():
        monkeypatch.setenv(f"THREATDESK_{name}", value)
    monkeypatch.chdir(tmp_path)

    for command in ("check", "load", "doctor"):
        threatdesk(command)

    said = "".join(capfd.readouterr())
    written = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert f"Spark at sc://127.0.0.1:{port} does not answer" in said
    assert TOKEN not in said
    assert TOKEN.encode() not in written


@pytest.mark.parametrize(
    "address",
    [
        f"sc://host:15002;token={TOKEN}",
        f"sc://host:15002/;token={TOKEN}==",
        f"sc://host:15002/;token={TOKEN}/x",
        f"sc://host:15002/;token={TOKEN}?x",
        f"sc://host:15002/;token={TOKEN}%0a",
        f"sc://host:15002/;token={TOKEN}é",
        f"sc://host:15002/;X-Token={TOKEN}",
        f"sc://host:15002/{TOKEN}",
        f"sc://host:{TOKEN}",
        f"sc://host:99999/;token={TOKEN}",
        f"sc://someone:{TOKEN}@host",
        f"sc:///;token={TOKEN}",
        f"SC://host/;token={TOKEN}",
        f"sc:/host/;token={TOKEN}",
        f"someone:{TOKEN}@host",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(SourceError, match="THREATDESK_SPARK") as refused, spark_session(address):
        pass

    assert TOKEN not in logged(refused.value)
    assert "sc://host:15002" in refused.value.hint


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sc://host", "sc://host"),
        ("sc://host:15002/", "sc://host:15002"),
        (f"sc://a.b-c.example:443/;token={TOKEN};use_ssl=true", "sc://a.b-c.example:443"),
        (f"sc://[::1]:15002/;x-cluster-id=0-1_a.b;token={TOKEN}%3D%3D;", "sc://[::1]:15002"),
    ],
)
def test_an_address_is_told_without_what_it_shows_to_the_server(address: str, name: str) -> None:
    server = read_address(address)

    assert server.address == address
    assert server.name == name
    assert TOKEN not in f"{server!r} {server.without_secrets(address)}"


def test_what_a_server_says_is_told_without_what_it_was_shown() -> None:
    server = read_address(f"sc://host/;user_id={TOKEN[:6]};token={TOKEN}%3D")

    said = server.without_secrets(f"{TOKEN}= and {TOKEN}%3D are unknown")

    assert said == "[removed] and [removed] are unknown"
