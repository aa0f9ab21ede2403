"""A region of three generated forces, end to end in the console; one force attacked by another."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from bot.app import App
from bot.audit import Outcome
from bot.commands.console import console_app
from bot.console import make_console
from bot.people import Surface
from bot.region.app import RegionApp
from metrics.snapshot import SnapshotKind
from store.audit import SqlAudit
from tests.bot.asked import commands_in, every_word
from tests.bot.region.making import (
    SHINGLE,
    Ask,
    a_region,
    asking,
    lived_through,
)

SLOW_MS = 20_000

ZEBRA = "Zebras at the groyne"
"""The title of an issue of Shingle's, which nobody else may ever read."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three forces with figures and alerts, and an issue in the register of one of them."""
    folder = tmp_path_factory.mktemp("region")
    lived_through(folder)
    with a_region(folder) as made:
        raised = asking(made)("shingle-chief", "/issue new", fields=AN_ISSUE)
        assert raised.outcome is Outcome.ANSWERED
    return folder


@pytest.fixture(scope="module")
def region(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionApp]:
    """The region, in a copy of its own."""
    yield from _copied(folder, tmp_path_factory.mktemp("asked") / "region")


@pytest.fixture(scope="module")
def attacked(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionApp]:
    """The region in another copy, to be attacked: what attackers do with their own counts too."""
    yield from _copied(folder, tmp_path_factory.mktemp("attacked") / "region")


def _copied(folder: Path, own: Path) -> Iterator[RegionApp]:
    shutil.copytree(folder, own)
    with a_region(own) as made:
        yield made


AN_ISSUE = {
    "title": ZEBRA,
    "priority": "1",
    "measure": "",
    "area": "groyne",
    "level": "force",
    "owner": "shingle-chief",
    "root_cause": "Zebras.",
    "action": "Zebra patrol.",
    "due": "2021-01-09",
    "review": "2021-02-06",
}


@pytest.fixture(scope="module")
def ask(region: RegionApp) -> Ask:
    return asking(region)


# One force attacked by the people of another.


@dataclass(frozen=True)
class Attack:
    """Something that is sent, from somewhere, to be seen by someone."""

    text: str
    place: str
    surface: Surface


def orders(ask: Ask) -> list[str]:
    """Every command that any answer to Shingle's own people carries, and some of our own."""
    seeds = [
        "/priority 1", "/threats", "/dashboard targets", "/csp", "/trend boat theft", "/alert A-1",
        "/compare groyne spit", "/threatdesk home", "/threatdesk status", "/threatdesk help",
        "/briefing", "/issue", "/issue 1", "/brief", "/operation", "/impact",
        "/threatdesk why boat-theft.recorded", "/region", "/region threats",
    ]  # fmt: skip
    found = dict.fromkeys(seeds)
    for seed in seeds:
        found.update(dict.fromkeys(commands_in(ask("shingle-chief", seed).reply)))
    return list(found)


def attacks(ask: Ask) -> list[Attack]:
    places = (("", Surface.PRIVATE), (SHINGLE, Surface.PRIVATE), (SHINGLE, Surface.CHANNEL),
              ("console:#shared", Surface.CHANNEL))  # fmt: skip
    return [
        Attack(text, *where)
        for order in orders(ask)
        for text, where in product((order, f"{order} @shingle"), places)
    ]


def secrets(region: RegionApp) -> list[str]:
    """What is Shingle's alone: its snapshots, its areas, its issue."""
    found = region.forces["shingle"].shelf
    snapshots = [found.find(kind, None).snapshot.id for kind in SnapshotKind]
    return [*snapshots, "Groyne", "Spit", "Zebra", "656"]


