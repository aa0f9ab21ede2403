"""What Slack refuses, as named limits, and a check of our own before anything is sent.

The checks of slack_sdk see only its own objects, and let through empty texts, fields of 2,001
characters, uneven tables, pictures without alternative text and messages of 51 blocks.  Unless
said otherwise a limit is from https://docs.slack.dev/reference/block-kit, the page of its block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bot.render.harmless import harmless
from bot.render.slack_text import escape, size

Node = Mapping[str, Any]

MAX_BLOCKS: Final = 50
MAX_VIEW_BLOCKS: Final = 100
MAX_HEADER: Final = 150
MAX_TEXT: Final = 3_000
MAX_FIELDS: Final = 10
MAX_FIELD: Final = 2_000
MAX_CONTEXT_ELEMENTS: Final = 10
MAX_ACTIONS: Final = 25
MAX_ALT_TEXT: Final = 2_000
MAX_ID: Final = 255
"""Of an `action_id`, a `block_id` and a `callback_id`."""

MAX_BUTTON: Final = 75
MAX_BUTTON_VALUE: Final = 2_000
MAX_OPTIONS: Final = 100
MAX_OPTION: Final = 75
MAX_OPTION_VALUE: Final = 150
MAX_PLACEHOLDER: Final = 150
MAX_CONFIRM_TITLE: Final = 100
MAX_CONFIRM: Final = 300
MAX_CONFIRM_BUTTON: Final = 30
MAX_LABEL: Final = 2_000
"""Of an input block's label and of its hint."""

MAX_INPUT: Final = 3_000
"""Characters that somebody may type into a field."""

MAX_VIEW_TITLE: Final = 24
"""Of a view's title, and of its submit and close buttons."""

MAX_PRIVATE_METADATA: Final = 3_000

MAX_TABLES: Final = 1
"""A second table in one message is refused (docs.slack.dev, changelog of 14 August 2025)."""

MAX_TABLE_ROWS: Final = 100
MAX_TABLE_COLUMNS: Final = 20

MAX_TABLE_TEXT: Final = 10_000
"""Of all cells together."""

MAX_FALLBACK: Final = 4_000
"""Of `text`: Slack's own advice; over 40,000 it cuts (docs.slack.dev, chat.postMessage)."""

MAX_MESSAGE: Final = 12_000
"""Of all texts together, containers included: more gave `msg_blocks_too_long`.

Slack does not document this one.  Its developers speak of 12,000 characters of text and some room
for containers (github.com/slackapi/bolt-js, issues 2509 and 2867, where 13,297 passed in one
container and 11,341 in many did not).
"""

CONTAINER: Final = 20
"""What we count for each container: an assumption on the safe side of those two figures."""

COUNTED: Final = ("text", "value", "alt_text")

CELL: Final = "raw_text"

ALIGNMENTS: Final = ("left", "center", "right")


def weight(node: object) -> int:
    """Return what a block adds to the length of a message: its texts, and its containers."""
    if isinstance(node, list):
        return sum(map(weight, node))
    if not isinstance(node, dict):
        return 0
    own = CONTAINER if "type" in node and node["type"] != CELL else 0
    texts = sum(size(node[key]) for key in COUNTED if isinstance(node.get(key), str))
    return own + texts + sum(weight(inner) for inner in node.values())


def check(payload: Node) -> list[str]:
    """Return what Slack would refuse in a message, a sentence each; empty if nothing."""
    text, blocks = payload.get("text", ""), payload.get("blocks", [])
    problems = list(_text_problems("text", text, 10 * MAX_FALLBACK, plain=False))
    problems += _number("blocks of the message", len(blocks), MAX_BLOCKS)
    problems += _number("length of the message", weight(blocks), MAX_MESSAGE, least=0)
    tables = [block for block in blocks if block.get("type") == "table"]
    problems += _number("tables of the message", len(tables), MAX_TABLES, least=0)
    return problems + _blocks(blocks, MESSAGE_BLOCKS)


