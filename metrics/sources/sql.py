"""Crime records in a database: counted there, so that only counts travel.

The database's URL is in an environment variable, and is never shown: it may hold a password.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from config.sources import SqlSource
from metrics.delivery import Delivery, InputFile
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.crimes import KEYS, CrimeRules, record_columns
from metrics.sources.headers import Column
from metrics.sources.reading import FILE
from metrics.sources.records import (
    REFERENCE,
    ROWS,
    UPDATED,
    Groups,
    grouped,
    repeat_remarks,
)
from metrics.sources.rejections import Rejections


class Sql:
    """A source of crime records in any database that SQLAlchemy reaches."""

    def __init__(self, settings: SqlSource, *, environment: Mapping[str, str] = os.environ) -> None:
        """Remember where the database is said to be; nothing is reached yet."""
        self.name = settings.name
        self._settings = settings
        self._environment = environment
        self._columns = {one.name: one for one in record_columns(settings)}
        self._what = f"table {settings.table}" if settings.table else "query"

    def fingerprint(self) -> str:
        """Return nothing: whether a table has changed cannot be told without reading it."""
        return ""

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the records.

        Raises:
            SourceError: The database cannot be reached or asked, a reference is repeated and
                nothing says which row counts, or too many rows cannot be counted.
        """
        rules, rejections = CrimeRules(self._settings, catalogue), Rejections()
        progress(f"{self.name}: counting in the database")
        engine = self._engine()
        try:
            with engine.connect() as connection:
                repeated, remarks = self._repeats(connection)
                groups = self._groups(connection, latest=bool(repeated))
                groups = replace(groups, left_out={0: repeated})
        except SQLAlchemyError as error:
            raise self._clear(error) from error
        finally:
            engine.dispose()
        counts = rules.count(groups)
        for reason, rows in counts.faults.sizes().items():
            rejections.add(reason, rows, [f"{self._what}, a group of {rows:,} rows"])
        rows = int(groups.rows.sum())  # those that could count
        return Delivery(
            source=self.name,
            table=counts.table,
            inputs=(
                InputFile(
                    name=self._what, size=0, sha256=_sha256(groups), rows=groups.rows_by_part(1)[0]
                ),
            ),
            rejected=rejections.settled(
                name=self.name, rows=rows, limit=self._settings.max_rejected
            ),
            remarks=(*remarks, *counts.remarks),
        )

    def _engine(self) -> sa.Engine:
        variable = self._settings.url_variable
        hint = f"Set {variable} to a URL such as postgresql+psycopg://user:password@host/database."
        url = self._environment.get(variable, "")
        if not url:
            raise SourceError(f"{self.name}: the variable {variable} is not set.", hint=hint)
        try:
            return sa.create_engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
            # What went wrong is not repeated: it may quote the URL, and so a password.
            raise SourceError(
                f"{self.name}: {variable} does not hold the URL of a database that can be used.",
                hint=hint,
            ) from None

    def _records(self) -> sa.FromClause:
        """Return the table or query, with the columns that are mapped and no others."""
        columns: list[sa.ColumnClause[Any]] = [
            sa.column(one.written) for one in self._columns.values() if one.written
        ]
        if self._settings.query:
            query = self._settings.query.strip().rstrip(";")
            return sa.select(*columns).select_from(sa.text(f"({query}) records")).subquery("mapped")
        schema, _, table = self._settings.table.rpartition(".")
        return sa.table(table, *columns, schema=schema or None)

    def _repeats(self, connection: sa.Connection) -> tuple[int, list[str]]:
        """Return how many rows repeat a reference, and what to remark about references."""
        if not self._columns[REFERENCE].written:
            return 0, []
        records = self._records()
        reference = self._reference(connection, records)
        rows, named, different = connection.execute(
            sa.select(
                sa.func.count(), sa.func.count(reference), sa.func.count(reference.distinct())
            ).select_from(records)
        ).one()
        repeated, blank = int(named) - int(different), int(rows) - int(named)
        if repeated and not self._columns[UPDATED].written:
            raise SourceError(
                f"{self.name}: {repeated:,} rows of the {self._what} repeat a reference, and rows "
                "of a database have no order; nothing of it was counted.",
                hint="Name the column that says when a row was last changed: columns = { updated = "
                '"…" }, or, if every row is a crime of its own, set columns = { reference = "" }.',
            )
        return repeated, repeat_remarks(repeated, blank, by_update=True)

    def _reference(
        self, connection: sa.Connection, records: sa.FromClause
    ) -> sa.ColumnElement[Any]:
        """Return the reference; a blank one is none."""
        value = records.c[self._columns[REFERENCE].written]
        example = self._example(connection, value)
        return sa.func.nullif(value, "") if isinstance(example, str) else value

    @staticmethod
    def _example(connection: sa.Connection, value: sa.ColumnElement[Any]) -> object:
        return connection.execute(sa.select(value).where(value.is_not(None)).limit(1)).scalar()

    def _groups(self, connection: sa.Connection, *, latest: bool) -> Groups:
        records = self._latest(connection) if latest else self._records()
        keys = [self._key(connection, records, self._columns[key]).label(key) for key in KEYS]
        # Grouped outside, by plain names: not every database groups by an expression.
        inner = sa.select(*keys).subquery("keys")
        rows = connection.execute(
            sa.select(*inner.c, sa.func.count().label(ROWS)).group_by(*inner.c)
        ).all()
        table = pa.table(
            {
                **{
                    key: pa.array([self._text(row[place]) for row in rows], type=pa.string())
                    for place, key in enumerate(KEYS)
                },
                FILE: pa.array([0] * len(rows), type=pa.int64()),
                ROWS: pa.array([row[-1] for row in rows], type=pa.int64()),
            }
        )
        return grouped(table, KEYS, {})

    def _latest(self, connection: sa.Connection) -> sa.FromClause:
        """Return the most recently updated row of each reference, and those that have none."""
        records = self._records()
        reference = self._reference(connection, records)
        updated = records.c[self._columns[UPDATED].written]
        rank = sa.func.row_number().over(
            partition_by=reference,
            order_by=(sa.case((updated.is_(None), 1), else_=0), updated.desc()),
        )
        ranked = sa.select(
            *records.c,
            rank.label("rank_of_row"),
            sa.case((reference.is_(None), 1), else_=0).label("has_none"),
        ).subquery("ranked")
        newest = sa.select(ranked).where(sa.or_(ranked.c.rank_of_row == 1, ranked.c.has_none == 1))
        return newest.subquery("newest")

    def _key(
        self, connection: sa.Connection, records: sa.FromClause, column: Column
    ) -> sa.ColumnElement[Any]:
        """Return what a column is grouped by: of a date the day, however it is stored."""
        if not column.written:
            return sa.literal("")
        value = records.c[column.written]
        if not column.longest:
            return value
        example = self._example(connection, value)
        if isinstance(example, datetime):
            return sa.cast(value, sa.Date)
        if isinstance(example, str):
            return sa.func.substr(value, 1, column.longest)
        return value

    def _text(self, value: object) -> str:
        if isinstance(value, date):
            return value.strftime(self._settings.date_format)
        return "" if value is None else str(value)

    def _clear(self, error: SQLAlchemyError) -> SourceError:
        """Say in words what the database answered, without the URL."""
        said = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()
        password = sa.make_url(self._environment[self._settings.url_variable]).password
        answer = said[0] if said else type(error).__name__
        if password:
            answer = answer.replace(str(password), "…")
        return SourceError(
            f"{self.name}: the database did not give the {self._what}: {answer}",
            hint="Try the query there; the mapped columns are "
            f"{', '.join(one.written for one in self._columns.values() if one.written)}.",
        )


def _sha256(groups: Groups) -> str:
    """Return the identity of what the database gave, in whatever order it gave it."""
    lines = sorted(
        "\0".join((*(groups.values[key][groups.codes[key][n]] for key in KEYS), str(rows)))
        for n, rows in enumerate(groups.rows)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
