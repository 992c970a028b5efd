"""A recorded run as one HTML file: no script, nothing loaded from elsewhere."""

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import Any, Final

from portfolio_app.app.burst import words
from portfolio_app.app.burst.charts import HEIGHT, LINES, Chart
from portfolio_app.app.burst.worded import Worded, worded
from portfolio_app.app.ports.runs import Record
from portfolio_app.http.kit.palette import colours, marks
from portfolio_app.language import direction
from portfolio_app.words import interface_language, said, site_words, t

_STYLE: Final = """
body{margin:0 auto;max-width:48rem;padding:1.5rem 1rem 3rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground)}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}
table{border-collapse:collapse;width:100%;font:.875rem/1.6 ui-monospace,monospace}
th{text-align:left;font-weight:400;color:var(--muted)}td{text-align:right;font-variant-numeric:tabular-nums}
tr{border-bottom:1px solid var(--line)}td.why{text-align:left;overflow-wrap:anywhere}
.muted,.axis,.scale{color:var(--muted)}
figure{margin:1rem 0 0;display:grid;grid-template-columns:2.75rem minmax(0,1fr);gap:.5rem;font-size:.875rem}
figcaption{grid-column:1/-1;display:flex;justify-content:space-between}
.scale,.axis{display:flex;justify-content:space-between;font:.75rem/1rem ui-monospace,monospace}
.scale{flex-direction:column;text-align:right;margin-block:-.5rem}.axis{margin:.5rem 0 0 3.25rem}
svg{width:100%;height:auto;display:block;font:10px ui-monospace,monospace;fill:var(--ink);white-space:pre}
svg.plot{height:8rem;overflow:visible;border-bottom:1px solid var(--line)}
.bar{fill:transparent}path{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linejoin:round;
vector-effect:non-scaling-stroke}.area{fill:var(--bar);fill-opacity:.24;
stroke:var(--bar)}path.p95{stroke-dasharray:6 4}path.p99{stroke-dasharray:1.5 3}
b{margin-left:.75rem;font-weight:400;text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:3px}
b.p95{text-decoration-style:dashed}b.p99{text-decoration-style:dotted}
details{margin:.5rem 0;overflow-x:auto}details svg{min-width:40rem}
summary{font:.875rem ui-monospace,monospace;cursor:pointer}
"""
# The file may be opened anywhere: it asks nobody for anything.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_WIDTH: Final = 720
_ROW: Final = 14
_NAMES: Final = 240
"""Pixels of a waterfall for the names of its steps."""
_KEYS: Final = " ".join(f'<b class="{line}">{line}</b>' for line in LINES)


def run_page(record: Record) -> str:
    """The page, in the language of the site; every text in it is escaped."""
    language = interface_language()
    title, shown = t("Run {run}", run=record["run"]), worded(record, site_words())
    return "".join(
        (
            f'<!doctype html><html lang="{language}" dir="{direction(language)}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_colours()}{_STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            *_introduction(shown),
            *_tables(shown),
            *_charts(shown),
            *_mismatches(shown),
            *_slowest(record, shown),
            "</main></body></html>",
        )
    )


@cache
def _colours() -> str:
    """The colours of the site: the file is opened without its stylesheets."""
    light, dark = colours("light"), colours("dark")
    named = {
        "ink": "ink",
        "ground": "surface",
        "line": "line",
        "muted": "muted",
        "bar": "accent-edge",
    }
    both = (f"--{name}:light-dark({light[token]},{dark[token]})" for name, token in named.items())
    layers = "".join(f".{layer}{{fill:{hue}}}" for layer, hue in marks().items())
    return f":root{{color-scheme:light dark;{';'.join(both)}}}\n{layers}"


def _introduction(shown: Worded) -> Iterable[str]:
    yield _paragraph(shown["title"])
    yield _paragraph(shown["verdict"])
    yield _paragraph(
        t(
            "{started}, commit {commit}. {machine}.",
            started=shown["started"],
            commit=shown["commit"],
            machine=shown["machine"],
        ),
        muted=True,
    )


