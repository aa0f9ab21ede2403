"""The log: set up once, by the entry points, for every library and every thread.

A line says what happened, where in the product, and under which reference; of a request also the
platform, the command, the outcome and the snapshot.  It never says what was asked or by whom: what
an error quotes of a request is taken out (`bot.redaction`), and so is whatever looks like a secret.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO

from structlog.contextvars import merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor

from bot.redaction import without_secrets, without_words
from config.settings import LogForm

LOG_FILE: Final = "threatdesk.log"
LOG_BYTES: Final = 5_000_000
LOG_FILES: Final = 3

OWN: Final = ("bot", "config", "metrics", "store")
"""Our own packages: they may say what goes well, too.  Others are heard when something is wrong."""

QUIET: Final[Mapping[str, int]] = {
    "aiohttp": logging.ERROR,
    "apscheduler": logging.ERROR,  # that a look was skipped because one still goes on is no news
    "microsoft_teams": logging.ERROR,
    "slack_bolt": logging.ERROR,  # below, it writes bodies of requests
    "slack_sdk": logging.ERROR,
    "uvicorn.access": logging.CRITICAL,  # it would hold what people ask
}
"""Libraries that say too much even as warnings."""

FIELDS: Final = (
    "force",
    "reference",
    "platform",
    "surface",
    "command",
    "outcome",
    "failure",
    "snapshot",
    "seconds",
    "job",
    "day",
)
"""What a line may say beside its words; anything else that is handed over is left out."""

MADE_HERE: Final = frozenset({"exception", "level", "logger", "timestamp", "seconds"})
"""What needs no cleaning: it holds nobody's words, or has been cleaned."""

NAME: Final = "threatdesk"
"""Of our handlers, so that they are replaced and others left alone."""


def keep_log(folder: Path, form: LogForm) -> None:
    """Write warnings and errors to a file in a folder; where that cannot be, to the error stream.

    It replaces what was set up before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / LOG_FILE,
            maxBytes=LOG_BYTES,
            backupCount=LOG_FILES,
            encoding="utf-8",
            delay=True,
        )
    except OSError:  # a folder that may not be made must not keep anything from being said
        handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    _use([handler], form)


def log_to_screen(form: LogForm, stream: TextIO | None = None) -> None:
    """Write everything to the error stream as well: how servers are watched.

    Args:
        form: For people or for machines.
        stream: Instead of the error stream.
    """
    ours = [one for one in logging.getLogger().handlers if _is_ours(one)]
    _use([*ours, logging.StreamHandler(stream or sys.stderr)], form)


def _use(handlers: list[logging.Handler], form: LogForm) -> None:
    root = logging.getLogger()
    for old in [one for one in root.handlers if _is_ours(one) and one not in handlers]:
        root.removeHandler(old)
        old.close()
    for new in handlers:
        new.set_name(NAME)
        new.setFormatter(formatter(form))
        if new not in root.handlers:
            root.addHandler(new)
    root.setLevel(logging.WARNING)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def _is_ours(handler: logging.Handler) -> bool:
    return handler.get_name() == NAME


def formatter(form: LogForm) -> ProcessorFormatter:
    """Return what makes a line of a record."""
    prepare: list[Processor] = [
        merge_contextvars,
        ExtraAdder(allow=FIELDS),
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso", utc=True),
        _say_error,
        _clean,
    ]
    write: Processor = JSONRenderer(ensure_ascii=False) if form is LogForm.JSON else _as_text
    return ProcessorFormatter(
        foreign_pre_chain=prepare,
        processors=[ProcessorFormatter.remove_processors_meta, write],
    )


def _say_error(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Write the error out, without what it quotes of a request."""
    record: logging.LogRecord = line["_record"]
    found = line.pop("exc_info", None)
    if found and found[1] is not None:
        line["exception"] = "".join(error_lines(found[1]))
    elif record.exc_text:  # a filter has written it out already
        line["exception"] = without_words(record.exc_text)
    return line


def error_lines(error: BaseException) -> Iterator[str]:
    """Write an error and what it came from, the first cause first: where, of what kind, and why.

    Only what it says is cleaned: places in our own source are left as they are.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from error_lines(cause)
    yield from traceback.format_tb(error.__traceback__)
    said = without_words(str(error)).replace("\n", "\n  ")
    yield f"{type(error).__module__}.{type(error).__qualname__}: {said}\n"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from error_lines(one)


def _clean(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Take secrets out of every word, and let no word begin a line of its own."""
    for key, value in list(line.items()):
        if value in (None, "") and key != "event":
            del line[key]  # what there is none of needs no word
        elif isinstance(value, str) and key not in MADE_HERE:
            line[key] = _on_one_line(without_secrets(value))
    return line


def _on_one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _as_text(_logger: object, _method: str, line: EventDict) -> str:
    said: dict[str, Any] = dict(line)
    moment, level = said.pop("timestamp"), said.pop("level").upper()
    name, event = said.pop("logger"), said.pop("event")
    error = said.pop("exception", "")
    more = "".join(f" {key}={value}" for key, value in sorted(said.items()))
    below = "".join(f"\n  {one}" for one in error.splitlines())
    return f"{moment} {level} {name}: {event}{more}{below}"
