"""A reply as plain text: the terminal, and wherever nothing else can be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from rich.cells import cell_len

from bot.render.asking import field_in_words, how_to_answer, what_to_type
from bot.render.columns import align
from bot.render.fit import clean, is_blank, one_line, wrap
from bot.render.signs import badges
from bot.replies import (
    Block,
    Bullets,
    Buttons,
    Chart,
    Facts,
    Footnote,
    Form,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Table,
)

NARROWEST: Final = 20
"""Cells of a screen below which nothing can be read; lines are then longer than the screen."""

NAMES_SHARE: Final = 0.4
"""The share of a line that the names of facts take at most."""


def render(reply: Reply, *, width: int = 100) -> str:
    """Return a reply as lines of at most `width` terminal cells, ending in a newline.

    Columns that find no room are named.  Buttons are printed as what to type.
    """
    room = max(width, NARROWEST)
    parts = ["\n".join(lines) for block in reply.blocks if (lines := list(_lines(block, room)))]
    if not parts and not is_blank(reply.summary):
        parts = ["\n".join(wrap(clean(reply.summary), room))]
    shown = badges(reply)
    if shown:
        after_heading = bool(reply.blocks) and _is_heading(reply.blocks[0])
        line = "\n".join(_rows_of(shown, room))
        parts.insert(1 if after_heading else 0, line)
    return "\n\n".join(parts) + "\n"


def _rows_of(shown: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Return the badges side by side, or one above the other where that has no room."""
    line = "   ".join(shown)
    return (line,) if cell_len(line) <= width else shown


def _is_heading(block: Block) -> bool:
    return isinstance(block, Heading) and not is_blank(clean(block.text))


def _lines(block: Block, width: int) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield from _heading(text, width)
        case Paragraph(text=text):
            yield from _wrapped(text, width)
        case Bullets(items=items):
            for item in items:
                yield from _hanging("• ", item, width)
        case Facts(rows=rows):
            yield from _facts(rows, width)
        case Table():
            yield from _table(block, width)
        case Chart(alt=alt, sparkline=sparkline):
            yield from _wrapped(f"{alt}\n{sparkline}" if sparkline else alt, width)
        case Buttons(items=buttons):
            for button in buttons:
                yield from _hanging("", what_to_type(button), width)
        case Menu(label=label, items=buttons):
            yield from _wrapped(f"{label}:", width)
            for button in buttons:
                yield from _hanging("  ", what_to_type(button), width)
        case Form():
            yield from _form(block, width)
        case Footnote(text=text):
            yield from _wrapped("" if is_blank(text) else f"({text})", width)
        case _:
            assert_never(block)


def _wrapped(text: str, width: int) -> list[str]:
    tidy = clean(text).strip()
    return [] if is_blank(tidy) else wrap(tidy, width)


def _heading(text: str, width: int) -> list[str]:
    lines = _wrapped(one_line(clean(text)), width)
    return [*lines, "=" * max(map(cell_len, lines))] if lines else []


def _hanging(sign: str, text: str, width: int) -> Iterator[str]:
    """Yield a text after a sign, its further lines set in as far as the first."""
    for number, line in enumerate(_wrapped(text, width - len(sign))):
        yield (" " * len(sign) if number else sign) + line


def _facts(rows: tuple[tuple[str, str], ...], width: int) -> Iterator[str]:
    names = [one_line(clean(name)) for name, _ in rows]
    most = int(width * NAMES_SHARE)
    column = min(max(map(cell_len, names), default=0), most)
    for name, (_, value) in zip(names, rows, strict=True):
        left = wrap(name, max(column, 1))
        right = wrap(clean(value).strip(), width - column - 2)
        for n in range(max(len(left), len(right))):
            start = left[n] if n < len(left) else ""
            pad = " " * (column - cell_len(start) + 2)
            yield (start + pad + (right[n] if n < len(right) else "")).rstrip()


def _table(table: Table, width: int) -> Iterator[str]:
    yield from _wrapped(table.caption, width)
    if not table.rows:
        yield from wrap("There is nothing to show.", width)
        return
    aligned = align(table, width=width)
    yield from aligned.head
    for row in aligned.rows:
        yield from row
    if aligned.left_out:
        yield from wrap(f"… No room here for: {', '.join(aligned.left_out)}.", width)


def _form(form: Form, width: int) -> Iterator[str]:
    yield from _wrapped(form.title, width)
    for field in form.fields:
        yield from _hanging("• ", field_in_words(field), width)
    yield from _wrapped(how_to_answer(form), width)