def _tables(shown: Worded) -> Iterable[str]:
    notes = {name: said(note) if note else shown["outcomes"] for name, (_, note) in words.LEDGERS.items()}
    yield _table(
        t("Ledgers"),
        [
            (f"{said(name.capitalize())} {said(keeper)}: {notes[name]}", shown[name])
            for name, (keeper, _) in words.LEDGERS.items()
        ],
    )
    times = [(said(words.label(name)), f"{shown[name]} ms") for name in words.ALL_LATENCIES]
    times += [
        (t("{name} from intended start", name=words.label(name)), f"{shown[f'intended_{name}']} ms")
        for name in words.COMPARED
    ]
    yield _table(
        t("Times"), [*times, (t("Rate"), f"{shown['rps']} /s"), (t("Took"), f"{shown['elapsed']} s")]
    )
    yield _paragraph(shown["pace"])
    if shown["explained"]:
        yield _paragraph(shown["explained"])
    yield _paragraph(said(words.TIMES), muted=True)
    yield _table(said(words.STATUSES), [(entry["k"], entry["v"]) for entry in shown["statuses"]])
    yield _table(said(words.CAUSES), [(entry["k"], entry["v"]) for entry in shown["causes"]])
    yield _paragraph(t("{bytes} of answers.", bytes=shown["bytes"]), muted=True)


def _charts(shown: Worded) -> Iterable[str]:
    yield f"<h2>{escape(t('Over time'))}</h2>"
    yield _chart_svg(shown["timeline"]) or _paragraph(said(words.NOTHING_ENDED))
    yield _chart_svg(shown["histogram"]) or _paragraph(said(words.NOTHING_ANSWERED))


def _mismatches(shown: Worded) -> Iterable[str]:
    yield f"<h2>{escape(t('Mismatches: {n}', n=shown['mismatch_count']))}</h2>"
    rows = "".join(
        f"<tr><th>{escape(found['id'])}</th>"
        f'<td class="why">{escape(found["request"])}, {escape(found["why"])}</td></tr>'
        for found in shown["mismatches"]
    )
    yield f"<table>{rows}</table>" if rows else _paragraph(said(words.ALL_FOUND))
    yield from (_paragraph(more) for more in (shown["more_mismatches"], shown["first_failure"]) if more)


def _slowest(record: Record, shown: Worded) -> Iterable[str]:
    if shown["slowest"]:
        yield f"<h2>{escape(said(words.SLOWEST))}</h2>"
    for slow, found in zip(shown["slowest"], record["slowest"], strict=True):
        trace = found["trace"]
        took = _paragraph(
            t("{took} in the server", took=trace["took"]) if trace else said(words.NOT_KEPT), muted=True
        )
        drawn = took + (_waterfall(trace) if trace else "")
        about = escape(f"{slow['took']}, {slow['request']}, {slow['id']}")
        yield f"<details><summary>{about}</summary>{drawn}</details>"


def _table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    shown = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<h2>{escape(title)}</h2><table>{shown}</table>" if rows else ""


def _paragraph(sentences: str, *, muted: bool = False) -> str:
    return f'<p class="muted">{escape(sentences)}</p>' if muted else f"<p>{escape(sentences)}</p>"


def _chart_svg(chart: Chart) -> str:
    """Every plot of a chart under its title, with its scale; the axis below the last one."""
    axis = f'<p class="axis"><span>{escape(chart["start"])}</span><span>{escape(chart["end"])}</span></p>'
    plots = [_plot(plot) for plot in chart["plots"]]
    return "".join((*plots, axis)) if plots else ""


def _plot(plot: Chart) -> str:
    keys = f"<span>{_KEYS}</span>" if plot["lines"] else ""
    scale = "".join(f"<span>{escape(figure)}</span>" for figure in (plot["top"], plot["middle"], "0"))
    shapes = [_path("area", plot["area"]), *map(_bar, plot["bars"])]
    shapes += [_path(line["name"], line["d"]) for line in plot["lines"]]
    return (
        f"<figure><figcaption>{escape(plot['title'])} {keys}</figcaption>"
        f'<div class="scale" aria-hidden="true">{scale}</div>'
        f'<svg class="plot" viewBox="0 0 100 {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(plot["label"], quote=True)}">{"".join(shapes)}</svg></figure>'
    )


def _waterfall(trace: Record) -> str:
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
    label = escape(t("Waterfall"), quote=True)
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}">{"".join(rows)}</svg>'


def _bar(bar: dict[str, str]) -> str:
    title = f"<title>{escape(bar['words'])}</title>" if bar["words"] else ""
    box = " ".join(f'{name}="{bar[name]}"' for name in ("x", "y", "width", "height"))
    return f'<rect class="bar" {box}>{title}</rect>'


def _path(kind: str, shape: str) -> str:
    return f'<path class="{kind}" d="{shape}"/>' if shape else ""