def check_view(view: Node) -> list[str]:
    """Return what Slack would refuse in a modal or in an App Home, a sentence each."""
    blocks = view.get("blocks", [])
    is_modal = view.get("type") == "modal"
    problems = [] if is_modal or view.get("type") == "home" else ["The view is of no known type."]
    problems += _number("blocks of the view", len(blocks), MAX_VIEW_BLOCKS)
    problems += _number("private_metadata", size(view.get("private_metadata", "")),
                        MAX_PRIVATE_METADATA, least=0)  # fmt: skip
    problems += _number("callback_id", len(view.get("callback_id", "")), MAX_ID, least=0)
    for part in ("title", "submit", "close"):
        if part in view or (is_modal and part == "title"):
            problems += _plain(part, view.get(part), MAX_VIEW_TITLE)
    if is_modal and "submit" not in view and any(b.get("type") == "input" for b in blocks):
        problems.append("A modal that asks for something has no submit button.")
    return problems + _blocks(blocks, VIEW_BLOCKS)


def _blocks(blocks: list[Node], known: Mapping[str, Check]) -> list[str]:
    problems = []
    for number, block in enumerate(blocks):
        kind = block.get("type", "")
        find = known.get(kind)
        found = [f"A block of type {kind!r} is not known here."] if find is None else find(block)
        problems += [f"Block {number}: {problem}" for problem in found]
    for name in ("block_id", "action_id"):
        ids = Counter(_values(blocks, name))
        # The fields of a form are told apart by their block: there `action_id` may recur.
        once = name == "block_id" or not any(block.get("type") == "input" for block in blocks)
        problems += [f"{name} {one!r} is there twice." for one, n in ids.items() if once and n > 1]
        problems += [f"{name} {one!r} is empty or too long." for one in ids
                     if not 0 < len(one) <= MAX_ID]  # fmt: skip
    return problems


def _values(node: object, name: str) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _values(inner, name)
    elif isinstance(node, dict):
        if name in node:
            yield node[name]
        for inner in node.values():
            yield from _values(inner, name)


def _number(what: str, found: int, most: int, *, least: int = 1) -> Iterator[str]:
    if not least <= found <= most:
        yield f"The {what}: {found:,}, and {least} to {most:,} are allowed."


def _text_problems(what: str, text: object, most: int, *, plain: bool = True) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"The {what} is no text."
        return
    yield from _number(f"length of the {what}", size(text.strip()) and size(text), most)
    bare = text if plain else text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if harmless(bare) != bare or (not plain and escape(bare) != text):
        yield f"The {what} could call somebody or become a link: {text[:80]!r}."


def _plain(what: str, found: object, most: int) -> Iterator[str]:
    if not isinstance(found, dict) or found.get("type") != "plain_text":
        yield f"The {what} is not plain text."
        return
    yield from _text_problems(what, found.get("text"), most)


def _header(block: Node) -> Iterator[str]:
    yield from _plain("header", block.get("text"), MAX_HEADER)


def _section(block: Node) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "A section has neither text nor fields."
    if "text" in block:
        yield from _plain("text of a section", block["text"], MAX_TEXT)
    if "fields" in block:
        yield from _number("fields of a section", len(block["fields"]), MAX_FIELDS)
        for field in block["fields"]:
            yield from _plain("field", field, MAX_FIELD)


def _context(block: Node) -> Iterator[str]:
    yield from _number("elements of a context", len(block["elements"]), MAX_CONTEXT_ELEMENTS)
    for element in block["elements"]:
        yield from _plain("context", element, MAX_TEXT)


def _image(block: Node) -> Iterator[str]:
    yield from _text_problems("alt_text of a picture", block.get("alt_text"), MAX_ALT_TEXT)
    file = block.get("slack_file")
    if "image_url" in block or not (isinstance(file, dict) and file.get("id")):
        yield "A picture must be a file that was uploaded to Slack."


def _rich_text(block: Node) -> Iterator[str]:
    """Only sections, lists and preformatted lines of text: no link, no person, no broadcast."""
    parts = block.get("elements", [])
    yield from _number("parts of a rich text", len(parts), MAX_TEXT)
    for part in parts:
        inner = part.get("elements", [])
        yield from _number("elements of a rich text", len(inner), MAX_TEXT)
        match part.get("type"):
            case "rich_text_list":
                yield from _rich_text({"elements": inner})
            case "rich_text_section" | "rich_text_preformatted":
                for element in inner:
                    if element.get("type") != "text":
                        yield f"Rich text holds a {element.get('type')!r}."
                    yield from _text_problems("rich text", element.get("text"), MAX_TEXT)
            case other:
                yield f"Rich text has a part {other!r}."


