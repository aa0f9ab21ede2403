"""What a channel writes to the log: no secret, and nothing of what a library says in passing."""

from __future__ import annotations

import logging

from bot.redaction import without_secrets


class Hiding(logging.Filter):
    """Hides secrets in a record, and in the traceback that goes with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through, cleaned."""
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:
            told = logging.Formatter().formatException(record.exc_info)
            record.exc_text, record.exc_info = without_secrets(told), None
        return True


class OnlyTrouble(logging.Filter):
    """Lets through what is at least a warning, cleaned, whatever level a library sets."""

    def __init__(self, least: int = logging.WARNING) -> None:
        super().__init__()
        self._least = least
        self._hiding = Hiding()

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the record, or let it through cleaned."""
        return record.levelno >= self._least and self._hiding.filter(record)


def logger(name: str) -> logging.Logger:
    """Return a logger that hides secrets."""
    log = logging.getLogger(name)
    if not any(isinstance(one, Hiding) for one in log.filters):
        log.addFilter(Hiding())
    return log


def hush(name: str, *, least: int = logging.WARNING) -> None:
    """Keep a library's logger from saying what is less than trouble: it repeats addresses."""
    log = logging.getLogger(name)
    log.setLevel(max(log.level, least))  # for the loggers below it, which filters do not reach
    if not any(isinstance(one, OnlyTrouble) for one in log.filters):
        log.addFilter(OnlyTrouble(least))
