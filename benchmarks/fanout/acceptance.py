"""The site's promises about fan-out, each checked against the medians of one run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.rows import Row, first_error, summary

SITE, SHARED_STATE, SOCKETIO = "portfolio_app", "reflex-shared-state", "socketio"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise; `passed` is None when the run has no numbers to judge it by."""

    promise: str
    measured: str
    passed: bool | None


class UnmeasuredError(Exception):
    """The run lacks a number; the message says which and why."""


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Every promise in the order of the report."""

    def median(system: str, n: int, metric: str) -> float:
        found = summary(rows, system, n, metric)
        if found is None:
            why = first_error(rows, system, n, metric) or "not run"
            raise UnmeasuredError(f"{metric} of {system} at {n}: {why}")
        return found.median

    def ratio(above: tuple[str, int], below: tuple[str, int], metric: str) -> float:
        return median(*above, metric) / median(*below, metric)

    def worst_bytes() -> float:
        return max(median(SITE, 100, name) for name in ("bytes_per_delivery", "bytes_per_delivery_burst"))

    site, rate = (SITE, 100), "deliveries_per_s"
    return [
        _judge(
            ">= 15x rx.SharedState, deliveries/s at 100 tabs",
            "x",
            lambda: ratio(site, (SHARED_STATE, 100), rate),
            lambda x: x >= 15,
        ),
        _judge(
            ">= 0.7x bare socket.io, deliveries/s at 100 tabs",
            "x",
            lambda: ratio(site, (SOCKETIO, 100), rate),
            lambda x: x >= 0.7,
        ),
        _judge("<= 350 bytes per delivery at 100 tabs", " B", worst_bytes, lambda x: x <= 350),
        _judge(
            "last-tab p99 < 40 ms at 100 tabs",
            " ms",
            lambda: median(*site, "last_tab_p99_ms"),
            lambda x: x < 40,
        ),
        _judge(
            "<= 150 KB of memory per tab at 100 tabs",
            " KB",
            lambda: median(*site, "memory_kb_per_tab"),
            lambda x: x <= 150,
        ),
        _judge(
            "CPU per delivery at 500 tabs <= 1.5x that at 20",
            "x",
            lambda: ratio((SITE, 500), (SITE, 20), "server_cpu_s_per_10k"),
            lambda x: x <= 1.5,
        ),
        _judge(
            "last-tab p99 <= 4x p50 in the burst at 500 tabs",
            "x",
            lambda: median(SITE, 500, "last_tab_p99_ms_burst") / median(SITE, 500, "last_tab_p50_ms_burst"),
            lambda x: x <= 4,
        ),
    ]


def _judge(promise: str, unit: str, measure: Callable[[], float], holds: Callable[[float], bool]) -> Verdict:
    try:
        value = measure()
    except UnmeasuredError as missing:
        return Verdict(promise, str(missing), None)
    return Verdict(promise, f"{value:.3g}{unit}" if value < 1000 else f"{value:.0f}{unit}", holds(value))
