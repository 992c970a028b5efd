"""The allow-list of the trace stream: makes of a finished span a step that its visitor may see."""

import re
import secrets
import time
from collections.abc import Mapping
from typing import Final, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan

from portfolio_app.app.ports.live_feed import Pills
from portfolio_app.app.ports.step import Request, Step
from portfolio_app.app.ports.trace import (
    BYTES,
    FILE,
    KEPT,
    KIND,
    LAYER,
    LINE,
    LIVE,
    METHOD,
    PATH,
    PILL_PREFIX,
    PILLS,
    SESSION,
    STATUS,
    TARGET,
    Layer,
    Target,
)

Attributes = Mapping[str, object]

_FUNCTION: Final = "code.function.name"
"""The attribute in which Reflex names its handlers; its spans are named after the whole way to them."""
_LONGEST_VALUE: Final = 120
_LONGEST_NAME: Final = 4_000
_LAYERS: Final = frozenset(Layer)
_TARGETS: Final = frozenset(Target)
_DEMO: Final = re.compile(r"demo\.[a-z][a-z0-9_-]{0,39}")
_PILL_KEYS: Final = {PILL_PREFIX + name: name for name in PILLS}


class Shown(NamedTuple):
    """The attributes of a span that may be seen."""

    layer: str
    target: str
    pills: Pills
    file: str
    line: int


class FinishedSpan(ReadableSpan):
    """A span made when its step has ended, by someone who knows already what may be seen of it."""

    shown: Shown | None = None


def shown_by(found: Attributes) -> Shown | None:
    """The attributes that may be seen, or None for a span that nobody labelled."""
    layer, target = found.get(LAYER), found.get(TARGET)
    if layer not in _LAYERS:
        return None
    return Shown(
        layer=str(layer),
        target=str(target) if target in _TARGETS or _is_demo(target) else "",
        pills=_pills(found),
        file=str(found.get(FILE, "")),
        line=_number(found.get(LINE)),
    )


def _is_demo(target: object) -> bool:
    return isinstance(target, str) and _DEMO.fullmatch(target) is not None


def step_of(span: ReadableSpan) -> Step | None:
    """The step, or None for a span that nobody labelled."""
    if isinstance(span, FinishedSpan):
        return _step(span, span.shown, span.name, None if span.parent else _request_of(span.attributes or {}))
    found: Attributes = span.attributes or {}
    # An event's row is the step around it, which began with its frame; one that another event chained has none.
    framed = span.parent is not None and span.parent.is_remote
    return _step(span, shown_by(found), _name_of(span, found), None if framed else _request_of(found))


def missing_step() -> Step:
    """A row of no request: it stands where rows of other workers may be missing."""
    now = time.time_ns()
    return Step(
        trace_id=0,
        span_id=secrets.randbits(63),
        parent_id=0,
        name="rows of another worker may be missing",
        layer=Layer.INFRA,
        target=Target.SSE,
        start_ns=now,
        end_ns=now,
        pills=(("reason", "gap"),),
        file="",
        line=0,
        request=None,
    )


def _step(span: ReadableSpan, shown: Shown | None, name: str, request: Request | None) -> Step | None:
    context = span.context
    if shown is None or context is None or span.start_time is None or span.end_time is None:
        return None
    return Step(
        trace_id=context.trace_id,
        span_id=context.span_id,
        parent_id=span.parent.span_id if span.parent else 0,
        name=name,
        layer=shown.layer,
        target=shown.target,
        start_ns=span.start_time,
        end_ns=span.end_time,
        pills=shown.pills,
        file=shown.file,
        line=shown.line,
        request=request,
    )


def session_of(span: ReadableSpan) -> str | None:
    """The session in whose live feed this span puts its trace, if any."""
    found: Attributes = span.attributes or {}
    return str(found[SESSION]) if found.get(LIVE) is True or found.get(KEPT) is True else None


def is_quiet(span: ReadableSpan) -> bool:
    """Whether the steps of the span's trace are kept without being rows."""
    return (span.attributes or {}).get(LIVE) is not True


def _name_of(span: ReadableSpan, found: Attributes) -> str:
    function = found.get(_FUNCTION)
    return ".".join(str(function).split(".")[-2:]) if function else span.name[:_LONGEST_NAME]


def _request_of(found: Attributes) -> Request | None:
    if KIND not in found:
        return None
    return Request(
        kind=str(found[KIND]),
        method=str(found.get(METHOD, "")),
        path=str(found.get(PATH, "")),
        status=_number(found.get(STATUS)),
        bytes=_number(found.get(BYTES)),
    )


def _pills(found: Attributes) -> Pills:
    return tuple(
        (_PILL_KEYS[key], str(value)[:_LONGEST_VALUE]) for key, value in found.items() if key in _PILL_KEYS
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
