"""A recorded run in words, figures and charts, as JSON values: what the page, the HTML file and the terminal show."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from portfolio_app.app.burst import charts, words
from portfolio_app.app.ports.runs import Record

Worded = dict[str, Any]
_Figure = tuple[str, Callable[[Record], Any], Callable[[Any], str]]


def with_words(record: Record) -> Record:
    """A record as the site answers with it: what is kept, and how it is shown under `shown`."""
    return {**record, "shown": worded(record)}


def worded(record: Record) -> Worded:
    """Everything that is shown of a record, but the waterfalls of its slowest requests, which it has itself."""
    return {
        **worded_summary(record),
        "verdict": words.verdict(record),
        "commit": record["commit"],
        "machine": words.machine(record),
        **{name: words.counted(count) for name, count in record["ledgers"].items()},
        "outcomes": words.outcomes(record["ledgers"]),
        **_latencies(record),
        **_intended(record),
        **words.parts(record),
        "explained": words.explained(record),
        "pace": words.pace(record),
        "bytes": words.plural(record.get("bytes", 0), "byte"),
        "causes": [{"k": cause, "v": words.number(count)} for cause, count in words.causes(record)],
        "elapsed": words.seconds(record["elapsed_s"]),
        "mismatch_count": words.number(record["mismatch_count"]),
        "mismatches": [_mismatch(found) for found in record["mismatches"]],
        "more_mismatches": words.more_mismatches(record),
        "first_failure": words.first_failure(record),
        "statuses": _statuses(record),
        "slowest": [_slow(found) for found in record["slowest"]],
        "timeline": charts.timeline(charts.points(record)),
        "histogram": charts.histogram(record),
    }


def worded_summaries(summaries: Iterable[Record]) -> list[Worded]:
    """The list of runs, without those that a newer version recorded in another shape."""
    found = []
    for summary in summaries:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            found.append(worded_summary(summary))
    return found


def worded_summary(summary: Record) -> Worded:
    """A line of the list of runs."""
    latencies = _latencies(summary)
    rps = words.rate(summary["rps"])
    return {
        "run": summary["run"],
        "title": words.title(summary),
        "href": f"/runs/{summary['run']}",
        "at": summary["started_at"],
        "started": words.moment(summary["started_at"]),
        "balanced": summary["balanced"],
        "outcome": words.outcome(summary),
        "rps": rps,
        "figures": f"{rps} /s, p50 {latencies['p50']} ms, p99 {latencies['p99']} ms",
    }


def compared(first: Record, second: Record) -> Worded:
    """Two runs, figure by figure, and both over time on the same scales."""
    return {
        "other": worded_summary(second),
        "rows": [
            {
                "label": label,
                "a": write(read(first)),
                "b": write(read(second)),
                "change": _change(read(first), read(second)),
            }
            for label, read, write in _FIGURES
        ],
        "first": charts.timeline(charts.points(first), charts.points(second)),
        "second": charts.timeline(charts.points(second), charts.points(first)),
    }


def _latencies(record: Record) -> dict[str, str]:
    found: Mapping[str, float] = record["latency_ms"] or {}
    return {name: words.milliseconds(found.get(name)) for name in words.ALL_LATENCIES}


def _intended(record: Record) -> dict[str, str]:
    found: Mapping[str, float] = record.get("intended_ms") or {}
    return {f"intended_{name}": words.milliseconds(found.get(name)) for name in words.COMPARED}


def _statuses(record: Record) -> list[dict[str, str]]:
    counts = {words.status_name(status): count for status, count in record["statuses"].items()}
    counts["cancelled"] = record["ledgers"].get("cancelled", 0)
    return [{"k": name, "v": words.number(count)} for name, count in counts.items() if count]


def _mismatch(found: Record) -> Worded:
    return {
        "id": found["request_id"] or words.NO_ID,
        "missing": found["missing"],
        "request": f"request {found['n']}",
        "why": f"not {found['missing']}: {found['why']}",
    }


def _slow(found: Record) -> Worded:
    return {
        "id": found["request_id"] or words.NO_ID,
        "took": f"{words.milliseconds(found['ms'])} ms",
        "request": f"request {found['n']}, {words.status_name(found['status'])}",
    }


def _plain(name: str) -> Callable[[Record], Any]:
    return lambda record: record[name]


def _ledger(name: str) -> Callable[[Record], Any]:
    return lambda record: record["ledgers"].get(name, 0)


def _latency(name: str) -> Callable[[Record], Any]:
    return lambda record: (record["latency_ms"] or {}).get(name)


def _intended_latency(name: str) -> Callable[[Record], Any]:
    return lambda record: (record.get("intended_ms") or {}).get(name)


def _knee(record: Record) -> float | None:
    ramp = record.get("ramp") or {"lost": 0}
    return ramp["kept"] if ramp["lost"] else None


STARTED: Final = "Started"
"""The figure that is a moment, which the page writes as its reader's clock has it."""
_FIGURES: Final[tuple[_Figure, ...]] = (
    ("Workload", words.mode, str),
    ("Requests", _plain("size"), words.number),
    ("Workers", _plain("workers"), words.number),
    *(
        (name.capitalize(), _ledger(name), words.counted)
        for name in ("sent", *words.OUTCOMES, "received", "stored", "pushed")
    ),
    ("Mismatches", _plain("mismatch_count"), words.number),
    ("Took, s", _plain("elapsed_s"), words.seconds),
    ("Requests per second", _plain("rps"), words.rate),
    *((f"{words.label(name)}, ms", _latency(name), words.milliseconds) for name in words.LATENCIES),
    *(
        (f"{words.label(name)} from intended start, ms", _intended_latency(name), words.milliseconds)
        for name in words.COMPARED
    ),
    ("Knee, requests per second", _knee, lambda kept: words.NONE if kept is None else words.rate(kept)),
    ("Commit", _plain("commit"), str),
    (STARTED, _plain("started_at"), str),
    ("Machine", words.machine, str),
)


def _change(first: object, second: object) -> str:
    if first == second:
        return "same"
    if not isinstance(first, int | float) or not isinstance(second, int | float) or first == 0:
        return "differs"
    percent = 100 * (second - first) / first
    return f"{'+' if percent > 0 else '−'}{abs(percent):,.{1 if abs(percent) < 10 else 0}f} %"
