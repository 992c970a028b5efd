"""A run's charts as inline SVG: shapes only, no script."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from portfolio_app.app.ports.runs import Record

WIDTH: Final = 720
HEIGHT: Final = 160
_OUTCOMES: Final = ("answered", "refused", "failed")
_LINES: Final = ("p50_ms", "p95_ms", "p99_ms")
_PERCENTILE: Final = re.compile(r"\b(p\d\d)\b")
_ROW: Final = 14
_NAMES: Final = 240
"""Pixels of a waterfall for the names of its steps."""


def rate_chart(moments: Sequence[Record]) -> str:
    """Answered requests a second as bars, refused and failed ones on top."""
    rates = [[moment[name] / moment["length_s"] for name in _OUTCOMES] for moment in moments]
    most = max(map(sum, rates), default=0) or 1
    bars = []
    for place, parts in enumerate(rates):
        top = float(HEIGHT)
        for name, rate in zip(_OUTCOMES, parts, strict=True):
            height = HEIGHT * rate / most
            top -= height
            bars.append(_bar(name, place, len(rates), (top, height)))
    return _svg("Requests a second over time", f"up to {most:,.0f} a second", bars)


def latency_chart(moments: Sequence[Record]) -> str:
    """p50, p95 and p99 over time."""
    most = max((moment[line] or 0 for moment in moments for line in _LINES), default=0) or 1
    lines = []
    for line in _LINES:
        points = [
            (WIDTH * (place + 0.5) / len(moments), HEIGHT * (1 - moment[line] / most))
            for place, moment in enumerate(moments)
            if moment[line] is not None
        ]
        # One point twice is a dot.
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (points * 2 if len(points) == 1 else points))
        lines.append(f'<polyline class="{line[:3]}" points="{path}"/>')
    return _svg("Latency over time: p50, p95, p99", f"up to {most:,.1f} ms", lines)


def histogram_chart(bins: Sequence[Record]) -> str:
    """How many requests took how long; each bin is wider than the one before by the same factor."""
    most = max((found["count"] for found in bins), default=0) or 1
    bars = []
    for place, found in enumerate(bins):
        height = HEIGHT * found["count"] / most
        words = f"{found['from_ms']:.2f} to {found['to_ms']:.2f} ms: {found['count']:,}"
        bars.append(_bar("answered", place, len(bins), (HEIGHT - height, height), words))
    ends = f"{bins[0]['from_ms']:.2f} to {bins[-1]['to_ms']:.2f} ms" if bins else "no answers"
    return _svg("How long requests took", f"{ends}, up to {most:,} in a bar", bars)


def waterfall(trace: Record) -> str:
    """The steps of one request, to scale."""
    spans: list[Any] = trace["spans"]
    room = WIDTH - _NAMES
    rows = []
    for place, span in enumerate(spans):
        y = place * _ROW
        x, width = _NAMES + room * span["left"] / 100, max(room * span["width"] / 100, 1)
        name = escape(f"{'  ' * span['depth']}{span['name']}"[:38])
        layer = escape(span["layer"], quote=True)
        rows.append(f'<text x="0" y="{y + 10}">{name}</text>')
        rows.append(
            f'<rect class="{layer}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="{_ROW - 4}">'
            f"<title>{escape(span['name'])}, {escape(span['took'])}</title></rect>"
        )
    height = len(spans) * _ROW
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Waterfall">{"".join(rows)}</svg>'


def _bar(kind: str, place: int, count: int, span: tuple[float, float], words: str = "") -> str:
    slot, (top, height) = WIDTH / count, span
    title = f"<title>{escape(words)}</title>" if words else ""
    box = f'x="{slot * place:.1f}" y="{top:.1f}" width="{max(slot - 1, 1):.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {box}>{title}</rect>'


def _svg(title: str, scale: str, shapes: Sequence[str]) -> str:
    label = escape(f"{title}, {scale}", quote=True)
    drawing = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{"".join(shapes)}</svg>'
    named = _PERCENTILE.sub(r'<b class="\1">\1</b>', escape(title))
    return f"<figure><figcaption>{named} <span>{escape(scale)}</span></figcaption>{drawing}</figure>"
