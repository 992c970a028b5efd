"""The application, except that one push frame in ten gets lost on its way to a tab."""

import random

from engineio.packet import Packet

from portfolio_app.http.transport.frames.send_queue import PushFrame, SendQueue
from portfolio_app.portfolio_app import app

LOSS = 0.1
_chance = random.Random(20)
_deliver = SendQueue.put_nowait


def _lose_some(queue: SendQueue, frame: Packet | None) -> None:
    if not isinstance(frame, PushFrame) or _chance.random() >= LOSS:
        _deliver(queue, frame)


SendQueue.put_nowait = _lose_some  # type: ignore[method-assign]

__all__ = ["app"]
