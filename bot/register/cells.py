"""What stands in one cell of a spreadsheet: any text, written so that nothing runs and read back.

Two things are escaped, and both come off again: the start of a text that a spreadsheet would run
as a formula, and characters that a workbook cannot hold.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet runs starts like this (OWASP, CSV injection), or would once a quote is off."""

QUOTED: Final = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
"""What a quote was put before; "'tis" starts with one of its own."""

UNHELD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, and what would be read as such a character (ECMA-376, ST_Xstring)."""

HELD: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")

BRITISH: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
"""A day as people here write it: the day first."""

CellValue = str | int | float | bool | date | datetime | None
"""What a workbook gives for a cell."""


class NotReadable(ValueError):  # noqa: N818 - named after the fact
    """A cell does not say what it should; the message says what it says instead."""


def neutral(text: str) -> str:
    """Return a text as it is written: no spreadsheet runs it."""
    return f"'{text}" if FORMULA.match(text) else text


def original(written: str) -> str:
    """Return a text as it was before it was made neutral."""
    return written[1:] if QUOTED.match(written) else written


def to_xml(text: str) -> str:
    """Return a text as a workbook holds it."""
    return UNHELD.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_xml(held: str) -> str:
    """Return a text as it was before a workbook held it."""
    return HELD.sub(lambda found: chr(int(found[1], 16)), held)


def text_of(value: CellValue) -> str:
    """Return what a cell says as text, whatever type a person's spreadsheet made of it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def day_of(written: str) -> date | None:
    """Return the day that a cell says; None of an empty one.

    Raises:
        NotReadable: It is no day.
    """
    said = written.strip()
    if not said:
        return None
    try:
        if found := BRITISH.fullmatch(said):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if len(said) > len("2013-12-11"):
            return datetime.fromisoformat(said).date()
        return date.fromisoformat(said)
    except ValueError:
        raise NotReadable(f"“{said}” is not a day; write 2013-12-11 or 11/12/2013") from None


def moment_of(written: str) -> datetime | None:
    """Return the moment that a cell says; of a day alone, its noon.  None of an empty one.

    Raises:
        NotReadable: It is no moment.
    """
    said = written.strip()
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        day = day_of(said)
        return None if day is None else datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    if "T" not in said and ":" not in said:
        found = found.replace(hour=12)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day_text(day: date | None) -> str:
    """Write a day; nothing of None."""
    return "" if day is None else day.isoformat()


def moment_text(moment: datetime | None) -> str:
    """Write a moment in UTC, to the microsecond where it has any; nothing of None."""
    return "" if moment is None else moment.astimezone(UTC).isoformat()
