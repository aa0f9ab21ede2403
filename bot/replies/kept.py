"""A reply as text that is kept until it has been told, and read back the same."""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from pydantic import TypeAdapter

from bot.replies.model import Block, Reply

BLOCKS: Final[dict[str, TypeAdapter[Block]]] = {
    kind.__name__: TypeAdapter(kind) for kind in get_args(Block)
}
"""Every kind of block by its name: two kinds can have the same fields."""

REPLY: Final = TypeAdapter(Reply)


def to_text(reply: Reply) -> str:
    """Write a reply as JSON; what is not recorded (NaN) stays so."""
    fields: dict[str, Any] = {
        "summary": reply.summary,
        "standing": reply.standing,
        "level": reply.level,
        "share": reply.share,
        "blocks": [
            [type(one).__name__, BLOCKS[type(one).__name__].dump_python(one, mode="json")]
            for one in reply.blocks
        ],
    }
    return json.dumps(fields, ensure_ascii=False)


def from_text(text: str) -> Reply:
    """Read a reply back.

    Raises:
        ValueError: The text is not that of a reply.
    """
    fields = json.loads(text)
    try:
        blocks = tuple(BLOCKS[kind].validate_python(one) for kind, one in fields.pop("blocks"))
        return REPLY.validate_python({**fields, "blocks": blocks})
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("This is not a reply that was kept.") from error
