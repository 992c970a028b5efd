"""Everybody who takes part in a run: their tasks, and when they post."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.chaos.author import Author
from tests.chaos.people import Watcher


@dataclass
class Crowd:
    """Everybody who takes part."""

    authors: list[Author]
    watchers: list[Watcher]
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """They run within the block; an error of the harness itself is raised."""
        self._tasks = [asyncio.create_task(each.run()) for each in (*self.watchers, *self.authors)]
        try:
            yield
        finally:
            ended = [task for task in self._tasks if task.done()]
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in ended:
            task.result()

    def check(self) -> None:
        """Raises what ended somebody's task, if anything did."""
        for task in self._tasks:
            if task.done():
                task.result()

    def post(self, *, now: bool) -> None:
        """Let the authors go on, or ask for nothing new."""
        for author in self.authors:
            (author.posting.set if now else author.posting.clear)()

    @property
    def is_idle(self) -> bool:
        """Whether no request is under way."""
        return all(author.idle.is_set() for author in self.authors)
