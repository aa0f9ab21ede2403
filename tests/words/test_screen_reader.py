"""The console as it is heard, magnified and touched: what a browser tells assistive technology.

By WCAG 2.2, level AA: landmarks and headings (1.3.1, 2.4.6), names and roles (4.1.2), order
(2.4.3), status messages (4.1.3), text alternatives (1.1.1), contrast of words and of the edges of
controls (1.4.3, 1.4.11), enlargement to 200% (1.4.4), reflow (1.4.10), size of targets (2.5.8).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.test_console import (  # the same console, in the same browser
    DESK,
    _opened,
    an_open_alert,
    ask,
    console,
    living,
)

__all__ = ["console"]

QUESTIONS = ("/priority 12 as at 11 December 2013", "/csp charnwood", "/issue new", "/threats")

ZOOMED = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
"""A desk at 200%: half as many CSS pixels each way."""

NARROWEST = {"width": 320, "height": 640}
"""What a page has to fit without scrolling sideways: 1,280 pixels at 400% (WCAG 1.4.10)."""

SMALLEST_TARGET = 24
"""CSS pixels, each way (WCAG 2.2, 2.5.8)."""

WORDS_CONTRAST, EDGE_CONTRAST = 4.5, 3.0
"""Of words against their ground (WCAG 1.4.3); of the edge of a control (1.4.11)."""


@pytest.fixture(scope="module")
def page(chromium: Browser, console: str) -> Iterator[Page]:
    """A console in which each kind of answer has been given."""
    for page in _opened(chromium, console, DESK):
        for question in QUESTIONS:
            ask(page, question)
        yield page


# What there is, and where.


def test_every_part_of_the_page_is_in_a_landmark(page: Page) -> None:
    tree = page.locator("body").aria_snapshot()

    for landmark in ("banner", "main", 'complementary "Channels"', 'form "Ask"'):
        assert len(re.findall(rf"^\s*- {landmark}", tree, flags=re.MULTILINE)) == 1, tree[:2_000]


def test_there_is_one_title_and_headings_go_down_step_by_step(page: Page) -> None:
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, h3, h4')]"
        ".filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"
    )

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= before + 1 for before, later in itertools.pairwise(levels)), levels


def test_every_answer_is_an_article_that_begins_with_a_heading_or_its_verdict(page: Page) -> None:
    names = page.locator(".turn article").evaluate_all(
        "(all) => all.map((one) => [one.getAttribute('aria-label'), one.firstElementChild.tagName])"
    )

    assert len(names) == len(QUESTIONS)
    assert all(name and first in ("H2", "P") for name, first in names), names


def test_the_language_and_the_title_are_said(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.title().startswith("Threat Desk")


def test_every_table_has_a_caption_and_headings_of_rows_and_columns(page: Page) -> None:
    tables = page.locator("table").evaluate_all(
        """(all) => all.map((one) => ({
            caption: one.caption?.innerText.trim() ?? "",
            columns: [...one.querySelectorAll('thead th')].every((cell) => cell.scope === 'col'),
            rows: [...one.querySelectorAll('tbody tr')].every(
                (row) => row.cells.length < 2 || row.cells[0].matches('th[scope=row]')),
            empty: [...one.querySelectorAll('thead th')].filter(
                (cell) => !cell.textContent.trim()).length,
        }))"""
    )

    assert tables
    assert [one for one in tables if not one["caption"]] == []
    assert [one for one in tables if not one["columns"] or not one["rows"] or one["empty"]] == []


def test_a_table_that_scrolls_can_be_reached_and_is_named(page: Page) -> None:
    scrolling = page.locator(".table").evaluate_all(
        "(all) => all.map((one) => [one.tabIndex, one.getAttribute('role'),"
        " one.getAttribute('aria-label')])"
    )

    assert all(tab == 0 and role == "region" and name for tab, role, name in scrolling), scrolling


def test_every_picture_has_words_with_its_figures_or_is_decoration(page: Page) -> None:
    pictures = page.locator("img").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('alt'))"
    )
    charts = page.locator("img.chart__picture").evaluate_all("(all) => all.map((one) => one.alt)")

    assert None not in pictures
    assert charts
    assert all(re.search(r"\d{1,3}(?:,\d{3})*", alt) and len(alt) > 60 for alt in charts), charts
    assert page.locator("svg:not([aria-hidden=true])").count() == 0


def test_bars_made_of_letters_are_not_read_out(page: Page) -> None:
    read = page.locator("body").aria_snapshot()

    assert page.locator(".sparkline:not([aria-hidden=true])").count() == 0
    assert not re.search("[▁▂▃▄▅▆▇█]{4}", read)


# What can be done, and in which order.


def test_every_control_and_field_has_a_name(page: Page) -> None:
    tree = page.locator("body").aria_snapshot()
    nameless = re.findall(
        r"^\s*- (?:button|link|combobox|textbox|searchbox|listbox|checkbox)(?=[:\s]*$| \[)", tree,
        flags=re.MULTILINE,
    )  # fmt: skip

    assert nameless == []


def test_no_two_parts_have_the_same_id(page: Page) -> None:
    ids = page.locator("[id]").evaluate_all("(all) => all.map((one) => one.id)")

    assert len(ids) == len(set(ids))


def test_nothing_jumps_the_queue_of_the_keyboard(page: Page) -> None:
    ahead = page.locator("[tabindex]").evaluate_all(
        "(all) => all.filter((one) => one.tabIndex > 0).map((one) => one.outerHTML)"
    )

    assert ahead == []


def test_the_keyboard_goes_through_the_page_from_top_to_bottom(page: Page) -> None:
    page.locator(".skip").focus()
    met = []
    for _ in range(12):
        met.append(
            page.evaluate(
                "() => document.activeElement.closest('header, .scroll, .composer, .channels')"
                "?.className ?? document.activeElement.className"
            )
        )
        page.keyboard.press("Tab")

    assert met[:2] == ["skip", "top"], met
    assert set(met[2:]) <= {"scroll", "composer", "channels"}, met


def test_the_focus_can_always_be_seen(page: Page) -> None:
    unseen = page.evaluate(
        """() => {
            const shown = (one) => one.checkVisibility();
            return [...document.querySelectorAll('button, select, a, textarea, [tabindex="0"]')]
                .filter(shown).filter((one) => {
                    one.focus({ focusVisible: true, preventScroll: true });
                    const style = getComputedStyle(one);
                    return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
                }).map((one) => one.outerHTML.slice(0, 120));
        }"""
    )

    assert unseen == []


def test_every_target_is_large_enough_to_be_hit(page: Page) -> None:
    small = page.evaluate(
        """(least) => [...document.querySelectorAll(
                'button, select, input, textarea, summary, [role=option]')]
            .filter((one) => one.checkVisibility())
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < least || box.height < least)
            .map(([one, box]) => `${one.outerHTML.slice(0, 100)} ${box.width} x ${box.height}`)""",
        SMALLEST_TARGET,
    )

    assert small == []


def test_what_is_new_is_said_once_and_politely(page: Page) -> None:
    live = page.locator("[aria-live]").evaluate_all(
        "(all) => all.map((one) => [one.id, one.getAttribute('aria-live'), one.innerHTML.length])"
    )

    assert [(name, manner) for name, manner, _ in live] == [("said", "polite")]
    assert page.locator(".turns [role=alert], .turns [aria-live]").count() == 0


def test_a_form_says_what_is_wanted_and_what_may_be_left_out(page: Page) -> None:
    fields = page.locator(".turn form").last.locator("input, select, textarea")
    told = fields.evaluate_all(
        "(all) => all.map((one) => [one.required, one.labels[0]?.innerText ?? ''])"
    )

    assert told
    assert all(name.strip() for _, name in told)
    assert all(required or "may be left empty" in name for required, name in told), told


# How it is seen.


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_words_and_ground_of_the_palette_stands_apart(
    page: Page, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    faint = page.evaluate(PAIRS, [WORDS_CONTRAST, EDGE_CONTRAST])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")

    assert faint == []


PAIRS = """([words, edges]) => {
    const style = getComputedStyle(document.documentElement);
    const parse = (name) => {
        const probe = document.createElement('i');
        probe.style.color = style.getPropertyValue(`--${name}`);
        document.body.append(probe);
        const told = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
        probe.remove();
        return told;
    };
    const light = (name) => parse(name).slice(0, 3)
        .map((one) => one / 255)
        .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, n) => sum + one * [0.2126, 0.7152, 0.0722][n], 0);
    const ratio = (one, other) => {
        const pair = [light(one), light(other)];
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    };
    const grounds = ['paper', 'card', 'sunken'];
    const pairs = [
        ...['ink', 'soft', 'accent', 'high'].flatMap(
            (word) => grounds.map((ground) => [word, ground, words])),
        ['soft', 'accent-ground', words], ['ink', 'accent-ground', words],
        ['accent', 'accent-ground', words],
        ['on-accent', 'accent', words], ['on-asked', 'asked', words],
        ...['high', 'medium', 'low', 'notice'].map((one) => [one, `${one}-ground`, words]),
        ...grounds.flatMap((ground) => [['edge', ground, edges], ['accent', ground, edges]]),
    ];
    return pairs.map(([one, other, least]) => [one, other, least, ratio(one, other)])
        .filter(([, , least, told]) => told < least)
        .map(([one, other, least, told]) => `${one} on ${other}: ${told.toFixed(2)} < ${least}`);
}"""


def test_a_threat_is_told_by_words_and_not_by_its_colour(page: Page) -> None:
    badges = page.locator(".badge").evaluate_all("(all) => all.map((one) => one.innerText.trim())")

    assert badges
    assert all(re.search(r"[A-Za-z]{3}", one) for one in badges), badges


@pytest.mark.parametrize("size", [ZOOMED, NARROWEST], ids=["200%", "400%"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_enlarged_nothing_is_lost(
    size: dict[str, int],
    question: str,
    chromium: Browser,
    console: str,
) -> None:
    for page in _opened(chromium, console, size):
        ask(page, question)
        wide, cut, line = page.evaluate(
            """() => {
                const wide = [document.scrollingElement,
                    ...document.querySelectorAll('.scroll, .card, .top')]
                    .filter((one) => one.scrollWidth > one.clientWidth + 1)
                    .map((one) => one.className || one.tagName);
                const cut = [...document.querySelectorAll('.card p, .card dd, .card li, .button')]
                    .filter((one) => one.checkVisibility())
                    .filter((one) => one.scrollWidth > one.clientWidth + 1
                        && getComputedStyle(one).overflowX !== 'visible')
                    .map((one) => one.outerHTML.slice(0, 80));
                const box = document.querySelector('#question').getBoundingClientRect();
                return [wide, cut, box.bottom <= innerHeight && box.top >= 0];
            }"""
        )
        assert (wide, cut, line) == ([], [], True)
        scroll = page.locator("#scroll")
        assert scroll.evaluate("one => one.clientHeight") > size["height"] / 4


def test_words_that_are_spaced_out_are_not_cut(page: Page) -> None:
    """WCAG 1.4.12: the line 1.5, paragraphs 2, letters 0.12 and words 0.16 times the font size."""
    page.evaluate(
        """() => {
            const spaced = new CSSStyleSheet();
            spaced.replaceSync('* { line-height: 1.5 !important;'
                + ' letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }');
            document.adoptedStyleSheets = [spaced];
        }"""
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.card p, .card dd, .card li, .button, .badge')]
            .filter((one) => one.checkVisibility() && one.scrollHeight > one.clientHeight + 2
                && one.clientHeight > 0 && getComputedStyle(one).overflowY !== 'visible')
            .map((one) => one.outerHTML.slice(0, 100))"""
    )
    page.evaluate("() => { document.adoptedStyleSheets = []; }")

    assert cut == []


def test_a_message_of_a_channel_is_heard_like_an_answer(page: Page) -> None:
    message = living(page, an_open_alert(page))
    tree = message.aria_snapshot()

    assert re.search(r"article \"A-\d+: ", tree)
    assert re.search(r"heading \".+\" \[level=[23]\]", tree)
    assert re.search(r"button \"Acknowledge\"", tree)
    assert re.search(r"combobox \"Snooze\"", tree)
