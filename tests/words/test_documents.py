"""The documentation as a stranger meets it: every page is found, every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.words.rules import (
    AMERICAN,
    BLAMED,
    CONTRACTED,
    EXCLAIMED,
    NEGATED_TWICE,
    POLITE,
    Rule,
    broken,
)
from tests.words.sentences import ROOT

GENERATED = "licences.md"
"""Names of packages and licences, as their owners write them."""

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

LINK = re.compile(r"\]\(([^)\s]+)\)")

CODE = re.compile(r"```.*?```|`[^`\n]*`|<[^>]*>|\*[^*\n]+\*|“[^”]*”|\]\([^)]*\)", re.DOTALL)
"""What is typed, quoted or linked to, which others have worded."""

RULES: dict[str, Rule] = {
    "polite filling": POLITE.search,
    "an exclamation mark": EXCLAIMED.search,
    "the reader is blamed": BLAMED.search,
    "two negatives": NEGATED_TWICE.search,
    "a contraction": CONTRACTED.search,
    "American spelling": lambda text: AMERICAN.search(re.sub(r"\b[A-Z]\w+", "…", text)),  # names
}
"""Documents may use the words of their trade, abbreviations and long sentences; not these."""


def links(page: Path) -> list[str]:
    """Return where a page links to, of this repository."""
    told = LINK.findall(page.read_text("utf-8"))
    return [one for one in told if not re.match(r"[a-z]+:", one)]


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(page: Path) -> None:
    lost = []
    for link in links(page):
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (heading and heading not in _anchors(target)):
            lost.append(link)

    assert lost == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [(page.parent / one.partition("#")[0]).resolve() for one in links(page)]
    alone = [one for one in PAGES if one not in reached and one.parent.name != "decisions"]

    assert alone == []


def test_the_index_names_every_page_of_its_folder() -> None:
    named = {one.partition("#")[0] for one in links(ROOT / "docs" / "README.md")}
    there = {one.name for one in (ROOT / "docs").glob("*.md")} - {"README.md"}

    assert there - named == set()


@pytest.mark.parametrize(
    "page",
    [one for one in PAGES if one.name != GENERATED],
    ids=lambda one: one.relative_to(ROOT).as_posix(),
)
def test_a_page_is_plain_english(page: Path) -> None:
    text = CODE.sub("…", page.read_text("utf-8"))

    assert list(broken(text, RULES)) == []


def _anchors(page: Path) -> set[str]:
    """Return the anchors that headings of a page get."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one).strip().lower().replace(" ", "-") for one in heads}
