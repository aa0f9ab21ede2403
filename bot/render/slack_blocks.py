"""Each block of a reply as blocks of Slack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Final, assert_never

from bot.render import slack_limits as limits
from bot.render.asking import field_in_words, how_to_answer
from bot.render.fit import is_blank, one_line, shorten, split
from bot.render.harmless import harmless
from bot.render.slack_limits import weight
from bot.render.slack_tables import in_lines, native
from bot.render.slack_text import Payload, bullets, plain, rich, section, size, words
from bot.replies import (
    Block,
    Bullets,
    Button,
    Buttons,
    Chart,
    Facts,
    Footnote,
    Form,
    Heading,
    Menu,
    Paragraph,
    Style,
    Table,
)

RUN: Final = "run:"
"""How the `action_id` begins of what runs a command: a button's value, a menu's chosen option."""

BLOCK_ROOM: Final = 3_000
"""What one block of facts, bullets or buttons may add to a message."""

MAX_ITEM: Final = 1_000
"""Of one bullet, and of a footnote."""

MAX_NAMES: Final = 400
"""Of a remark that names what is left out."""


class Writer:
    """Turns blocks into Slack's, counting what may be there only once."""

    def __init__(self, *, charts: Mapping[int, str], native_tables: int) -> None:
        self._charts = charts
        self._native_tables = native_tables
        self._actions = count(1)

    def write(self, place: int, block: Block) -> Iterator[Payload]:
        """Yield the Slack blocks of one block; none for one that says nothing."""
        match block:
            case Heading(text=text):
                if not is_blank(text):
                    yield {"type": "header", "text": plain(one_line(text), limits.MAX_HEADER)}
            case Paragraph(text=text, strong=strong):
                yield from _paragraph(text, strong=strong)
            case Bullets(items=lines):
                yield from _list(lines)
            case Facts(rows=rows):
                yield from _facts(rows)
            case Table():
                yield from self._table(block)
            case Chart(alt=alt, sparkline=sparkline):
                yield from _chart(alt, sparkline, self._charts.get(place, ""))
            case Buttons(items=buttons):
                yield from self._buttons(buttons)
            case Menu():
                yield from self._menu(block)
            case Form():
                yield from _form(block)
            case Footnote(text=text):
                if not is_blank(text):
                    yield context(text)
            case _:
                assert_never(block)

    def _table(self, table: Table) -> list[Payload]:
        made = native(table) if self._native_tables else []
        if made:
            self._native_tables -= 1
        return made or in_lines(table)

    def _buttons(self, items: Sequence[Button]) -> Iterator[Payload]:
        carried = [one for one in items if _can_carry(one, limits.MAX_BUTTON_VALUE)]
        made = [self._button(one) for one in carried]
        yield from map(actions, _packed(made, limits.MAX_ACTIONS))
        yield from _not_carried([one for one in items if one not in carried])

    def _button(self, button: Button) -> Payload:
        label = one_line(button.label) or button.command
        made: Payload = {
            "type": "button",
            "text": plain(label, limits.MAX_BUTTON),
            "action_id": f"{RUN}{next(self._actions)}",
            "value": button.command,
        }
        if button.style is not Style.PLAIN:
            made["style"] = button.style.value
        if not is_blank(button.confirm):
            made["confirm"] = {
                "title": plain("Are you sure?", limits.MAX_CONFIRM_TITLE),
                "text": plain(button.confirm, limits.MAX_CONFIRM),
                "confirm": plain(label, limits.MAX_CONFIRM_BUTTON),
                "deny": plain("Cancel", limits.MAX_CONFIRM_BUTTON),
            }
        return made

    def _menu(self, menu: Menu) -> Iterator[Payload]:
        """Yield a menu; what asks to be confirmed, or is too long for one, becomes a button."""
        listed = [
            one
            for one in menu.items
            if not one.confirm and _can_carry(one, limits.MAX_OPTION_VALUE)
        ][: limits.MAX_OPTIONS]
        options = [_option(one.label or one.command, one.command) for one in listed]
        for group in _packed(options, limits.MAX_OPTIONS):
            select = {
                "type": "static_select",
                "action_id": f"{RUN}{next(self._actions)}",
                "placeholder": plain(one_line(menu.label) or "Choose", limits.MAX_PLACEHOLDER),
                "options": group,
            }
            yield actions([select])
        yield from self._buttons([one for one in menu.items if one not in listed])


def _can_carry(button: Button, most: int) -> bool:
    return not is_blank(button.command) and size(button.command) <= most


def _not_carried(items: Sequence[Button]) -> Iterator[Payload]:
    if items:
        names = ", ".join(one_line(one.label) for one in items)
        yield context(shorten(harmless(f"… No room here for: {names}."), MAX_NAMES, measure=size))


def _paragraph(text: str, *, strong: bool) -> Iterator[Payload]:
    said = harmless(text).strip()
    for piece in [] if is_blank(said) else split(said, limits.MAX_TEXT, measure=size):
        if strong:
            yield rich(section(piece, limits.MAX_TEXT, bold=True))
        else:
            yield {"type": "section", "text": plain(piece, limits.MAX_TEXT)}


def _list(items: Sequence[str]) -> Iterator[Payload]:
    lines = [words(item, MAX_ITEM) for item in items if not is_blank(item)]
    group: list[str] = []
    for line in lines:
        if group and weight(rich(bullets([*group, line]))) > BLOCK_ROOM:
            yield rich(bullets(group))
            group = []
        group.append(line)
    if group:
        yield rich(bullets(group))


def _facts(rows: Sequence[tuple[str, str]]) -> Iterator[Payload]:
    """Yield name and value in one field each, told apart in two columns and in one."""
    fields = []
    for name, value in rows:
        title = words(one_line(name), limits.MAX_LABEL // 4)
        fact = f"{title}:\n{words(value, limits.MAX_FIELD - size(title) - 2)}"
        fields.append(plain(fact, limits.MAX_FIELD))
    for group in _packed(fields, limits.MAX_FIELDS):
        yield {"type": "section", "fields": group}


def _chart(alt: str, sparkline: str, file: str) -> Iterator[Payload]:
    if file:
        text = words(one_line(alt), limits.MAX_ALT_TEXT)
        yield {"type": "image", "slack_file": {"id": file}, "alt_text": text}
    else:
        yield from _paragraph(f"{alt}\n{sparkline}", strong=False)


def _form(form: Form) -> Iterator[Payload]:
    yield from _paragraph(form.title, strong=True)
    yield from _list([field_in_words(field) for field in form.fields])
    yield from _paragraph(how_to_answer(form), strong=False)


def context(text: str) -> Payload:
    """Return small print."""
    return {"type": "context", "elements": [plain(text, MAX_ITEM)]}


def actions(elements: list[Payload]) -> Payload:
    """Return a row of buttons and menus."""
    return {"type": "actions", "elements": elements}


def _option(label: str, value: str) -> Payload:
    return {"text": plain(one_line(label), limits.MAX_OPTION), "value": value}


def _packed(items: Sequence[Payload], most: int) -> Iterator[list[Payload]]:
    """Yield the items in groups, none of more than `most` or too long for one block."""
    group: list[Payload] = []
    for item in items:
        if group and (len(group) == most or weight([*group, item]) > BLOCK_ROOM):
            yield group
            group = []
        group.append(item)
    if group:
        yield group
