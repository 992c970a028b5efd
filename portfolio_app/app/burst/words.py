"""Figures and sentences of a recorded run: the one wording for page, live receipt, HTML file and terminal."""

from collections.abc import Iterator, Mapping
from typing import Final

from portfolio_app.app.ports.runs import Record

NONE: Final = "–"
MODES: Final[Mapping[str, str]] = {"noop": "No-op", "read": "Read", "write": "Write"}
LATENCIES: Final = ("p50", "p90", "p95", "p99", "p999", "max", "mean")
ALL_LATENCIES: Final = ("min", *LATENCIES)
"""Where there is room for one more."""
COMPARED: Final = ("p50", "p90", "p99", "p999")
"""Shown from send and from intended start, one beside the other."""
PARTS: Final[Mapping[str, str]] = {"server": "server", "queue": "waiting to be sent", "network": "network"}
"""What the mean is the sum of."""
OUTCOMES: Final = ("answered", "refused", "failed", "cancelled")
LEDGERS: Final[Mapping[str, tuple[str, str]]] = {
    "sent": ("by browser or terminal", ""),
    "received": ("by the edge", "noted by the route that answered"),
    "stored": ("in the database", "rows, of writes only"),
    "pushed": ("by the live feed", "seen to arrive by the sender"),
}
"""Who keeps a ledger, and what it counts; the first one's note is `outcomes`."""
STOPS: Final[Mapping[str, str]] = {
    "cancelled": "Cancelled",
    "ticket": "The run's ticket has ended",
    "time": "Time is up",
    "server": "The server stopped answering",
    "script": "This browser could not start the script of the load",
}
"""Why a load ended before all of it was sent."""
AWAITED: Final = (
    "No receipt yet. A run balances if sent = answered + refused + failed + cancelled, and every request id is in "
    "every ledger it belongs to."
)
TIMES: Final = (
    "Times run from the call that sends a request to its answer's last byte. A browser's include the wait for one of "
    "its connections: over HTTP/1.1 it opens six to a site. A terminal opens as many as it has workers."
)
PACE_AWAITED: Final = (
    "A closed loop sends a request when another is answered, and waits with a server that stands still; an open loop "
    "sends at its rate, and counts from the time at which each was due. A ramp is an open loop that comes up to its "
    "rate in 8 steps, and finds the rate from which on the server falls behind: its knee."
)
ALL_FOUND: Final = "Every request id is in every ledger it belongs to."
NOT_KEPT: Final = "The trace of this request was not kept."
NOTHING_ENDED: Final = "No request ended, so there is nothing to draw."
NOTHING_ANSWERED: Final = "No request was answered, so there is nothing to spread."
UNLISTED: Final = "The list of runs leaves this one out: its sender did not see all of it."
NO_ID: Final = "no request id"
SLOWEST: Final = "Slowest ten, each with its waterfall"
CAUSES: Final = "Failures by cause"
STATUSES: Final = "Answers by status"


def number(value: float) -> str:
    """A count, thousands apart."""
    return f"{value:,.0f}"


def counted(count: int | None) -> str:
    """A ledger's count; a dash for a ledger that nobody kept."""
    return NONE if count is None else number(count)


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def milliseconds(value: float | None) -> str:
    """To three digits or so, without the unit; a dash for none."""
    if value is None:
        return NONE
    return f"{value:,.{3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0}f}"


def label(latency: str) -> str:
    """A latency's name as it is written."""
    return "p99.9" if latency == "p999" else latency


def seconds(value: float) -> str:
    """Without the unit."""
    return f"{value:,.{2 if value < 10 else 1}f}"


def rate(value: float) -> str:
    """Requests per second."""
    return f"{value:,.{1 if value < 100 else 0}f}"


def moment(iso: str) -> str:
    """A recorded time to the second."""
    return f"{iso[:10]} {iso[11:19]} UTC"


def status_name(status: int | str) -> str:
    """0 stands for a request without an answer."""
    return "no answer" if str(status) == "0" else str(status)


def mode(record: Record) -> str:
    """The workload; one that a newer version has goes by its bare name."""
    return MODES.get(record["mode"], record["mode"])


def title(record: Record) -> str:
    """The title of a run: the load that was asked for, and whether it was stopped."""
    size, workers = plural(record["size"], "request"), plural(record["workers"], "worker")
    own = ", by this site itself" if record.get("by_site") else ""
    up_to = "up to " if record.get("ramp") else ""
    pace = f", {up_to}{number(record['rate'])} a second" if record.get("rate") else ""
    return f"{mode(record)}, {size}, {workers}{pace}{own}{', cancelled' if record['cancelled'] else ''}"


def parts(record: Record) -> dict[str, str]:
    """The mean and what it is the sum of, in ms with two digits each, so that they add up as they are shown.

    They are of the requests whose parts are known; empty without any.
    """
    found = record.get("parts_ms")
    if not found:
        return {}
    whole = round(sum(found[name] for name in PARTS), 2)
    server, queue = round(found["server"], 2), round(found["queue"], 2)
    queue = min(queue, whole - server)
    shown = {"server": server, "queue": queue, "network": abs(whole - server - queue)}
    return {"whole": f"{whole:,.2f}"} | {name: f"{value:,.2f}" for name, value in shown.items()}


