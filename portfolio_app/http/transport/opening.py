"""What a page reads when it opens, as one event of the framework instead of one for each handler.

An event has a task, a lock, a span, a search for what changed and a frame of its own: more than most of these reads.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias

import reflex as rx
from reflex.event import EventHandler, event
from reflex.state import BaseState

_Read: TypeAlias = tuple[type[BaseState], Callable[[BaseState], Awaitable[Any]]]
_reads: Final[dict[str, tuple[_Read, ...]]] = {}


def opening(route: str, handlers: Sequence[Any]) -> list[Any]:
    """What to give Reflex as `on_load` of a page: handlers that take nothing and answer once become one event.

    They run first, in their order. Whatever else there is follows as it came.
    """
    reads = [(handler, read) for handler in handlers if (read := _read_of(handler)) is not None]
    _reads[route] = tuple(read for _, read in reads)
    joined = [handler for handler, _ in reads]
    event_of: Any = Opening.read  # which a type checker takes for a namespace
    return [event_of(route), *(handler for handler in handlers if handler not in joined)]


class Opening(rx.State):
    """The one event of a page that opens; it has nothing to show itself."""

    @event
    async def read(self, route: str) -> list[Any]:
        """Run the page's handlers one after the other; the events they return come after the last one."""
        returned: list[Any] = []
        for state, run in _reads.get(str(route), ()):
            answer = await run(await self.get_state(state))
            if answer is not None:
                returned += answer if isinstance(answer, list) else [answer]
        return returned


def _read_of(handler: object) -> _Read | None:
    if not isinstance(handler, EventHandler) or handler.state is None or handler.is_background:
        return None
    _, *arguments = inspect.signature(handler.fn).parameters
    return None if arguments or not inspect.iscoroutinefunction(handler.fn) else (handler.state, handler.fn)
