"""Looks at everything that a run needs, and says what to mend."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.alerts.routing import listeners
from bot.app import SLACK, App
from bot.channels.slack.checking import check_slack
from bot.channels.teams.connector import TeamsTrouble
from bot.channels.teams.signing_in import SignIn
from config.operations import read_operations
from config.settings import Settings, read_settings
from metrics.calendar import say_date
from metrics.errors import UserError
from store.database import Database
from store.loads import SqlLoads


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look found."""

    what: str
    said: str
    problem: bool = False
    hint: str = ""


def check_everything() -> tuple[Finding, ...]:
    """Check settings, plan, sources and database, each as far as the others allow."""
    try:
        settings = read_settings()
    except UserError as error:
        return (_problem("Settings", error),)
    with App(settings=settings) as app:
        return (Finding(what="Settings", said="every value can be used"), *check_app(app))


def check_app(app: App) -> tuple[Finding, ...]:
    """Check one force's plan, sources, people, alerts and database."""
    database = looked("Database", lambda: _database(app.settings))
    return (
        *(one for what, look in LOOKS for one in looked(what, partial(look, app))),
        *slack(app),
        *looked("Teams", lambda: teams(app)),
        *database,
        *(() if any(one.problem for one in database) else looked("Data", lambda: _data(app))),
    )


def looked(what: str, look: Callable[[], Iterator[str]]) -> tuple[Finding, ...]:
    """Return what a look found; what cannot be used is a finding as well."""
    try:
        return tuple(Finding(what=what, said=said) for said in look())
    except UserError as error:
        return (_problem(what, error),)


def _problem(what: str, error: UserError) -> Finding:
    return Finding(what=what, said=str(error), problem=True, hint=error.hint)


def _plan(app: App) -> Iterator[str]:
    catalogue = app.catalogue
    synthetic = ", synthetic demonstration data" if catalogue.synthetic else ""
    yield (
        f"{catalogue.name}{synthetic}: {len(catalogue.tree)} areas, "
        f"{len(catalogue.measures)} measures, {len(catalogue.priorities)} priorities, "
        f"{len(catalogue.frameworks)} frameworks"
    )


def _sources(app: App) -> Iterator[str]:
    for source in app.sources:
        source.fingerprint()
        yield f"{source.name} can be read"


def _people(app: App) -> Iterator[str]:
    people = app.people
    roles = Counter(entry.role.words for entry in people.named.values())
    named = ", ".join(f"{count} as {role}" for role, count in roles.items())
    yield f"{named or 'nobody'} named, {len(people.grouped)} groups with a role"


def _operations(app: App) -> Iterator[str]:
    shipped = read_operations(app.settings.operations_file, app.catalogue)
    yield f"{len(shipped)} known from the plan"


def _alerts(app: App) -> Iterator[str]:
    policy = app.policy
    budget = policy.budget.false_alerts_a_week
    yield f"{len(policy.route)} routes, {budget:g} false alerts a week at most"
    audience = listeners(policy.route, app.members(), ())  # what people follow is no route
    if not audience:
        raise UserError(
            "Nobody is told of alerts: no route leads to a channel or a person that is set up.",
            hint="Add a [[route]] to alerts.toml, or people with the route's role to people.toml.",
        )
    for one in sorted({listener.destination for listener in audience}):
        if one.platform not in app.posters:
            raise UserError(
                f"A route of alerts.toml leads to {one}, and {one.platform} is not set up.",
                hint="Set it up (docs/slack.md, docs/teams.md), or send the route elsewhere.",
            )
    yield f"{len({listener.destination for listener in audience})} places are told"


def slack(app: App) -> tuple[Finding, ...]:
    """Look at Slack, where it is set up."""
    settings = app.settings
    if settings.slack_bot_token is None:
        return (Finding(what="Slack", said="not set up (docs/slack.md); the console needs none"),)
    secret, token = settings.slack_signing_secret, settings.slack_app_token
    looks = check_slack(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=token.get_secret_value() if token else "",
        signing_secret=secret.get_secret_value() if secret else "",
        channels=sorted(_slack_channels(app)),
        groups=app.people.groups(SLACK),
        api_url=settings.slack_api_url,
    )
    return tuple(
        Finding(what="Slack", said=one.said, problem=one.problem, hint=one.hint) for one in looks
    )


def teams(app: App) -> Iterator[str]:
    """Look at Teams, where it is set up: whether Entra lets the app sign in.

    Raises:
        UserError: It is set up by half, or refused, or Entra cannot be asked.
    """
    if app.teams is None:
        yield "not set up (docs/teams.md); the console needs none"
        return
    try:
        asyncio.run(_signed_in(app.teams_sign_in(app.teams)))
    except TeamsTrouble as trouble:
        raise UserError(str(trouble), hint="docs/teams.md says where each value is.") from trouble
    yield "the app can sign in; whether it is in a channel shows with the first message there"
    for name in app.workflows:
        yield f"the workflow {name} can be posted to, as far as its address says"


async def _signed_in(sign_in: SignIn) -> None:
    await sign_in()


def _slack_channels(app: App) -> Iterator[str]:
    """Give the Slack channels that something is posted to."""
    settings = app.settings
    written = [settings.operators, settings.fallback, *(one.to for one in app.policy.route)]
    for one in written:
        platform, _, address = (one or "").partition(":")
        if platform == SLACK and not address.startswith("U"):
            yield address


LOOKS: Final[tuple[tuple[str, Callable[[App], Iterator[str]]], ...]] = (
    ("Plan", _plan),
    ("Sources", _sources),
    ("People", _people),
    ("Alerts", _alerts),
    ("Operations", _operations),
)
"""What needs no database and nothing outside: each says a sentence for everything that is well."""


def _database(settings: Settings) -> Iterator[str]:
    database = Database(settings.database_url.get_secret_value())
    try:
        problems = database.check()
    finally:
        database.close()
    if problems:
        raise problems[0]
    yield "can be reached and is up to date"


def _data(app: App) -> Iterator[str]:
    with app.database.reading() as session:
        for source in app.sources:
            load = SqlLoads(session).latest(source.name)
            if load is None:
                yield f"{source.name} has not been loaded yet"
            elif load.span:
                yield f"{source.name} reaches to {say_date(load.span[1])}"
