"""Bring the database to the newest schema, once, however many processes start together."""

import contextlib
import fcntl
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from alembic import command
from portfolio_app.app.errors import Unavailable
from portfolio_app.infra.db.engine import for_writing, open_engine
from portfolio_app.infra.db.faults import UNREACHABLE

_SCRIPTS: Final = Path(__file__).parents[3] / "alembic"
# Any number will do, as long as nobody else on the same database picks it.
_LOCK_KEY: Final = 7_305_514_920


def upgrade(database_url: str) -> None:
    """Apply what is missing, all or nothing; `Unavailable` if the database does not answer."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = open_engine(database_url, connections=2)
    try:
        _upgrade(engine, config)
    except UNREACHABLE as error:
        raise Unavailable from error
    finally:
        engine.dispose()


def _upgrade(engine: Engine, config: Config) -> None:
    # The lock comes first: on SQLite even looking changes a new file, to the journal that readers don't wait for.
    with _lock(engine):
        with engine.connect() as connection:
            current = _is_current(connection, config)
        if not current:
            with for_writing(engine).begin() as connection:
                _lift_timeout(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        engine.dispose()


def _is_current(connection: Connection, config: Config) -> bool:
    applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(config).get_heads())


def _lift_timeout(connection: Connection) -> None:
    # Waiting for another starter, or changing a large table, may take longer than any query of the site.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))


@contextlib.contextmanager
def _lock(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        with _file_lock(Path(f"{engine.url.database}.migrating")):
            yield
        return
    with engine.connect() as connection:
        # It outlives the pool, so it goes back to none: nothing would close it there.
        connection.detach()
        _lift_timeout(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        yield


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
