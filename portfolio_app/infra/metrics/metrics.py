"""Metrics by prometheus-client, in a registry of their own."""

import os
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import Metric

from portfolio_app.app.ports.metrics import Metrics, Reading, Source
from portfolio_app.infra.metrics.readings import PREFIX, ReadingsCollector

WORKER: Final = "worker"
"""The label of every sample that says which process it is of."""
_SECONDS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_BAD_REQUEST: Final = 400
_OUR_FAULT: Final = 500


class PrometheusMetrics(Metrics):
    """Implements `Metrics` for one process.

    Each worker answers for itself: nothing is shared between processes, so counting costs a
    microsecond and a worker that dies takes only its own numbers with it.
    """

    def __init__(self, commit: str, worker: str | None = None) -> None:
        self._worker = worker or str(os.getpid())
        self._registry = registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        self._requests = Counter(
            PREFIX + "http_requests", "HTTP requests.", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            PREFIX + "http_request_seconds",
            "Time until an HTTP answer began.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._events = Counter(
            PREFIX + "events", "Events that browsers sent.", ("handler", "outcome"), registry=registry
        )
        self._event_seconds = Histogram(
            PREFIX + "event_seconds",
            "Time an event's handler took.",
            ("handler",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._post_seconds = Histogram(
            PREFIX + "post_seconds",
            "Time a post took in its use case, commit included.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._rate_limited = Counter(
            PREFIX + "rate_limited", "Attempts refused by a rate limit.", ("scope",), registry=registry
        )
        # Looking a sample up by its labels costs more than counting; there are few of them.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._handled: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._readings = ReadingsCollector()
        registry.register(self._readings)
        self.read(Reading.BUILD, lambda: {commit: 1})

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count; see the port."""
        counted = self._known.get((method, route, status))
        if counted is None:
            counted = self._requests.labels(method, route, status), self._request_seconds.labels(route)
            self._known[method, route, status] = counted
        requests, request_seconds = counted
        requests.inc()
        request_seconds.observe(seconds)

    def handled(self, handler: str, status: int, seconds: float) -> None:
        """Count; see the port."""
        counted = self._handled.get((handler, status))
        if counted is None:
            counted = self._events.labels(handler, _outcome(status)), self._event_seconds.labels(handler)
            self._handled[handler, status] = counted
        events, event_seconds = counted
        events.inc()
        event_seconds.observe(seconds)

    def posted(self, seconds: float) -> None:
        """Count; see the port."""
        self._post_seconds.observe(seconds)

    def rate_limited(self, scope: str) -> None:
        """Count; see the port."""
        self._rate_limited.labels(scope).inc()

    def read(self, reading: Reading, source: Source) -> None:
        """Ask `source` at each scrape."""
        self._readings.add(reading, source)

    def exposition(self) -> bytes:
        """Every sample with the worker it is of."""
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        """The metrics of the registry, each sample marked with this worker."""
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, WORKER: self._worker})
                for sample in metric.samples
                if not sample.name.endswith("_created")
            ]
            yield metric


def _outcome(status: int) -> str:
    """`ok`, `refused` for what the visitor can mend, `failed` for what we have to."""
    if status < _BAD_REQUEST:
        return "ok"
    return "refused" if status < _OUR_FAULT else "failed"
