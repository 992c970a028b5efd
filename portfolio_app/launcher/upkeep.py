"""Commands for the operator's drawer: back up, restore, read page views, and find out what is wrong."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from portfolio_app.launcher import serving
from portfolio_app.launcher.errors import LaunchError, root_cause
from portfolio_app.settings import Settings


class Add(Protocol):
    """Adds a command to the parser."""

    def __call__(
        self, name: str, command: Callable[[Settings, argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        """Returns its own parser, for its arguments."""
        ...


def add_commands(add: Add) -> None:
    """Add `backup`, `restore`, `views` and `doctor`."""
    text = "write the database to one file, while the site runs or not (PostgreSQL: with pg_dump)"
    backup = add("backup", _back_up, text)
    backup.add_argument("file", metavar="FILE", type=Path, nargs="?", help="a new file (one in backups/)")
    text = "put a backup in the place of the database, while no site runs; what was there is kept in backups/"
    add("restore", _restore, text).add_argument("file", metavar="FILE", type=Path, help="what backup wrote")
    add("views", _page_views, "print how often each page was opened in the last 30 days (PAGE_VIEWS=on)")
    add(
        "doctor",
        _examine,
        "look at environment, disk, database, Redis and proxy; exit code 1: something is wrong",
    )


def _back_up(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    try:
        file = maintenance.back_up(settings, chosen.file)
    except Exception as error:
        raise LaunchError(f"no backup was made: {root_cause(error)}") from error
    print(f"wrote {file}")


def _restore(settings: Settings, chosen: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    serving.prepare(settings)
    try:
        replaced = maintenance.restore(settings, chosen.file)
    except maintenance.NotUpgraded as error:
        kept = "" if error.replaced is None else f"; what was there before is in {error.replaced}"
        raise LaunchError(
            f"{chosen.file} is restored, but can't be brought to the current schema, which the next start tries"
            f" again: {root_cause(error)}{kept}"
        ) from error
    except Exception as error:
        raise LaunchError(f"the database stays as it is: {root_cause(error)}") from error
    print(f"restored {chosen.file}; open tabs read their rooms anew")
    if replaced is not None:
        print(f"what was there before is in {replaced}")


def _page_views(settings: Settings, _: argparse.Namespace) -> None:
    from portfolio_app import maintenance

    try:
        report = maintenance.page_views(settings)
    except Exception as error:
        raise LaunchError(f"the counts can't be read: {root_cause(error)}") from error
    print(f"{'today':>9} {'7 days':>9} {'30 days':>9}  page")
    for page in report.pages:
        print(f"{page.today:>9} {page.week:>9} {page.month:>9}  {page.page}")
    if not settings.page_views:
        print("nothing is counted now: PAGE_VIEWS is off")


def _examine(settings: Settings, _: argparse.Namespace) -> int:
    from portfolio_app.launcher import doctor

    return doctor.examine(settings)


def migrate_down(settings: Settings, revision: str) -> None:
    """Take migrations back. Raises LaunchError when that is impossible."""
    from portfolio_app import maintenance

    try:
        maintenance.migrate_down(settings, revision)
    except Exception as error:
        raise LaunchError(f"the schema stays as it is: {root_cause(error)}") from error
    print(f"the schema is {revision} now; a start of this version brings it to the newest again")
