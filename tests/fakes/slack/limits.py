"""What Slack refuses of a message, a dialogue or a Home (docs.slack.dev, Block Kit)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.fakes.slack.workspace import File, Json


def unfit_files(blocks: list[Json], files: dict[str, File]) -> Iterator[str]:
    """Say which pictures cannot be shown: unknown, not complete, or not scanned yet."""
    for number, block in enumerate(blocks):
        wanted = block.get("slack_file")
        if wanted is None:
            continue
        file = files.get(wanted.get("id", ""))
        if file is None or not file.is_complete or not file.is_scanned:
            yield f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"


def unfit_view(view: Json) -> Iterator[str]:
    """Say what is wrong with a view besides its blocks."""
    if view["type"] == "modal":
        if not 0 < len(view.get("title", {}).get("text", "")) <= 24:
            yield "title: 1 to 24 characters"
        if len(view.get("private_metadata", "")) > 3_000:
            yield "private_metadata: at most 3,000 characters"
        if not view.get("submit") and any(b["type"] == "input" for b in view["blocks"]):
            yield "inputs need a submit button"
        for part in ("submit", "close"):
            if len(view.get(part, {}).get("text", "")) > 24:
                yield f"{part}: at most 24 characters"
    if not view.get("blocks"):
        yield "a view needs blocks"
    unknown = set(view) - {
        *("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id"),
        *("clear_on_close", "notify_on_close", "external_id"),
    }
    if unknown:
        yield f"unknown parts: {sorted(unknown)}"
