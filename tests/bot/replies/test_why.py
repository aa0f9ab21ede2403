"""Why: the section that was asked for first, then the whole arithmetic."""

from __future__ import annotations

from bot.access import Sight
from bot.replies import Bullets, Heading
from bot.replies.why import why_blocks


def test_the_classification_comes_first_and_nothing_is_left_out(published: Sight) -> None:
    catalogue = published.catalogue
    made = published.explanation(catalogue.measure("domestic-burglary.recorded"), catalogue.force)

    blocks = list(why_blocks(made))

    headings = [one.text for one in blocks if isinstance(one, Heading)][1:]
    assert headings[0] == "The classification"
    assert sorted(headings) == sorted(section.heading for section in made.sections)
    first = blocks[blocks.index(Heading(text="The classification")) + 1]
    assert isinstance(first, Bullets)
    assert first.items[0] == "Classification: High."
