"""One request's waterfall as the browser gets it: nested, and to scale."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portfolio_app.app.critical_path import WAITING, Part, critical_path
from portfolio_app.app.ports.language import Language
from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.content.source import excerpt
from portfolio_app.http.log.views import PillView, digits_of, shortened, spoken
from portfolio_app.words import site_words, t

_DEEPEST: Final = 12
_THINNEST: Final = 0.2
"""Percent of the width that the shortest step still gets."""
_TICKS: Final = 5
_LAST_TICK: Final = 0.92
"""Part of the duration after which a tick's label would not fit any more."""
_STEPS: Final = (1, 2, 5, 10)
_API: Final = "/api/"
"""Requests, which may store something but send no message on its way."""
_PAINTED: Final = "painted"
_PAINTED_HERE: Final = "painted here"
_FEWEST: Final = 2
"""Steps that a path is found among."""
_FAR: Final = 2
"""How many times as long as the server's work a trace may be drawn: a tab out of view paints minutes later."""
# The stations of a message, and the name of each one's span.
_WAY: Final[Mapping[str, tuple[str, ...]]] = {
    t("committed"): ("commit",),
    t("published"): ("publish",),
    t("pushed"): ("push",),
    t("painted here"): (_PAINTED_HERE,),
    t("in your other tab"): (f"{_PAINTED} in another",),
}


@dataclass(frozen=True, slots=True)
class StretchView:
    """A part of a step's bar, `left` and `width` in percent of the scale."""

    left: float
    width: float


@dataclass(frozen=True, slots=True)
class SpanRowView:
    """One step; `left` and `width` are percent of the scale, `took` and `at` are times as a person reads them.

    `cut` says that the step goes on beyond the scale. `critical` are its stretches of the critical path, and
    `decided` is how long they are.
    `where` is file and line of the code that ran, `code` how that code begins; both may be empty.
    """

    id: str
    depth: int
    name: str
    layer: str
    target: str
    start_us: int
    duration_us: int
    left: float
    width: float
    cut: bool
    at: str
    took: str
    where: str
    code: str
    pills: tuple[PillView, ...]
    critical: tuple[StretchView, ...]
    decided: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """A point in time of the trace: a tick of the axis, or a station of a message's way.

    `reached` is false for a station the message did not come to.
    """

    label: str
    at: str
    left: float
    reached: bool = True


@dataclass(frozen=True, slots=True)
class TraceView:
    """A waterfall; `started` is milliseconds since the epoch, `took` the length of its scale.

    `path` says in words which steps decided when it ended, `way` is empty for a request that committed nothing.
    """

    request_id: str
    name: str
    started: float
    took: str
    spans: tuple[SpanRowView, ...]
    axis: tuple[MarkView, ...]
    way: tuple[MarkView, ...]
    path: str


def trace_view(
    trace: Trace, *, code: bool = True, scale_us: int = 0, language: Language | None = None
) -> TraceView:
    """The trace, its steps in the order of a tree read aloud, each with the beginning of its `code`.

    Drawn on a scale of its own, or one of `scale_us` where that is longer; its path is worded in the site's language
    unless another is given.
    """
    own = scale_of(trace.spans)
    whole, parts = max(own, scale_us), critical_path(timed(trace.spans))
    return TraceView(
        request_id=trace.request_id,
        name=trace.name,
        started=trace.started_at,
        took=spoken(own),
        spans=tuple(_row(span, depth, whole, parts, code=code) for span, depth in nested(trace.spans)),
        axis=tuple(MarkView("", spoken(at), _percent(at, whole)) for at in ticks(whole)),
        way=() if trace.name.startswith(_API) else way_of(trace.spans, whole),
        path=path_words(trace.spans, parts, language or site_words()),
    )


