"""Figures and sentences of a recorded run: the one wording for page, live receipt, HTML file and terminal.

Each is made in the language that it is given. Names and sentences without figures stand here as constants, which
are looked up by `Language.said` where they are shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from portfolio_app.app.ports.language import Language
from portfolio_app.app.ports.runs import Record

NONE: Final = "–"
MODES: Final[Mapping[str, str]] = {"noop": "No-op", "read": "Read", "write": "Write"}
LATENCIES: Final = ("p50", "p90", "p95", "p99", "p999", "max", "mean")
ALL_LATENCIES: Final = ("min", *LATENCIES)
"""The latencies of views with room for one more figure."""
COMPARED: Final = ("p50", "p90", "p99", "p999")
"""Shown from send and from intended start, one beside the other."""
PARTS: Final[Mapping[str, str]] = {
    "server": "= server",
    "queue": "= waiting to be sent",
    "network": "= network",
}
"""The parts that add up to the mean latency."""
OUTCOMES: Final = ("answered", "refused", "failed", "cancelled")
LEDGERS: Final[Mapping[str, tuple[str, str]]] = {
    "sent": ("by browser or terminal", ""),
    "received": ("by the edge", "noted by the route that answered"),
    "stored": ("in the database", "rows, of writes only"),
    "pushed": ("by the live feed", "seen to arrive by the sender"),
}
"""The keeper of each ledger and the thing that it counts; the first one's note is `outcomes`."""
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
SLOWEST: Final = "Slowest ten, each with its waterfall"
CAUSES: Final = "Failures by cause"
STATUSES: Final = "Answers by status"


def counted(count: int | None, language: Language) -> str:
    """A ledger's count; a dash for a ledger that was not kept."""
    return NONE if count is None else language.number(count)


def requests(count: int, language: Language) -> str:
    """A count of requests in words."""
    n = language.number(count)
    return language.t("{n} request", n=n) if count == 1 else language.t("{n} requests", n=n)


def workers(count: int, language: Language) -> str:
    """A count of a sender's workers in words."""
    n = language.number(count)
    return language.t("{n} worker", n=n) if count == 1 else language.t("{n} workers", n=n)


def length(count: int, language: Language) -> str:
    """A count of bytes in words."""
    n = language.number(count)
    return language.t("{n} byte", n=n) if count == 1 else language.t("{n} bytes", n=n)


def milliseconds(value: float | None, language: Language) -> str:
    """A time to about three digits, without the unit; a dash for none."""
    if value is None:
        return NONE
    return language.number(value, 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0)


def label(latency: str) -> str:
    """A latency's name as it is written."""
    return "p99.9" if latency == "p999" else latency


def seconds(value: float, language: Language) -> str:
    """A time in seconds, without the unit."""
    return language.number(value, 2 if value < 10 else 1)


def rate(value: float, language: Language) -> str:
    """Requests per second."""
    return language.number(value, 1 if value < 100 else 0)


def moment(iso: str, language: Language) -> str:
    """A recorded time to the second."""
    return language.moment(datetime.fromisoformat(iso))


def status_name(status: int | str, language: Language) -> str:
    """0 stands for a request without an answer."""
    return language.t("no answer") if str(status) == "0" else str(status)


def mode(record: Record, language: Language) -> str:
    """The workload; one that a newer version has goes by its bare name."""
    return language.said(MODES.get(record["mode"], record["mode"]))


def title(record: Record, language: Language) -> str:
    """The title of a run: the load that was asked for, and whether it was stopped."""
    t = language.t
    said = [mode(record, language), requests(record["size"], language), workers(record["workers"], language)]
    if record.get("rate"):
        due = language.number(record["rate"])
        said.append(t("up to {n} a second", n=due) if record.get("ramp") else t("{n} a second", n=due))
    if record.get("by_site"):
        said.append(t("by this site itself"))
    if record["cancelled"]:
        said.append(language.said("cancelled"))
    return ", ".join(said)


def causes(record: Record, language: Language) -> list[tuple[str, int]]:
    """How requests failed, and how many did."""
    found: Mapping[str, int] = record.get("causes", {})
    return [
        (language.t("status {n}", n=cause) if cause.isdecimal() else language.said(cause), count)
        for cause, count in found.items()
    ]


def machine(record: Record, language: Language) -> str:
    """The machine that it ran on."""
    of, t = record["machine"], language.t
    cores, servers = language.number(of["cores"]), language.number(of["server_workers"])
    return t(
        "{processor}, {cores}, Python {python}, {servers}",
        processor=of["processor"],
        cores=t("{n} core", n=cores) if of["cores"] == 1 else t("{n} cores", n=cores),
        python=of["python"],
        servers=t("{n} server worker", n=servers)
        if of["server_workers"] == 1
        else t("{n} server workers", n=servers),
    )


def outcomes(ledgers: Record, language: Language) -> str:
    """The outcomes of the requests that were sent."""
    return ", ".join(_outcomes(ledgers, language))


def sum_of(ledgers: Record, language: Language) -> str:
    """The sum that every run has to satisfy."""
    parts = " + ".join(_outcomes(ledgers, language))
    return language.t("{n} sent = {parts}", n=language.number(ledgers["sent"]), parts=parts)


def _outcomes(ledgers: Record, language: Language) -> list[str]:
    """Each with its count; what was cancelled only where something was, for most runs are not."""
    t, n = language.t, {name: language.number(ledgers.get(name, 0)) for name in OUTCOMES}
    said = [
        t("{n} answered", n=n["answered"]),
        t("{n} refused", n=n["refused"]),
        t("{n} failed", n=n["failed"]),
    ]
    return [*said, t("{n} cancelled", n=n["cancelled"])] if ledgers.get("cancelled") else said


def verdict(record: Record, language: Language) -> str:
    """The verdict: the ledgers balance, or so many requests do not."""
    t, whole = language.t, sum_of(record["ledgers"], language)
    if record["balanced"]:
        return t("Balanced: {sum}, and every request id is in every ledger it belongs to.", sum=whole)
    if odd := record["mismatch_count"]:
        found = t(
            "Not balanced: {n} of the entries a ledger must have are missing, listed by request id.",
            n=language.number(odd),
        )
        return found if record.get("listed", True) else f"{found} {language.said(UNLISTED)}"
    return t("Not balanced: {sum} does not add up.", sum=whole)


def outcome(summary: Record, language: Language) -> str:
    """The verdict in a word or two, for a list of runs."""
    if summary["balanced"]:
        return language.t("balanced")
    return language.t("{n} mismatched", n=language.number(summary["mismatch_count"]))


def mismatch(found: Record, language: Language) -> tuple[str, str]:
    """A request that a ledger misses, and why it should be there."""
    missing, why = language.said(found["missing"]), language.said(found["why"])
    return language.t("request {n}", n=found["n"]), language.t(
        "not {missing}: {why}", missing=missing, why=why
    )


def first_failure(record: Record, language: Language) -> str:
    """The first request that failed, or nothing."""
    failure = record["first_failure"]
    if not failure:
        return ""
    return language.t("First failure: request {n} {why}.", n=failure["n"], why=language.said(failure["why"]))


def more_mismatches(record: Record, language: Language) -> str:
    """Why fewer mismatches are listed than were counted, or nothing."""
    listed = len(record["mismatches"])
    if record["mismatch_count"] <= listed:
        return ""
    return language.t("These are the first {n} by number.", n=language.number(listed))
