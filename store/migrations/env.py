"""What Alembic runs: the migrations, on the connection and in the transaction it was given."""

from __future__ import annotations

from alembic import context

from store import (  # noqa: F401 - Base knows their tables now
    alert_tables,
    channel_tables,
    horizon_tables,
    register_tables,
)
from store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # also on SQLite, where it is left to the driver otherwise
)
with context.begin_transaction():
    context.run_migrations()
