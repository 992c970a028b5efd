"""How Alembic reaches the database: on the connection of `infra.db.migrate`, or from the command line."""

from sqlalchemy import Connection

from alembic import context
from portfolio_app.infra.db.engine import MIGRATION, open_engine, set_timeouts
from portfolio_app.infra.db.tables import metadata
from portfolio_app.settings import Settings


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with open_engine(Settings.from_env().database_url, connections=1).begin() as own:
        set_timeouts(own, MIGRATION)
        _run(own)
