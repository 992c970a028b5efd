"""Numbers that are kept elsewhere and read at the time of a scrape, so that keeping them costs nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from portfolio_app.app.ports.metrics import Reading, Source

PREFIX: Final = "portfolio_"
_Family = Callable[..., CounterMetricFamily | GaugeMetricFamily]


@dataclass(frozen=True, slots=True)
class _Shape:
    family: _Family
    text: str
    label: str | None = None


SHAPES: Final[Mapping[Reading, _Shape]] = {
    Reading.BUILD: _Shape(GaugeMetricFamily, "The commit that runs; always 1.", "commit"),
    Reading.BUS_LOSSES: _Shape(
        CounterMetricFamily, "Times that events of other workers may have been lost.", "reason"
    ),
    Reading.CONNECTIONS_CLOSED: _Shape(
        CounterMetricFamily, "Connections closed because they did not go on, or to make room.", "reason"
    ),
    Reading.DB_CONNECTIONS: _Shape(GaugeMetricFamily, "The database pool: size and in_use.", "state"),
    Reading.EVENTS_DROPPED: _Shape(
        CounterMetricFamily, "Events and requests that were not run because their client had left."
    ),
    Reading.FEED_ROWS: _Shape(
        GaugeMetricFamily, "Rows, and steps of traces, of all sessions kept for their live logs."
    ),
    Reading.HASHES_WAITING: _Shape(GaugeMetricFamily, "Passwords being hashed, or waiting for it."),
    Reading.LETTERS: _Shape(
        CounterMetricFamily, "Letters: sent, put off for another try, and lost.", "outcome"
    ),
    Reading.LOG_LEFT_OUT: _Shape(CounterMetricFamily, "Lines of the log beyond their budget.", "logger"),
    Reading.OPEN_SOCKETS: _Shape(GaugeMetricFamily, "Websockets open now."),
    Reading.OPEN_STREAMS: _Shape(GaugeMetricFamily, "Server-Sent Event streams open now."),
    Reading.ORIGINS_REFUSED: _Shape(
        CounterMetricFamily, "Requests refused because their origin is not the one of PUBLIC_URL.", "kind"
    ),
    Reading.PUSH_BYTES: _Shape(CounterMetricFamily, "Bytes of all frames handed to tabs."),
    Reading.PUSH_DELIVERIES: _Shape(CounterMetricFamily, "Frames handed to tabs, one for each tab."),
    Reading.QUEUE_DEPTH: _Shape(GaugeMetricFamily, "What waits in a queue now.", "queue"),
    Reading.REFUSED: _Shape(CounterMetricFamily, "Frames, handshakes and streams turned away.", "reason"),
    Reading.RESYNCS: _Shape(CounterMetricFamily, "Times that tabs were set right from the database."),
    Reading.SOCKETS_DROPPED: _Shape(
        CounterMetricFamily, "Websockets dropped because their client did not read.", "reason"
    ),
    Reading.STREAMS_ENDED: _Shape(CounterMetricFamily, "Server-Sent Event streams that ended.", "reason"),
    Reading.TAB_STATES: _Shape(GaugeMetricFamily, "States that are kept for tabs."),
    Reading.UNREAD_BYTES: _Shape(
        GaugeMetricFamily, "Bytes queued for websockets: all, and the most of one.", "sockets"
    ),
    Reading.WORK_SECONDS: _Shape(
        CounterMetricFamily,
        "Processor time that clients cost: free, shared by those who used more, slow over budget.",
        "lane",
    ),
    Reading.WORK_WAITING: _Shape(GaugeMetricFamily, "Turns that are waited for.", "lane"),
}


class ReadingsCollector:
    """A collector for a Prometheus registry; a reading nobody answers for is left out."""

    def __init__(self) -> None:
        self._sources: dict[Reading, list[Source]] = {}

    def add(self, reading: Reading, source: Source) -> None:
        """Ask `source` as well."""
        self._sources.setdefault(reading, []).append(source)

    def collect(self) -> Iterable[Metric]:
        """Ask every source."""
        return [_metric(reading, sources) for reading, sources in self._sources.items()]


def _metric(reading: Reading, sources: Iterable[Source]) -> Metric:
    shape = SHAPES[reading]
    metric = shape.family(PREFIX + reading, shape.text, labels=[shape.label] if shape.label else [])
    for source in sources:
        answer = source()
        for value, number in (answer if isinstance(answer, Mapping) else {"": answer}).items():
            metric.add_metric([value] if shape.label else [], number)
    return metric
