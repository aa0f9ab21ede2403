"""Words in Teams are shown as they are said, whichever of its two readers shows them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.render import teams_text
from bot.render.fit import clean
from bot.render.teams_text import bullets, is_plain, plain
from tests.bot.render.replies import TEXT

MARKUP = st.lists(
    st.sampled_from([
        "*", "**", "_", "__", "~~", "`", "```", "[", "](", ")", "![", "#", "# ", "> ", "- ", "+ ",
        "1. ", "12) ", "---", "===", "\\", "&lt;", "&#42;", "<at>", "</at>", "<b>", "<?x", "|",
        "{{DATE(2013-12-11T06:00:00Z, SHORT)}}", "https://evil.example", "//evil",
        "a@b", "@here", " ", "  ", "\n",
        "word", "12", ".", "(", "]", "[a]: b", "a_b", ")- x", "]1. x",
    ]),
    max_size=12,
).map("".join)  # fmt: skip

ANY = settings(max_examples=150, deadline=None)

COMMONMARK = MarkdownIt("commonmark").enable(["strikethrough", "table"])
"""An independent reader of the kind that the desktop and the browser have."""


def shown_on_the_desktop(text: str) -> tuple[set[str], str]:
    """The kinds of markup that a reader of CommonMark finds, and what it shows."""
    tokens = [inner for token in COMMONMARK.parse(text) for inner in token.children or [token]]
    kinds = {token.type for token in tokens if token.type not in ("text", "softbreak")}
    return kinds, "".join(token.content for token in tokens if token.type == "text")


def looked_at(text: str) -> str:
    """What is to be seen of a text: without what has no width, and blanks alike."""
    seen = re.sub("[\u2060\u200a]", "", text).replace("`", "'")
    return re.sub(r"\s+", "", seen)


@ANY
@given(st.one_of(TEXT, MARKUP))
def test_the_desktop_finds_no_markup_in_any_words_and_shows_them_all(text: str) -> None:
    kinds, seen = shown_on_the_desktop(plain(text))

    assert kinds <= {"paragraph_open", "paragraph_close"}
    assert looked_at(seen) == looked_at(clean(text))


@ANY
@given(st.one_of(TEXT, MARKUP))
def test_the_reader_on_phones_finds_no_markup_in_any_words(text: str) -> None:
    """It parts emphasis, links and lists, lists also after a closing bracket.

    It ends emphasis only before a letter, a figure, a sign or a blank of ASCII.
    """
    said = plain(text)

    assert not re.search(r"[*_](?:[\x00-\x7f]|$)", said)
    assert "](" not in said
    assert not re.search(r"(?:^|[\n\])])(?:- |\d+\. )", said)


@ANY
@given(st.one_of(TEXT, MARKUP))
def test_nothing_in_any_words_is_a_mention_a_link_or_worked_out(text: str) -> None:
    said = plain(text)

    live = r"</?at>|<[a-z?!/]|//|\w@|@(?:here|U123)|&\w+;|&#\d+;|\{\{|\w\.(?:example|exe)\b"
    assert not re.search(live, said)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f-\x9f]", said)


@ANY
@given(st.one_of(TEXT, MARKUP))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    said = plain(text)

    assert plain(said) == said
    assert is_plain(said)


@pytest.mark.parametrize(
    "text",
    [
        "10:30", "+12.5%", "−4.3%", "p 0.0031", "e.g. A-17", "2,881: 434 crimes", "a < b", "R&D",
        "(1st is best)", "3.5 points", "2013/14", "/priority 12", "3–4", "“as at”",
    ],
)  # fmt: skip
def test_figures_and_plain_words_are_left_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_a_new_line_is_one_to_every_reader() -> None:
    assert plain("One\n\n\n two \nthree") == "One\n\ntwo\n\nthree"


def test_a_list_is_a_list_and_its_items_are_words() -> None:
    made = bullets([plain("- one"), plain("2. *two*")])

    kinds, seen = shown_on_the_desktop(made["text"])

    assert {"bullet_list_open", "list_item_open"} <= kinds
    assert not {"ordered_list_open", "em_open"} & kinds
    assert looked_at(seen) == "-one2.*two*"


@pytest.mark.parametrize(
    "text", ["*a*", "- a", "- a\r- *b*", "- a\rb", "- a\n\nb", "1. a", "[a](b)", "&lt;", "a@b.uk"]
)
def test_markup_is_not_plain(text: str) -> None:
    assert is_plain(text) is (text == "- a")


def test_what_is_too_long_is_cut_within_its_room_and_says_so() -> None:
    said = teams_text.words("a_word " * 500, 1_000)

    assert teams_text.size(said) <= 1_000
    assert "characters left out" in said
    assert is_plain(said)


def test_a_size_is_that_of_json_in_utf_16() -> None:
    assert teams_text.size("ab") == 8
    assert teams_text.size('"') == 8
    assert teams_text.size("𝔸") == 8


def test_words_that_say_nothing_are_a_dash() -> None:
    assert teams_text.words(" \u200b\n", 100) == "–"
    assert teams_text.label("\u202e", 100) == "–"
