"""The answer to a page that can't be connected: a sentence that it shows, and no reason to try again by itself.

A browser tells a page nothing about a handshake that was refused, so that the page would try on and on.
"""

import asyncio
import json
import secrets
from typing import Final

import reflex as rx
from reflex_base.constants.state import FIELD_MARKER
from starlette.types import Message, Receive, Scope, Send

from portfolio_app.words import said

SITE: Final = "This site serves as many visitors as it can right now. Reload the page in a minute."
VISITOR: Final = (
    "Too many pages of this site are open in this browser or network. Close some, then reload this one."
)
AT_ONCE: Final = 50
"""Pages that are told; one more is refused without a word."""
WITHIN_S: Final = 5.0


class Admission(rx.State):
    """The reason why a page is not connected, sent to that page; it holds nothing on the server."""

    refusal: rx.Field[str] = rx.field("")


class Declined:
    """Speaks engine.io and socket.io just as long as it takes to say a sentence."""

    def __init__(self) -> None:
        self._now = 0

    def has_room(self) -> bool:
        """Whether one more page can be told."""
        return self._now < AT_ONCE

    async def tell(self, scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
        """Accept, say `sentence`, and have the client disconnect for good."""
        self._now += 1
        try:
            async with asyncio.timeout(WITHIN_S):
                await _tell(scope, receive, send, said(sentence))
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1013})
        finally:
            self._now -= 1


async def _tell(scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": next(iter(scope.get("subprotocols", [])), None)})
    opened = {"sid": secrets.token_hex(8), "upgrades": [], "pingInterval": 25_000, "pingTimeout": 20_000}
    await send(_text("0" + json.dumps({**opened, "maxPayload": 65_536})))
    while (message := await receive())["type"] == "websocket.receive":
        if str(message.get("text")).startswith("40/_event,"):
            break
    else:
        return
    delta = {Admission.get_full_name(): {f"refusal{FIELD_MARKER}": sentence}}
    await send(_text("40/_event," + json.dumps({"sid": opened["sid"]})))
    await send(_text("42/_event," + json.dumps(["event", {"delta": delta}])))
    await send(_text("41/_event,"))  # a client whose server has disconnected it does not come back by itself
    while (await receive())["type"] == "websocket.receive":
        pass


def _text(text: str) -> Message:
    return {"type": "websocket.send", "text": text}
