"""A Slack of our own on loopback: state, limits, scopes, signatures, sockets and faults."""

from tests.fakes.faults import Fault
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.fakes.slack.workspace import BOT_USER, Channel, File, Message, Shown, View

__all__ = [
    "APP_TOKEN",
    "BOT_TOKEN",
    "BOT_USER",
    "SIGNING_SECRET",
    "Channel",
    "FakeSlack",
    "Fault",
    "File",
    "Message",
    "Shown",
    "View",
]
