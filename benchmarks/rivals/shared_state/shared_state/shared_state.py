"""One chat room behind `rx.SharedState`: link on load, append on send, the framework does the rest.

No database, moderation, audit or tracing: the rival is given less to do than the site.
"""

import uuid
from datetime import UTC, datetime

import reflex as rx

ROOM = "lobby"
WINDOW = 50


class Room(rx.SharedState):
    """The newest `WINDOW` messages, shared by every tab linked to `ROOM`."""

    messages: list[dict[str, str | int]] = []  # noqa: RUF012 - Reflex copies it for each state
    last_rev: int = 0

    @rx.event
    async def join(self) -> None:
        """Show the room in this tab."""
        await self._link_to(ROOM)

    @rx.event
    async def send(self, client_id: str, body: str) -> None:
        """Append one message for everybody."""
        self.last_rev += 1
        message: dict[str, str | int] = {
            "id": str(uuid.uuid4()),
            "rev": self.last_rev,
            "cid": client_id,
            "author": "demo",
            "tag": self.router.session.client_token[:4],
            "body": body,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "status": "visible",
        }
        self.messages = [*self.messages, message][-WINDOW:]


def chat() -> rx.Component:
    """The page a tab would show."""
    log: rx.Component = rx.el.ol(rx.foreach(Room.messages, lambda message: rx.el.li(message["body"])))
    return log


app = rx.App(toaster=None)
app.add_page(chat, route="/chat", on_load=Room.join)
