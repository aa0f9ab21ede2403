"""The console as a stranger meets it, in a real browser without a window."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from bot.app import App
from bot.commands.console import console_app
from bot.figures import find_figures
from metrics.snapshot import SnapshotKind
from tests.demonstrated import SnapshotOn, an_app

PUBLISHED_DAY = date(2013, 12, 11)
"""The day on which the published figures of December 2013 stand."""

A_WORKING_MORNING = datetime(2016, 4, 4, 9, 0, tzinfo=UTC)

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

SLOW_MS = 20_000
"""The first question of a day reads its figures, and the first chart starts the studio."""


@pytest.fixture(scope="module")
def console(
    demonstration_app: App, snapshot_on: SnapshotOn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a console with figures and open alerts, in a database of its own."""
    snapshot_on(PUBLISHED_DAY)
    own = tmp_path_factory.mktemp("console") / "threatdesk.db"
    source = demonstration_app.settings.database_url.get_secret_value()
    _copy(Path(source.removeprefix("sqlite:///")), own)
    with an_app(demonstration_app.settings.data, f"sqlite:///{own}") as app:
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
        assert app.deciding.day(figures, now=A_WORKING_MORNING)
        with closing(_Served(app)) as served:
            yield served.address


def _copy(one: Path, other: Path) -> None:
    """Copy a database that is in use."""
    with closing(sqlite3.connect(one)) as there, closing(sqlite3.connect(other)) as here:
        there.backup(here)


class _Served:
    """The console on a port of its own, in a thread."""

    def __init__(self, app: App) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        self._server = uvicorn.Server(uvicorn.Config(console_app(app), log_config=None))
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def page(chromium: Browser, console: str) -> Iterator[Page]:
    """The console just opened on a desk, by someone who has not been there before."""
    yield from _opened(chromium, console, DESK)


@pytest.fixture
def phone(chromium: Browser, console: str) -> Iterator[Page]:
    """The console just opened on a phone."""
    yield from _opened(chromium, console, PHONE)


def _opened(chromium: Browser, console: str, size: dict[str, Any]) -> Iterator[Page]:
    context = chromium.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(console)
    expect(page.locator("#feed")).to_contain_text("threat", timeout=SLOW_MS)
    yield page
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(console)] == []


def ask(page: Page, words: str) -> Locator:
    """Type a question and send it; return the reply when it is there."""
    count = page.locator(".turn .card").count()
    page.fill("#question", words)
    page.press("#question", "Enter")
    return reply(page, count)


def reply(page: Page, number: int = -1) -> Locator:
    """Return a reply of the conversation when it is there; the last one by default."""
    card = page.locator(".turn .card").nth(number)
    expect(card.locator(".reply, .problem").first).to_be_visible(timeout=SLOW_MS)
    return card


def living(page: Page, alert: str) -> Locator:
    """Return an alert's message in the channels."""
    return page.locator(".message").filter(has_text=re.compile(rf"\b{alert}\. Figures")).first


def an_open_alert(page: Page) -> str:
    """Return the number of an alert that nobody has acknowledged."""
    button = page.locator(".message [data-command^='/alert ack']").first
    return str(button.get_attribute("data-command")).split()[-1]


# What a chief officer asks.


def test_a_priority_is_answered_completely_with_its_published_figures(page: Page) -> None:
    card = ask(page, "/priority 12 as at 11 December 2013")

    for published in ("down 3.5%", "263", "16.8%", "219", "522", "●●● High threat"):
        expect(card).to_contain_text(published)
    expect(card).to_contain_text("As at 11 December 2013")
    expect(card).to_contain_text("What drives it")


def test_its_chart_follows_with_its_words_beside_it(page: Page) -> None:
    card = ask(page, "/priority 12 as at 11 December 2013")

    picture = card.locator("img.chart__picture")
    expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=SLOW_MS)
    expect(card.locator(".sparkline").first).to_be_visible()
    assert "Domestic burglary" in str(picture.get_attribute("alt"))


