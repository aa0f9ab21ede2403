"""One harness over two platforms: what people do in Slack and in Teams, and what they then see.

What is seen is read as plain words, so that a journey is written once and holds on both.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.channels.teams.listeners import ALONE, FOLLOWS, IN_CHAT, NOT_SHARED, WORKED_ON
from tests.fakes import teams
from tests.fakes.faults import Fault, Faults
from tests.fakes.slack import FakeSlack, View
from tests.fakes.slack.workspace import BOT_USER, Channel, Shown
from tests.fakes.teams import FakeTeams, Message

Json = dict[str, Any]

SLOW_S: Final = 30.0
"""The first question of a day reads its figures, and the first chart starts the studio."""

SLACK_CHANNEL: Final = "C1"
TEAMS_CHANNEL: Final = teams.CHANNEL

_WIDTHLESS: Final = re.compile("[\u200a\u200b-\u200d\u2060\ufeff]")
"""What takes from a sign what would make it markup; nobody sees it."""

_POINTERS: Final = (FOLLOWS, ALONE, IN_CHAT, WORKED_ON, NOT_SHARED)
"""What Teams says in passing about where the answer is; Slack needs none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """One person, by what each platform calls them."""

    name: str
    slack: str
    teams: str


JANE: Final = Someone(name="Jane Smith", slack="U01", teams=teams.JANE)
AMIR: Final = Someone(name="Amir Khan", slack="U02", teams=teams.AMIR)
STRANGER: Final = Someone(
    name="Robin Newe", slack="U09", teams="aaaaaaaa-0000-0000-0000-000000000009"
)
EVERYBODY: Final = (JANE, AMIR, STRANGER)

