"""What Slack's own libraries may write to the log: nothing that was asked, and no secret."""

from __future__ import annotations

import logging
import re
from typing import Final

_SECRETS: Final = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # tokens
    r"|(?<=ticket=)[^&\s'\"]+"  # of a socket, good for one connection
    # Addresses that anyone may post to.
    r"|https?://[^\s'\"]*/(?:response|commands|actions|services|upload)/[^\s'\"]+"
)
HIDDEN: Final = "(hidden)"


def hide(text: str) -> str:
    """Return a text without tokens and without addresses that anyone may post to."""
    return _SECRETS.sub(HIDDEN, text)


class Hiding(logging.Filter):
    """Hides secrets in a record, and in the traceback that goes with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through, cleaned."""
        record.msg, record.args = hide(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = hide(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def logger(name: str) -> logging.Logger:
    """Return a logger that hides secrets."""
    log = logging.getLogger(name)
    if not any(isinstance(one, Hiding) for one in log.filters):
        log.addFilter(Hiding())
    return log


def sdk_logger() -> logging.Logger:
    """Return the logger that Slack's libraries are given.

    Below ERROR they write bodies of requests: of a wrong signature at INFO, of what nobody
    listens to at WARNING (slack_bolt 1.30, request_verification and async_app).
    """
    log = logger("bot.channels.slack.sdk")
    log.setLevel(logging.ERROR)
    return log
