"""The log says what happened and under which reference, and nothing that anybody asked."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from prometheus_client import CollectorRegistry
from structlog.contextvars import bound_contextvars

from bot.answer import Request
from bot.handlers.command import Asked
from bot.observing.answers import observed
from bot.observing.instruments import Instruments
from bot.observing.logs import LOG_FILE, OWN, QUIET, keep_log, log_to_screen
from bot.people import Person, Role
from bot.redaction import REMOVED, unspoken
from bot.replies import Reply
from config.settings import LogForm
from metrics.errors import ThreatDeskError
from metrics.model import Catalogue
from tests.bot.test_answer import BrokenAudit, KeptAudit, a_desk, raising
from tests.bot.test_jobs import Desk as Workers
from tests.bot.test_jobs import desk, failing, runs  # noqa: F401 - fixtures

CHIEF = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)
NOON = datetime(2013, 12, 11, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    """Leave other tests the loggers that they found."""
    root = logging.getLogger()
    names = (None, *OWN, *QUIET)
    before, handlers = [logging.getLogger(one).level for one in names], list(root.handlers)
    yield
    for name, level in zip(names, before, strict=True):
        logging.getLogger(name).setLevel(level)
    for one in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(one)
        one.close()


@pytest.fixture
def screen() -> io.StringIO:
    """What machines read."""
    stream = io.StringIO()
    log_to_screen(LogForm.JSON, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def asked(catalogue: Catalogue, handler: Any, text: str, **more: Any) -> Reply:
    made = a_desk(catalogue, handler, **{"audit": KeptAudit(), **more})
    instruments = Instruments(CollectorRegistry(), version="1")
    settle = observed(made.settle, platform="slack", instruments=instruments)
    return settle(Request(text=text, person=CHIEF, at=NOON)).reply


def fail(error: Exception) -> NoReturn:
    """Raise it."""
    raise error


def fine(_: Asked) -> Reply:
    return Reply(summary="Fine.", blocks=())


def test_an_answer_leaves_one_line_with_its_reference(
    saltmarsh: Catalogue, screen: io.StringIO
) -> None:
    asked(saltmarsh, fine, "/where ebb tide")

    [line] = lines(screen)
    assert line["event"] == "asked"
    assert line["level"] == "info"
    assert line["logger"] == "bot.observing.answers"
    assert (line["platform"], line["command"], line["outcome"], line["surface"]) == (
        "slack", "where", "answered", "private",
    )  # fmt: skip
    assert line["reference"] == "R-3F2A"
    assert line["seconds"] >= 0
    assert "ebb" not in screen.getvalue()
    assert "jane" not in screen.getvalue().casefold()


def test_the_reference_that_a_failure_shows_is_found_with_its_traceback(
    saltmarsh: Catalogue, screen: io.StringIO
) -> None:
    reply = asked(
        saltmarsh, raising(KeyError("ebb tide")), "/where ebb tide", reference=lambda: "R-0B5E55"
    )

    assert "R-0B5E55" in repr(reply)
    error, line = lines(screen)
    assert (error["reference"], line["reference"]) == ("R-0B5E55", "R-0B5E55")
    assert error["level"] == "error"
    assert error["platform"] == "slack"
    assert "test_answer.py" in error["exception"]
    assert "builtins.KeyError" in error["exception"]
    assert line["failure"] == "unexpected"


@pytest.mark.parametrize(
    ("handler", "more", "failure"),
    [
        (raising(ThreatDeskError("The tide is out.")), {}, "foreseen"),
        (fine, {"audit": BrokenAudit()}, "not_recorded"),
    ],
)
def test_every_failure_of_ours_is_of_a_kind(
    saltmarsh: Catalogue,
    screen: io.StringIO,
    handler: Any,
    more: dict[str, Any],
    failure: str,
) -> None:
    asked(saltmarsh, handler, "/where", **more)

    assert lines(screen)[-1]["failure"] == failure


@pytest.mark.parametrize("form", LogForm)
def test_what_an_error_quotes_of_a_request_is_taken_out(
    saltmarsh: Catalogue, form: LogForm
) -> None:
    stream = io.StringIO()
    log_to_screen(form, stream)

    def broken(asked: Asked) -> Reply:
        try:
            fail(KeyError(asked.words))
        except KeyError as error:
            raise ValueError(f"no {asked.person.name}, no {asked.words.upper()}") from error

    asked(saltmarsh, broken, "/where Fontwell Lane")

    said = stream.getvalue()
    assert "ValueError" in said
    assert "KeyError" in said
    for secret in ("fontwell", "lane", "jane", "smith"):
        assert secret not in said.casefold(), secret


def test_words_of_one_request_are_not_kept_from_the_next(screen: io.StringIO) -> None:
    with unspoken(["Fontwell"]):
        pass
    try:
        fail(KeyError("Fontwell".upper()))  # not in this line, which the traceback shows
    except KeyError:
        logging.getLogger("bot.test").exception("failed")

    assert "FONTWELL" in lines(screen)[0]["exception"]


SECRET = "-".join(("xoxb", "12", "abc"))


@pytest.mark.parametrize("form", LogForm)
def test_no_secret_is_logged_wherever_it_stands(form: LogForm) -> None:
    stream = io.StringIO()
    log_to_screen(form, stream)
    log = logging.getLogger("bot.test")

    log.warning("took %s", SECRET)
    log.warning("failed", extra={"job": SECRET})
    with bound_contextvars(reference=SECRET):
        log.warning("again")
    try:
        fail(RuntimeError(SECRET))
    except RuntimeError:
        log.exception("and again")

    assert "abc" not in stream.getvalue()
    assert stream.getvalue().count(REMOVED) == 4


def test_what_a_filter_has_written_out_is_kept(screen: io.StringIO) -> None:
    """Slack's own loggers hide addresses in the traceback before a handler sees it."""
    record = logging.LogRecord("bot.x", logging.ERROR, __file__, 1, "failed", (), None)
    record.exc_text = "Traceback: ValueError"
    logging.getLogger().handle(record)

    assert lines(screen)[0]["exception"] == "Traceback: ValueError"