PEOPLE: Final = "\n".join(
    f'[[person]]\nid = "{one.name.lower().replace(" ", ".")}"\nname = "{one.name}"\n'
    f'role = "{role}"\nslack = "{one.slack}"\nteams = "{one.teams}"\n'
    for one, role in ((JANE, "chief_officer"), (AMIR, "analyst"))
)
"""people.toml: two who are named on both platforms; the third is not."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Post:
    """Something that can be read, as it stands whenever it is looked at."""

    raw: Any
    look: Callable[[], Any]
    summary: Callable[[], str]

    @property
    def words(self) -> str:
        """Everything that it says, as plain words; what can be pressed is not among it."""
        return "\n".join(_plain(one) for one in _spoken(self.look()))

    @property
    def notified(self) -> str:
        """What a locked phone shows of it."""
        return _plain(self.summary())

    @property
    def buttons(self) -> list[str]:
        """What can be pressed or chosen, in the order that it is shown."""
        return [_plain(one) for one in _labels(self.look())]

    @property
    def pictures(self) -> list[str]:
        """The words for each picture that is shown."""
        return [_plain(one) for one in _pictures(self.look())]

    @property
    def edits(self) -> int:
        """How often it was edited."""
        return int(self.raw.edits)


class Platform(ABC):
    """A platform as people use it.  Everything is looked at since the harness was made."""

    name: str
    channel_address: str
    """The channel, as routes and settings name it."""

    wait_for: Callable[..., bool]

    def ask(self, text: str, *, by: Someone = JANE, in_channel: bool = False) -> Post:
        """Ask, privately or in the channel; return what the asker alone is shown."""
        return self._next(by, partial(self._say, text, by, in_channel=in_channel))

    def press(self, label: str, on: Post, *, by: Someone = JANE) -> Post:
        """Press a button, or choose from a menu; return what that person alone is then shown."""
        return self._next(by, partial(self._press, label, on, by))

    @abstractmethod
    def fill_in(self, form: Post, fields: Mapping[str, str], *, by: Someone = JANE) -> Post:
        """Send a form with what is filled in; return what stands in its place."""

    @abstractmethod
    def channel(self) -> list[Post]:
        """Return what the desk said for everybody in the channel, threads among it."""

    @abstractmethod
    def thread(self, post: Post) -> list[Post]:
        """Return what the desk said under a message of the channel."""

    def alone(self, who: Someone) -> list[Post]:
        """Return what one person alone saw."""
        return [self._post(raw, who) for raw in self._private(who)]

    def told(self, who: Someone) -> list[Post]:
        """Return what the desk told one person of its own accord."""
        return self.alone(who)

    @abstractmethod
    def make_trouble(self) -> None:
        """Let the next calls go wrong: too many, an error, late."""

    @abstractmethod
    def end_trouble(self) -> None:
        """Let nothing go wrong any more."""

    def _next(self, who: Someone, do: Callable[[], Post | None]) -> Post:
        before = {id(raw) for raw in self._private(who)}
        if (said := do()) is not None:
            return said

        def new() -> list[Any]:
            return [raw for raw in self._private(who) if id(raw) not in before]

        assert self.wait_for(new, within_s=SLOW_S), "nothing was shown"
        return self._post(new()[0], who)

    @abstractmethod
    def _say(self, text: str, by: Someone, *, in_channel: bool) -> None: ...

    @abstractmethod
    def _press(self, label: str, on: Post, by: Someone) -> Post | None: ...

    @abstractmethod
    def _private(self, who: Someone) -> Sequence[Any]: ...

    @abstractmethod
    def _post(self, raw: Any, who: Someone) -> Post: ...


class OnSlack(Platform):
    """Slack, through the fake."""

    name = "slack"
    channel_address = f"slack:{SLACK_CHANNEL}"

    def __init__(self, fake: FakeSlack) -> None:
        self._fake = fake
        self._before = len(fake.workspace.messages)
        self.wait_for = fake.wait_for

    def _say(self, text: str, by: Someone, *, in_channel: bool) -> None:
        if not in_channel:
            ack = self._fake.direct(text, user=by.slack)
        elif text.startswith("/"):
            ack = self._fake.slash(text, user=by.slack, channel=SLACK_CHANNEL)
        else:
            ack = self._fake.mention(text, user=by.slack, channel=SLACK_CHANNEL)
        assert ack.status == 200

    def _press(self, label: str, on: Post, by: Someone) -> None:
        assert self._fake.press(label, on.raw, user=by.slack).status == 200

    def fill_in(self, form: Post, fields: Mapping[str, str], *, by: Someone = JANE) -> Post:
        """Send the dialogue."""
        before = form.words
        assert self._fake.submit(form.raw, fields, user=by.slack).status == 200
        assert self.wait_for(
            lambda: form.words != before and "a moment longer" not in form.words, within_s=SLOW_S
        )
        return form

    def channel(self) -> list[Post]:
        """Return the channel's messages, all of which are the desk's."""
        new = self._fake.workspace.messages[self._before :]
        return [self._post(one) for one in new if one.channel == SLACK_CHANNEL]

    def thread(self, post: Post) -> list[Post]:
        """Return the thread of a message."""
        return [self._post(one) for one in self._fake.workspace.thread(post.raw)]

    def make_trouble(self) -> None:
        """Too many, an error, late."""
        for method in ("response_url", "chat.postMessage", "chat.postEphemeral", "chat.update"):
            self._fake.fail(
                method,
                Fault(status=429, headers={"Retry-After": "1"}, error="ratelimited"),
                Fault(late_s=0.3),
                Fault(status=503, body="<html>Service unavailable</html>"),
            )
        self._fake.fail("views.update", Fault(status=500, error="internal_error"))

    def end_trouble(self) -> None:
        """Take back what was planned."""
        self._fake.faults = Faults()

    def _private(self, who: Someone) -> list[Any]:
        workspace = self._fake.workspace
        views = [one for one in workspace.views.values() if one.user == who.slack]
        shown = [one for one in workspace.told(who.slack) if not _is_picture_alone(one.content)]
        new = workspace.messages[self._before :]
        return [*shown, *(one for one in new if one.channel == f"D{who.slack}"), *views]

    def told(self, who: Someone) -> list[Post]:
        """Return the messages of the conversation with the desk."""
        return [one for one in self.alone(who) if not isinstance(one.raw, (Shown, View))]

    def _post(self, raw: Any, _who: Someone = JANE) -> Post:
        return Post(
            raw=raw,
            look=lambda: [raw.content.get("title", {}), raw.content["blocks"]],
            summary=lambda: raw.content.get("text", ""),
        )


class OnTeams(Platform):
    """Teams, through the fake."""

    name = "teams"
    channel_address = f"teams:{TEAMS_CHANNEL}"

    def __init__(self, fake: FakeTeams) -> None:
        self._fake = fake
        self._before = len(fake.tenant.messages)
        self.wait_for = fake.wait_for

    def _say(self, text: str, by: Someone, *, in_channel: bool) -> None:
        if in_channel:
            ack = self._fake.mention(text, person=by.teams)
        else:
            ack = self._fake.direct(text, person=by.teams)
        assert ack.status == 200

    def _press(self, label: str, on: Post, by: Someone) -> Post | None:
        toasts = len(self._fake.tenant.toasts)
        menu = _choice(on.look(), label)
        if menu is None:
            ack = self._fake.press(label, on.raw, person=by.teams)
        else:
            ack = self._fake.press("Go", on.raw, person=by.teams, fields=menu)
        assert ack.status == 200
        said = [words for _, words in self._fake.tenant.toasts[toasts:]]
        if said and said[0] not in _POINTERS:
            return Post(raw=None, look=lambda: [_block(said[0])], summary=lambda: said[0])
        return None

    def fill_in(self, form: Post, fields: Mapping[str, str], *, by: Someone = JANE) -> Post:
        """Send the card's form."""
        before = form.words
        filled = {f"field.{name}": value for name, value in fields.items()}
        [send] = [one["title"] for one in _walk(form.look()) if one.get("verb") == "form"]
        assert self._fake.press(send, form.raw, person=by.teams, fields=filled).status == 200
        assert self.wait_for(lambda: form.words != before, within_s=SLOW_S)
        return form

    def channel(self) -> list[Post]:
        """Return what the bot said in the channel."""
        new = self._fake.tenant.messages[self._before :]
        return [
            self._post(one)
            for one in new
            if one.conversation == TEAMS_CHANNEL and "attachments" in one.activity
        ]

    def thread(self, post: Post) -> list[Post]:
        """Return the thread of a message."""
        return [self._post(one) for one in self._fake.tenant.thread(post.raw)]

    def make_trouble(self) -> None:
        """Too many, an error, late."""
        for method in ("send", "update"):
            self._fake.fail(
                method,
                Fault(status=429, headers={"Retry-After": "1"}),
                Fault(late_s=0.3),
                Fault(status=503, body="<html>Service unavailable</html>"),
            )

    def end_trouble(self) -> None:
        """Take back what was planned."""
        self._fake.faults = Faults()

    def _private(self, who: Someone) -> list[Message]:
        return [one for one in self._fake.tenant.told(who.teams) if "attachments" in one.activity]

    def _post(self, raw: Message, who: Someone | None = None) -> Post:
        person = who.teams if who else ""
        return Post(raw=raw, look=lambda: raw.card(person)["body"], summary=lambda: raw.words)


