"""How Teams names places, people and messages."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from bot.conversations import Conversation

TEAMS: Final = "teams"
"""The platform's name in addresses and in people.toml."""

GLOBAL_SERVICE_URL: Final = "https://smba.trafficmanager.net/teams/"
"""Where messages are taken for a place that was never heard
(learn.microsoft.com, Proactive messages: the service URL when none is known)."""

THREAD: Final = ";messageid="
"""Stands between the id of a channel and the message that a thread began with."""

_PERSON: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CHANNEL: Final = re.compile(r"19:[^@]+@thread\.(?:tacv2|skype)")


def is_person(address: str) -> bool:
    """Whether an address is a person's Entra object id."""
    return _PERSON.fullmatch(address) is not None


def has_threads(conversation: str) -> bool:
    """Whether messages stand under others there: in a channel, and in no chat."""
    return _CHANNEL.fullmatch(without_thread(conversation)) is not None


def without_thread(conversation: str) -> str:
    """Return the id of the channel itself, of a thread in it."""
    return conversation.partition(THREAD)[0]


def in_thread(conversation: str, message: str) -> str:
    """Return the id of the thread of a message; of the place itself where there are no threads."""
    place = without_thread(conversation)
    return f"{place}{THREAD}{message}" if message and has_threads(place) else conversation


def is_safe(service_url: str) -> bool:
    """Whether the app's token may be sent there: encrypted, or not leaving this machine."""
    try:
        url = urlsplit(service_url)
        return url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or ""))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as far as its name says."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def name_message(conversation: Conversation, message: str) -> str:
    """Return what alone is enough to edit a message, or to post under it."""
    return f"{without_thread(conversation.id)} {message} {conversation.service_url}"


def read_message(name: str) -> tuple[Conversation, str]:
    """Return the place and the id of a message that `name_message` named."""
    conversation, message, service_url = name.split(" ", 2)
    return Conversation(id=conversation, service_url=service_url), message
