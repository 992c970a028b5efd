"""Charts of a run as shapes in a box of 100 by 100: the page, file or terminal that draws one scales it.

`http/burst/burst_chart.js` makes the same timeline of a run that is still under way.
"""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from portfolio_app.app.ports.language import ENGLISH, Language
from portfolio_app.app.ports.runs import Record

Chart = dict[str, Any]
"""`plots`, one above the other, none if there is nothing to draw, and the `start` and `end` of their common axis.

A plot has a `title`, a `label` that says what it shows, `top` and `middle` of its scale, the `area` below its values,
`bars` of a histogram, each with its `words`, and `lines`, one for each percentile.
"""
Point = Mapping[str, float | None]
LINES: Final = ("p50", "p95", "p99")
HEIGHT: Final = 100
_NICE: Final = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_SHORTEST_S: Final = 0.001


def points(record: Record) -> list[Point]:
    """Rate and percentiles of each stretch of time; None where there is no such figure.

    The last stretch ends with the run: a rate over its whole length would be too low, and one over next to nothing
    means nothing.
    """
    moments: list[Record] = record["timeline"]
    return [_point(moment, record["elapsed_s"], place, len(moments)) for place, moment in enumerate(moments)]


def _point(moment: Record, elapsed_s: float, place: int, count: int) -> Point:
    length: float = moment["length_s"]
    lasted = elapsed_s - moment["at_s"] if place == count - 1 else length
    ended = moment["answered"] + moment["refused"] + moment["failed"]
    rate = ended / min(max(lasted, _SHORTEST_S), length)
    known = place == 0 or lasted >= length / 4
    lines = {line: moment[f"{line}_ms"] for line in LINES}
    return {"at_s": moment["at_s"], "rate": rate if known else None, **lines}


def timeline(drawn: Sequence[Point], beside: Sequence[Point] = (), language: Language = ENGLISH) -> Chart:
    """Requests per second above, percentiles below, over one axis; the scales have room for `beside`, too."""
    if not drawn:
        return {"plots": [], "start": "", "end": ""}
    span = (_value(drawn[1], "at_s") if len(drawn) > 1 else 1) * len(drawn)
    rates, times = _values(drawn, "rate"), _values(drawn, *LINES)
    most = ceiling([*rates, *_values(beside, "rate")])
    longest = ceiling([*times, *_values(beside, *LINES)])
    places = [100 * _value(point, "at_s") / span for point in drawn]
    width = 100 / len(drawn)
    lasted = f"{plain(span, language)} s" if len(drawn) > 1 else ""
    highest, slowest = plain(max(rates, default=0), language), plain(max(times, default=0), language)
    lines = [{"name": line, "d": _curve(drawn, line, (places, width), longest)} for line in LINES]
    return {
        "plots": [
            {
                **_plot(language.t("Requests per second"), most, language),
                "label": _rate_label(lasted, highest, language),
                "area": _area([point["rate"] for point in drawn], most),
            },
            {
                **_plot(language.t("Latency, ms"), longest, language),
                "label": _latency_label(lasted, slowest, language),
                "lines": lines,
            },
        ],
        "start": "0 s",
        "end": lasted,
    }


def _rate_label(lasted: str, most: str, language: Language) -> str:
    if not lasted:
        return language.t("Requests per second: at most {n}.", n=most)
    return language.t("Requests per second over {time}: at most {n}.", time=lasted, n=most)


def _latency_label(lasted: str, most: str, language: Language) -> str:
    if not lasted:
        return language.t("Latency percentiles: at most {n} ms.", n=most)
    return language.t("Latency percentiles over {time}: at most {n} ms.", time=lasted, n=most)


