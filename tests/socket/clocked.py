"""The real application, which also prints when a post came in from the network and its answer went out to it."""

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.portfolio_app import app as create


def app() -> ASGIApp:
    """Factory for `tests.socket.serve`."""
    site: ASGIApp = create()

    async def clocked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await site(scope, receive, send)
            return
        asked: list[int] = []

        async def receive_clocked() -> Message:
            message = await receive()
            if "chat_state.send" in (message.get("text") or ""):
                asked.append(time.time_ns())
            return message

        async def send_clocked(message: Message) -> Any:
            await send(message)
            if asked and '"outcome_rx_state_"' in (message.get("text") or ""):
                print(f"CLOCKED {asked.pop(0)} {time.time_ns()}", flush=True)

        await site(scope, receive_clocked, send_clocked)

    return clocked