def test_a_chart_that_does_not_come_leaves_its_words(page: Page) -> None:
    page.route("**/console/charts/*", lambda route: route.fulfill(status=204))

    card = ask(page, "/priority 12 as at 11 December 2013")

    expect(card.locator("figure.chart--missing")).to_be_visible()
    expect(card.locator("figure .sparkline")).to_be_visible()


def test_a_chart_that_is_late_is_asked_for_again(page: Page) -> None:
    page.route(
        re.compile(r"/console/charts/[^?]+$"), lambda route: route.fulfill(status=204), times=1
    )

    card = ask(page, "/priority 12 as at 11 December 2013")

    expect(card.locator("img")).not_to_have_js_property("naturalWidth", 0, timeout=SLOW_MS)
    expect(card.locator("figure.chart--missing")).to_have_count(0)


def test_a_question_in_words_is_answered(page: Page) -> None:
    expect(ask(page, "how is burglary in Charnwood?")).to_contain_text("Charnwood")


def test_a_name_that_means_nothing_is_asked_back(page: Page) -> None:
    expect(ask(page, "/csp atlantis").locator(".reply")).to_be_visible()


# Found without reading documentation.


def test_a_stranger_finds_a_partnership_by_an_example(page: Page) -> None:
    page.get_by_role("button", name="/csp charnwood").click()

    expect(reply(page)).to_contain_text("Charnwood: crime types")


def test_a_stranger_finds_a_partnership_by_keys_alone(page: Page) -> None:
    page.focus("#question")
    page.keyboard.type("/")
    expect(page.locator("#completions [role=option]").first).to_contain_text("/priority")
    page.keyboard.type("cs")
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_have_value("/csp ")
    page.keyboard.type("charn")
    page.keyboard.press("ArrowDown")
    active = page.get_attribute("#question", "aria-activedescendant")
    assert page.get_attribute(f"#{active}", "aria-selected") == "true"
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_have_value("/csp charnwood ")
    page.keyboard.press("Enter")

    expect(reply(page)).to_contain_text("Charnwood: crime types")


def test_a_stranger_finds_a_partnership_by_touch(phone: Page) -> None:
    phone.fill("#question", "/")
    offered = phone.locator("#completions").get_by_role("option")
    offered.filter(has_text="/csp").click()
    offered.filter(has_text="Charnwood").click()
    phone.get_by_role("button", name="Send").click()

    expect(reply(phone)).to_contain_text("Charnwood: crime types")


def test_names_complete_one_after_the_other(page: Page) -> None:
    page.fill("#question", "/compare charnwood harb")
    page.locator("#completions [role=option]").first.click()

    assert page.input_value("#question") == "/compare charnwood harborough "


def test_escape_closes_the_list_and_then_empties_the_line(page: Page) -> None:
    page.fill("#question", "/pri")
    expect(page.locator("#completions")).to_be_visible()

    page.press("#question", "Escape")
    expect(page.locator("#completions")).to_be_hidden()
    assert page.input_value("#question") == "/pri"
    page.press("#question", "Escape")
    assert page.input_value("#question") == ""


def test_the_arrow_up_brings_back_what_was_asked(page: Page) -> None:
    ask(page, "/threats")
    ask(page, "/csp charnwood")

    page.press("#question", "ArrowUp")
    assert page.input_value("#question") == "/csp charnwood"
    page.press("#question", "ArrowUp")
    assert page.input_value("#question") == "/threats"
    page.press("#question", "ArrowDown")
    page.press("#question", "ArrowDown")
    assert page.input_value("#question") == ""


def test_a_link_can_ask(page: Page, console: str) -> None:
    page.goto(f"{console}?ask=/priority 12")

    expect(reply(page)).to_contain_text("Priority 12")


def test_a_link_cannot_do_anything(page: Page, console: str) -> None:
    alert = an_open_alert(page)
    page.goto(f"{console}?ask=/alert ack {alert}")

    expect(page.locator("#question")).to_have_value(f"/alert ack {alert}")
    expect(page.locator(".turn")).to_have_count(0)


# Buttons, menus and forms.