@pytest.mark.parametrize("who", ["saltmarsh-chief", "lagoon-analyst"])
def test_no_command_shows_one_force_to_another(attacked: RegionApp, who: str) -> None:
    ask, hidden = asking(attacked), secrets(attacked)
    leaks = []
    for attack in attacks(ask):
        answered = ask(who, attack.text, surface=attack.surface, place=attack.place)
        said = every_word(answered.reply)
        typed = attack.text.casefold()
        leaks += [
            (attack, secret)
            for secret in hidden
            if secret in said and secret.casefold() not in typed
        ]
        if answered.force == "shingle":
            assert answered.outcome is Outcome.REFUSED, attack
            assert answered.snapshots == (), attack

    assert leaks == []


def test_the_attack_would_notice_a_leak(ask: Ask, region: RegionApp) -> None:
    said = " ".join(every_word(ask("shingle-chief", one).reply) for one in orders(ask)[:17])

    assert [one for one in secrets(region) if one not in said] == []


def test_what_a_stranger_replays_changes_nothing(ask: Ask, region: RegionApp) -> None:
    standing = region.forces["shingle"].deciding.standing()

    for order in ("/alert ack A-1", "/alert useless A-1", "/alert snooze A-1 until 1 March 2021",
                  "/issue close 1 done", "/issue new"):  # fmt: skip
        ask("saltmarsh-chief", f"{order} @shingle", fields=AN_ISSUE)

    assert region.forces["shingle"].deciding.standing() == standing
    assert len(region.forces["shingle"].register.issues()) == 1


def test_an_alert_of_the_same_number_is_acted_on_in_the_force_that_is_meant(
    ask: Ask, region: RegionApp
) -> None:
    answered = ask("liaison", "/alert ack A-1 @shingle")

    assert answered.outcome is Outcome.ANSWERED
    assert region.forces["shingle"].deciding.get("A-1").is_acknowledged
    assert not region.forces["saltmarsh"].deciding.get("A-1").is_acknowledged


def test_a_number_alone_is_asked_back_and_acts_on_nothing(ask: Ask, region: RegionApp) -> None:
    answered = ask("liaison", "/alert ack A-2")

    assert "Which force?" in answered.reply.summary
    assert not region.forces["saltmarsh"].deciding.get("A-2").is_acknowledged


def test_the_audit_log_of_a_force_holds_no_answer_to_a_stranger(
    ask: Ask, region: RegionApp
) -> None:
    ask("saltmarsh-chief", "/priority 1 @shingle")

    rows = SqlAudit(region.forces["shingle"].database).search()
    strangers = [one.entry for one in rows if one.entry.person.id.startswith("console:saltmarsh")]
    assert strangers
    assert {one.outcome for one in strangers} == {Outcome.REFUSED}
    assert {one.snapshot for one in strangers} == {""}


def test_a_force_keeps_nothing_of_another_in_its_database(region: RegionApp) -> None:
    for id_ in ("lagoon", "saltmarsh"):
        url = region.forces[id_].settings.database_url.get_secret_value()
        file = Path(url.removeprefix("sqlite:///"))
        content = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))

        assert ZEBRA.encode() not in content
        assert (
            b"groyne"
            not in content.lower().replace(b"/csp groyne", b"").replace(b"groyne spit", b"")
            or id_ != "lagoon"
        )


def test_each_reader_of_the_console_is_shown_their_own_forces_channels(
    region: RegionApp,
) -> None:
    feed = make_console(region).feed
    shown = {
        who: {one.key.partition("/")[0] for one in feed.posts(who, at_most=60)}
        for who in ("saltmarsh-chief", "shingle-member", "liaison", "coast", "nobody")
    }

    assert shown == {
        "saltmarsh-chief": {"saltmarsh"},
        "shingle-member": {"shingle"},
        "liaison": {"saltmarsh", "shingle"},
        "coast": set(),
        "nobody": set(),
    }


def test_the_buttons_of_an_alert_lead_back_to_its_force(region: RegionApp) -> None:
    feed = make_console(region).feed

    posts = [one for one in feed.posts("liaison", at_most=60) if one.alert]
    for post in posts:
        force = post.key.partition("/")[0]
        assert all(one.endswith(f" @{force}") for one in commands_in(post.reply))
    assert posts


