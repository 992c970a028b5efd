"""A receipt on a terminal, or in a file: all that the page shows of it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap
from typing import Final

from rich.console import Console
from rich.text import Text

from portfolio_app.domain.burst.latency import Latency
from portfolio_app.domain.burst.ledger import Books
from portfolio_app.domain.burst.receipt import receipt as measure
from portfolio_app.launcher.burst import drawings, words
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.site import Receipt

_WIDEST: Final = 120
"""Columns: what is longer does not read better."""
_INDENT: Final = 2
_LATENCIES: Final = ("min", "p50", "p90", "p95", "p99", "max", "mean")
_TIMES: Final = (
    "Times run from the request to the answer's last byte; the first of each worker includes opening its "
    "connection."
)


def print_ending(console: Console, ending: Ending, url: str) -> None:
    """The receipt; without one, what the sender knows. What matters most comes last, where one looks."""
    Paper(console, ending).print(url)


class Paper:
    """One ending on one console."""

    def __init__(self, console: Console, ending: Ending) -> None:
        self._console = console
        self._ending = ending
        self._width = min(console.width, _WIDEST)

    def print(self, url: str) -> None:
        """Everything, with the addresses under which it can be read again."""
        receipt = self._ending.receipt
        if receipt is None:
            self._unsaved()
            return
        self._beginning(receipt)
        self._measures(receipt)
        self._slowest(receipt)
        self._mismatches(receipt)
        self._verdict(receipt)
        run = receipt["run"]
        self._section("This receipt, for anybody", (f"{url}/runs/{run}", *_files(f"{url}/api/runs/{run}")))

    def _beginning(self, receipt: Receipt) -> None:
        self._console.print(Text(words.head(receipt), "bold"))
        self._paragraph(words.origin(receipt))
        self._section("Ledgers", _ledgers(receipt["ledgers"]))

    def _measures(self, receipt: Receipt) -> None:
        room = self._width - _INDENT
        statuses = (
            f"{words.status_name(status):<10}{count:>7,}" for status, count in receipt["statuses"].items()
        )
        self._section("Answers by status", statuses)
        latency = receipt["latency_ms"]
        if latency is not None:
            self._section("Times of answered requests, ms", _latencies(latency))
            self._paragraph(_TIMES)
        if receipt["timeline"]:
            step = receipt["timeline"][0]["length_s"]
            title = f"Over time, {step:g} s a column, each line up to the figure before it"
            self._section(title, drawings.over_time(receipt))
        if receipt["histogram"]:
            title = "How the times spread: ms, requests"
            self._section(title, drawings.histogram(receipt["histogram"], room))

    def _slowest(self, receipt: Receipt) -> None:
        if receipt["slowest"]:
            self._section("Slowest ten, each with its waterfall", ())
        for slow in receipt["slowest"]:
            took, status = words.figure(slow["ms"]), words.status_name(slow["status"])
            about = f"{took} ms, request {slow['n']}, {status}, {slow['request_id'] or 'no request id'}"
            self._lines([Text(about, "bold")])
            if slow["trace"] is None:
                self._lines(["The trace of this request was not kept."], _INDENT)
            else:
                room = self._width - 2 * _INDENT
                self._lines(drawings.waterfall(slow["trace"]["spans"], room), _INDENT)

    def _mismatches(self, receipt: Receipt) -> None:
        found, count = receipt["mismatches"], receipt["mismatch_count"]
        if not count:
            return
        more = f", the first {len(found):,} by number" if count > len(found) else ""
        self._section(f"Mismatches: {count:,}{more}", ())
        by_kind = sorted(found, key=_kind)
        for (missing, why), entries in groupby(by_kind, _kind):
            self._paragraph(f"not {missing}: {why}", "bold", _INDENT)
            ids = (f"request {entry['n']:<5} {entry['request_id'] or 'no request id'}" for entry in entries)
            self._lines(ids, _INDENT)
        trouble = self._ending.sent.feed_trouble
        if trouble and any(entry["missing"] == "pushed" for entry in found):
            self._paragraph(f"The live feed had trouble: {trouble.rstrip('.')}.")

    def _verdict(self, receipt: Receipt) -> None:
        sent = self._ending.sent
        self._console.print()
        if (failure := receipt["first_failure"]) is not None:
            self._paragraph(f"First failure: request {failure['n']} {failure['why']}.")
        end = words.end(len(sent.answers), sent.plan.size.value, sent.stopped, receipt["elapsed_s"])
        self._paragraph(f"{end} {receipt['rps']:,.0f} answered a second.")
        style = "bold green" if receipt["balanced"] else "bold red"
        self._paragraph(words.verdict(receipt), style)

    def _unsaved(self) -> None:
        """What the sender counted: the other ledgers are the site's."""
        sent = self._ending.sent
        answers = {answer.n: answer for answer in sent.answers}
        own = measure(Books(sent.plan.size.value, len(answers), answers, received={}))
        count = own.count
        self._console.print(Text("There is no receipt of this run. What was measured here:", "bold"))
        self._section(
            "Answers by status", (f"{words.status_name(k):<10}{v:>7,}" for k, v in own.statuses.items())
        )
        if own.latency is not None:
            self._section("Times of answered requests, ms", _latencies(_in_ms(own.latency)))
        self._console.print()
        end = words.end(count.sent, sent.plan.size.value, sent.stopped, own.elapsed_us / 1_000_000)
        whole = words.sum_of(count.sent, count.answered, count.refused, count.failed)
        self._paragraph(f"{end} {whole}.")

    def _paragraph(self, sentences: str, style: str = "", indent: int = 0) -> None:
        for line in wrap(sentences, self._width - indent):
            self._console.print(Text(" " * indent).append(line, style), soft_wrap=True)

    def _section(self, title: str, lines: Iterable[str | Text]) -> None:
        self._console.print()
        self._console.print(Text(title, "bold"))
        self._lines(lines)

    def _lines(self, lines: Iterable[str | Text], indent: int = 0) -> None:
        """Never broken: an id or an address in two parts can't be searched or followed."""
        margin = " " * (_INDENT + indent)
        for line in lines:
            self._console.print(Text(margin).append(line), soft_wrap=True)


def _kind(mismatch: Receipt) -> tuple[str, str]:
    return mismatch["missing"], mismatch["why"]


def _files(record: str) -> tuple[str, str]:
    return f"{record}?download", f"{record}.html?download"


def _ledgers(ledgers: Receipt) -> Iterator[str]:
    outcomes = (
        f"{ledgers['answered']:,} answered, {ledgers['refused']:,} refused, {ledgers['failed']:,} failed"
    )
    for name, keeper in (
        ("sent", f"by this terminal: {outcomes}"),
        ("received", "by the edge: noted by the route that answered"),
        ("stored", "in the database: rows, of writes only"),
        ("pushed", "by the live feed: seen to arrive in the stream"),
    ):
        count = words.NONE if ledgers[name] is None else f"{ledgers[name]:,}"
        yield f"{name:<9}{count:>7}  {keeper}"


def _latencies(latency: Receipt) -> Iterator[str]:
    yield "".join(f"{name:>9}" for name in _LATENCIES)
    yield "".join(f"{words.figure(latency[name]):>9}" for name in _LATENCIES)


def _in_ms(latency: Latency) -> Receipt:
    return {name: getattr(latency, name) / 1_000 for name in _LATENCIES}
