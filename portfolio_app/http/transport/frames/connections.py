"""Connections that stay open, counted and capped by session and by network."""

from collections import Counter
from collections.abc import Collection
from typing import Generic, TypeVar

T = TypeVar("T")


class OpenConnections(Generic[T]):
    """The open connections of one kind, at most so many of one session and of one network.

    Used on the event loop only. `kind` is the word in the reasons of `refused`.
    """

    def __init__(self, kind: str, *, per_session: int, per_network: int) -> None:
        self.refused: Counter[str] = Counter()
        """What was turned away, by reason."""
        self._kind = kind
        self._per_session = per_session
        self._per_network = per_network
        self._by_session: dict[str, set[T]] = {}
        self._by_network: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._by_session.values()))

    def sessions(self) -> set[str]:
        """The sessions that have one open."""
        return set(self._by_session)

    def of(self, session_id: str) -> Collection[T]:
        """Those of a session."""
        return self._by_session.get(session_id, ())

    def has_room(self, session_id: str, network: str) -> bool:
        """Whether session and network may have one more open; counts a refusal."""
        reason = None
        if self._by_network[network] >= self._per_network:
            reason = f"{self._kind}_of_network"
        elif len(self.of(session_id)) >= self._per_session:
            reason = f"{self._kind}_of_session"
        if reason is not None:
            self.refused[reason] += 1
        return reason is None

    def add(self, session_id: str, network: str, connection: T) -> None:
        """Enter one that was opened."""
        self._by_session.setdefault(session_id, set()).add(connection)
        self._by_network[network] += 1

    def remove(self, session_id: str, network: str, connection: T) -> bool:
        """Forget one that was closed; whether it was its session's last."""
        connections = self._by_session.get(session_id, set())
        connections.discard(connection)
        if not connections:
            self._by_session.pop(session_id, None)
        self._by_network[network] -= 1
        if self._by_network[network] <= 0:
            del self._by_network[network]
        return not connections
