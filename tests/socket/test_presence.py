"""Who is here and who writes, over the wire: wrong signals, and far too many."""

import time
from typing import Any

import pytest

from tests.socket.client import State, Tab
from tests.socket.test_moderation import post
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


def told(delta: State) -> list[dict[str, Any]]:
    """What a state update says of who is here."""
    return [values for name, values in delta.items() if name.endswith("presence_state")]


async def write(tab: Tab, payload: Any = None) -> None:
    await tab.call(f"{tab.find('presence_state')}.write", payload, path="/chat")


async def test_signals_are_a_frame_a_second_for_the_room_and_who_floods_it_is_gone(
    visitor: Visitor, other: Visitor
) -> None:
    async with visitor.tab() as reader, other.tab() as writer:
        await reader.boot("/chat")
        await writer.boot("/chat")
        await reader.until(lambda: reader.value("presence_state", "here") == "2 guests")
        frames: list[dict[str, Any]] = []
        reader.watch = lambda delta: frames.extend(told(delta))
        for wrong in ({"room": "lobby"}, {"text": "x" * 9_000}, ["lobby"], "lobby", 7):
            await write(writer, wrong)
        await writer.settle()
        began = time.monotonic()
        for _ in range(50):
            await write(writer)
        await reader.until(lambda: reader.value("presence_state", "typing"))
        (name,) = reader.value("presence_state", "typing")
        assert name.startswith("demo ")
        assert frames[:-1] == [], "none for what was wrong, one for all that was right"
        await post(writer, "what was written")
        await reader.until(lambda: not reader.value("presence_state", "typing"))
        for _ in range(1_000):
            await write(writer)
        assert await writer.closed() == 1008
        await reader.until(lambda: reader.value("presence_state", "here") == "1 guest")
        assert len(frames) <= time.monotonic() - began + 1
