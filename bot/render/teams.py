"""Render a reply as an Adaptive Card 1.5 for Microsoft Teams: of a bot, or only posted.

Every word is shown as it is said, never read as markup.  No colour is set, so that a card is as
easy to read in the light theme as in the dark one.  What has no room is left out and said; a card
that Teams would refuse is a fault of ours, and is raised before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.render.fit import clean, is_blank
from bot.render.signs import badges
from bot.render.teams_actions import (
    FORM,
    RUN,
    SHARE,
    Pressed,
    action_set,
    can_carry,
    read_pressed,
    share,
)
from bot.render.teams_blocks import Part, Writer, hint, small_print
from bot.render.teams_limits import (
    BOT_ROOM,
    MAX_ACTIONS,
    POST_ROOM,
    SCHEMA,
    VERSION,
    check,
    weight,
)
from bot.render.teams_text import line, text_block, words
from bot.replies import Footnote, Reply

__all__ = [
    "BOT_ROOM",
    "FORM",
    "POST_ROOM",
    "RUN",
    "SHARE",
    "Card",
    "Pressed",
    "check",
    "read_pressed",
    "render",
    "summary",
]

Card = dict[str, Any]
"""The content of an attachment `application/vnd.microsoft.card.adaptive`."""

NO_SUMMARY: Final = "An answer from Threat Desk"
"""Stands for a reply that says nothing."""

MAX_SUMMARY: Final = 600
"""Bytes of a notification's text: some 300 letters, more than a locked phone shows."""


def render(
    reply: Reply,
    *,
    pictures: Mapping[int, bytes] | None = None,
    room: int = BOT_ROOM,
    is_post_only: bool = False,
) -> Card:
    """Return a reply as a card.

    Args:
        reply: What is said.
        pictures: The PNG that shows a chart, by the chart's place in `reply.blocks`.  A chart
            without one is told in words, so that words need not wait for the picture.
        room: Bytes that the card may take as UTF-16, pictures not counted.
        is_post_only: Nothing can be pressed, as in a workflow's webhook: no buttons, fields or
            pictures; what to ask for is printed; no more than `POST_ROOM`.

    Raises:
        ValueError: The card would be refused, or `room` is too small for any.  That is a fault
            of this module or of its caller.
    """
    room = min(room, POST_ROOM) if is_post_only else room
    card = _empty_card(reply)
    left = room - weight(card)
    writer = Writer(reply.blocks, pictures=pictures or {}, room=left, is_post_only=is_post_only)
    sharing = _share(reply.share, is_post_only=is_post_only)
    parts = _parts(reply, writer, sharing, left)
    card["body"] = [element for part in parts for element in part]
    problems = check(card, room=room, is_post_only=is_post_only)
    if problems:
        raise ValueError("Teams would refuse this: " + " ".join(problems[:5]))
    return card


def summary(reply: Reply) -> str:
    """Return the text of the notification, which is also what a client without cards shows."""
    text = NO_SUMMARY if is_blank(clean(reply.summary)) else reply.summary
    return line(text, MAX_SUMMARY)


def _empty_card(reply: Reply) -> Card:
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": "en",
        "fallbackText": summary(reply),
        "msteams": {"width": "full"},  # wider where there is room; "Full" is refused by the SDK
        "body": [],
    }


def _parts(reply: Reply, writer: Writer, sharing: list[Part], room: int) -> list[Part]:
    """Return the parts of a reply, cut to `room`; badges, share button and footnote always stay."""
    parts: list[Part] = []
    footnote = -1
    for place, block in enumerate(reply.blocks):
        for part in writer.write(place, block):
            footnote = len(parts) if isinstance(block, Footnote) else footnote
            parts.append(part)
    if not parts:
        parts = [[text_block(words(reply.summary or NO_SUMMARY, MAX_SUMMARY))]]
    shown = " · ".join(badges(reply))
    if shown:
        place = 1 if parts[0][0].get("style") == "heading" else 0
        footnote += 1 if footnote >= place else 0
        badge = text_block(line(shown, MAX_SUMMARY), weight="Bolder", spacing="Small")
        parts.insert(place, [badge])
    kept = _fitted(parts, footnote, room - weight(sharing))
    if footnote >= 0 and kept[-1] is parts[footnote]:
        return [*_with_share(kept[:-1], sharing), kept[-1]]
    return _with_share(kept, sharing)


def _fitted(parts: list[Part], footnote: int, room: int) -> list[Part]:
    """Return as many of the first parts as there is room for, and say how many are left out.

    Args:
        parts: All of them.
        footnote: The place of the part that stays in any case, with its as-at date; -1: none.
        room: Bytes that the parts may take.
    """
    sizes = [weight(part) for part in parts]
    if sum(sizes) <= room:
        return parts
    always = [parts[footnote]] if footnote >= 0 else []
    room -= weight(_left_out(len(parts))) + weight(always)
    kept = 0
    while kept == footnote or sizes[kept] <= room:
        room -= 0 if kept == footnote else sizes[kept]
        kept += 1
    always = always if footnote >= kept else []
    return [*parts[:kept], _left_out(len(parts) - kept - len(always)), *always]


def _left_out(number: int) -> Part:
    parts = "part" if number == 1 else "parts"
    return [small_print(f"… {number:,} more {parts} left out: Teams shows no longer messages.")]


def _share(command: str, *, is_post_only: bool) -> list[Part]:
    """Return the button that answers again in the channel, or how to ask; none without a command.

    A command that is too long for a button is none that somebody could share.
    """
    if not can_carry(command):
        return []
    if is_post_only:
        return [[small_print(hint(command))]]
    return [[action_set([share(command)])]]


def _with_share(parts: list[Part], sharing: list[Part]) -> list[Part]:
    """Put the share button behind the last row of buttons that has room, else behind all."""
    for n in reversed(range(len(parts)) if sharing else ()):
        row = parts[n][0]
        actions = [*row.get("actions", []), *sharing[0][0].get("actions", [])]
        if row["type"] == "ActionSet" and 1 < len(actions) <= MAX_ACTIONS:
            return [*parts[:n], [action_set(actions)], *parts[n + 1 :]]
    return [*parts, *sharing]