def test_a_button_asks_its_command(page: Page) -> None:
    card = ask(page, "/priority 12 as at 11 December 2013")

    card.get_by_role("button", name="Why High?").click()

    expect(reply(page, 1)).to_contain_text("Domestic burglary")
    expect(page.locator(".asked").nth(1)).to_contain_text("/threatdesk why")


def test_a_menu_asks_what_was_chosen(page: Page) -> None:
    card = ask(page, "/priority 12 as at 11 December 2013")

    card.get_by_label("By area").select_option(label="Charnwood")

    expect(reply(page, 1)).to_contain_text("Charnwood")


def test_with_arrows_a_menu_waits_for_enter(page: Page) -> None:
    card = ask(page, "/priority 12 as at 11 December 2013")
    menu = card.get_by_label("By area")

    menu.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".turn")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(reply(page, 1)).to_contain_text("Counties")


def test_a_living_message_is_acknowledged_in_place(page: Page) -> None:
    alert = an_open_alert(page)
    message = living(page, alert)

    message.get_by_role("button", name="Acknowledge").click()

    expect(message.locator(".own")).to_contain_text(f"{alert} is acknowledged by Chief officer.")
    expect(message.locator(".message__body")).to_contain_text("Chief officer,")
    expect(message.locator(".message__body [data-command^='/alert ack']")).to_have_count(0)


def test_an_alert_is_snoozed_until_a_date_by_a_form(page: Page) -> None:
    message = living(page, an_open_alert(page))

    message.get_by_label("Snooze").select_option(label="Until a date …")
    form = message.locator("form")
    expect(form).to_be_visible()
    form.get_by_role("button", name="Snooze").click()

    expect(message.locator(".own")).to_contain_text("is snoozed")
    expect(message.locator(".message__body")).to_contain_text("Snoozed")


# Who sees what.


def test_another_role_sees_less(page: Page) -> None:
    question = "/trend drug-and-alcohol-completions as at 11 December 2013"
    expect(ask(page, question)).to_contain_text("Successful drug and alcohol treatment completions")

    page.get_by_label("Seen as").select_option(label="Member")
    expect(page.locator(".turn--note")).to_contain_text("as Member sees it")
    refused = ask(page, question)

    expect(refused).to_contain_text("has not published these figures")
    expect(refused.locator(".facts, table, img")).to_have_count(0)


def test_each_role_reads_its_own_messages(page: Page) -> None:
    expect(page.locator("#feed")).to_contain_text("Direct to Chief officer")

    page.get_by_label("Seen as").select_option(label="Member")

    expect(page.locator("#feed")).not_to_contain_text("Direct to")


def test_what_is_shared_appears_in_the_channel(page: Page) -> None:
    card = ask(page, "/priority 13 as at 11 December 2013")

    card.get_by_role("button", name="Share to channel").click()

    channel = page.locator(".place").filter(has=page.get_by_role("heading", name="#shared"))
    expect(channel).to_contain_text("Shared by Chief officer", timeout=SLOW_MS)
    expect(channel).to_contain_text("Priority 13")
    expect(channel).not_to_contain_text("Waits")


def test_what_a_channel_may_not_see_is_refused_to_the_asker_alone(page: Page) -> None:
    card = ask(page, "/priority 13 as at 11 December 2013")
    share = card.get_by_role("button", name="Share to channel")
    share.evaluate("one => { one.dataset.share = '/trend drug-and-alcohol-completions'; }")

    share.click()

    expect(reply(page, 1)).to_contain_text("in private only")
    expect(page.locator("#feed")).not_to_contain_text("drug and alcohol treatment")


# On every screen, for every reader.


@pytest.mark.parametrize(
    "question",
    ["/priority 12 as at 11 December 2013", "/csp charnwood", "/dashboard targets", "/threats"],
)
def test_on_a_phone_nothing_is_wider_than_the_screen(phone: Page, question: str) -> None:
    ask(phone, question)

    wide = phone.evaluate(
        """() => [document.scrollingElement, ...document.querySelectorAll('.scroll, .card, .top')]
            .filter((one) => one.scrollWidth > one.clientWidth + 1)
            .map((one) => one.className || one.tagName)"""
    )
    assert wide == []


