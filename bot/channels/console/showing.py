"""What the page shows, as HTML: the page itself, and the messages of the feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypedDict

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.console.gallery import Gallery
from bot.channels.console.vocabulary import Invitation
from bot.feed import FollowUp, Post
from bot.people import Person
from bot.render import html
from bot.replies import Reply
from metrics.calendar import LONDON

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("bot.channels.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Shown(TypedDict):
    """One message of the feed, for the page to put in its place."""

    key: str
    place: str  # the heading that it stands under
    about: str  # who reads there
    html: str


def page(
    *,
    force: str,
    standing: str,
    is_synthetic: bool,
    people: Mapping[str, Person],
    invitations: Sequence[Invitation],
    showing: Iterable[str],
) -> str:
    """Return the page.

    Args:
        force: The force's name.
        standing: As at when the newest figures are, or that there are none.
        is_synthetic: Whether they are a demonstration's.
        people: Whose eyes can be borrowed, by their id on the console.
        invitations: Questions to begin with.
        showing: The commands that a link may ask by itself.
    """
    return _ENVIRONMENT.get_template("page.html").render(
        force=force,
        standing=standing,
        is_synthetic=is_synthetic,
        people=people,
        invitations=invitations,
        showing=" ".join(sorted(showing)),
    )


def reply_html(reply: Reply, gallery: Gallery) -> str:
    """Return a reply, its pictures to be fetched by themselves."""
    return html.render(reply, charts=gallery.hang(reply))


def feed_html(
    posts: Sequence[Post], *, reader: str, people: Mapping[str, Person], gallery: Gallery
) -> list[Shown]:
    """Return the messages of the feed, each under the heading of its place."""
    template = _ENVIRONMENT.get_template("message.html")
    return [
        {
            "key": one.key,
            "place": _place(one.address, reader, people),
            "about": "Everyone in the channel" if one.address.startswith("#") else "Only to you",
            "html": template.render(
                post=one,
                reply=Markup(reply_html(one.reply, gallery)),  # noqa: S704 - rendered, escaped
                when=_when(one),
                thread=[_follow_up(each, gallery) for each in one.thread],
            ),
        }
        for one in posts
    ]


def _place(address: str, reader: str, people: Mapping[str, Person]) -> str:
    if address == reader and address in people:
        return f"Direct to {people[address].name}"
    return address


def _follow_up(one: FollowUp, gallery: Gallery) -> dict[str, object]:
    return {
        "when": say_moment(one.at) if one.is_told else _waiting(one.waits_until),
        "reply": Markup(reply_html(one.reply, gallery)),  # noqa: S704 - rendered, escaped
    }


def _when(post: Post) -> str:
    if not post.is_told:
        return _waiting(post.waits_until)
    edited = f" · edited {say_moment(post.edited_at)}" if post.edited_at else ""
    return f"{say_moment(post.at)}{edited}"


def _waiting(until: datetime | None) -> str:
    return f"Waits until {say_moment(until)}" if until else "Waits to be told"


def say_moment(at: datetime) -> str:
    """Return a moment of these days as people in London say it."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B, %H:%M}"
