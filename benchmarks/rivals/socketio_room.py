"""Bare python-socketio: one room, one emit per message. The limit below Reflex.

No database, moderation, audit or tracing: the rival is given less to do than the site.
"""

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

import socketio  # type: ignore[import-untyped]

ROOM = "lobby"

server = socketio.AsyncServer(
    async_mode="asgi",
    async_handlers=False,
    transports=["websocket"],
    allow_upgrades=False,
    cors_allowed_origins=[],
)
revisions = itertools.count(1)


@server.event  # type: ignore[untyped-decorator]
async def connect(sid: str, _environ: dict[str, Any]) -> None:
    """Every tab is in the room from the start."""
    await server.enter_room(sid, ROOM)


@server.event  # type: ignore[untyped-decorator]
async def send(sid: str, client_id: str, body: str) -> None:
    """Give one message to everybody in the room."""
    message = {
        "id": str(uuid.uuid4()),
        "rev": next(revisions),
        "cid": client_id,
        "author": "demo",
        "tag": sid[:4],
        "body": body,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": "visible",
    }
    await server.emit("arrivals", [message], room=ROOM)


app = socketio.ASGIApp(server)
