"""Each block of a reply as parts of a card; a part is shown whole, or left out and said."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Final, TypeVar, assert_never

from bot.render.asking import field_in_words, how_to_answer
from bot.render.fit import clean, is_blank, one_line
from bot.render.teams_actions import MENU, RUN, action, action_set, button, can_carry
from bot.render.teams_forms import form_elements
from bot.render.teams_limits import MAX_ACTIONS, MAX_CHOICES, MAX_PICTURE, PICTURE, weight
from bot.render.teams_tables import table_elements
from bot.render.teams_text import (
    Element,
    bullets,
    label,
    line,
    pieces,
    text_block,
    words,
)
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
    Table,
)

Part = list[Element]

Item = TypeVar("Item", str, Element)

PART_SHARE: Final = 8
"""A part of words or buttons takes at most this fraction of a card, so that few are lost whole."""

TABLES_SHARE: Final = 0.75
"""Tables and forms together take at most this, so that there is room for the words beside them."""

MAX_HEADING: Final = 400
MAX_ITEM: Final = 2_000
"""Bytes of one bullet, of one fact's value, and of a footnote."""

MAX_NAME: Final = 400
"""Bytes of a fact's name, and of a choice's title."""

MAX_ALT: Final = 2_000
"""Bytes of the words for a picture."""

MAX_NAMES: Final = 800
"""Bytes of a remark that names what is left out."""


