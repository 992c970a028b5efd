"""engine.io's queue of a socket, Reflex's of events and its states: counted, paid for and forgotten with their tab."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from engineio.async_drivers.asgi import WebSocket
from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import EventProcessor
from reflex_base.event.processor.event_processor import EventQueueEntry
from reflex_base.registry import RegisteredEventHandler
from socketio import AsyncServer
from starlette.types import Receive, Scope, Send
from websockets.frames import Frame as WebsocketFrame
from websockets.frames import Opcode

from portfolio_app.app.processor_time import Account, Accounts, current, metered, paid_by
from portfolio_app.app.small_queue import SmallQueue
from portfolio_app.http.transport.frames import unread


def count(server: AsyncServer, events: EventProcessor) -> None:
    """Have both count from now on: frames until the server has taken them, events until they are answered."""
    server.eio.create_queue = SendQueue
    server.eio._async = {**server.eio._async, "translate_request": _environ, "websocket": _Line}
    enqueue = events.enqueue

    async def counted(token: str, event: Event, ev_ctx: EventContext | None = None) -> Any:  # noqa: ANN401 (a future)
        answer = await enqueue(token, event, ev_ctx)
        socket = unread.current()
        # Events that a handler starts are counted as the handler's own.
        if socket is not None and socket.asks():
            socket.expect(answer)
        return answer

    events.enqueue = counted  # type: ignore[method-assign]  # Reflex has no hook for it


class _Line(WebSocket):  # type: ignore[misc]  # engine.io has no types
    """A websocket as engine.io reads it, without an error at its end.

    The traceback of that error held all that the connection had, until the garbage collector looked through everything.
    """

    async def wait(self) -> str | bytes | None:
        """The next message, or None at the end."""
        try:
            message: str | bytes = await super().wait()
        except OSError:
            return None
        return message


_ASKED: Final = {
    b"host": "HTTP_HOST",
    b"origin": "HTTP_ORIGIN",
    b"upgrade": "HTTP_UPGRADE",
    b"connection": "HTTP_CONNECTION",
    b"sec-websocket-protocol": "HTTP_SEC_WEBSOCKET_PROTOCOL",
}
_OF_CONNECTION: Final = ("type", "client")
_ASKED_HERE: Final = _ASKED.keys() - {b"origin"}
"""Headers that engine.io reads, and Reflex of the connection. A tab's state keeps its origin and the site's facts."""


async def _environ(scope: Scope, receive: Receive, send: Send) -> dict[str, Any]:
    """A handshake's environ as engine.io and Reflex read and keep it: theirs has a class of its own for each tab."""
    await receive()
    return {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": scope["query_string"].decode("ascii"),
        "asgi.receive": receive,
        "asgi.send": send,
        "asgi.scope": {
            **{name: scope[name] for name in _OF_CONNECTION},
            "headers": [pair for pair in scope["headers"] if pair[0] not in _ASKED_HERE],
        },
        **{_ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _ASKED},
    }


class SendQueue(SmallQueue[Frame | None]):
    """engine.io's queue of a socket, counted in bytes. Answers wait in `put` until the client has read.

    What nothing waits before is not queued but written at once: engine.io's writer would be woken by a task, a timer
    and four rounds of the loop for each frame of each tab.
    """

    def __init__(self) -> None:
        super().__init__()
        self._unread = unread.current()
        if self._unread is not None:
            self._unread.on_drop(self._clear)

    async def room(self) -> None:
        """Wait until the client has read most of what it was sent; what has ended has room."""
        if self._unread is not None:
            await self._unread.room()

    async def put(self, item: Frame | None) -> None:
        """Queue, for an answer once there is room. Packets of engine.io itself don't wait: it closes with them."""
        if item is not None and item.packet_type == MESSAGE:
            await self.room()
        await super().put(item)

    def put_nowait(self, item: Frame | None) -> None:
        """Write, or queue and count; nothing, but for its end, is queued for a socket that was dropped.

        Packets of engine.io itself are queued always: its writer ends a connection that it sees nothing of.
        """
        unread = self._unread
        if unread is None or item is None:
            super().put_nowait(item)
        elif not unread.ended and not (
            item.packet_type == MESSAGE and not unread.bytes and unread.write(wire_of(item))
        ):
            super().put_nowait(item)
            unread.add(size_of(item))

    def _clear(self) -> None:
        while not self.empty():
            self.get_nowait()
            self.task_done()


