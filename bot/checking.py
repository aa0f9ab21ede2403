"""Looks at everything that a run needs, and says what to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.app import App
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
        database = _looked("Database", lambda: _database(settings))
        return (
            Finding(what="Settings", said="every value can be used"),
            *_looked("Plan", lambda: _plan(app)),
            *_looked("Sources", lambda: _sources(app)),
            *database,
            *(() if any(one.problem for one in database) else _looked("Data", lambda: _data(app))),
        )


def _looked(what: str, look: Callable[[], Iterator[str]]) -> tuple[Finding, ...]:
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
