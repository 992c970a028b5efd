"""The other end of `process.py`: handles on the processes that `make dev` has forked, and on its Vite."""

import asyncio
import itertools
import json
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeAlias, cast

from portfolio_app.launcher.hot.problem import Problem

LINE_BYTES: Final = 2**20
_questions = itertools.count()


Heard: TypeAlias = Callable[[Mapping[str, Any]], None]


class Failed(Exception):
    """A process could not do what it was asked; it lives on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem["message"])
        self.problem = problem


class Ended(Exception):
    """A process went away before it answered."""


@dataclass(eq=False)
class Process:
    """A process at the other end of a connection; one question at a time."""

    pid: int
    _hub: "Hub"
    _writer: asyncio.StreamWriter
    loaded: frozenset[Path] = frozenset()
    """Paths of the project that it has read: files, and folders that it has listed."""
    content_readers: frozenset[Path] = frozenset()
    """Modules it has imported that read the content meanwhile."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Queue[Mapping[str, Any]] = field(default_factory=asyncio.Queue)
    heard: Heard = lambda _: None

    def say(self, **message: object) -> None:
        """Send without waiting for an answer."""
        with suppress(ConnectionError):
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def ask(self, **command: object) -> Any:  # noqa: ANN401 (JSON)
        """Send, and return the answer. Raises Failed or Ended."""
        question = next(_questions)
        self.say(id=question, **command)
        answer = asyncio.ensure_future(self._answer_to(question))
        gone = asyncio.ensure_future(self.ended.wait())
        try:
            await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Ended
            if "failed" in (found := answer.result()):
                raise Failed(cast(Problem, found["failed"]))
            return found["done"]
        finally:
            answer.cancel()
            gone.cancel()

    async def _answer_to(self, question: int) -> Mapping[str, Any]:
        """The answer, past those that whoever asked has not waited for."""
        while (answer := await self.answers.get())["id"] != question:
            pass
        return answer

    async def load(self, *modules: str, missing: bool = False, bytecode: Path | None = None) -> None:
        """Import there. With a folder for `bytecode`, compile the rest into it, for the forks of that process."""
        folder = str(bytecode or "")
        found = await self.ask(do="import", modules=modules, missing=missing, bytecode=folder)
        self.loaded = frozenset(map(Path, found["read"]))
        self.content_readers = frozenset(map(Path, found["readers"]))

    async def call(self, function: str, *arguments: object) -> Any:  # noqa: ANN401 (JSON)
        """Call `module:name` there with `tell` and the arguments."""
        return await self.ask(do="call", function=function, arguments=arguments)

    async def fork(self, **environment: str) -> "Process":
        """A copy that goes its own way."""
        name, joined = self._hub.expect()
        self.say(do="fork", name=name, environment=environment)
        copy = await self._hub.arrival(joined, self.ended)
        copy.loaded = self.loaded
        return copy

    def stop(self, with_: signal.Signals = signal.SIGKILL) -> None:
        """End it; it may have ended."""
        if not self.ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, with_)


class Hub:
    """The hub that the processes connect to; all of them end with it."""

    def __init__(self, address: Path) -> None:
        self.address = address
        self._names = map(str, itertools.count())
        self._expected: dict[str, tuple[asyncio.Future[Process], Heard]] = {}
        self._there: set[Process] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._greet, self.address, limit=LINE_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for process in list(self._there):
            process.stop()
        for task in self._serving:
            task.cancel()

    def expect(self, name: str = "", heard: Heard = lambda _: None) -> tuple[str, Awaitable[Process]]:
        """A name, and the process that will connect under it; what it says by itself goes to `heard`."""
        name = name or next(self._names)
        joined: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._expected[name] = joined, heard
        return name, joined

    async def arrival(self, joined: Awaitable[Process], unless: asyncio.Event) -> Process:
        """The process once it has connected. Raises Ended if `unless` comes first."""
        arrived, gone = asyncio.ensure_future(joined), asyncio.ensure_future(unless.wait())
        try:
            await asyncio.wait((arrived, gone), return_when=asyncio.FIRST_COMPLETED)
            if not arrived.done():
                raise Ended
            return arrived.result()
        except asyncio.CancelledError:
            if arrived.done() and not arrived.cancelled():
                arrived.result().stop()  # it came in the same moment: nobody else knows of it
            raise
        finally:
            arrived.cancel()
            gone.cancel()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        hello = json.loads(await reader.readline())
        process = Process(hello["pid"], self, writer)
        self._there.add(process)
        joined, process.heard = self._expected.pop(hello["name"], (None, process.heard))
        if joined is None or joined.cancelled():
            process.stop()  # whoever asked for it has moved on
        else:
            joined.set_result(process)
        try:
            async for line in reader:
                message = json.loads(line)
                if "done" in message or "failed" in message:
                    process.answers.put_nowait(message)
                else:
                    process.heard(message)
        except ConnectionError:
            pass  # killed
        except asyncio.CancelledError:
            # The hub closes; or all tasks are cancelled at once, and after this one nobody could end it any more.
            process.stop()
        finally:
            process.ended.set()
            self._there.discard(process)
            writer.close()
