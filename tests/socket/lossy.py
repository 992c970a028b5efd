"""The application, except that one push frame in ten gets lost on its way to a tab."""

import random

from engineio.packet import Packet

from portfolio_app.http.transport.push.push import Push
from portfolio_app.portfolio_app import app

LOSS = 0.1
_chance = random.Random(20)
_deliver = Push._queue


async def _lose_some(push: Push, engine_sid: str, frame: Packet) -> int:
    return 1 if _chance.random() < LOSS else await _deliver(push, engine_sid, frame)


Push._queue = _lose_some  # type: ignore[method-assign]

__all__ = ["app"]
