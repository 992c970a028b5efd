"""What follows a change: a fresh process from what was untouched, the open pages, the server, then everything."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Mapping
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
_BACKGROUND: Final = 10
"""How nice the compile of pages is that nobody looks at."""


class Site:
    """The site under development: one server at most, and the processes that the next one is forked from.

    Of `_stocks` each has imported more than the one before; a change ends those that have loaded a changed file.
    """

    def __init__(self, root: Path, first: Process, listener: int, frontend: Frontend) -> None:
        self._root = root
        self._stocks = [first]
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

    async def start(self, *, compiled: bool) -> None:
        """Serve, and compile every page unless that is done. Raises Failed."""
        digest = source_digest(self._root)
        fresh = await self._fresh()
        try:
            server = self._begin(await fresh.fork())
            if compiled:
                await self._serve(server)
            else:
                compiler = self._begin(await fresh.fork())
                await asyncio.gather(self._serve(server), compiler.call(f"{JOBS}:compile_all", digest, 0))
            self._reload = asyncio.create_task(self._restock())
        finally:
            self._end_young()

    async def change(self, files: frozenset[Path]) -> None:
        """Follow these changed files, in the background; gives up what an earlier change has begun."""
        if self._reload is not None:
            self._reload.cancel()
            await asyncio.wait([self._reload])
        listed = {file.parent for file in files if file not in self._known or not file.exists()}
        kept = [stock for stock in self._stocks[1:] if not stock.loaded & (files | listed)]
        for stock in self._stocks[1:]:
            if stock not in kept:
                stock.stop()
        self._stocks[1:] = kept
        if python := frozenset(file for file in files if file.suffix == ".py"):
            self._edited = [python, *(before for before in self._edited if before != python)][:2]
        self._reload = asyncio.create_task(self._follow(words_only=bool(files) and not python))

    async def show_style_guide(self) -> None:
        """Add the style guide to the pages from now on: it takes as long to compile as all others."""
        self._environment = {STYLEGUIDE: "on"}
        await self.change(frozenset())

    async def _follow(self, *, words_only: bool) -> None:
        try:
            await self._replace(words_only=words_only)
        except Failed as failed:
            await self._refuse(failed.problem)
        except Ended:
            print("error: a process of the development server was killed", file=sys.stderr, flush=True)
        finally:
            self._end_young()

    async def _replace(self, *, words_only: bool) -> None:
        # Taken before anything is imported: what changes later is not what was compiled.
        digest = asyncio.create_task(asyncio.to_thread(source_digest, self._root))
        asked = asyncio.create_task(self._frontend.open_pages())
        fresh = await self._fresh()
        server, compiler = self._begin(await fresh.fork()), self._begin(await fresh.fork())
        opened = compiler.call(f"{JOBS}:compile_open", await asked)
        if words_only:  # they are read before the server is needed
            await opened
            await self._serve(server)
        else:
            await _both(self._serve(server), opened)
        self._frontend.show(None)
        everything = self._begin(await fresh.fork())
        await _both(self._restock(), everything.call(f"{JOBS}:compile_all", await digest, _BACKGROUND))

    async def _fresh(self) -> Process:
        """A process with all of the project as it is now."""
        fresh = self._begin(await self._stocks[-1].fork(**self._environment))
        await fresh.load(modules.ENTRY)
        return fresh

    async def _serve(self, server: Process) -> None:
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
        self._retire()
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

    async def _refuse(self, problem: Problem) -> None:
        print(worded(problem), file=sys.stderr, flush=True)
        self._frontend.show(problem)
        if problem["trace"]:  # wrong content leaves the site as it was
            self._retire()

    async def _restock(self) -> None:
        """Import what the files in work leave untouched, then the rest: where the next change begins."""
        if len(self._stocks) > 1 + bool(self._edited):
            return
        found = modules.modules(self._root)
        self._known = frozenset(found.values())
        for stock in self._stocks[1:]:
            stock.stop()
        del self._stocks[1:]
        edited = frozenset[Path]().union(*self._edited)
        for changed in dict.fromkeys((edited, frozenset[Path]())):
            self._stocks.append(await self._prepared(found, changed))

    async def _prepared(self, found: Mapping[str, Path], changed: frozenset[Path]) -> Process:
        """A process with everything that has nothing to do with the changed files, nor reads the content."""
        while True:
            left_out = changed | self._content_readers
            stock = self._begin(await self._stocks[-1].fork())
            await stock.load(*modules.untouched(found, left_out), *self._configuration(changed), missing=True)
            if stock.content_readers <= self._content_readers:
                self._young.discard(stock)
                return stock
            self._content_readers |= stock.content_readers
            stock.stop()

    def _configuration(self, changed: frozenset[Path]) -> tuple[str, ...]:
        return () if self._root / "rxconfig.py" in changed else ("rxconfig",)

    def _begin(self, process: Process) -> Process:
        self._young.add(process)
        return process

    def _end_young(self) -> None:
        """End what has not become part of the site."""
        for process in self._young:
            process.stop()
        self._young.clear()

    async def close(self) -> None:
        """End the server in order."""
        if self._reload is not None:
            self._reload.cancel()
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
