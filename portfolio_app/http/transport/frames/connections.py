"""Connections that stay open, counted and capped by session and by address."""

import ipaddress
from collections import Counter
from collections.abc import Collection
from typing import Generic, TypeVar

T = TypeVar("T")


class OpenConnections(Generic[T]):
    """The open connections of one kind, at most so many of one session and of one address.

    Used on the event loop only. `kind` is the word in the reasons of `refused`.
    """

    def __init__(self, kind: str, *, per_session: int, per_address: int) -> None:
        self.refused: Counter[str] = Counter()
        """What was turned away, by reason."""
        self._kind = kind
        self._per_session = per_session
        self._per_address = per_address
        self._by_session: dict[str, set[T]] = {}
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return sum(map(len, self._by_session.values()))

    def sessions(self) -> set[str]:
        """The sessions that have one open."""
        return set(self._by_session)

    def of(self, session_id: str) -> Collection[T]:
        """Those of a session."""
        return self._by_session.get(session_id, ())

    def has_room(self, session_id: str, ip: str) -> bool:
        """Whether session and address may have one more open; counts a refusal."""
        reason = None
        if self._by_address[network(ip)] >= self._per_address:
            reason = f"{self._kind}_of_address"
        elif len(self.of(session_id)) >= self._per_session:
            reason = f"{self._kind}_of_session"
        if reason is not None:
            self.refused[reason] += 1
        return reason is None

    def add(self, session_id: str, ip: str, connection: T) -> None:
        """Enter one that was opened."""
        self._by_session.setdefault(session_id, set()).add(connection)
        self._by_address[network(ip)] += 1

    def remove(self, session_id: str, ip: str, connection: T) -> bool:
        """Forget one that was closed; whether it was its session's last."""
        connections = self._by_session.get(session_id, set())
        connections.discard(connection)
        if not connections:
            self._by_session.pop(session_id, None)
        address = network(ip)
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
        return not connections


def network(ip: str) -> str:
    """What is counted as one address: the address, or for IPv6 its /64, which is what one customer has."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return ip if address.version == 4 else str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
