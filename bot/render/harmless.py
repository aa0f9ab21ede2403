"""Words made harmless for chat: nothing that is said can call anyone, or lead anywhere.

Clients make links of their own accord of addresses, of channels and of people's names, also in
plain text (https://docs.slack.dev/messaging/formatting-message-text#automatic-parsing).  An unseen
character without width, put inside what they look for, stops that; it also stops a line break.
"""

from __future__ import annotations

import re
from typing import Final

from bot.render.fit import clean

WORD_JOINER: Final = "\u2060"

NOTHING: Final = "–"
"""Stands where a platform insists on a text and there is none."""

_LIVE: Final = re.compile(
    r"@(?=\w)"  # people, @here, @channel, the middle of an e-mail address
    r"|\#(?=\w)"  # channels
    r"|<(?=[@\#!/A-Za-z])"  # <@U…>, <!channel>, <https://…>
    r"|(?<=[A-Za-z]):(?=[\w/+@~])"  # https://, mailto:, tel:
    r"|:(?=[\w+\-]+:)"  # :emoji:
    r"|(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_]{2})"  # example.com
)
"""The character after which a thing would come alive."""


def harmless(text: str) -> str:
    """Return the text, looking the same, with nothing in it that a client would make live.

    Doing it twice changes nothing more: that is how the checks of the platforms' limits look
    for it.
    """
    return _LIVE.sub(lambda found: found.group() + WORD_JOINER, clean(text))
