"""An operator's work on the database, for which no site has to run."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

from portfolio_app.app.account.confirm_email import GiveEmail
from portfolio_app.app.account.introduce import IntroduceSite
from portfolio_app.app.account.operate import DisableAccount, EndSessions
from portfolio_app.app.account.recover import MakeResetLink
from portfolio_app.app.account.set_role import SetRole
from portfolio_app.app.chat.rooms import ManageRooms, RoomChange
from portfolio_app.app.errors import NotAllowed, NotFound, RoomExists, RoomTitleTaken
from portfolio_app.app.page_views import ReadPageViews, ViewsReport
from portfolio_app.app.ports.bus import Bus
from portfolio_app.app.ports.unit_of_work import UnitOfWork
from portfolio_app.bootstrap.adapters import open_bus, open_database
from portfolio_app.domain.account.recovery import RecoveryCode
from portfolio_app.domain.account.user import Role, Username
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.clock import system_clock
from portfolio_app.infra.db import backup
from portfolio_app.infra.db import restore as replace
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.engine import parse
from portfolio_app.infra.db.migrate import downgrade, knows, upgrade
from portfolio_app.infra.db.postgres_tools import BackupError
from portfolio_app.infra.db.restore import NotUpgraded
from portfolio_app.infra.sealer import FernetSealer
from portfolio_app.settings import Settings

__all__ = ["NotUpgraded"]
T = TypeVar("T")


def migrate(settings: Settings) -> str | None:
    """Bring the database to the newest schema; returns the one of a newer version where it stays as it is.

    `Unavailable` if it does not answer, `NewerSchema` where this version can't run on it.
    """
    found = upgrade(settings.database_url)
    return None if found.is_known else found.applied


def migrate_down(settings: Settings, revision: str) -> None:
    """Take the migrations after `revision` back, and what they added, while no site runs.

    `ValueError` for an unknown revision, `BackupError` while a site runs: it would go on without what it reads.
    """
    if not knows(revision):
        raise ValueError(f"there is no migration {revision}")
    _check_file(settings)
    replace.check_stopped(settings.database_url)
    downgrade(settings.database_url, revision)


def back_up(settings: Settings, file: Path | None = None) -> Path:
    """Write the database to a file, the site running or not; returns it. `ValueError` says why not."""
    file = file or _backup_of(settings)
    try:
        backup.back_up(settings.database_url, file)
    except BackupError as error:
        raise ValueError(str(error)) from None
    return file


def restore(settings: Settings, file: Path) -> Path | None:
    """Put a backup in the place of the database while no site runs; returns where that is kept, None for an empty one.

    `ValueError` says why not; `NotUpgraded` that it is restored, and keeps its schema.
    """
    replaced = _backup_of(settings, "-replaced")
    try:
        return replaced if replace.restore(settings.database_url, file, replaced) else None
    except BackupError as error:
        raise ValueError(str(error)) from None


def _backup_of(settings: Settings, end: str = "") -> Path:
    of_sqlite = settings.database_url.startswith("sqlite")
    folder = Path(parse(settings.database_url).database or "").parent if of_sqlite else settings.data_dir
    return (
        folder
        / backup.FOLDER
        / f"portfolio-{system_clock():%Y%m%dT%H%M%S.%f}{end}.{'db' if of_sqlite else 'dump'}"
    )


def promote(settings: Settings, username: str, *, owner: bool = False) -> None:
    """Make a member a moderator, or the owner; `LookupError` for an unknown name."""
    _set_role(settings, username, Role.OWNER if owner else Role.MODERATOR)


def demote(settings: Settings, username: str) -> None:
    """Make a moderator or owner a member again; `LookupError` for an unknown name."""
    _set_role(settings, username, Role.MEMBER)


def introduce(settings: Settings) -> str | None:
    """The secret of the site's own session, on a database in which nothing has happened; else None."""
    database = Database(settings.database_url, system_clock)
    try:
        secret = asyncio.run(IntroduceSite(database.unit_of_work, system_clock)())
    finally:
        database.close()
    sealer = FernetSealer(settings.session_secrets, system_clock)
    return None if secret is None else sealer.seal(json.dumps(["session", secret.value]))


def change_room(settings: Settings, change: RoomChange, slug: str, title: str = "") -> None:
    """Change a room as the operator; `ValueError` says why not."""
    _check_file(settings)

    async def work() -> None:
        async with AsyncExitStack() as stack:
            database = open_database(settings, stack)
            bus = await open_bus(settings, stack)
            await ManageRooms(database.unit_of_work, bus, system_clock)(None, change, slug, title)

    try:
        asyncio.run(work())
    except (NotFound, RoomExists, RoomTitleTaken, NotAllowed, InvalidValue) as error:
        raise ValueError(str(error)) from error


def page_views(settings: Settings) -> ViewsReport:
    """How often each page was opened in the last 30 days; `Unavailable` if the database does not answer."""

    async def read(work: UnitOfWork, _: Bus) -> ViewsReport:
        return await ReadPageViews(work, system_clock)(None)

    return _on_account(settings, read)


def reset_link(settings: Settings, username: str) -> str:
    """A link that lets a member choose another password, once; `LookupError` for an unknown name."""

    async def make(work: UnitOfWork, _: Bus) -> RecoveryCode:
        return await MakeResetLink(work, system_clock)(username)

    code = _on_account(settings, make)
    # Behind the `#` no server, proxy or log gets to see it.
    return f"{settings.public_url or settings.local_url}/recover#{Username.parse(username)}.{code.shown}"


def confirm_email(settings: Settings, username: str) -> None:
    """Let an account hold its address, as if it was confirmed by a letter; `LookupError` for an unknown name."""

    async def give(work: UnitOfWork, _: Bus) -> None:
        await GiveEmail(work, system_clock)(username)

    _on_account(settings, give)


def end_sessions(settings: Settings, username: str) -> int:
    """Sign a member out everywhere; returns of how many browsers. `LookupError` for an unknown name."""

    async def end(work: UnitOfWork, bus: Bus) -> int:
        return await EndSessions(work, bus, system_clock)(None, username)

    return _on_account(settings, end)


def disable(settings: Settings, username: str, *, disabled: bool) -> None:
    """Keep a member out, or let them in again; `LookupError` for an unknown name."""

    async def change(work: UnitOfWork, bus: Bus) -> None:
        await DisableAccount(work, bus, system_clock)(username, disabled=disabled)

    _on_account(settings, change)


def _check_file(settings: Settings) -> None:
    """Raise `BackupError` without a SQLite file: opening it would make one, in a folder that may be mistyped."""
    if settings.database_url.startswith("sqlite"):
        backup.database_file(settings.database_url)


def _on_account(settings: Settings, work: Callable[[UnitOfWork, Bus], Awaitable[T]]) -> T:
    _check_file(settings)

    async def run() -> T:
        async with AsyncExitStack() as stack:
            database = open_database(settings, stack)
            return await work(database.unit_of_work, await open_bus(settings, stack))

    try:
        return asyncio.run(run())
    except (NotFound, InvalidValue) as error:
        raise LookupError(str(error)) from error


def _set_role(settings: Settings, username: str, role: Role) -> None:
    _check_file(settings)
    database = Database(settings.database_url, system_clock)
    try:
        asyncio.run(SetRole(database.unit_of_work, system_clock)(username, role))
    except (NotFound, InvalidValue) as error:
        raise LookupError(str(error)) from error
    finally:
        database.close()
