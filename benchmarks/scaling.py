"""`python -m benchmarks.scaling`: what so many visitors at once would need, of costs that were measured, as a table.

`--write` puts it into docs/scaling.md, which a test compares with it.
"""

import json
import math
import re
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portfolio_app.bootstrap import MOST_SOCKETS

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "benchmarks/results/latest.json"
PAGE: Final = ROOT / "docs/scaling.md"
SIZES: Final = (10_000, 1_000_000, 100_000_000)
SQLITE: Final = "portfolio_app"
POSTGRESQL: Final = "portfolio_app-postgresql"

# What visitors do: assumed, as nobody has measured it.
TABS: Final = 500
"""Open in one room: the largest that was measured."""
STAYS_S: Final = 300
POSTS_EVERY_S: Final = 600
# What others' machines take.
CONNECTIONS: Final = 100
"""PostgreSQL's default of max_connections."""
CONNECTIONS_OF_A_WORKER: Final = 9
"""docs/operations.md, `doctor` counts with it."""
NETWORK_MB_S: Final = 1_250
"""A card of 10 Gbit/s."""
_TABLES: Final = re.compile(r"(?s)(<!-- simulated: begin -->\n).*?(<!-- simulated: end -->)")


@dataclass(frozen=True, slots=True)
class Cost:
    """A median of the results, by what it stands for."""

    of: str
    measure: str
    n: int
    metric: str
    unit: str
    per: float = 1
    """The divisor of the metric: tabs that join at once, deliveries that are counted together."""
    system: str = SQLITE

    def read(self, rows: Sequence[dict[str, object]]) -> float:
        """The value in `unit`. Raises StatisticsError when it was not measured."""
        wanted = {"measure": self.measure, "system": self.system, "n": self.n, "metric": self.metric}
        found = [row["value"] for row in rows if wanted.items() <= row.items()]
        return statistics.median(float(str(value)) for value in found if value is not None) / self.per


COSTS: Final = {
    "tab": Cost("an open tab", "tabs", 1_000, "memory_kb_per_tab", "KB"),
    "join": Cost("a join, at most: ten at once", "tabs", 1_000, "join_p50_ms", "ms", 10),
    "post": Cost("a post with its 24 deliveries", "posts", 24, "server_cpu_ms", "ms", system=POSTGRESQL),
    "frame": Cost("a delivery", "fanout", TABS, "server_cpu_s_per_10k", "ms", 10),
    "bytes": Cost("a message on the wire", "fanout", TABS, "message_bytes_per_delivery", "B"),
    "posts": Cost("posts of one worker", "posts", 24, "posts_per_s", "1/s", system=POSTGRESQL),
}


@dataclass(frozen=True, slots=True)
class Need:
    """The machine that `visitors` at once need; one tab each."""

    visitors: int
    costs: dict[str, float]

    @property
    def workers(self) -> int:
        """As many as their websockets need."""
        return math.ceil(self.visitors / MOST_SOCKETS)

    @property
    def memory_gb(self) -> float:
        """Of all tabs."""
        return self.visitors * self.costs["tab"] / 1_000_000

    @property
    def posts(self) -> float:
        """A second."""
        return self.visitors / POSTS_EVERY_S

    @property
    def cores(self) -> float:
        """For joins, posts and deliveries."""
        joins = self.visitors / STAYS_S * self.costs["join"]
        deliveries = self.posts * TABS * self.costs["frame"]
        return (joins + self.posts * self.costs["post"] + deliveries) / 1_000

    @property
    def connections(self) -> int:
        """To the database."""
        return self.workers * CONNECTIONS_OF_A_WORKER

    @property
    def bus_mb_s(self) -> float:
        """The bytes that Redis sends: each message to each worker."""
        return self.posts * self.workers * self.costs["bytes"] / 1_000_000


def needs(rows: Sequence[dict[str, object]], sizes: Sequence[int] = SIZES) -> list[Need]:
    """For each number of visitors."""
    costs = {name: cost.read(rows) for name, cost in COSTS.items()}
    return [Need(size, costs) for size in sizes]


def breaks(costs: dict[str, float]) -> list[tuple[str, int]]:
    """Each bound with the number of visitors at which it is reached, the first one first."""
    connections = CONNECTIONS // CONNECTIONS_OF_A_WORKER * MOST_SOCKETS
    # Messages and their readers grow together.
    bus = math.sqrt(NETWORK_MB_S * 1_000_000 * POSTS_EVERY_S * MOST_SOCKETS / costs["bytes"])
    found = {
        f"PostgreSQL's {CONNECTIONS} connections": connections,
        "posts that were measured into one database": costs["posts"] * POSTS_EVERY_S,
        f"every message to every worker, through one card of {NETWORK_MB_S:,} MB/s": bus,
    }
    return [(name, _rounded(at)) for name, at in sorted(found.items(), key=lambda pair: pair[1])]


def tables() -> str:
    """Costs, needs and bounds in Markdown."""
    rows = json.loads(RESULTS.read_text())["rows"]
    simulated = needs(rows)
    costs = simulated[0].costs
    lines = ["| Cost | | `benchmarks/results/latest.json` |", "| --- | --- | --- |"]
    for name, cost in COSTS.items():
        source = f"`{cost.system}`, `{cost.measure}`, {cost.n:,} → `{cost.metric}`" + (
            f", by {cost.per:g}" if cost.per != 1 else ""
        )
        lines.append(f"| {cost.of} | {costs[name]:,.3g} {cost.unit} | {source} |")
    head = " | ".join(f"{need.visitors:,}" for need in simulated)
    lines += ["", f"| Visitors at once | {head} |", "| --- |" + " --- |" * len(simulated)]
    for name, cells in {
        f"workers of {MOST_SOCKETS:,} websockets": [f"{need.workers:,}" for need in simulated],
        "memory of all tabs, GB": [f"{need.memory_gb:,.1f}" for need in simulated],
        "processor cores": [f"{need.cores:,.1f}" for need in simulated],
        "posts a second": [f"{need.posts:,.0f}" for need in simulated],
        "deliveries a second": [f"{need.posts * TABS:,.0f}" for need in simulated],
        "connections to the database": [f"{need.connections:,}" for need in simulated],
        "MB a second out of Redis": [f"{need.bus_mb_s:,.2f}" for need in simulated],
    }.items():
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| What breaks, the first one first | Visitors at once |", "| --- | --- |"]
    lines += [f"| {name} | {at:,} |" for name, at in breaks(costs)]
    return "\n".join(lines) + "\n"


def _rounded(value: float) -> int:
    digits = int(math.log10(value)) - 1
    return int(value // 10**digits * 10**digits)


def main(arguments: Sequence[str]) -> None:
    """Print, or write into the page."""
    if "--write" in arguments:
        text = PAGE.read_text()
        PAGE.write_text(_TABLES.sub(lambda found: f"{found[1]}\n{tables()}\n{found[2]}", text))
    else:
        print(tables(), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