def explained(record: Record) -> str:
    """The parts that add up to the mean of a request, if they are known."""
    if not (shown := parts(record)):
        return ""
    return f"{shown['whole']} ms = " + " + ".join(f"{shown[name]} {words}" for name, words in PARTS.items())


def pace(record: Record) -> str:
    """How requests were sent, and what that hides or shows."""
    return f"{_open(record) if record.get('rate') else _closed(record)}{_stall(record)}"


def _open(record: Record) -> str:
    rate, skipped = number(record["rate"]), record["skipped"]
    said = f"Open loop: {rate} requests a second were due, whatever became of those before."
    if (ramp := record.get("ramp")) is not None:
        said = f"Ramp: up to {rate} requests a second were due, in 8 steps. {knee(ramp)}"
    sent, due = record["latency_ms"], record["intended_ms"]
    if sent and due:
        said += f" p90 and p99 are {_two(sent)} ms from send, {_two(due)} ms from intended start."
    return f"{said} Not sent, because due for more than 2 s: {number(skipped)}." if skipped else said


def knee(ramp: Record) -> str:
    """Where a ramp left the server behind, and what counts as that."""
    if not ramp["steps"]:
        return "It was stopped before its first step was over."
    kept, lost = rate(ramp["kept"]), rate(ramp["lost"])
    if not ramp["lost"]:
        found = f"No knee up to {kept} a second: the server kept up with that rate."
    elif not ramp["kept"]:
        found = f"Not even {lost} a second was kept up with."
    else:
        found = f"Knee: {kept} a second. From {lost} on the server fell behind."
    return (
        f"{found} It keeps up while 95 % of a step's requests are answered, and half of its later ones within "
        f"{milliseconds(ramp['allowed_ms'])} ms of when they were due."
    )


def _two(latency: Record) -> str:
    return f"{milliseconds(latency['p90'])} and {milliseconds(latency['p99'])}"


def _closed(record: Record) -> str:
    workers = record["workers"]
    return (
        f"Closed loop: {'the one worker waits' if workers == 1 else f'each of {workers} workers waits'} for an answer "
        f"before the next request, so that a stall delays {plural(workers, 'request')} at most."
    )


def _stall(record: Record) -> str:
    if not (stalled := record.get("stalled_ms")):
        return ""
    said = f" The server stood still for {number(stalled)} ms, once, for this run alone"
    if record["rate"]:
        return f"{said}: requests that became due meanwhile count their wait."
    missed = number(record["rps"] * stalled / 1_000)
    return f"{said}: at its rate some {missed} requests would have come meanwhile, and nobody sent them."


def causes(record: Record) -> list[tuple[str, int]]:
    """How requests failed, and how many did."""
    found: Mapping[str, int] = record.get("causes", {})
    return [(f"status {cause}" if cause.isdecimal() else cause, count) for cause, count in found.items()]


def machine(record: Record) -> str:
    """The machine that it ran on."""
    of = record["machine"]
    return (
        f"{of['processor']}, {plural(of['cores'], 'core')}, Python {of['python']}, "
        f"{plural(of['server_workers'], 'server worker')}"
    )


def outcomes(ledgers: Record) -> str:
    """The outcomes of the requests that were sent."""
    return ", ".join(_outcomes(ledgers))


def sum_of(ledgers: Record) -> str:
    """The sum that every run has to satisfy."""
    return f"{number(ledgers['sent'])} sent = {' + '.join(_outcomes(ledgers))}"


def _outcomes(ledgers: Record) -> Iterator[str]:
    """Each with its count; what was cancelled only where something was, for most runs are not."""
    for name in OUTCOMES:
        if (count := ledgers.get(name, 0)) or name != "cancelled":
            yield f"{number(count)} {name}"


def verdict(record: Record) -> str:
    """The verdict: the ledgers balance, or so many requests do not."""
    whole = sum_of(record["ledgers"])
    if record["balanced"]:
        return f"Balanced: {whole}, and every request id is in every ledger it belongs to."
    if odd := record["mismatch_count"]:
        found = f"Not balanced: {number(odd)} of the entries a ledger must have are missing, listed by request id."
        return found if record.get("listed", True) else f"{found} {UNLISTED}"
    return f"Not balanced: {whole} does not add up."


def outcome(summary: Record) -> str:
    """The verdict in a word or two, for a list of runs."""
    return "balanced" if summary["balanced"] else f"{number(summary['mismatch_count'])} mismatched"


def first_failure(record: Record) -> str:
    """The first request that failed, or nothing."""
    failure = record["first_failure"]
    return f"First failure: request {failure['n']} {failure['why']}." if failure else ""


def more_mismatches(record: Record) -> str:
    """Why fewer mismatches are listed than were counted, or nothing."""
    listed = len(record["mismatches"])
    return f"These are the first {number(listed)} by number." if record["mismatch_count"] > listed else ""
