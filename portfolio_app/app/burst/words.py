"""Figures and sentences of a recorded run: the one wording for page, live receipt, HTML file and terminal."""

from collections.abc import Iterator, Mapping
from typing import Final

from portfolio_app.app.ports.runs import Record

NONE: Final = "–"
MODES: Final[Mapping[str, str]] = {"noop": "No-op", "read": "Read", "write": "Write"}
LATENCIES: Final = ("p50", "p90", "p95", "p99", "max", "mean")
ALL_LATENCIES: Final = ("min", *LATENCIES)
"""Where there is room for one more."""
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
ALL_FOUND: Final = "Every request id is in every ledger it belongs to."
NOT_KEPT: Final = "The trace of this request was not kept."
NOTHING_ENDED: Final = "No request ended, so there is nothing to draw."
NOTHING_ANSWERED: Final = "No request was answered, so there is nothing to spread."
UNLISTED: Final = "The list of runs leaves this one out: its sender did not see all of it."
NO_ID: Final = "no request id"
SLOWEST: Final = "Slowest ten, each with its waterfall"
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


def title(record: Record) -> str:
    """What was asked for, and whether it was stopped."""
    size, workers = plural(record["size"], "request"), plural(record["workers"], "worker")
    return f"{MODES[record['mode']]}, {size}, {workers}{', cancelled' if record['cancelled'] else ''}"


def machine(record: Record) -> str:
    """What it ran on."""
    of = record["machine"]
    return (
        f"{of['processor']}, {plural(of['cores'], 'core')}, Python {of['python']}, "
        f"{plural(of['server_workers'], 'server worker')}"
    )


def outcomes(ledgers: Record) -> str:
    """What became of everything that was sent."""
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
    """What balances, or how much does not."""
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
