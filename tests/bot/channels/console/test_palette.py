"""The page's colours can be read: WCAG 2.2, success criterion 1.4.3 (contrast) and 1.4.11."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.channels.console

PAGE = Path(bot.channels.console.__file__).parent / "static" / "page.css"

WORDS = 4.5
EDGES = 3.0

PAIRS = [
    *[(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "card", "sunken")],
    ("ink", "accent-ground"),
    ("soft", "accent-ground"),
    ("accent", "accent-ground"),
    ("on-accent", "accent"),
    ("on-asked", "asked"),
    *[(level, f"{level}-ground") for level in ("high", "medium", "low", "notice")],
    ("high", "card"),
]


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours by name, for light and for dark."""
    light, dark = re.findall(r":root \{(.*?)\}", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", one)) for one in (light, dark)]
    return {"light": found[0], "dark": found[1]}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, definitions)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_colour_has_its_dark_one() -> None:
    assert palettes()["light"].keys() == palettes()["dark"].keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(theme: str, ink: str, ground: str) -> None:
    palette = palettes()[theme]

    assert contrast(palette[ink], palette[ground]) >= WORDS


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["card", "paper", "sunken"])
def test_the_edges_of_controls_can_be_seen(theme: str, ground: str) -> None:
    palette = palettes()[theme]

    assert contrast(palette["edge"], palette[ground]) >= EDGES
