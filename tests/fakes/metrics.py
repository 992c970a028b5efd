"""Metrics that a test can look at."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio_app.app.ports.metrics import Reading, Source


@dataclass
class FakeMetrics:
    """Implements `Metrics`; the durations are dropped."""

    requests: list[tuple[str, str, int]] = field(default_factory=list)
    events: list[tuple[str, int]] = field(default_factory=list)
    posts: int = 0
    limited: Counter[str] = field(default_factory=Counter)
    sources: dict[Reading, list[Source]] = field(default_factory=dict)
    asked: int = 0

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.append((method, route, status))

    def handled(self, handler: str, status: int, seconds: float) -> None:
        self.events.append((handler, status))

    def posted(self, seconds: float) -> None:
        self.posts += 1

    def rate_limited(self, scope: str) -> None:
        self.limited[scope] += 1

    def read(self, reading: Reading, source: Source) -> None:
        self.sources.setdefault(reading, []).append(source)

    def exposition(self) -> bytes:
        self.asked += 1
        return f"asked_total {self.asked}\n".encode()

    def answer(self, reading: Reading) -> float | Mapping[str, float]:
        """What its one source says now."""
        [source] = self.sources[reading]
        return source()
