"""A receipt on a terminal."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

Receipt = dict[str, Any]
_FIGURES: Final = ("ms", "from ms", "to ms", "requests")
_WIDEST: Final = 40
"""Characters of the longest bar."""


def print_receipt(console: Console, receipt: Receipt, url: str) -> None:
    """The ledgers, the latencies, the slowest requests, what does not match, and where to look at it again."""
    for table in _tables(receipt):
        console.print(table)
    console.print(_verdict(receipt))
    console.print(Text(f"{url}/runs/{receipt['run']}"), soft_wrap=True)


def _tables(receipt: Receipt) -> Iterable[Table]:
    ledgers = ((name, f"{count:,}") for name, count in receipt["ledgers"].items() if count is not None)
    yield _table("Ledgers", ("ledger", "requests"), ledgers)
    latency = receipt["latency_ms"] or {}
    yield _table("Latency", ("", "ms"), ((name, f"{ms:,.3f}") for name, ms in latency.items()))
    if receipt["histogram"]:
        yield _table(
            "How the times spread", ("from ms", "to ms", "requests", ""), _bars(receipt["histogram"])
        )
    slowest = (
        (str(slow["n"]), f"{slow['ms']:,.3f}", slow["request_id"] or "") for slow in receipt["slowest"]
    )
    yield _table("Slowest", ("request", "ms", "request id"), slowest)
    if receipt["mismatches"]:
        shown = (
            (str(found["n"]), found["request_id"] or "", found["missing"]) for found in receipt["mismatches"]
        )
        yield _table("Mismatches", ("request", "request id", "missing in"), shown)


def _bars(bins: Sequence[Receipt]) -> Iterable[tuple[str, ...]]:
    most = max(found["count"] for found in bins)
    for found in bins:
        bar = "█" * math.ceil(_WIDEST * found["count"] / most)
        yield f"{found['from_ms']:,.2f}", f"{found['to_ms']:,.2f}", f"{found['count']:,}", bar


def _table(title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if head in _FIGURES else "left", no_wrap=place > 0)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _verdict(receipt: Receipt) -> Text:
    rate = f"{receipt['rps']:,.0f} answers a second for {receipt['elapsed_s']:.2f} s. "
    failure = receipt["first_failure"]
    first = f"First failure: request {failure['n']} {failure['why']}. " if failure else ""
    if receipt["balanced"]:
        return Text(rate + first + "The ledgers agree.")
    return Text(f"{rate}{first}{receipt['mismatch_count']:,} mismatches.")
