"""Bring the database to the newest schema, once, however many processes start together."""

import contextlib
import fcntl
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from alembic import command
from portfolio_app.infra.db import compatibility
from portfolio_app.infra.db.engine import MIGRATION, WAITING_STARTER, for_writing, open_engine, set_timeouts
from portfolio_app.infra.db.faults import UNREACHABLE, unavailable
from portfolio_app.infra.db.lacking import holds_some

_SCRIPTS: Final = Path(__file__).parents[3] / "alembic"
# Any number will do, as long as nobody else on the same database picks it.
_LOCK_KEY: Final = 7_305_514_920

Move: TypeAlias = Callable[[Config, str], None]
"""Alembic's upgrade or downgrade."""


class NewerSchema(Exception):
    """The database was made by a newer version of the site, and this one can't run on it."""

    def __init__(self, schema: "Schema") -> None:
        needed = (
            f"which needs at least {schema.oldest}" if schema.oldest else "which does not say what it needs"
        )
        super().__init__(f"its schema is {schema.applied} of a newer version of the site, {needed}")


class Unversioned(Exception):
    """The database has tables of the site, and does not say of which version."""

    def __init__(self) -> None:
        super().__init__(
            "tables of a site are there, and not the version of their schema: restore a backup, or name another"
            " database"
        )


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema that a database has, beside what this version of the site knows.

    `applied` is None for an empty database; `missing` counts the migrations up to the newest; `oldest` is the
    migration whose code may run on it, as far as it says so, and `runs` whether this version has that one.
    """

    applied: str | None
    missing: int = 0
    is_known: bool = True
    oldest: str | None = None
    runs: bool = True


def schema_of(connection: Connection) -> Schema:
    """The schema that the database has; `Unversioned` where it does not say so, and is not empty."""
    script = ScriptDirectory(str(_SCRIPTS))
    known = [revision.revision for revision in script.walk_revisions()]  # the newest first
    applied = MigrationContext.configure(connection).get_current_revision()
    if applied is None:
        if holds_some(connection):
            raise Unversioned
        return Schema(None, len(known))
    if applied in known:
        return Schema(applied, known.index(applied))
    oldest = compatibility.oldest(connection)
    return Schema(applied, is_known=False, oldest=oldest, runs=oldest in known)


def upgrade(database_url: str, to: str = "head") -> Schema:
    """Apply what is missing up to revision `to`, all or nothing; returns the schema that was found.

    Leaves the schema of a newer version as it is where this one may run on it, else raises `NewerSchema`. Raises
    `Unavailable` if the database does not answer.
    """
    return _migrate(database_url, command.upgrade, to)


def downgrade(database_url: str, to: str) -> Schema:
    """Take migrations back, down to revision `to`; what they added is gone. `ValueError` for an older schema."""
    return _migrate(database_url, command.downgrade, to)


def _migrate(database_url: str, move: Move, to: str) -> Schema:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = open_engine(database_url, connections=1)
    try:
        return _move(engine, config, move, to)
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
    # Alembic itself names a revision by letters and digits, where nobody gives a number.
    known = [revision.revision for revision in script.walk_revisions()]
    number = 1 + max(int(revision) for revision in known if revision.isdecimal())
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


def _move(engine: Engine, config: Config, move: Move, to: str) -> Schema:
    if engine.dialect.name == "sqlite":
        return _move_file(engine, config, move, to)
    # One transaction holds the lock and migrates: a second session would have to stay idle in its own, and
    # such sessions are ended.
    with engine.begin() as connection:
        set_timeouts(connection, WAITING_STARTER)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        set_timeouts(connection, MIGRATION)
        found = schema_of(connection)
        if _moves(found, move, to):
            _apply(connection, config, move, to)
    return found


def _move_file(engine: Engine, config: Config, move: Move, to: str) -> Schema:
    # The lock comes first: even looking changes a new file, to the journal that readers don't wait for.
    with one_starter(Path(str(engine.url.database))):
        with engine.connect() as connection:
            found = schema_of(connection)
        if _moves(found, move, to):
            with for_writing(engine).begin() as connection:
                _apply(connection, config, move, to)
        engine.dispose()
    return found


def _moves(found: Schema, move: Move, to: str) -> bool:
    if not found.runs or (not found.is_known and move is command.downgrade):
        raise NewerSchema(found)
    if move is not command.downgrade:
        return found.is_known and found.missing > 0
    script = ScriptDirectory(str(_SCRIPTS))
    earlier = {"base", *(each.revision for each in script.iterate_revisions(found.applied or "base", "base"))}
    if to not in earlier:
        raise ValueError(f"the schema is {found.applied or 'none yet'}, which is before {to}")
    return found.applied != to


def _apply(connection: Connection, config: Config, move: Move, to: str) -> None:
    config.attributes["connection"] = connection
    move(config, to)


@contextlib.contextmanager
def one_starter(database: Path) -> Iterator[None]:
    """Hold every other starter of a SQLite database off."""
    with database.with_name(f"{database.name}.migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
