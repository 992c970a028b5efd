"""The real application, which also prints when a post came in from the network and its answer went out to it."""

import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.http.transport.headers import WRITE_FRAME
from portfolio_app.portfolio_app import app as create


@dataclass
class Clock:
    """One websocket's: what it sends goes through the server's `send`, or past it as a whole frame."""

    scope: Scope
    inner_receive: Receive
    inner_send: Send
    asked: list[int] = field(default_factory=list)

    async def receive(self) -> Message:
        message = await self.inner_receive()
        if "chat_state.send" in (message.get("text") or ""):
            self.asked.append(time.time_ns())
        return message

    async def send(self, message: Message) -> None:
        await self.inner_send(message)
        self.answered((message.get("text") or "").encode())

    def write(self, frame: bytes) -> bool:
        written: bool = self.scope["extensions"][WRITE_FRAME]["call"](frame)
        if written:
            self.answered(frame)
        return written

    def answered(self, sent: bytes) -> None:
        if self.asked and b'"outcome_rx_state_"' in sent:
            print(f"CLOCKED {self.asked.pop(0)} {time.time_ns()}", flush=True)

    def clocked(self) -> Scope:
        return {**self.scope, "extensions": {**self.scope["extensions"], WRITE_FRAME: {"call": self.write}}}


def app() -> ASGIApp:
    """Factory for `tests.socket.serve`."""
    site: ASGIApp = create()

    async def clocked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await site(scope, receive, send)
            return
        clock = Clock(scope, receive, send)
        await site(clock.clocked(), clock.receive, clock.send)

    return clocked