def a_workspace(fake: FakeSlack) -> None:
    """Begin with a workspace in which nothing was said yet, and everybody is."""
    fake.reset()
    everyone = {one.slack: one.name for one in EVERYBODY}
    fake.workspace.names = everyone
    fake.workspace.channels = {SLACK_CHANNEL: Channel(members={*everyone, BOT_USER})}
    fake.workspace.looks_until_scanned = 0


def a_tenant(fake: FakeTeams) -> None:
    """Begin with a tenant in which nothing was said yet, and everybody is."""
    fake.reset()
    everyone = {one.teams: one.name for one in EVERYBODY}
    fake.tenant.names = everyone
    fake.tenant.installed = set(everyone)
    fake.tenant.places[TEAMS_CHANNEL].members = set(everyone)


def _plain(text: str) -> str:
    """Return words without what only one platform needs: list marks, and colons after names."""
    lines = _WIDTHLESS.sub("", text).replace("&amp;", "&").splitlines()
    return "\n".join(one.removeprefix("- ").strip().removesuffix(":") for one in lines)


def _block(words: str) -> Json:
    return {"type": "TextBlock", "text": words}


def _walk(part: Any) -> Iterator[Json]:
    """Return every object of a card or of blocks; not what stands in for it elsewhere."""
    if isinstance(part, dict):
        yield part
        for name, inner in part.items():
            if name not in ("fallback", "data", "value"):
                yield from _walk(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _walk(inner)


def _spoken(part: Any) -> Iterator[str]:
    """Return the words of a card or of blocks, in order, without those of buttons."""
    if isinstance(part, list):
        for inner in part:
            yield from _spoken(inner)
        return
    if not isinstance(part, dict):
        return
    kind = str(part.get("type", ""))
    if kind in ("button", "static_select", "overflow") or kind.startswith("Action."):
        return
    said = [part.get(name) for name in ("label", "title", "text", "altText", "alt_text")]
    yield from (one for one in said if isinstance(one, str))
    if "title" in part and isinstance(part.get("value"), str):  # a fact
        yield part["value"]
    elif kind.startswith("Input.") and part.get("value"):
        yield str(part["value"])
    if part.get("initial_value") or part.get("initial_date"):
        yield str(part.get("initial_value") or part.get("initial_date"))
    for name, inner in part.items():
        if name not in ("fallback", "data", "choices", "options", "initial_option"):
            yield from _spoken(inner) if isinstance(inner, (dict, list)) else ()


def _labels(part: Any) -> Iterator[str]:
    for one in _walk(part):
        kind = str(one.get("type", ""))
        if kind == "button":
            yield one["text"]["text"]
        elif kind.startswith("Action.") and one.get("title") != "Go":
            yield one["title"]
        for choice in (*one.get("options", ()), *one.get("choices", ())):
            yield choice["title"] if "title" in choice else choice["text"]["text"]


def _pictures(part: Any) -> Iterator[str]:
    for one in _walk(part):
        if one.get("type") == "Image":
            yield one["altText"]
        elif one.get("type") == "image":
            yield one["alt_text"]


def _is_picture_alone(content: Json) -> bool:
    return all(block["type"] == "image" for block in content.get("blocks") or [{"type": ""}])


def _choice(card: Any, label: str) -> Mapping[str, str] | None:
    """Return what is filled in when a choice of a menu is chosen; None: there is none."""
    for one in _walk(card):
        for choice in one.get("choices", ()):
            if _plain(choice["title"]) == label and str(one["id"]).startswith("menu"):
                return {one["id"]: choice["value"]}
    return None