def path_words(spans: Sequence[SpanView], parts: Sequence[Part], language: Language) -> str:
    """Which steps decided when a trace ended, and a sum that adds up as it is written; empty for a lone step."""
    names = {span.id: span.name for span in spans}
    lengths: dict[str, int] = {}
    for part in parts:
        lengths[part.step] = lengths.get(part.step, 0) + part.duration_us
    whole, waited = sum(lengths.values()), lengths.pop(WAITING, 0)
    if len(names) < _FEWEST or not lengths:
        return ""
    in_all, none_ran = digits_of(whole), round(waited / whole * digits_of(whole).count)
    longest = max(lengths, key=lengths.__getitem__)
    their = in_all.written(in_all.count - none_ran)
    summed = (
        language.t(
            "{their} in them + {others} in which none ran = {whole}",
            their=their,
            others=in_all.written(none_ran),
            whole=in_all.written(in_all.count),
        )
        if none_ran
        else language.t("All of its {their} are theirs", their=their)
    )
    return language.t(
        "Critical path, underlined: {few} of {all} steps decided when it ended. {sum}. Longest: {step}, {took}.",
        few=len(lengths),
        all=len(names),
        sum=summed,
        step=shortened(names[longest]),
        took=spoken(lengths[longest]),
    )


def scale_of(spans: Sequence[SpanView]) -> int:
    """Microseconds from edge to edge: all of the trace, unless a late tab would make the rest too small to see."""
    ends = [(_ends(span), _is_painting(span)) for span in spans]
    everything = max((end for end, _ in ends), default=0)
    work = max((end for end, painting in ends if not painting), default=everything)
    return max(everything if everything <= _FAR * work else work, 1)


def timed(spans: Sequence[SpanView]) -> list[SpanView]:
    """The spans that are drawn to their end."""
    whole = scale_of(spans)
    return [span for span in spans if _ends(span) <= whole]


def _ends(span: SpanView) -> int:
    return span.start_us + span.duration_us


def _is_painting(span: SpanView) -> bool:
    return span.name.startswith(_PAINTED)


def nested(spans: Sequence[SpanView]) -> Iterator[tuple[SpanView, int]]:
    """Each span with its depth, parents before their children, in the order of their starts."""
    known = {span.id for span in spans}
    children: dict[str, list[SpanView]] = {}
    for span in spans:
        children.setdefault(span.parent if span.parent in known else "", []).append(span)
    waiting = [(span, 0) for span in reversed(children.get("", []))]
    while waiting:
        span, depth = waiting.pop()
        yield span, depth
        waiting.extend((child, depth + 1) for child in reversed(children.get(span.id, [])))


def ticks(duration_us: int) -> list[int]:
    """Round times from 0 up to the duration, a handful of them."""
    step = next(step for step in _round_steps() if duration_us / step <= _TICKS)
    return list(range(0, int(duration_us * _LAST_TICK) + 1, step))


def _round_steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power * step for step in _STEPS[:-1])
        power *= _STEPS[-1]


def way_of(spans: Iterable[SpanView], whole_us: int) -> tuple[MarkView, ...]:
    """The stations of a message with their times: from its commit to another tab of its author."""
    ends = [(span.name.lower(), _ends(span)) for span in spans]
    found = {
        station: next((end for name, end in ends if name.startswith(names)), None)
        for station, names in _WAY.items()
    }
    if next(iter(found.values())) is None:
        return ()
    return tuple(
        MarkView(station, "", 0.0, reached=False)
        if end is None
        else MarkView(station, spoken(end), _percent(end, whole_us))
        for station, end in found.items()
    )


def _row(span: SpanView, depth: int, whole_us: int, parts: Sequence[Part], *, code: bool) -> SpanRowView:
    left = _percent(min(span.start_us, whole_us), whole_us)
    right = _percent(min(_ends(span), whole_us), whole_us)
    own = [part for part in parts if part.step == span.id]
    return SpanRowView(
        id=span.id,
        depth=min(depth, _DEEPEST),
        name=span.name,
        layer=span.layer,
        target=span.target,
        start_us=span.start_us,
        duration_us=span.duration_us,
        left=min(left, 100 - _THINNEST),
        width=max(round(right - left, 3), _THINNEST),
        cut=_ends(span) > whole_us,
        at=spoken(span.start_us),
        took=spoken(span.duration_us),
        where=f"{span.file}:{span.line}" if span.file else "",
        code=excerpt(span.file, span.line) if code and span.file else "",
        pills=tuple(PillView(name, value) for name, value in span.pills),
        critical=tuple(
            StretchView(_percent(part.start_us, whole_us), _percent(part.duration_us, whole_us))
            for part in own
        ),
        decided=spoken(sum(part.duration_us for part in own)) if own else "",
    )


def _percent(part_us: int, whole_us: int) -> float:
    return round(100 * part_us / whole_us, 3)
