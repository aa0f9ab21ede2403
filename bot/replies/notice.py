"""What is said instead of an answer, and before one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.replies.model import Bullets, Buttons, Facts, Footnote, Paragraph, Reply, Standing


def notice(message: str, hint: str, *choices: Buttons) -> Reply:
    """Say that something was not answered, and what to do next.

    Args:
        hint: Empty where the message says it already.
        choices: What to press instead.
    """
    said = [Paragraph(text=message, strong=True)]
    said += [Paragraph(text=hint)] if hint else []
    return Reply(summary=message, blocks=(*said, *choices), standing=Standing.NOTICE)


def with_remarks(reply: Reply, remarks: Sequence[str]) -> Reply:
    """Put before a reply what was made of the words, where the reply does not say it."""
    said = "\n".join(_texts(reply))
    unsaid = [one for one in dict.fromkeys(remarks) if one not in said]
    if not unsaid:
        return reply
    return replace(reply, blocks=(Paragraph(text=" ".join(unsaid)), *reply.blocks))


def _texts(reply: Reply) -> Iterator[str]:
    """Give the sentences of a reply, in which a remark may stand."""
    yield reply.summary
    for block in reply.blocks:
        match block:
            case Paragraph() | Footnote():
                yield block.text
            case Bullets():
                yield from block.items
            case Facts():
                yield from (value for _, value in block.rows)
            case _:
                continue
