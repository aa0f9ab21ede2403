"""Words made safe for Teams: nothing that is said can call anyone, lead anywhere or be markup.

Text blocks and facts are read as Markdown, by two readers that do not agree: CommonMark on the
desktop and in the browser, and Microsoft's own on phones, which shows the backslash that it is
escaped with (github.com/microsoft/AdaptiveCards, source/shared/cpp/ObjectModel/MarkDown*.cpp).  So
nothing is escaped: characters without width take from a sign what would make it markup, for both.
Labels, titles of buttons and choices are not read as Markdown.

Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from bot.render.fit import Measure, clean, is_blank, one_line, shorten, split
from bot.render.harmless import NOTHING, WORD_JOINER, harmless

Element = dict[str, Any]

HAIR_SPACE: Final = "\u200a"
"""After an asterisk, which then cannot begin emphasis: CommonMark 0.31, section 6.2, rule 1."""

NEW_LINE: Final = "\n\n"
"""One newline is a space on the desktop (learn.microsoft.com, "Format cards in Teams")."""

BYTES: Final = 2
"""Of a letter in UTF-16."""

BULLET: Final = "- "
BETWEEN_BULLETS: Final = "\r"
"""As Teams' own examples write a list."""

_JOINED: Final = re.compile(
    r"~(?=~)"  # ~~gone~~
    r"|\](?=[(\[:])"  # [words](address)
    r"|&(?=\#?\w+;)"  # &lt; would be shown as <
    r"|\{(?=\{)"  # {{DATE(…)}} would be worked out
    r"|<(?=\?)"
    r"|\\(?!\u2060)"  # would hide what follows it
    r"|(?<=[\])])(?=-\s|\d+\.\s)"  # a list, to the reader on phones
    r"|_(?!\u2060)"  # _words_
    r"|/(?=/)"  # //address
    r"|(?<=\w)(?=@)"  # an e-mail address
)
"""What must not stand directly before what follows it."""

_LONE_UNDERSCORE: Final = re.compile(r"(?<!\u2060)_")

_STARTS_BLOCK: Final = re.compile(
    r"[-+](?=\s|$)|-{3}|=|\#{1,6}(?=\s|$)|>|\[|~{3}|\||\d{1,9}[.)](?=\s|$)"
)
"""What makes a line a list, a heading, a rule, a quotation or a definition, at its beginning."""


def plain(text: str) -> str:
    """Return a text that Teams reads as these words and as nothing else.

    Doing it twice changes nothing more: that is how `teams_limits.check` tests for it.  Two signs
    look a little different: a backtick is shown as an apostrophe, and an asterisk is followed by
    a hair's breadth.
    """
    lines = (_line(line) for line in clean(text).split("\n"))
    return NEW_LINE.join(line for line in lines if line)


def _line(text: str) -> str:
    line = harmless(text.strip()).replace("`", "'")
    line = re.sub(rf"\*(?!{HAIR_SPACE})", f"*{HAIR_SPACE}", line)
    line = _LONE_UNDERSCORE.sub(f"{WORD_JOINER}_", line)
    line = _JOINED.sub(lambda found: found.group() + WORD_JOINER, line)
    return WORD_JOINER + line if _STARTS_BLOCK.match(line) else line


def is_plain(text: str) -> bool:
    """Whether a text is words and nothing else, or a list of such items."""
    if not text.startswith(BULLET):
        return plain(text) == text
    items = text.split(BETWEEN_BULLETS)
    return all(item.startswith(BULLET) and _is_item(item.removeprefix(BULLET)) for item in items)


def _is_item(text: str) -> bool:
    return "\n" not in text and plain(text) == text


def size(text: str) -> int:
    """Return the bytes that a text takes in a message: written as JSON, encoded as UTF-16.

    That is how Teams says it counts (learn.microsoft.com, "Format your bot messages").
    """
    return len(json.dumps(text, ensure_ascii=False).encode("utf-16-le"))


def words(text: str, room: int) -> str:
    """Return a plain text of at most `room` bytes, cut and marked if need be; never empty."""
    said = _tidy(text)
    if is_blank(said):
        return NOTHING
    letters = room // BYTES
    return plain(shorten(said, letters, measure=_measure(letters)))


def pieces(text: str, room: int) -> list[str]:
    """Return a text in plain pieces of at most `room` bytes each; none of one that says nothing."""
    letters = room // BYTES
    parted = split(_tidy(text), letters, measure=_measure(letters))
    return [plain(piece) for piece in parted if not is_blank(piece)]


def line(text: str, room: int) -> str:
    """Return a plain text on one line of at most `room` bytes; never empty."""
    return words(one_line(clean(text)), room)


def label(text: str, room: int) -> str:
    """Return words of at most `room` bytes for where Teams reads no Markdown; never empty."""
    said = harmless(one_line(clean(text)))
    return NOTHING if is_blank(said) else shorten(said, room // BYTES, measure=_letters)


def _tidy(text: str) -> str:
    """Return a text without blank lines and edges, so that making it plain only lengthens it."""
    return "\n".join(line for line in map(str.strip, clean(text).split("\n")) if line)


def _letters(text: str) -> int:
    """Return a size as `shorten` wants it: as many as the letters of the remark that it adds."""
    return size(text) // BYTES


def _measure(room: int) -> Measure:
    """Return the letters of a text once it is plain; one that is longer already is not made so."""
    return lambda text: len(text) if len(text) > room else _letters(plain(text))


def text_block(text: str, **looks: Any) -> Element:
    """Return an element of words that are made plain already; they wrap."""
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def bullets(items: Sequence[str]) -> Element:
    """Return a list; its items are made plain already, on one line each."""
    return text_block(BETWEEN_BULLETS.join(BULLET + item for item in items))
