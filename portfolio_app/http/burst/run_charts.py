"""A run's charts as inline SVG: shapes only, no script."""

from html import escape
from typing import Any, Final

from portfolio_app.app.burst.charts import HEIGHT, LINES, Chart
from portfolio_app.app.ports.runs import Record

_WIDTH: Final = 720
_ROW: Final = 14
_NAMES: Final = 240
"""Pixels of a waterfall for the names of its steps."""
_KEYS: Final = " ".join(f'<b class="{line}">{line}</b>' for line in LINES)


def chart_svg(chart: Chart) -> str:
    """Every plot of a chart under its title, with its scale; the axis below the last one."""
    axis = f'<p class="axis"><span>{escape(chart["start"])}</span><span>{escape(chart["end"])}</span></p>'
    plots = [_plot(plot) for plot in chart["plots"]]
    return "".join((*plots, axis)) if plots else ""


def _plot(plot: Chart) -> str:
    keys = f"<span>{_KEYS}</span>" if plot["lines"] else ""
    scale = "".join(f"<span>{escape(figure)}</span>" for figure in (plot["top"], plot["middle"], "0"))
    shapes = [*map(_bar, plot["bars"]), _path("edge", plot["edge"])]
    shapes += [_path(line["name"], line["d"]) for line in plot["lines"]]
    return (
        f"<figure><figcaption>{escape(plot['title'])} {keys}</figcaption>"
        f'<div class="scale" aria-hidden="true">{scale}</div>'
        f'<svg class="plot" viewBox="0 0 100 {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(plot["label"], quote=True)}">{"".join(shapes)}</svg></figure>'
    )


def waterfall(trace: Record) -> str:
    """The steps of one request, to scale."""
    spans: list[Any] = trace["spans"]
    room = _WIDTH - _NAMES
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
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Waterfall">{"".join(rows)}</svg>'


def _bar(bar: dict[str, str]) -> str:
    title = f"<title>{escape(bar['words'])}</title>" if bar["words"] else ""
    box = " ".join(f'{name}="{bar[name]}"' for name in ("x", "y", "width", "height"))
    return f'<rect class="bar" {box}>{title}</rect>'


def _path(kind: str, shape: str) -> str:
    return f'<path class="{kind}" d="{shape}"/>' if shape else ""
