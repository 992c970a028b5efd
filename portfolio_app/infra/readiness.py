"""Readiness: the checks that have to pass before visitors are sent here."""

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portfolio_app.app.errors import NotReady
from portfolio_app.app.ports.unit_of_work import Repositories, UnitOfWork
from portfolio_app.app.services import Check
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.bus.shared import SharedBus
from portfolio_app.infra.db.engine import parse
from portfolio_app.infra.db.journal import GroupCommitJournal
from portfolio_app.infra.db.unit_of_work import SqlRepositories
from portfolio_app.infra.descriptors import descriptors

LEAST_FREE: Final = 16 * 1024 * 1024
"""Bytes on the disk of a SQLite database, for its journal to grow in."""


@dataclass(frozen=True, slots=True)
class DatabaseDisk:
    """The disk that SQLite writes to."""

    directory: Path
    least_free: int = LEAST_FREE

    async def __call__(self) -> None:
        """Raise `NotReady` when it is almost full, or mounted read-only: what is there can be read even then."""
        if not await asyncio.to_thread(os.access, self.directory, os.W_OK):
            raise NotReady("takes no files")
        usage = await asyncio.to_thread(shutil.disk_usage, self.directory)
        if usage.free < self.least_free:
            raise NotReady("is almost full")


class DatabaseFile:
    """The file that SQLite has open: one that is moved or deleted is written to all the same, and lost at the end."""

    def __init__(self, file: Path) -> None:
        """As it is now, when it has just been migrated."""
        self._file = file
        self._opened = _identity(file)

    async def __call__(self) -> None:
        """Raise `NotReady` when another file, or none, has its name."""
        if self._opened is not None and await asyncio.to_thread(_identity, self._file) != self._opened:
            raise NotReady("was moved or deleted: what is stored now is lost when the site stops")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        known = file.stat()
    except OSError:
        return None
    return known.st_dev, known.st_ino


def checks(
    unit_of_work: UnitOfWork, journal: GroupCommitJournal, bus: MemoryBus | SharedBus, database_url: str
) -> Mapping[str, Check]:
    """By the name that readiness reports: each raises when what it checks is not usable."""

    async def database() -> None:
        if reason := await unit_of_work.run(_reason_against):
            raise NotReady(reason)

    found: dict[str, Check] = {
        "database": database,
        "journal": _soon(journal.check),
        "bus": _soon(bus.check),
        "descriptors": descriptors.check,
    }
    if isinstance(bus, SharedBus):
        found[bus.server] = bus.ping
    url = parse(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        found["disk"] = DatabaseDisk(Path(url.database).parent)
        found["file"] = DatabaseFile(Path(url.database))
    return found


def _reason_against(repositories: Repositories) -> str:
    if not isinstance(repositories, SqlRepositories):
        return ""
    if repositories.lacking():
        return "lacks tables or columns of the site: doctor names them"
    repositories.rooms.all()
    return "" if repositories.takes_writes() else "takes no writes"


def _soon(check: Callable[[], None]) -> Check:
    async def run() -> None:
        check()

    return run
