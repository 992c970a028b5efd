"""The charts and waterfalls of the page, in characters."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rich.text import Text

from portfolio_app.app.burst import charts
from portfolio_app.app.burst.words import milliseconds
from portfolio_app.app.ports.language import ENGLISH
from portfolio_app.launcher.burst.site import RecordFields

_LEVELS: Final = "▁▂▃▄▅▆▇█"
_BAR: Final = "█"
_LAYERS: Final = {"http": "cyan", "app": "green", "domain": "yellow", "infra": "magenta"}
_LAYER: Final = 7
_TOOK: Final = 8
_COUNTED: Final = 30
"""Columns of a histogram's line before its bar."""


def over_time(receipt: RecordFields) -> Iterator[str]:
    """Rate and latencies, a column for each stretch of time, each line on a scale of its own: its highest value."""
    drawn = charts.points(receipt)
    yield _curve("rate /s", [point["rate"] for point in drawn])
    for line in charts.LINES:
        yield _curve(f"{line} ms", [point[line] for point in drawn])


def _curve(label: str, values: Sequence[float | None]) -> str:
    most = max((value for value in values if value is not None), default=None)
    curve = "".join(_level(value, most or 1) for value in values)
    return f"{label}{milliseconds(most, ENGLISH):>8} {curve}".rstrip()


def _level(value: float | None, most: float) -> str:
    if value is None:
        return " "
    return _LEVELS[min(int(len(_LEVELS) * value / most), len(_LEVELS) - 1)]


def histogram(bins: Sequence[RecordFields], width: int) -> Iterator[str]:
    """How many requests took how long."""
    most = max((found["count"] for found in bins), default=0) or 1
    longest = max(width - _COUNTED, 8)
    for found in bins:
        bar = _BAR * math.ceil(longest * found["count"] / most)
        ends = f"{milliseconds(found['from_ms'], ENGLISH):>8} to {milliseconds(found['to_ms'], ENGLISH):>8}"
        yield f"{ends} {found['count']:>7,}  {bar}".rstrip()


def waterfall(spans: Iterable[dict[str, Any]], width: int) -> Iterator[Text]:
    """The steps of a request: name, layer, its place on the scale of the whole, and how long it took."""
    name_width = max(width * 2 // 5, 16)
    scale = max(width - name_width - _LAYER - _TOOK - 4, 8)
    for span in spans:
        name = f"{'  ' * span['depth']}{span['name']}"
        cut = name if len(name) <= name_width else f"{name[: name_width - 1]}…"
        line = Text(f"{cut:<{name_width}} {span['layer']:<{_LAYER}} ")
        line.append(_placed(span["left"], span["width"], scale), _LAYERS.get(span["layer"], ""))
        yield line.append(f" {span['took']:>{_TOOK}}")


def _placed(left: float, width: float, scale: int) -> str:
    begin = min(int(scale * left / 100), scale - 1)
    length = max(round(scale * width / 100), 1)
    return (" " * begin + _BAR * length)[:scale].ljust(scale)