def _table(block: Node) -> Iterator[str]:
    rows = block.get("rows", [])
    yield from _number("rows of a table", len(rows), MAX_TABLE_ROWS)
    for count in sorted({len(row) for row in rows}):
        yield from _number("columns of a table", count, MAX_TABLE_COLUMNS)
    if len({len(row) for row in rows}) > 1:
        yield "The rows of a table are of different lengths."
    settings = block.get("column_settings", [])
    yield from _number("column_settings", len(settings), MAX_TABLE_COLUMNS, least=0)
    if any(one.get("align") not in ALIGNMENTS for one in settings):
        yield "A column of a table is aligned in an unknown way."
    texts = [text for text in _values(rows, "text") if isinstance(text, str)]
    yield from _number("length of a table", sum(map(size, texts)), MAX_TABLE_TEXT, least=0)
    for cell in (cell for row in rows for cell in row):
        if cell.get("type") == "rich_text":
            yield from _rich_text(cell)
        elif cell.get("type") != CELL or not cell.get("text"):
            yield "A cell of a table is empty, or of a type that is not known here."
        elif harmless(cell["text"]) != cell["text"]:
            yield f"A cell could call somebody or become a link: {cell['text'][:80]!r}."


def _actions(block: Node) -> Iterator[str]:
    yield from _number("elements of an actions block", len(block["elements"]), MAX_ACTIONS)
    for element in block["elements"]:
        if element.get("type") == "button":
            yield from _button(element)
        elif element.get("type") == "static_select":
            yield from _select(element)
        else:
            yield f"An actions block holds a {element.get('type')!r}."
        if "action_id" not in element:
            yield "A button or a menu has no action_id."


def _button(element: Node) -> Iterator[str]:
    yield from _plain("button", element.get("text"), MAX_BUTTON)
    yield from _number("value of a button", size(element.get("value", "")), MAX_BUTTON_VALUE)
    if element.get("style", "primary") not in ("primary", "danger"):
        yield "A button has an unknown style."
    if "url" in element:
        yield "A button leads to an address."
    if "confirm" in element:
        confirm = element["confirm"]
        yield from _plain("title of a confirmation", confirm.get("title"), MAX_CONFIRM_TITLE)
        yield from _plain("text of a confirmation", confirm.get("text"), MAX_CONFIRM)
        for answer in ("confirm", "deny"):
            yield from _plain(
                f"{answer} of a confirmation", confirm.get(answer), MAX_CONFIRM_BUTTON
            )


def _select(element: Node) -> Iterator[str]:
    if "placeholder" in element:
        yield from _plain("placeholder", element["placeholder"], MAX_PLACEHOLDER)
    options = element.get("options", [])
    yield from _number("options of a menu", len(options), MAX_OPTIONS)
    for option in options:
        yield from _plain("option", option.get("text"), MAX_OPTION)
        yield from _number("value of an option", size(option.get("value", "")), MAX_OPTION_VALUE)
    if "initial_option" in element and element["initial_option"] not in options:
        yield "A menu begins with an option that it does not have."


def _input(block: Node) -> Iterator[str]:
    yield from _plain("label of a field", block.get("label"), MAX_LABEL)
    if "hint" in block:
        yield from _plain("hint of a field", block["hint"], MAX_LABEL)
    element = block.get("element", {})
    match element.get("type"):
        case "plain_text_input":
            most = element.get("max_length", MAX_INPUT)
            yield from _number("max_length of a field", most, MAX_INPUT)
            start = element.get("initial_value", "")
            yield from _number("start of a field", size(start), MAX_INPUT, least=0)
        case "static_select":
            yield from _select(element)
        case "datepicker":
            pass
        case other:
            yield f"A field is of type {other!r}."
    if "action_id" not in element:
        yield "A field has no action_id."


Check = Callable[[Node], Iterator[str]]

MESSAGE_BLOCKS: Final[Mapping[str, Check]] = {
    "header": _header,
    "section": _section,
    "rich_text": _rich_text,
    "context": _context,
    "image": _image,
    "table": _table,
    "actions": _actions,
}

VIEW_BLOCKS: Final[Mapping[str, Check]] = {
    kind: find for kind, find in MESSAGE_BLOCKS.items() if kind != "table"
} | {"input": _input}
