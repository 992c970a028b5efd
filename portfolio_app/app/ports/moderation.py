"""The queue of messages that wait for a moderator."""

from dataclasses import dataclass
from typing import Protocol

from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.moderation import Reason


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A pending message and why it waits."""

    message: Message
    reasons: tuple[Reason | str, ...]


class ModerationQueue(Protocol):
    """Messages held back and not yet decided on."""

    def waiting(self, limit: int) -> list[QueuedMessage]:
        """The oldest `limit` entries."""
        ...

    def close(self, message_id: str) -> None:
        """Take an entry off the queue; no effect when it is not on it."""
        ...

    def length(self) -> int:
        """How many messages wait."""
        ...
