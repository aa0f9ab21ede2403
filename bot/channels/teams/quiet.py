"""What Teams' libraries may write to the log: nothing that was asked, and no secret."""

from __future__ import annotations

import logging
from typing import Final

from bot.channels.hiding import hush, logger

TALKATIVE: Final = {
    "httpx": logging.WARNING,  # every address that is called, at INFO
    "microsoft_teams.api.clients.conversation.activity": logging.WARNING,
    "microsoft_teams.apps.app_process": logging.WARNING,
    "microsoft_teams.apps.auth.token_validator": logging.CRITICAL,  # addresses that callers give
    "microsoft_teams.apps.http.http_server": logging.WARNING,
    "microsoft_teams.apps.token_manager": logging.CRITICAL,  # Entra's own words, at ERROR
    "microsoft_teams.common.http.client": logging.WARNING,  # what was sent, at DEBUG
}
"""Loggers, and what they may say at least: below that they repeat what nobody should read
(microsoft-teams-apps 2.1, httpx 0.28)."""

__all__ = ["TALKATIVE", "hush_libraries", "logger"]


def hush_libraries() -> None:
    """Keep the libraries from saying what is less than trouble.

    It is done by filters: the SDK sets the level of httpx's logger as it likes.
    """
    for name, least in TALKATIVE.items():
        hush(name, least=least)
