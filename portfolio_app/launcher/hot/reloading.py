"""The reload after a change: a fresh process from what was untouched, the open pages, the server, then everything."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from portfolio_app.launcher.hot import modules
from portfolio_app.launcher.hot.frontend import Frontend
from portfolio_app.launcher.hot.problem import Problem, worded
from portfolio_app.launcher.hot.processes import Ended, Failed, Process
from portfolio_app.launcher.sources import source_digest
from portfolio_app.settings import STYLEGUIDE

JOBS: Final = "portfolio_app.launcher.hot.jobs"
RETIRE_S: Final = 3
_FIRST, _AROUND, _WORDED, _REST = "first", "around", "worded", "rest"
"""The libraries; all but what imports the files in work; that with the content, and with the other modules."""
_BACKGROUND: Final = 10
"""How nice the compile of pages is that nobody looks at."""
_BROWSERS_FIRST_S: Final = 0.25
"""The pages that are open take the change in, before the next one is prepared."""


class Site:
    """The site under development: one server at most, and the processes that the next one is forked from.

    A change ends those of `_stocks` that have read a changed file, and begins with the one left that has read the most.
    """

    def __init__(self, root: Path, first: Process, listener: int, frontend: Frontend, bytecode: Path) -> None:
        self._root = root
        self._bytecode = bytecode
        self._stocks = {_FIRST: first}
        self._around: frozenset[Path] = frozenset()
        self._listener = listener
        self._frontend = frontend
        self._server: Process | None = None
        self._reload: asyncio.Task[None] | None = None
        self._young: set[Process] = set()
        self._known = frozenset(modules.modules(root).values())
        """Python files; another one changes what is found in its folder, and so does a removed one."""
        self._edited: list[frozenset[Path]] = []
        self._environment: dict[str, str] = {}
        self._content_readers: frozenset[Path] = frozenset()
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self, migrated: Awaitable[object], digest: str | None) -> None:
        """Serve once the database is migrated; compile every page if a digest is given. Raises Failed."""
        migrating = asyncio.ensure_future(migrated)
        try:
            fresh = await self._fresh()
            await migrating
            steps = [self._serve(await self._fork(fresh))]
            if digest is not None:
                compiler = await self._fork(fresh)
                steps.append(compiler.call(f"{JOBS}:compile_all", digest, 0))
            await _both(*steps)
            self._reload = asyncio.create_task(self._restock())
        finally:
            migrating.cancel()
            self._end_young()

    async def change(self, files: frozenset[Path]) -> None:
        """Follow these changed files, in the background; gives up what an earlier change has begun."""
        if self._reload is not None:
            self._reload.cancel()
            await asyncio.wait([self._reload])
        listed = {file.parent for file in files if file not in self._known or not file.exists()}
        self._drop(name for name, stock in self._stocks.items() if stock.loaded & (files | listed))
        if python := frozenset(file for file in files if file.suffix == ".py"):
            self._edited = [python, *(before for before in self._edited if before != python)][:2]
        self._reload = asyncio.create_task(self._follow(words_only=bool(files) and not python))

    async def show_style_guide(self) -> None:
        """Add the style guide to the pages from now on: it takes as long to compile as all others."""
        self._environment = {STYLEGUIDE: "on"}
        await self.change(frozenset())

    async def _follow(self, *, words_only: bool) -> None:
        try:
            try:
                await self._replace(words_only=words_only)
            except Failed as failed:
                self._refuse(failed.problem)
                await self._restock()  # the repair is most likely the next change
        except Ended:
            print("error: a process of the development server was killed", file=sys.stderr, flush=True)
        finally:
            self._end_young()

    async def _replace(self, *, words_only: bool) -> None:
        asked = asyncio.create_task(self._frontend.open_pages())
        fresh = await self._fresh()
        if not words_only:
            self._retire()
        server, compiler = await asyncio.gather(self._fork(fresh), self._fork(fresh))
        opened = compiler.call(f"{JOBS}:compile_open", await asked)
        if words_only:  # they are read before the server is needed
            await opened
            await self._serve(server)
        else:
            await _both(self._serve(server), opened)
        self._frontend.show(None)
        await asyncio.sleep(_BROWSERS_FIRST_S)
        # A file that has changed since it was imported gives up this task before the digest is written.
        digest = await asyncio.to_thread(source_digest, self._root)
        everything = await self._fork(fresh)
        await _both(self._restock(), everything.call(f"{JOBS}:compile_all", digest, _BACKGROUND))

    async def _fresh(self) -> Process:
        """A process with all of the project as it is now."""
        most = max(self._stocks.values(), key=lambda stock: len(stock.loaded))
        fresh = await self._fork(most, **self._environment)
        await fresh.load(modules.ENTRY)
        return fresh

    async def _serve(self, server: Process) -> None:
        # Requests meanwhile wait at the socket, and visitors' pages connect anew while this process starts.
        self._retire()
        up = asyncio.Event()
        server.heard = lambda message: self._hear(message, up)
        serving = asyncio.create_task(server.call(f"{JOBS}:serve", self._listener))
        serving.add_done_callback(lambda ended: self._stopped(server, ended))
        waiting = asyncio.create_task(up.wait())
        try:
            await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if not up.is_set():
            await serving
        self._young.discard(server)
        self._server = server

    def _hear(self, message: Mapping[str, Any], up: asyncio.Event) -> None:
        if "serving" in message:
            up.set()
        elif "problem" in message:  # its traceback is in the terminal already
            self._frontend.flash(message["problem"])

    def _stopped(self, server: Process, ended: asyncio.Task[Any]) -> None:
        server.stop()
        if not ended.cancelled():
            ended.exception()  # who waited for the start has got it

    def _retire(self) -> None:
        """Have the server end: at once, unlike after SIGTERM, which leaves proxies time to look elsewhere."""
        if (server := self._server) is None:
            return
        self._server = None
        server.stop(signal.SIGINT)
        task = asyncio.create_task(_end_late(server))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _refuse(self, problem: Problem) -> None:
        print(worded(problem), file=sys.stderr, flush=True)
        self._frontend.show(problem)
        if problem["trace"]:  # wrong content leaves the site as it was
            self._retire()

    async def _restock(self) -> None:
        """Import what the files in work leave untouched, and for a change elsewhere the rest or the content."""
        found = modules.modules(self._root)
        self._known = frozenset(found.values())
        edited = frozenset[Path]().union(*self._edited)
        if _AROUND not in self._stocks or self._around != edited:
            around = await self._prepared(self._stocks[_FIRST], found, edited)
            self._drop(name for name in self._stocks if name != _FIRST)
            self._stocks[_AROUND], self._around = around, edited
        if _WORDED not in self._stocks:
            self._stocks[_WORDED] = await self._worded(self._stocks[_AROUND])
        if _REST not in self._stocks:
            self._stocks[_REST] = await self._prepared(self._stocks[_AROUND], found, frozenset())

    def _drop(self, names: Iterable[str]) -> None:
        for name in tuple(names):
            if name != _FIRST:  # what it has loaded needs a new start of the whole
                self._stocks.pop(name).stop()

    async def _worded(self, parent: Process) -> Process:
        """A process that has read the content, too; without words that are right, it has no more than the other."""
        worded = await self._fork(parent)
        with suppress(Failed):
            await worded.call(f"{modules.__name__}:read_content")
        await worded.load()
        self._young.discard(worded)
        return worded

    async def _prepared(
        self, parent: Process, found: Mapping[str, Path], changed: frozenset[Path]
    ) -> Process:
        """A process with everything that has nothing to do with the changed files, nor reads the content."""
        while True:
            left_out = changed | self._content_readers
            stock = await self._fork(parent)
            kept = (*modules.untouched(found, left_out), *self._configuration(changed))
            await stock.load(*kept, missing=True, bytecode=self._bytecode)
            if stock.content_readers <= self._content_readers:
                self._young.discard(stock)
                return stock
            self._content_readers |= stock.content_readers
            stock.stop()

    def _configuration(self, changed: frozenset[Path]) -> tuple[str, ...]:
        return () if self._root / "rxconfig.py" in changed else ("rxconfig",)

    async def _fork(self, parent: Process, **environment: str) -> Process:
        """A copy that is ended with this change unless it becomes part of the site."""
        process = await parent.fork(**environment)
        self._young.add(process)
        return process

    def _end_young(self) -> None:
        """End what has not become part of the site."""
        for process in self._young:
            process.stop()
        self._young.clear()

    async def close(self) -> None:
        """End the server in order, and what a change has begun."""
        if self._reload is not None:
            self._reload.cancel()
            await asyncio.wait([self._reload])
        self._retire()
        if self._retiring:
            await asyncio.wait(self._retiring)


async def _both(*steps: Coroutine[Any, Any, Any]) -> None:
    """Return when all are done; the first that fails ends the others."""
    tasks = [asyncio.create_task(step) for step in steps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _end_late(server: Process) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(RETIRE_S):
            await server.ended.wait()
    server.stop()