class PushFrame(Frame):  # type: ignore[misc]  # engine.io has no types
    """A push: a frame for many sockets, encoded and measured once. An answer to a tab's own event is none."""

    def __init__(self, data: str) -> None:
        super().__init__(MESSAGE, data)
        text = self.encode().encode()
        self.size = len(text)
        self.wire = _framed(text)
        self.data = None  # kept once: what is sent is the encoded text


def size_of(frame: Frame) -> int:
    """Bytes on the wire, without the websocket's own few."""
    return frame.size if isinstance(frame, PushFrame) else _utf8_length(frame.encode())


def wire_of(frame: Frame) -> bytes:
    """The websocket frame, as it leaves the server: not masked, not compressed, in one piece."""
    return frame.wire if isinstance(frame, PushFrame) else _framed(frame.encode().encode())


def _framed(text: bytes) -> bytes:
    return WebsocketFrame(Opcode.TEXT, text).serialize(mask=False)


def _utf8_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def charge(events: EventProcessor, accounts: Accounts) -> None:
    """Let every event be paid for, from now on, by the account that is current where it is queued.

    It waits for its turn if that account is over budget, and does not run at all once the connection is gone.
    """
    enqueue, process = events.enqueue, events._process_event_queue_entry
    asked: dict[str, Account] = {}

    async def enqueue_charged(token: str, event: Event, ev_ctx: EventContext | None = None) -> Any:  # noqa: ANN401 (a future)
        answer, account = await enqueue(token, event, ev_ctx), current()
        if account is not None and not answer.done():
            asked[answer.txid] = account
            account.pending[answer.txid] = None
            answer.add_done_callback(answered)
        return answer

    def answered(answer: Any) -> None:  # noqa: ANN401 (a future)
        asked.pop(answer.txid).pending.pop(answer.txid)

    async def process_charged(*, entry: EventQueueEntry, registered_handler: RegisteredEventHandler) -> None:
        account = asked.get(entry.ctx.txid)
        if account is None:
            await process(entry=entry, registered_handler=registered_handler)
        else:
            try:
                if not await account.may_run(entry.ctx.txid):
                    accounts.dropped += 1
                    return
                with paid_by(account):
                    work = process(entry=entry, registered_handler=registered_handler)
                    await metered(work, account.spend)
            finally:
                account.done(entry.ctx.txid)

    events.enqueue = enqueue_charged  # type: ignore[method-assign]  # Reflex has no hook for it
    events._process_event_queue_entry = process_charged  # type: ignore[method-assign]


SWEEP_S: Final = 10.0
"""A state that was found without its tab twice goes: between one and two sweeps after the tab has left."""


class TabStates:
    """The states that Reflex keeps for tabs. A tab that comes back reads everything anew."""

    def __init__(self, manager: StateManager, connected: Mapping[str, object]) -> None:
        """`connected` has a key for the token of every tab that is there."""
        if not isinstance(manager, StateManagerMemory):
            raise TypeError("the states of tabs are kept in memory")
        self._manager = manager
        self._connected = connected
        self._gone: set[str] = set()

    def __len__(self) -> int:
        return len(self._manager.states)

    async def watch(self) -> None:
        """Sweep now and then, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep()

    def sweep(self) -> None:
        """Forget the states of tabs that had left by the last sweep; one whose handler still runs waits."""
        gone = self._manager.states.keys() - self._connected.keys()
        for token in gone & self._gone:
            known, lock = self._manager._token_expires_at.get(token), self._manager._states_locks.get(token)
            if known is not None and not (lock is not None and lock.locked()):
                self._manager._purge_token(known[1])
        self._gone = gone
