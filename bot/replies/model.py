"""A reply: a closed set of blocks that every platform can show.

Nothing here is markup and nothing knows a platform.  A renderer decides how a block looks, and
leaves out, and says, what its platform has no room for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.replies.charts import Drawing
from metrics.classification import ThreatLevel


class Style(StrEnum):
    """How much a button stands out.  Never the only carrier of a meaning."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class FieldKind(StrEnum):
    """What is asked for in one field of a form."""

    LINE = "line"
    TEXT = "text"  # several lines
    CHOICE = "choice"
    DATE = "date"


class Standing(StrEnum):
    """What a message is about: told by words and by a sign, never by colour alone."""

    PLAIN = "plain"
    WORSE = "worse"  # a deterioration or a threat
    BETTER = "better"  # good news: recovered, target secured
    NOTICE = "notice"  # late data, a refusal, something to mend


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One short line that names what follows."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Sentences.  A verdict is `strong`."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """Short lines side by side, one thing each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values, in order."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A heading over cells."""

    name: str
    is_number: bool = False
    is_detail: bool = False  # left out first where there is no room


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One line of a table: its name, and one cell for each column."""

    label: str
    cells: tuple[str, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; the first column holds the rows' names."""

    caption: str  # what the table shows, for people who hear it read
    label: str  # the heading over the rows' names
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture, and what it says in words for whoever does not see it."""

    drawing: Drawing
    alt: str  # the picture in one or two sentences, with its figures
    sparkline: str = ""  # the same in a few characters, e.g. "▁▂▄▆█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A thing to do next.  Where buttons do not exist, the command is printed."""

    label: str
    command: str
    style: Style = Style.PLAIN
    confirm: str = ""  # asked before it is done; empty: done at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Things to do next, side by side."""

    items: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Things to do next of which one is chosen, under a label."""

    label: str
    items: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer that a field of a form offers."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that a form asks for."""

    name: str  # under which the answer is sent
    label: str
    kind: FieldKind = FieldKind.LINE
    choices: tuple[Choice, ...] = ()  # of a CHOICE
    value: str = ""  # filled in beforehand; a date as YYYY-MM-DD
    hint: str = ""
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is still to be said before a command can be carried out.

    Sending it runs `command` again, with the fields' answers.  A platform that can opens a
    dialogue; another shows the fields, or prints what to type.
    """

    title: str
    command: str
    fields: tuple[Field, ...]
    submit: str = "Save"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """Small print: as-at date, source, reference."""

    text: str


Block = Heading | Paragraph | Bullets | Facts | Table | Chart | Buttons | Menu | Form | Footnote


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message.  `summary` alone must make sense on a locked phone."""

    summary: str
    blocks: tuple[Block, ...]
    standing: Standing = Standing.PLAIN
    level: ThreatLevel | None = None
    share: str = ""  # the command that gives these figures again, for a channel; empty: not shared