class Writer:
    """Turns blocks into parts of one card, counting what has a name on it."""

    def __init__(
        self,
        blocks: Sequence[Block],
        *,
        pictures: Mapping[int, bytes],
        room: int,
        is_post_only: bool,
    ) -> None:
        """Begin a card.

        Args:
            blocks: All that will be written.
            pictures: PNG by the chart's place in the reply.
            room: Bytes that the card may take.
            is_post_only: Nothing can be pressed on the card: what to ask for is said instead.
        """
        self._pictures = pictures
        self._part_room = room // PART_SHARE
        tables = sum(isinstance(block, (Table, Form)) for block in blocks)
        self._table_room = int(room * TABLES_SHARE) // max(tables, 1)
        self._is_alone = sum(isinstance(block, (Menu, Form)) for block in blocks) == 1
        self._is_post_only = is_post_only
        self._menus = count(1)
        self._forms = count(1)
        self._headings = count()

    def write(self, place: int, block: Block) -> Iterator[Part]:
        """Yield the parts of one block; none for one that says nothing."""
        match block:
            case Heading(text=text):
                if not is_blank(clean(text)):
                    yield [self._heading(text)]
            case Paragraph(text=text, strong=strong):
                yield from self._paragraph(text, strong=strong)
            case Bullets(items=items):
                yield from self._list(items)
            case Facts(rows=rows):
                yield from self._facts(rows)
            case Table():
                yield table_elements(block, self._table_room)
            case Chart(alt=alt, sparkline=sparkline):
                yield from self._chart(alt, sparkline, self._pictures.get(place, b""))
            case Buttons(items=buttons):
                yield from self._buttons(buttons)
            case Menu():
                yield from self._menu(block)
            case Form():
                yield from self._form(block)
            case Footnote(text=text):
                if not is_blank(clean(text)):
                    yield [small_print(text)]
            case _:
                assert_never(block)

    def _heading(self, text: str) -> Element:
        size = "Medium" if next(self._headings) else "Large"
        said = line(text, MAX_HEADING)
        return text_block(said, style="heading", size=size, weight="Bolder")

    def _paragraph(self, text: str, *, strong: bool = False) -> Iterator[Part]:
        looks = {"weight": "Bolder"} if strong else {}
        for piece in pieces(text, self._part_room):
            yield [text_block(piece, **looks)]

    def _list(self, items: Sequence[str]) -> Iterator[Part]:
        lines = [line(item, MAX_ITEM) for item in items if not is_blank(clean(item))]
        for group in self._packed(lines):
            yield [bullets(group)]

    def _facts(self, rows: Sequence[tuple[str, str]]) -> Iterator[Part]:
        facts = [
            {"title": line(name, MAX_NAME), "value": words(value, MAX_ITEM)} for name, value in rows
        ]
        for group in self._packed(facts):
            yield [{"type": "FactSet", "facts": group}]

    def _chart(self, alt: str, sparkline: str, picture: bytes) -> Iterator[Part]:
        if not picture or len(picture) > MAX_PICTURE or self._is_post_only:
            yield from self._paragraph(f"{alt}\n{sparkline}")
            return
        image = {
            "type": "Image",
            "url": PICTURE + base64.b64encode(picture).decode(),
            "altText": label(alt, MAX_ALT),
            "size": "Stretch",
            "msteams": {"allowExpand": True},  # a tap shows it large
        }
        yield [image]

    def _buttons(self, items: Sequence[Button]) -> Iterator[Part]:
        if self._is_post_only:
            yield from self._hints(items)
            return
        made = [button(one) for one in items if can_carry(one.command)]
        for row in self._packed(made, MAX_ACTIONS):
            yield [action_set(row)]
        yield from _not_carried([one for one in items if not can_carry(one.command)])

    def _menu(self, menu: Menu) -> Iterator[Part]:
        """Yield a menu; what asks to be confirmed becomes a button."""
        if self._is_post_only:
            yield from self._hints(menu.items)
            return
        listed = [one for one in menu.items if not one.confirm and can_carry(one.command)]
        choices = [
            {"title": label(one.label or one.command, MAX_NAME), "value": one.command}
            for one in listed
        ]
        for group in self._packed(choices, MAX_CHOICES):
            yield self._select(menu.label, group)
        yield from self._buttons([one for one in menu.items if one not in listed])

    def _select(self, name: str, choices: list[Element]) -> Part:
        menu = f"menu.{next(self._menus)}"
        select = {
            "type": "Input.ChoiceSet",
            "id": menu,
            "label": label(name, MAX_NAME),
            "style": "compact",
            "placeholder": "Choose",
            "choices": choices,
        }
        go = action_set([action("Go", RUN, {MENU: menu}, reads_inputs=True)])
        columns = [
            {"type": "Column", "width": "stretch", "items": [select]},
            {
                "type": "Column",
                "width": "auto",
                "items": [go],
                "verticalContentAlignment": "Bottom",
            },
        ]
        return [{"type": "ColumnSet", "columns": columns}]

    def _form(self, form: Form) -> Iterator[Part]:
        """Yield a form; one that has no room, or that nobody could send, in words."""
        if not self._is_post_only and can_carry(form.command):
            made = form_elements(form, number=next(self._forms), is_alone=self._is_alone)
            if weight(made) <= self._table_room:
                yield made
                return
        yield from self._paragraph(form.title, strong=True)
        yield from self._list([field_in_words(field) for field in form.fields])
        yield from self._paragraph(how_to_answer(form))

    def _hints(self, items: Sequence[Button]) -> Iterator[Part]:
        carried = [one for one in items if can_carry(one.command)]
        yield from self._list([hint(one.command, one.label) for one in carried])
        yield from _not_carried([one for one in items if one not in carried])

    def _packed(self, items: Sequence[Item], most: int = 1_000) -> Iterator[list[Item]]:
        """Yield the items in groups, none of more than `most` or too large for one part."""
        group: list[Item] = []
        used = 0
        for item in items:
            used += weight(item)
            if group and (len(group) == most or used > self._part_room):
                yield group
                group, used = [], weight(item)
            group.append(item)
        if group:
            yield group


def hint(command: str, name: str = "") -> str:
    """Say how a thing is asked for where nothing can be pressed."""
    asked = f"Ask in chat: {one_line(command)}"
    return asked if is_blank(clean(name)) else f"{one_line(name)} – {asked}"


def small_print(text: str) -> Element:
    """Return small words that stand back."""
    return text_block(words(text, MAX_ITEM), size="Small", isSubtle=True)


def _not_carried(items: Sequence[Button]) -> Iterator[Part]:
    """Name the things to do that a card cannot carry."""
    if items:
        names = ", ".join(one_line(one.label) for one in items)
        said = line(f"… No room here for: {names}.", MAX_NAMES)
        yield [text_block(said, size="Small", isSubtle=True)]
