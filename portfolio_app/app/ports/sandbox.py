"""Rows that one attack makes: in a room of its own, and gone after it."""

from dataclasses import dataclass
from typing import Protocol

from portfolio_app.domain.chat.room import RoomSlug


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox of one attack. Only the server makes these names, so nobody else has rows under them.

    `audited` is the number of the last audit line that was there before.
    """

    room: RoomSlug
    session_id: str
    request_id: str
    audited: int = 0


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of one sandbox, by table; `rooms` is how many rooms there are besides sandboxes."""

    messages: int
    moderation_queue: int
    audit: int
    sessions: int
    rooms: int


class SandboxRows(Protocol):
    """Opens, counts and removes sandboxes."""

    def open(self, sandbox: Sandbox) -> int:
        """Make the room, and remember whose it is; returns the number of the newest audit line."""
        ...

    def counts(self, sandbox: Sandbox) -> RowCounts:
        """Rows now."""
        ...

    def purge(self, sandbox: Sandbox) -> int:
        """Remove the room and every row of the sandbox's session and request; returns how many."""
        ...

    def discard_abandoned(self, before: RoomSlug) -> None:
        """Purge the sandboxes of attacks that never ended, whose rooms have names that sort before `before`."""
        ...