def histogram(record: Record, language: Language = ENGLISH) -> Chart:
    """How the times of the answered requests spread: bins, all drawn as wide, and percentiles among them."""
    bins: list[Record] = record["histogram"]
    if not bins:
        return {"plots": [], "start": "", "end": ""}
    t, counts = language.t, [found["count"] for found in bins]
    most, width = max(counts), 100 / len(bins)
    latency = record["latency_ms"]
    plot = {
        **_plot(t("How long requests took"), most, language),
        "label": t(
            "How long requests took: most in one bin, {n}, {span}.",
            n=language.number(most),
            span=_span(bins[counts.index(most)], language),
        ),
        "bars": [
            _bar(
                (place * width, width),
                found["count"] / most,
                f"{_span(found, language)}: {language.number(found['count'])}",
            )
            for place, found in enumerate(bins)
        ],
        "area": _area(counts, most),
        "lines": [{"name": line, "d": f"M{at(along(bins, latency[line]))} 0V{HEIGHT}"} for line in LINES],
    }
    last = f"{plain(bins[-1]['to_ms'], language)} ms"
    scaled = t("{end}, log scale", end=last) if is_logarithmic(bins) else last
    # A single bin begins where it ends.
    end = "" if len(bins) == 1 else scaled
    return {"plots": [plot], "start": f"{plain(bins[0]['from_ms'], language)} ms", "end": end}


def is_logarithmic(bins: Sequence[Record]) -> bool:
    """Bins grow by a constant factor, unless there is one only, or they begin at 0, which has no logarithm."""
    return len(bins) > 1 and bins[0]["from_ms"] > 0


def along(bins: Sequence[Record], ms: float) -> float:
    """The position of a time among bins that are drawn equally wide."""
    start, end = bins[0]["from_ms"], bins[-1]["to_ms"]
    if len(bins) == 1:
        return 50
    if not is_logarithmic(bins):
        return float(100 * (ms - start) / (end - start))
    return 100 * math.log(ms / start) / math.log(end / start)


def ceiling(values: Sequence[float]) -> float:
    """A round number at or above the highest value."""
    highest = max(values, default=0)
    if highest <= 0:
        return 1
    power: float = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in _NICE if step * power >= highest)


def plain(value: float, language: Language) -> str:
    """A figure of a scale, to two digits or to the unit."""
    if value >= 100:
        return language.number(value)
    _, _, decimals = f"{Decimal(f'{value:.2g}'):f}".partition(".")
    return language.number(float(f"{value:.2g}"), len(decimals.rstrip("0")))


def at(place: float) -> str:
    """A coordinate as short as it may be."""
    return f"{place:.2f}".rstrip("0").rstrip(".")


def _span(found: Record, language: Language) -> str:
    start, end = plain(found["from_ms"], language), plain(found["to_ms"], language)
    return f"{start} ms" if start == end else language.t("{start} to {end} ms", start=start, end=end)


def _plot(title: str, top: float, language: Language) -> Chart:
    scale = {"top": plain(top, language), "middle": plain(top / 2, language)}
    return {"title": title, **scale, "label": "", "bars": [], "area": "", "lines": []}


def _bar(span: tuple[float, float], part: float, words: str = "") -> dict[str, str]:
    left, width = span
    box = {"x": left, "width": width, "y": HEIGHT * (1 - part), "height": HEIGHT * part}
    return {**{name: at(value) for name, value in box.items()}, "words": words}


def _area(values: Sequence[float | None], top: float) -> str:
    """The area below values that stand side by side, each as wide; where one is unknown, there is none."""
    steps = (
        f"V{at(HEIGHT * (1 - (value or 0) / top))}H{at(100 * (place + 1) / len(values))}"
        for place, value in enumerate(values)
    )
    return f"M0 {HEIGHT}{''.join(steps)}V{HEIGHT}"


def _curve(drawn: Sequence[Point], line: str, across: tuple[Sequence[float], float], top: float) -> str:
    """A line through the middles of the stretches that have a value."""
    places, width = across
    known = [
        (place, at(HEIGHT * (1 - value / top)))
        for place, point in zip(places, drawn, strict=True)
        if (value := point[line]) is not None
    ]
    if len(known) == 1:  # which has no other to be joined with
        [(place, height)] = known
        return f"M{at(place)} {height}h{at(width)}"
    middles = [f"{at(place + width / 2)} {height}" for place, height in known]
    return f"M{'L'.join(middles)}" if middles else ""


def _value(point: Point, name: str) -> float:
    return point[name] or 0


def _values(drawn: Sequence[Point], *names: str) -> list[float]:
    return [value for point in drawn for name in names if (value := point[name]) is not None]
