"""The fan-out report as text."""

from collections.abc import Iterator, Sequence

from benchmarks.fanout.acceptance import SITE, Verdict
from benchmarks.rows import Row, first_error, summary

LIMITS = {
    "client_busy": (0.85, "the load client used {:.0%} of a core, so it may be the limit"),
    "others_busy": (0.15, "other programs used {:.0%} of a core, so the numbers are not to be trusted"),
}
COLUMNS = (
    ("last_tab_p50_ms", "last tab p50, ms", 1),
    ("last_tab_p99_ms", "last tab p99, ms", 1),
    ("deliveries_per_s", "deliveries/s", 0),
    ("last_tab_p50_ms_burst", "last p50, burst, ms", 1),
    ("last_tab_p99_ms_burst", "last p99, burst, ms", 1),
    ("bytes_per_delivery", "bytes each", 0),
    ("message_bytes_per_delivery", "of it, the message", 0),
    ("bytes_per_delivery_burst", "bytes each, burst", 0),
    ("server_cpu_s_per_10k", "CPU s / 10k", 3),
    ("memory_kb_per_tab", "KB / tab", 0),
    ("client_busy_burst", "client busy, cores", 2),
    ("others_busy_burst", "others busy, cores", 2),
)
VERDICTS = {True: "pass", False: "FAIL", None: "not measured"}


def lines(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Medians with minimum and maximum, warnings, promises."""
    for n in sorted({row.n for row in rows}):
        yield f"\n{n} tabs in one room: median (min-max) of {max(row.round for row in rows)} rounds"
        systems = list(dict.fromkeys(row.system for row in rows if row.n == n))
        yield f"  {'':20}" + "".join(f"{system:>28}" for system in systems)
        for metric, title, digits in COLUMNS:
            cells = [_cell(rows, system, n, metric, digits) for system in systems]
            yield f"  {title:20}" + "".join(f"{cell:>28}" for cell in cells)
        yield from _ratios(rows, n, [system for system in systems if system != SITE])
        for system in systems:
            error = first_error(rows, system, n, "deliveries_per_s")
            if error:
                yield f"  {system}: {error}"
    yield ""
    yield from _warnings(rows)
    for verdict in verdicts:
        yield f"{VERDICTS[verdict.passed]:>12}  {verdict.promise}: {verdict.measured}"


def _ratios(rows: Sequence[Row], n: int, rivals: Sequence[str]) -> Iterator[str]:
    for rival in rivals:
        parts = []
        for metric, title, _ in COLUMNS[:-2]:
            site, other = summary(rows, SITE, n, metric), summary(rows, rival, n, metric)
            if site and other and other.median:
                parts.append(f"{title} {site.median / other.median:.3g}x")
        if parts:
            yield f"  {SITE} against {rival}: {', '.join(parts)}"


def _cell(rows: Sequence[Row], system: str, n: int, metric: str, digits: int) -> str:
    found = summary(rows, system, n, metric)
    if found is None:
        return "-"
    low, high = f"{found.low:,.{digits}f}", f"{found.high:,.{digits}f}"
    return f"{found.median:,.{digits}f} ({low}-{high})"


def _warnings(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        limit, text = LIMITS.get("_".join(row.metric.split("_")[:2]), (0.0, ""))
        if text and row.value is not None and row.value > limit:
            where = f"{row.system}, {row.n} tabs, round {row.round}, {row.metric.rpartition('_')[2]}"
            yield f"warning: {where}: {text.format(row.value)}"