# In the console.


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


@pytest.fixture(scope="module")
def console(region: RegionApp) -> Iterator[str]:
    """The address of the region's console."""
    with closing(_Served(region)) as served:
        yield served.address


@pytest.fixture
def page(chromium: Browser, console: str) -> Iterator[Page]:
    """The console just opened."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(console)
    yield page
    context.close()
    assert complaints == []


def seen_as(page: Page, name: str) -> None:
    page.get_by_label("Seen as").select_option(label=name)


def send(page: Page, words: str) -> Locator:
    """Type a question and send it; return the reply when it is there."""
    count = page.locator(".turn .card").count()
    page.fill("#question", words)
    page.press("#question", "Enter")
    return card(page, count)


def card(page: Page, number: int) -> Locator:
    found = page.locator(".turn .card").nth(number)
    expect(found.locator(".reply, .problem").first).to_be_visible(timeout=SLOW_MS)
    return found


def test_the_page_says_which_region_it_is(page: Page) -> None:
    expect(page.locator(".brand__force")).to_have_text("The Coast")


def test_a_regional_adviser_sees_the_forces_side_by_side(page: Page) -> None:
    seen_as(page, "Regional adviser, the Coast")

    reply = send(page, "/region")

    expect(reply).to_contain_text("the forces differ by more than chance explains")
    expect(reply.locator("tbody tr")).to_have_count(3)
    expect(reply).to_contain_text("As at 30 November 2020")


def test_from_the_comparison_a_measure_is_a_choice_away(page: Page) -> None:
    seen_as(page, "Regional adviser, the Coast")
    reply = send(page, "/region")
    count = page.locator(".turn .card").count()

    reply.get_by_label("One measure").select_option(label="Boat theft")

    expect(card(page, count)).to_contain_text("The Coast: boat theft")


def test_a_chief_officer_sees_their_own_force(page: Page) -> None:
    seen_as(page, "Chief officer, Saltmarsh")

    reply = send(page, "/priority 1")

    expect(reply).to_contain_text("Saltmarsh Constabulary")
    expect(page.locator("#feed")).to_contain_text("Saltmarsh Constabulary", timeout=SLOW_MS)
    expect(page.locator("#feed")).not_to_contain_text("Shingle")


def test_who_works_for_two_forces_chooses_by_a_button(page: Page) -> None:
    seen_as(page, "Harbour liaison")
    asked_back = send(page, "/priority 1")
    expect(asked_back).to_contain_text("Which force?")
    count = page.locator(".turn .card").count()

    asked_back.get_by_role("button", name="Shingle Police").click()

    expect(card(page, count)).to_contain_text("Priority 1: Fewer boats taken, Shingle")


def test_an_alert_is_acknowledged_in_its_own_force(page: Page, region: RegionApp) -> None:
    seen_as(page, "Chief officer, Lagoon")
    message = page.locator(".message").filter(has_text=re.compile(r"\bA-1\b")).first

    message.get_by_role("button", name="Acknowledge").click()

    expect(message.locator(".own")).to_contain_text("A-1 is acknowledged by Chief officer, Lagoon.")
    assert region.forces["lagoon"].deciding.get("A-1").is_acknowledged


def test_what_is_shared_stays_in_the_channel_of_its_force(page: Page) -> None:
    seen_as(page, "Chief officer, Shingle")
    send(page, "/priority 1").get_by_role("button", name="Share to channel").click()
    shared = page.locator(".place").filter(
        has=page.get_by_role("heading", name="#shared · Shingle Police")
    )
    expect(shared).to_contain_text("Shared by Chief officer, Shingle", timeout=SLOW_MS)

    seen_as(page, "Chief officer, Lagoon")

    expect(page.locator("#feed")).to_contain_text("Lagoon Police", timeout=SLOW_MS)
    expect(page.locator("#feed")).not_to_contain_text("Shared by Chief officer, Shingle")
