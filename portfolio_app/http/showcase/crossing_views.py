"""How long each layer had a request in its hands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.log import nested, spoken

_WAY_IN: Final = ("http", "app", "domain", "infra")


@dataclass(frozen=True, slots=True)
class StretchView:
    """One layer's own time, without what it waited for in others; `part` is percent of the whole."""

    layer: str
    took: str
    part: float


@dataclass(frozen=True, slots=True)
class CrossingView:
    """A request from its arrival to its answer; what came after that, its push, is not in it."""

    request_id: str
    took: str
    stretches: tuple[StretchView, ...]


def crossing_view(trace: Trace | None) -> CrossingView | None:
    """The time of the outermost step, given to the layer of whichever step was the innermost; None without one."""
    if trace is None or not trace.spans:
        return None
    steps = list(nested(trace.spans))
    outermost = steps[0][0]
    own = _own_times(steps, outermost)
    whole = max(outermost.duration_us, 1)
    stretches = (
        StretchView(layer, spoken(own[layer]), round(100 * own[layer] / whole, 3)) for layer in _WAY_IN
    )
    return CrossingView(trace.request_id, spoken(outermost.duration_us), tuple(stretches))


def _own_times(steps: Sequence[tuple[SpanView, int]], outermost: SpanView) -> Counter[str]:
    ends = _end(outermost)
    moments = sorted({min(at, ends) for span, _ in steps for at in (span.start_us, _end(span))})
    own: Counter[str] = Counter()
    for start, end in pairwise(moments):
        running = [
            (depth, span.layer) for span, depth in steps if span.start_us <= start and end <= _end(span)
        ]
        if running and start >= outermost.start_us:
            own[max(running, key=lambda found: found[0])[1]] += end - start
    return own


def _end(span: SpanView) -> int:
    return span.start_us + span.duration_us
