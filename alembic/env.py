"""How Alembic reaches the database: on the connection of `infra.db.migrate`, or from the command line."""

from typing import Literal

from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from alembic import context
from portfolio_app.infra.db.compatibility import record
from portfolio_app.infra.db.engine import MIGRATION, open_engine, set_timeouts
from portfolio_app.infra.db.search import is_mapped
from portfolio_app.infra.db.tables import metadata
from portfolio_app.settings import Settings


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=_render,
        include_object=is_mapped,
    )
    with context.begin_transaction():
        context.run_migrations()
    record(connection, context.script)


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Text columns in SQLAlchemy's own words, so that a revision imports nothing else."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    # A revision is written at a desk: the tables of demos belong to what it compares.
    from portfolio_app.http import demos

    demos.found()
    with open_engine(Settings.from_env().database_url, connections=1).begin() as own:
        set_timeouts(own, MIGRATION)
        _run(own)
