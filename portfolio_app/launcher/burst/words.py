"""A receipt's figures and sentences: the same as on the page (`burst/burst_words.js`, `receipt.js`)."""

from typing import Final

from portfolio_app.launcher.burst.load import Stop
from portfolio_app.launcher.burst.site import Receipt

NONE: Final = "–"
_MODES: Final = {"noop": "No-op", "read": "Read", "write": "Write"}


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def figure(value: float | None) -> str:
    """To three digits or so; a dash for none."""
    if value is None:
        return NONE
    return f"{value:,.{3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0}f}"


def seconds(value: float) -> str:
    """Without the unit."""
    return f"{value:.{2 if value < 10 else 1}f}"


def status_name(status: int | str) -> str:
    """0 stands for a request without an answer."""
    return "no answer" if str(status) == "0" else str(status)


def head(receipt: Receipt) -> str:
    """Which run, and what was asked for."""
    mode, size, workers = _MODES[receipt["mode"]], receipt["size"], receipt["workers"]
    cancelled = ", cancelled" if receipt["cancelled"] else ""
    return f"Run {receipt['run']}: {mode}, {plural(size, 'request')}, {plural(workers, 'worker')}{cancelled}"


def origin(receipt: Receipt) -> str:
    """When, with what code, and on what machine."""
    at, machine = receipt["started_at"], receipt["machine"]
    return (
        f"{at[:10]} {at[11:19]} UTC, commit {receipt['commit']}. {machine['processor']}, "
        f"{plural(machine['cores'], 'core')}, Python {machine['python']}, "
        f"{plural(machine['server_workers'], 'server worker')}."
    )


def verdict(receipt: Receipt) -> str:
    """What balances, or how much does not."""
    ledgers = receipt["ledgers"]
    whole = sum_of(ledgers["sent"], ledgers["answered"], ledgers["refused"], ledgers["failed"])
    if receipt["balanced"]:
        return f"Balanced: {whole}, and every request id is in every ledger it belongs to."
    if odd := receipt["mismatch_count"]:
        return f"Not balanced: {odd:,} of the entries a ledger must have are missing, listed above by request id."
    return f"Not balanced: {whole} does not add up."


def sum_of(sent: int, answered: int, refused: int, failed: int) -> str:
    """The sum that every run has to satisfy."""
    return f"{sent:,} sent = {answered:,} answered + {refused:,} refused + {failed:,} failed"


def end(sent: int, size: int, stopped: Stop | None, elapsed_s: float) -> str:
    """How much was sent, and why no more."""
    took = f"in {seconds(elapsed_s)} s"
    if stopped is None:
        return f"All {size:,} sent {took}."
    reason = f"{stopped[0].upper()}{stopped[1:]}"
    return f"{reason} after {sent:,} of {size:,} {took}."
