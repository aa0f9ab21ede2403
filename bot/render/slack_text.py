"""Words for Slack.

Everything is sent as plain text, which Slack does not read as markup, and harmless (`harmless`).
"""

from __future__ import annotations

from typing import Any

from bot.render.fit import is_blank, shorten
from bot.render.harmless import NOTHING, harmless

Payload = dict[str, Any]


def size(text: str) -> int:
    """Return how long Slack may take a text to be: UTF-16 units, with & < > escaped.

    Slack does not say how it counts.  This is the longest of the readings that make sense.
    """
    units = len(text) + sum(1 for character in text if character > "\uffff")
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def words(text: str, room: int) -> str:
    """Return harmless words of at most `room`, cut and marked if need be; never empty."""
    said = harmless(text).strip()
    return NOTHING if is_blank(said) else shorten(said, room, measure=size)


def plain(text: str, room: int) -> Payload:
    """Return a text object that is never read as markup."""
    return {"type": "plain_text", "text": words(text, room), "emoji": False}


def escape(text: str) -> str:
    """Stop the fallback text, which is markup, from becoming a mention, a channel or a link.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich(*sections: Payload) -> Payload:
    """Return a rich text block, in which markup is structure and words are only words."""
    return {"type": "rich_text", "elements": list(sections)}


def section(text: str, room: int, *, bold: bool = False) -> Payload:
    """Return a section of rich text."""
    return {"type": "rich_text_section", "elements": [_text(words(text, room), bold=bold)]}


def bullets(items: list[str]) -> Payload:
    """Return a list of rich text; the items are made safe and cut already."""
    return {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [
            {"type": "rich_text_section", "elements": [_text(item, bold=False)]} for item in items
        ],
    }


def preformatted(lines: list[str]) -> Payload:
    """Return lines in letters of one width; they are made safe and cut already."""
    return {
        "type": "rich_text_preformatted",
        "elements": [_text("\n".join(lines), bold=False)],
    }


def _text(text: str, *, bold: bool) -> Payload:
    return {"type": "text", "text": text} | ({"style": {"bold": True}} if bold else {})