def test_no_word_begins_a_line_of_its_own() -> None:
    stream = io.StringIO()
    log_to_screen(LogForm.TEXT, stream)

    logging.getLogger("bot.test").warning("ended\n2026-01-01 INFO bot: forged\x1b[2J")

    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_people_read_a_line(screen: io.StringIO) -> None:
    stream = io.StringIO()
    log_to_screen(LogForm.TEXT, stream)

    with bound_contextvars(job="daily"):
        logging.getLogger("bot.test").info("begins", extra={"day": str(date(2013, 12, 11))})

    assert stream.getvalue().endswith("INFO bot.test: begins day=2013-12-11 job=daily\n")


def test_nothing_else_that_is_handed_over_is_written(screen: io.StringIO) -> None:
    logging.getLogger("bot.test").warning("failed", extra={"body": "Fontwell Lane"})

    assert "Fontwell" not in screen.getvalue()


@pytest.mark.parametrize("name", ["uvicorn.access", "slack_bolt.App", "apscheduler.scheduler"])
def test_libraries_that_say_too_much_are_quiet(screen: io.StringIO, name: str) -> None:
    logging.getLogger(name).warning("POST /slack/events text=Fontwell")

    assert screen.getvalue() == ""


def test_other_libraries_are_heard_when_something_is_wrong(screen: io.StringIO) -> None:
    logging.getLogger("sqlalchemy.pool").info("a connection")
    logging.getLogger("sqlalchemy.pool").warning("no connection")

    assert [one["event"] for one in lines(screen)] == ["no connection"]


def test_the_file_holds_what_is_wrong_and_the_screen_everything(tmp_path: Path) -> None:
    stream = io.StringIO()
    keep_log(tmp_path / "data", LogForm.TEXT)
    log_to_screen(LogForm.TEXT, stream)

    logging.getLogger("bot.test").info("fine")
    logging.getLogger("bot.test").warning("wrong")

    kept = (tmp_path / "data" / LOG_FILE).read_text(encoding="utf-8")
    assert "wrong" in kept
    assert "fine" not in kept
    assert "fine" in stream.getvalue()


def test_setting_it_up_again_says_nothing_twice(tmp_path: Path) -> None:
    keep_log(tmp_path, LogForm.TEXT)
    keep_log(tmp_path, LogForm.TEXT)

    logging.getLogger("bot.test").warning("wrong")

    assert (tmp_path / LOG_FILE).read_text(encoding="utf-8").count("wrong") == 1


def test_a_folder_that_cannot_be_made_keeps_nothing_from_being_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    keep_log(tmp_path / "file" / "data", LogForm.TEXT)

    logging.getLogger("bot.test").warning("wrong")

    assert "wrong" in capsys.readouterr().err


def test_a_run_that_fails_is_found_by_the_reference_that_operators_are_told(
    screen: io.StringIO,
    desk: Workers,  # noqa: F811
) -> None:
    desk.worker("one", failing(desk, KeyError("a bug"))).tick()

    [words] = desk.told.values()
    [reference] = [word.rstrip(".") for word in words.split() if word.startswith("R-")]
    begun, failed = lines(screen)
    assert begun["reference"] == failed["reference"] == reference
    assert failed["job"] == "daily"
    assert "KeyError" in failed["exception"]