def test_on_a_phone_a_table_keeps_its_rows_names_in_sight(phone: Page) -> None:
    table = ask(phone, "/csp charnwood").locator(".table").first

    table.evaluate("one => { one.scrollLeft = 200; }")

    name = table.locator("tbody th").first.bounding_box()
    assert name is not None
    assert name["x"] >= 0


def test_on_a_phone_the_channels_are_a_tap_away(phone: Page) -> None:
    expect(phone.locator("#feed")).to_be_hidden()

    phone.get_by_role("button", name="Channels").click()

    expect(phone.locator("#feed")).to_be_visible()
    expect(phone.locator("#question")).to_be_hidden()


def test_the_first_stop_of_the_keyboard_skips_to_the_question(page: Page, console: str) -> None:
    page.goto(f"{console}?ask=/threats")  # so that the question has not the focus already
    reply(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to your question")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#question")).to_be_focused()


def test_an_answer_is_told_to_whoever_hears_the_page(page: Page) -> None:
    ask(page, "/priority 12 as at 11 December 2013")

    expect(page.locator("[role=status]")).to_contain_text("Domestic burglary down 3.5%")


def test_after_a_button_the_focus_is_on_its_answer(page: Page) -> None:
    page.get_by_role("button", name="/csp charnwood").click()
    reply(page)

    expect(page.locator(".turn .reply")).to_be_focused()


def test_every_control_has_a_name_and_headings_go_down_one_by_one(page: Page) -> None:
    ask(page, "/priority 12 as at 11 December 2013")
    ask(page, "/csp charnwood")

    nameless, levels = page.evaluate(
        """() => {
            const shown = (one) => one.checkVisibility();
            const name = (one) => one.getAttribute('aria-label') || one.innerText?.trim()
                || [...(one.labels ?? [])].map((label) => label.innerText).join('').trim();
            const controls = [...document.querySelectorAll(
                'button, a, input, select, textarea, [role=region], [role=listbox]')];
            const heads = [...document.querySelectorAll('h1, h2, h3, h4')].filter(shown);
            return [
                controls.filter(shown).filter((one) => !name(one)
                    && !one.getAttribute('aria-labelledby')).map((one) => one.outerHTML),
                heads.map((one) => Number(one.tagName[1])),
            ];
        }"""
    )
    assert nameless == []
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - before <= 1 for before, later in pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    ask(page, "/priority 12 as at 11 December 2013")
    ask(page, "/csp charnwood")
    page.fill("#question", "/")

    assert page.evaluate(FAINT) == []


FAINT = """() => {
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b]
        .map((one) => one / 255)
        .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, n) => sum + one * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const ratio = (one) => {
        const pair = [light(parse(getComputedStyle(one).color)), light(behind(one))];
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    };
    const hasWords = (one) => [...one.childNodes]
        .some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    return [...document.body.querySelectorAll('*')]
        .filter((one) => hasWords(one) && one.checkVisibility() && ratio(one) < 4.5)
        .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 40)} ${ratio(one)}`);
}"""


@pytest.mark.parametrize(
    "words",
    [
        "<img src=x onerror=document.title='caught'>",
        "/priority <script>document.title='caught'</script>",
        "/csp \"><svg onload=document.title='caught'>",
        "{{ 7 * 7 }} ${7 * 7} <b>bold</b>",
    ],
)
def test_what_is_typed_stays_text(page: Page, words: str) -> None:
    card = ask(page, words)

    expect(page.locator(".asked").last).to_contain_text(words)
    assert page.locator(".turn").locator("script, svg, b, img[src=x]").count() == 0
    assert "49" not in card.inner_text()
    assert page.title().startswith("Threat Desk")


def test_when_the_desk_is_gone_it_is_said(page: Page) -> None:
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')); }")

    expect(ask(page, "/threats")).to_contain_text("Threat Desk does not answer.")
