"""The use of the processors meanwhile, by the load client and by programs that have no part in the run."""

import time
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from benchmarks.server import Server


@dataclass(frozen=True, slots=True)
class Used:
    """Average number of cores in use; 1.0 is one core all the time."""

    client: float
    others: float


class Usage:
    """Starts counting when made."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._before = self._now()

    def so_far(self) -> Used:
        """The use since the start of the count."""
        wall, client, server, everybody = (
            now - before for now, before in zip(self._now(), self._before, strict=True)
        )
        return Used(client / wall, max(0.0, everybody - client - server) / wall)

    def _now(self) -> tuple[float, float, float, float]:
        client, everybody = psutil.Process().cpu_times(), psutil.cpu_times()
        return (
            time.perf_counter(),
            client.user + client.system,
            self._server.cpu_s(),
            everybody.user + everybody.system + getattr(everybody, "nice", 0.0),
        )
