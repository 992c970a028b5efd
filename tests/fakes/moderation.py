"""The moderation queue in memory."""

from portfolio_app.app.ports.moderation import QueuedMessage
from tests.fakes.store import Store


class FakeModerationQueue:
    """Implements `ModerationQueue`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, limit: int) -> list[QueuedMessage]:
        entries = [
            QueuedMessage(self._store.messages[message_id], reasons)
            for message_id, reasons in self._store.queue.items()
        ]
        return sorted(entries, key=lambda entry: entry.message.posted_at)[:limit]

    def close(self, message_id: str) -> None:
        self._store.queue.pop(message_id, None)

    def length(self) -> int:
        return len(self._store.queue)
