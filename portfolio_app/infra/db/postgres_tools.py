"""PostgreSQL's own `pg_dump`, `pg_restore` and `psql`, called so that no list of processes shows a password."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from portfolio_app.infra.db.engine import parse

_CONNECT_S: Final = "10"
_REVISION: Final = re.compile(r"^COPY \S*alembic_version .*? FROM stdin;\n(\S+)\n\\\.$", re.MULTILINE)
_TABLE: Final = re.compile(r"^\d+; \d+ \d+ TABLE DATA \S+ (\S+) ", re.MULTILINE)

# Everything of this role in the schema, as an older dump would not name the tables of later migrations. What
# belongs to an extension goes with the extension.
_EMPTIED: Final = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_get_userbyid(relowner) = current_user LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', each.name);
    END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) = current_user
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', each.name);
    END LOOP;
END $$
"""


class BackupError(Exception):
    """A backup can't be made or restored; the text is one line for the operator and holds no secret."""


def dump(database_url: str, file: Path) -> None:
    """Write an archive in the custom format; `BackupError` in the words of `pg_dump`."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={file}"]
    _run("pg_dump", options, database_url)


def contents(file: Path) -> tuple[set[str], str | None]:
    """The tables of an archive, and the revision of its schema, None where it names none."""
    tables = set(_TABLE.findall(_run("pg_restore", ["--list", str(file)])))
    if "alembic_version" not in tables:
        return tables, None
    rows = _run("pg_restore", ["--data-only", "--table=alembic_version", "--file=-", str(file)])
    found = _REVISION.search(rows)
    return tables, found[1] if found else None


def load(database_url: str, file: Path, script: Path, then: str) -> None:
    """Put an archive in the place of what the database holds and run `then`, all in one transaction.

    `script` receives the statements: a pipe that broke off half way could not be told from its end.
    """
    _run("pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(file)])
    options = [
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    # The script empties the search path for its session.
    _run("psql", [*options, f"--command={_EMPTIED}", f"--file={script}", f"--command={then}"], database_url)


def _run(program: str, options: list[str], database_url: str | None = None) -> str:
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not on this machine: install PostgreSQL's client programs")
    command, environment = [path, *options], {**os.environ, "PGCONNECT_TIMEOUT": _CONNECT_S, "LC_ALL": "C"}
    if database_url is not None:
        url = parse(database_url)
        command.append(f"--dbname={_without_password(url)}")
        if password := url.password or url.query.get("password"):
            environment["PGPASSWORD"] = str(password)
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (its own list)
    if ended.returncode:
        raise BackupError(f"{program}: {_first_line(program, ended.stderr)}")
    return ended.stdout


def _without_password(url: URL) -> str:
    query = {name: value for name, value in url.query.items() if name != "password"}
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return bare.render_as_string(hide_password=False)


def _first_line(program: str, said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it failed without a word"]
    first = next((line for line in lines if "error" in line.lower()), lines[0])
    return re.sub(rf"^(?:{program}: )?(?:error: )?", "", first)
