"""A Teams of our own on loopback: state, keys and tokens, limits, refusals and faults."""

from tests.fakes.faults import Fault
from tests.fakes.teams.connector_api import BOT_LIMIT, Call
from tests.fakes.teams.delivery import APP_ID, BOT, BOT_NAME, Ack
from tests.fakes.teams.keys import strange_key
from tests.fakes.teams.server import BOT_TOKEN, CLIENT_SECRET, FakeTeams
from tests.fakes.teams.tenant import (
    AMIR,
    CHANNEL,
    CHAT,
    JANE,
    TENANT,
    Message,
    Place,
    Shown,
    account,
)

__all__ = [
    "AMIR",
    "APP_ID",
    "BOT",
    "BOT_LIMIT",
    "BOT_NAME",
    "BOT_TOKEN",
    "CHANNEL",
    "CHAT",
    "CLIENT_SECRET",
    "JANE",
    "TENANT",
    "Ack",
    "Call",
    "FakeTeams",
    "Fault",
    "Message",
    "Place",
    "Shown",
    "account",
    "strange_key",
]
