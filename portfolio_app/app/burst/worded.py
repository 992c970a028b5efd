"""A recorded run in words, figures and charts, as JSON values: what the page, the HTML file and the terminal show.

A record is kept without words, and worded whenever it is read: in the language of the site on its pages and in its
files, in English on a terminal.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from portfolio_app.app.burst import charts, pace, words
from portfolio_app.app.ports.language import ENGLISH, Language
from portfolio_app.app.ports.runs import Record

Worded = dict[str, Any]
_Figure = tuple[str, Callable[[Record], Any], Callable[[Any], str]]


def with_words(record: Record, language: Language = ENGLISH) -> Record:
    """A record as the site answers with it: what is kept, and how it is shown under `shown`."""
    slowest = [_read_aloud(found, language) for found in record["slowest"]]
    return {**record, "slowest": slowest, "shown": worded(record, language)}


def worded(record: Record, language: Language = ENGLISH) -> Worded:
    """Everything that is shown of a record, but the waterfalls of its slowest requests, which it has itself."""
    return {
        **worded_summary(record, language),
        "verdict": words.verdict(record, language),
        "commit": record["commit"],
        "machine": words.machine(record, language),
        **{name: words.counted(count, language) for name, count in record["ledgers"].items()},
        "outcomes": words.outcomes(record["ledgers"], language),
        **_latencies(record, language),
        **_intended(record, language),
        **pace.parts(record, language),
        "explained": pace.explained(record, language),
        "pace": pace.pace(record, language),
        "bytes": words.length(record.get("bytes", 0), language),
        "causes": [
            {"k": cause, "v": language.number(count)} for cause, count in words.causes(record, language)
        ],
        "elapsed": words.seconds(record["elapsed_s"], language),
        "mismatch_count": language.number(record["mismatch_count"]),
        "mismatches": [_mismatch(found, language) for found in record["mismatches"]],
        "more_mismatches": words.more_mismatches(record, language),
        "first_failure": words.first_failure(record, language),
        "statuses": _statuses(record, language),
        "slowest": [_slow(found, language) for found in record["slowest"]],
        "timeline": charts.timeline(charts.points(record), language=language),
        "histogram": charts.histogram(record, language),
    }


def worded_summaries(summaries: Iterable[Record], language: Language = ENGLISH) -> list[Worded]:
    """The list of runs, without those that a newer version recorded in another shape."""
    found = []
    for summary in summaries:
        with suppress(KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            found.append(worded_summary(summary, language))
    return found


def worded_summary(summary: Record, language: Language = ENGLISH) -> Worded:
    """A line of the list of runs."""
    latencies = _latencies(summary, language)
    rps = words.rate(summary["rps"], language)
    return {
        "run": summary["run"],
        "title": words.title(summary, language),
        "href": f"/runs/{summary['run']}",
        "at": summary["started_at"],
        "started": words.moment(summary["started_at"], language),
        "balanced": summary["balanced"],
        "outcome": words.outcome(summary, language),
        "rps": rps,
        "figures": f"{rps} /s, p50 {latencies['p50']} ms, p99 {latencies['p99']} ms",
    }


def compared(first: Record, second: Record, language: Language = ENGLISH) -> Worded:
    """Two runs, figure by figure but for those that neither has, and both over time on the same scales."""
    one, other = charts.points(first), charts.points(second)
    return {
        "other": worded_summary(second, language),
        "rows": [
            {
                "label": label,
                "a": write(read(first)),
                "b": write(read(second)),
                "change": _change(read(first), read(second), language),
            }
            for label, read, write in _figures(language)
            if any(write(read(record)) != words.NONE for record in (first, second))
        ],
        "first": charts.timeline(one, other, language),
        "second": charts.timeline(other, one, language),
    }


def _latencies(record: Record, language: Language) -> dict[str, str]:
    found: Mapping[str, float] = record["latency_ms"] or {}
    return {name: words.milliseconds(found.get(name), language) for name in words.ALL_LATENCIES}


def _intended(record: Record, language: Language) -> dict[str, str]:
    found: Mapping[str, float] = record.get("intended_ms") or {}
    return {f"intended_{name}": words.milliseconds(found.get(name), language) for name in words.COMPARED}


def _statuses(record: Record, language: Language) -> list[dict[str, str]]:
    counts = {words.status_name(status, language): count for status, count in record["statuses"].items()}
    counts[language.said("cancelled")] = record["ledgers"].get("cancelled", 0)
    return [{"k": name, "v": language.number(count)} for name, count in counts.items() if count]


def _mismatch(found: Record, language: Language) -> Worded:
    request, why = words.mismatch(found, language)
    return {"id": _id(found, language), "missing": found["missing"], "request": request, "why": why}


def _slow(found: Record, language: Language) -> Worded:
    request = language.t("request {n}", n=found["n"])
    return {
        "id": _id(found, language),
        "took": f"{words.milliseconds(found['ms'], language)} ms",
        "request": f"{request}, {words.status_name(found['status'], language)}",
    }


def _read_aloud(found: Record, language: Language) -> Record:
    """A slow request whose waterfall says its critical path in words."""
    trace = found["trace"]
    if not trace or "path" not in trace:
        return found
    return {**found, "trace": {**trace, "path": language.said(trace["path"])}}


def _id(found: Record, language: Language) -> str:
    return found["request_id"] or language.t("no request id")


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


def _figures(language: Language) -> list[_Figure]:
    """The rows of a comparison."""
    t, number = language.t, language.number

    def milliseconds(value: float | None) -> str:
        return words.milliseconds(value, language)

    def rate(value: float | None) -> str:
        return words.NONE if value is None else words.rate(value, language)

    return [
        (t("Workload"), lambda record: words.mode(record, language), str),
        (t("Requests"), _plain("size"), number),
        (t("Workers"), _plain("workers"), number),
        *(
            (language.said(name.capitalize()), _ledger(name), lambda count: words.counted(count, language))
            for name in ("sent", *words.OUTCOMES, "received", "stored", "pushed")
        ),
        (t("Mismatches"), _plain("mismatch_count"), number),
        (t("Took, s"), _plain("elapsed_s"), lambda took: words.seconds(took, language)),
        (t("Requests per second"), _plain("rps"), rate),
        *(
            (f"{language.said(words.label(name))}, ms", _latency(name), milliseconds)
            for name in words.LATENCIES
        ),
        *(
            (
                t("{name} from intended start, ms", name=words.label(name)),
                _intended_latency(name),
                milliseconds,
            )
            for name in words.COMPARED
        ),
        (t("Knee, requests per second"), _knee, rate),
        (t("Commit"), _plain("commit"), str),
        (t("Started"), _plain("started_at"), str),  # the page writes it as its reader's clock has it
        (t("Machine"), lambda record: words.machine(record, language), str),
    ]


def _change(first: object, second: object, language: Language) -> str:
    if first == second:
        return language.t("same")
    if not isinstance(first, int | float) or not isinstance(second, int | float) or first == 0:
        return language.t("differs")
    percent = 100 * (second - first) / first
    return f"{'+' if percent > 0 else '−'}{language.number(abs(percent), 1 if abs(percent) < 10 else 0)} %"
