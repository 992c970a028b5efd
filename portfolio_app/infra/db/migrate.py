"""Bring the database to the newest schema, once, however many processes start together."""

import contextlib
import fcntl
import io
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from alembic import command
from portfolio_app.infra.db.engine import MIGRATION, WAITING_STARTER, for_writing, open_engine, set_timeouts
from portfolio_app.infra.db.faults import UNREACHABLE, unavailable

_SCRIPTS: Final = Path(__file__).parents[3] / "alembic"
# Any number will do, as long as nobody else on the same database picks it.
_LOCK_KEY: Final = 7_305_514_920


def upgrade(database_url: str, to: str = "head") -> None:
    """Apply what is missing up to revision `to`, all or nothing; `Unavailable` if the database does not answer."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = open_engine(database_url, connections=1)
    try:
        _upgrade(engine, config, to)
    except UNREACHABLE as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def knows(revision: str) -> bool:
    """Whether this version of the site has the migration that made a schema."""
    return any(each.revision == revision for each in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


def write_revision(name: str) -> Path:
    """Write the migration from the newest schema to that of all tables known to this process; returns the file."""
    script = ScriptDirectory(str(_SCRIPTS))
    number = 1 + max(int(revision.revision) for revision in script.walk_revisions())
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        url = f"sqlite:///{folder}/current.db"
        upgrade(url)
        engine = open_engine(url, connections=1)
        with engine.connect() as connection:
            config = Config(str(_SCRIPTS.parent / "alembic.ini"))
            config.attributes["connection"] = connection
            command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")
        engine.dispose()
    return _SCRIPTS / "versions" / f"{number:04}_{name}.py"


def _upgrade(engine: Engine, config: Config, to: str) -> None:
    if engine.dialect.name == "sqlite":
        _upgrade_file(engine, config, to)
        return
    # One transaction holds the lock and migrates: a second session would have to stay idle in its own, and
    # such sessions are ended.
    with engine.begin() as connection:
        set_timeouts(connection, WAITING_STARTER)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        set_timeouts(connection, MIGRATION)
        if not _is_current(connection, config):
            _apply(connection, config, to)


def _upgrade_file(engine: Engine, config: Config, to: str) -> None:
    # The lock comes first: even looking changes a new file, to the journal that readers don't wait for.
    with one_starter(Path(str(engine.url.database))):
        with engine.connect() as connection:
            current = _is_current(connection, config)
        if not current:
            with for_writing(engine).begin() as connection:
                _apply(connection, config, to)
        engine.dispose()


def _apply(connection: Connection, config: Config, to: str) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _is_current(connection: Connection, config: Config) -> bool:
    applied = MigrationContext.configure(connection).get_current_heads()
    return set(applied) == set(ScriptDirectory.from_config(config).get_heads())


@contextlib.contextmanager
def one_starter(database: Path) -> Iterator[None]:
    """Hold every other starter of a SQLite database off."""
    with database.with_name(f"{database.name}.migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
