"""The app's Home: what is of interest to one person, made anew when they open it."""

from __future__ import annotations

from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.channels.slack.pictures import Pictures
from bot.channels.slack.views import home_view
from bot.replies import Reply

log = quiet.logger(__name__)

HOME_COMMAND = "/threatdesk home"
"""What the Home shows is the answer to this."""


async def publish_home(user: str, reply: Reply, *, clients: Clients, pictures: Pictures) -> None:
    """Show a reply as somebody's Home: first the words, then the pictures."""
    try:
        await clients.patient.views_publish(user_id=user, view=home_view(reply))
        if files := await pictures.upload(reply):
            await clients.patient.views_publish(user_id=user, view=home_view(reply, files=files))
    except TROUBLE as error:
        log.warning("a Home could not be shown: %s", reason(error))
