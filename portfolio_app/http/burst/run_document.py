"""A recorded run as one HTML file: no script, nothing loaded from elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Final

from portfolio_app.app.ports.runs import Record
from portfolio_app.http.burst.run_charts import histogram_chart, latency_chart, rate_chart, waterfall
from portfolio_app.http.kit.palette import colours, marks

_LEDGERS: Final[Mapping[str, str]] = {
    "sent": "sent by the browser or terminal",
    "answered": "answered with 2xx",
    "refused": "refused with 429",
    "failed": "failed",
    "received": "received by the edge",
    "stored": "stored by the database",
    "pushed": "pushed to the live feed",
}
_STYLE: Final = """
body{margin:0 auto;max-width:48rem;padding:1.5rem 1rem 3rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--ground)}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}
table{border-collapse:collapse;width:100%;font:.875rem/1.6 ui-monospace,monospace}
th{text-align:left;font-weight:400;color:var(--muted)}td{text-align:right;font-variant-numeric:tabular-nums}
tr{border-bottom:1px solid var(--line)}td.why{text-align:left;overflow-wrap:anywhere}
figure{margin:1rem 0}figcaption{font-size:.875rem}figcaption span,.muted{color:var(--muted)}
svg{width:100%;height:auto;display:block;font:10px ui-monospace,monospace;fill:var(--ink);white-space:pre}
figure svg{border-bottom:1px solid var(--line)}
.answered{fill:var(--answered);fill-opacity:.3;stroke:var(--answered)}.refused{fill:var(--muted)}.failed{fill:var(--failed)}
polyline{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linecap:round}.p95{stroke-dasharray:6 4}
.p99{stroke-dasharray:.1 4}
b{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:3px}
b.p95{text-decoration-style:dashed}b.p99{text-decoration-style:dotted}
details{margin:.5rem 0;overflow-x:auto}details svg{min-width:40rem}
summary{font:.875rem ui-monospace,monospace;cursor:pointer}
"""
_FAILED: Final = "#d63a45"
# The file may be opened anywhere: it asks nobody for anything.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def run_page(record: Record) -> str:
    """The page; every text in it is escaped."""
    title = f"Run {record['run']}"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_colours()}{_STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            *_introduction(record),
            *_tables(record),
            *_charts(record),
            *_slowest(record),
            *_mismatches(record),
            "</main></body></html>",
        )
    )


@cache
def _colours() -> str:
    """Those of the site: the file is opened without its stylesheets."""
    light, dark = colours("light"), colours("dark")
    named = {
        "ink": "ink",
        "ground": "surface",
        "line": "line",
        "muted": "muted",
        "answered": "accent-edge",
    }
    both = (f"--{name}:light-dark({light[token]},{dark[token]})" for name, token in named.items())
    layers = "".join(f".{layer}{{fill:{hue}}}" for layer, hue in marks().items())
    return f":root{{color-scheme:light dark;--failed:{_FAILED};{';'.join(both)}}}\n{layers}"


def _introduction(record: Record) -> Iterable[str]:
    machine = record["machine"]
    asked = f"{record['size']:,} {record['mode']} requests by {record['workers']} workers"
    cancelled = ", cancelled" if record["cancelled"] else ""
    count = record["mismatch_count"]
    verdict = "The ledgers agree to the last request." if record["balanced"] else f"{count:,} mismatches."
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}"
    yield _paragraph(f"{asked}{cancelled}, {record['rps']:,.0f} a second for {record['elapsed_s']:.2f} s")
    yield _paragraph(verdict)
    yield _paragraph(f"{record['started_at']} at commit {record['commit']}", muted=True)
    yield _paragraph(f"{where}, server processes: {machine['server_workers']}", muted=True)


def _tables(record: Record) -> Iterable[str]:
    ledgers = record["ledgers"]
    rows = [(words, f"{ledgers[name]:,}") for name, words in _LEDGERS.items() if ledgers[name] is not None]
    yield _table("Ledgers", rows)
    latency = record["latency_ms"] or {}
    yield _table("Latency of answered requests, ms", [(name, f"{ms:,.3f}") for name, ms in latency.items()])
    yield _table("Statuses", [(status, f"{count:,}") for status, count in record["statuses"].items()])
    if (failure := record["first_failure"]) is not None:
        yield _table("First failure", [(f"request {failure['n']}", failure["why"])])


def _charts(record: Record) -> Iterable[str]:
    moments = record["timeline"]
    if moments:
        yield "<h2>Over time</h2>"
        yield rate_chart(moments)
        yield latency_chart(moments)
    if record["histogram"]:
        yield histogram_chart(record["histogram"])


def _slowest(record: Record) -> Iterable[str]:
    if record["slowest"]:
        yield "<h2>Slowest requests</h2>"
    for slow in record["slowest"]:
        words = f"{slow['ms']:,.3f} ms, request {slow['n']}, status {slow['status']}, {slow['request_id'] or 'no id'}"
        trace = slow["trace"]
        if trace is None:
            shown = _paragraph("The trace of this request was not kept.", muted=True)
        else:
            shown = _paragraph(f"{trace['took']} in the server", muted=True) + waterfall(trace)
        yield f"<details><summary>{escape(words)}</summary>{shown}</details>"


def _mismatches(record: Record) -> Iterable[str]:
    found = record["mismatches"]
    if not found:
        return
    yield f"<h2>Mismatches ({len(found):,} of {record['mismatch_count']:,} shown)</h2><table>"
    for mismatch in found:
        words = f"{mismatch['request_id'] or 'no request id'}: missing in {mismatch['missing']}, {mismatch['why']}"
        yield f'<tr><th>{mismatch["n"]:d}</th><td class="why">{escape(words)}</td></tr>'
    yield "</table>"


def _table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    shown = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<h2>{escape(title)}</h2><table>{shown}</table>" if rows else ""


def _paragraph(words: str, *, muted: bool = False) -> str:
    return f'<p class="muted">{escape(words)}</p>' if muted else f"<p>{escape(words)}</p>"
