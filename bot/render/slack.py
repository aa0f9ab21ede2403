"""Render a reply as Slack Block Kit: messages, dialogues and the App Home.

Words travel as plain text or as rich text, never as markup.  What has no room is left out and
said; a payload that Slack would refuse is a fault of ours, and is raised before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.render import slack_limits as limits
from bot.render.fit import is_blank, shorten
from bot.render.harmless import harmless
from bot.render.signs import badges
from bot.render.slack_blocks import RUN, Writer, actions, context
from bot.render.slack_forms import ANSWER, FORM, render_form
from bot.render.slack_limits import check, check_view, weight
from bot.render.slack_text import Payload, escape, plain, size
from bot.replies import Footnote, Paragraph, Reply

__all__ = [
    "ANSWER",
    "FORM",
    "RUN",
    "SHARE",
    "check",
    "check_view",
    "render",
    "render_form",
    "render_home",
]

SHARE: Final = "share"
"""The `action_id` of the button whose value is the command to be answered in the channel."""

TOO_LONG: Final = "no longer messages"
"""Why parts are left out that are few, but long."""

NO_SUMMARY: Final = "An answer from Threat Desk"
"""The fallback text where a reply has none: Slack insists on one."""


def render(reply: Reply, *, charts: Mapping[int, str] | None = None) -> Payload:
    """Return the keyword arguments `text` and `blocks` of `chat.postMessage` or `respond`.

    Args:
        reply: What is said.
        charts: The Slack file that shows a chart, by the chart's place in `reply.blocks`.  A
            chart without one is told in words, so that words need not wait for the picture.

    Raises:
        ValueError: The message would be refused.  That is a fault of this module.
    """
    summary = harmless(reply.summary).strip()
    text = NO_SUMMARY if is_blank(summary) else summary
    payload = {
        "text": escape(shorten(text, limits.MAX_FALLBACK, measure=size)),
        "blocks": _message(reply, charts or {}, limits.MAX_BLOCKS, limits.MAX_MESSAGE),
    }
    return _sound(payload, check(payload))


def render_home(reply: Reply, *, charts: Mapping[int, str] | None = None) -> Payload:
    """Return a view for the App Home, where Slack has no tables of its own.

    Args:
        reply: What is shown.
        charts: Files that show its charts, as for `render`.

    Raises:
        ValueError: The view would be refused.  That is a fault of this module.
    """
    blocks = _message(reply, charts or {}, limits.MAX_VIEW_BLOCKS, None)
    view = {"type": "home", "blocks": blocks}
    return _sound(view, check_view(view))


def _sound(payload: Payload, problems: list[str]) -> Payload:
    if problems:
        raise ValueError("Slack would refuse this: " + " ".join(problems[:5]))
    return payload


def _message(reply: Reply, charts: Mapping[int, str], most: int, room: int | None) -> list[Payload]:
    """Return the blocks of a reply, cut to `most` blocks and, in a message, to `room`."""
    writer = Writer(charts=charts, native_tables=limits.MAX_TABLES if room is not None else 0)
    blocks = [made for n, block in enumerate(reply.blocks) for made in writer.write(n, block)]
    if not blocks:
        blocks = list(writer.write(-1, Paragraph(text=reply.summary or NO_SUMMARY)))
    shown = badges(reply)
    if shown and blocks:
        place = 1 if blocks[0]["type"] == "header" else 0
        blocks.insert(place, context("   ".join(shown)))
    if not blocks:
        blocks = [context(NO_SUMMARY)]
    share = _share(reply.share)
    has_footnote = bool(reply.blocks) and isinstance(reply.blocks[-1], Footnote)
    tail = blocks[-1:] if has_footnote and blocks[-1]["type"] == "context" else []
    kept = _fitted(blocks[: len(blocks) - len(tail)], [*share, *tail], most, room)
    return _with_share(kept, share) + tail


def _fitted(
    blocks: list[Payload], reserved: list[Payload], most: int, room: int | None
) -> list[Payload]:
    """Return as many of the first blocks as there is room for, and say how many are left out."""
    most -= len(reserved)
    free = None if room is None else room - weight(reserved)
    if len(blocks) <= most and (free is None or weight(blocks) <= free):
        return blocks
    kept: list[Payload] = []
    too_many = f"{most + len(reserved)} at most"
    used = max(weight(_left_out(len(blocks), why)) for why in (too_many, TOO_LONG))
    for block in blocks:
        used += weight(block)
        if len(kept) + 1 >= most or (free is not None and used > free):
            break
        kept.append(block)
    why = too_many if len(kept) + 1 >= most else TOO_LONG
    return [*kept, _left_out(len(blocks) - len(kept), why)]


def _left_out(number: int, why: str) -> Payload:
    parts = "part" if number == 1 else "parts"
    return context(f"… {number:,} more {parts} left out: Slack shows {why}.")


def _share(command: str) -> list[Payload]:
    """Return the button that answers again in the channel; none where Slack cannot carry it."""
    if is_blank(command) or size(command) > limits.MAX_BUTTON_VALUE:
        return []
    button = {"type": "button", "action_id": SHARE, "value": command}
    return [actions([button | {"text": plain("Share to channel", limits.MAX_BUTTON)}])]


def _with_share(blocks: list[Payload], share: list[Payload]) -> list[Payload]:
    """Put the share button behind the last row of buttons, if it is the last thing shown."""
    if share and blocks and blocks[-1]["type"] == "actions":
        elements = [*blocks[-1]["elements"], *share[0]["elements"]]
        if len(elements) <= limits.MAX_ACTIONS:
            return [*blocks[:-1], actions(elements)]
    return blocks + share
