"""Hostile texts, and what is looked for where they are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, Final

MENTION: Final = "<!channel> <!here|here> <@U0123> <at>Bob</at> @here @channel <#C01|ops>"
LINK: Final = (
    "<https://evil.example/a|click> http://evil.example www.evil.example [x](https://e.co)"
)
SCRIPT: Final = (
    "</article><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} *b* `c`"
)
UNSEEN: Final = "a\u202egnp.exe\u2066\u200f b\x1b[31mred\x1b]8;;http://evil.example\x07link \x9b2J"
FORMULAS: Final = (
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|'/c calc'!A1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
)

HOSTILE: Final[Mapping[str, str]] = {
    "mention": MENTION,
    "link": LINK,
    "script": SCRIPT,
    "unseen": UNSEEN,
} | {f"formula {number}": text for number, text in enumerate(FORMULAS)}

OBEYED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What a terminal obeys, and what shows words in another order than they are in."""

LIVE: Final = re.compile(
    r"<[@!#][A-Za-z]|<https?:|\bhttps?://|\bwww\.\w|(?<!\w)@(?:here|channel|everyone)\b",
    re.IGNORECASE,
)
"""What a chat makes live of its own accord: mentions, channels, links."""

MARKDOWN: Final = re.compile(r"\]\(\w|</?at>", re.IGNORECASE)
"""What Teams makes live besides: Slack knows neither."""

RUN: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")
"""How a text starts that a spreadsheet runs (OWASP, CSV injection)."""

SAYING: Final = (
    "text",
    "alt_text",
    "title",
    "label",
    "placeholder",
    "hint",
    "fallbackText",
    "value",
)
"""The keys of a platform's message under which words stand that people read."""


def wrong_in_plain(text: str) -> list[str]:
    """Return what a terminal would obey."""
    return OBEYED.findall(text)


def wrong_in_card(payload: object) -> list[str]:
    """Return what Teams would make live in a card."""
    texts = [text for key, text in _said(payload) if key == "text"]  # labels are no Markdown
    return [*wrong_in_message(payload), *(one for text in texts for one in MARKDOWN.findall(text))]


def wrong_in_message(payload: object) -> list[str]:
    """Return what a chat would make live in a message."""
    found = []
    for key, text in _said(payload):
        found += [f"{key}: {one!r}" for one in OBEYED.findall(text)]
        found += [f"{key}: {one!r}" for one in LIVE.findall(text)]
    written = json.dumps(payload)
    for kind in ("mrkdwn", "broadcast", "Action.OpenUrl", '"mention"', '"usergroup"', '"link"'):
        found += [kind] if kind in written else []
    return found


def _said(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Give every text that is shown; what a button sends back and what is typed over are not."""
    if isinstance(node, Mapping):
        is_pressed = node.get("type") in {"button", "option", "Input.Text"} or "action_id" in node
        for name, one in node.items():
            if name == "value" and (is_pressed or "text" in node):
                continue
            yield from _said(one, str(name))
    elif isinstance(node, list):
        for one in node:
            yield from _said(one, key)
    elif isinstance(node, str) and key in SAYING:
        yield key, node


PLAIN_TAGS: Final = frozenset(
    (
        "article", "section", "header", "footer", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li",
        "dl", "dt", "dd", "div", "span", "strong", "em", "small", "br", "table", "caption",
        "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "button", "form",
        "fieldset", "legend", "label", "input", "select", "option", "textarea", "details",
        "summary",
    )
)  # fmt: skip
"""What a reply is made of; a picture would have an address."""


class _Page(HTMLParser):
    """Gathers what a page would do beside showing words."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        if tag not in PLAIN_TAGS:
            self.wrong.append(f"<{tag}>")
        self.wrong += [
            f"{tag} {name}"
            for name, _ in attrs
            if name.startswith("on") or name in {"href", "style", "src", "srcdoc", "formaction"}
        ]

    def handle_data(self, data: str) -> None:
        """Look at words."""
        self.wrong += [repr(one) for one in OBEYED.findall(data)]


def wrong_in_html(text: str) -> list[str]:
    """Return the tags, attributes and characters that are more than words."""
    page = _Page()
    page.feed(text)
    page.close()
    return page.wrong


def wrong_in_cells(rows: list[list[Any]]) -> list[str]:
    """Return the texts of a sheet that would be run."""
    return [
        cell
        for row in rows
        for cell in row
        if isinstance(cell, str) and cell.startswith(RUN) and not _is_number(cell)
    ]


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "").replace("%", ""))
    except ValueError:
        return False
    return True
