"""A receipt on a terminal, or in a file: all that the page shows of it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from textwrap import wrap
from typing import Final

from rich.console import Console
from rich.text import Text

from portfolio_app.app.burst import words
from portfolio_app.app.burst.worded import Worded, worded
from portfolio_app.app.ports.language import ENGLISH
from portfolio_app.domain.burst.latency import Latency
from portfolio_app.domain.burst.ledger import Books
from portfolio_app.domain.burst.receipt import receipt as measure
from portfolio_app.launcher.burst import drawings
from portfolio_app.launcher.burst import words as sentences
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.site import RecordFields

_WIDEST: Final = 120
"""Columns: what is longer does not read better."""
_INDENT: Final = 2


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
        """Print the whole receipt, with the addresses under which it can be read again."""
        receipt = self._ending.receipt
        if receipt is None:
            self._unsaved()
            return
        shown = worded(receipt)
        self._beginning(shown)
        self._measures(receipt, shown)
        self._slowest(receipt, shown)
        self._mismatches(shown)
        self._verdict(receipt, shown)
        run = receipt["run"]
        self._section("This receipt, for anybody", (f"{url}/runs/{run}", *_files(f"{url}/api/runs/{run}")))

    def _beginning(self, shown: Worded) -> None:
        self._console.print(Text(f"Run {shown['run']}: {shown['title']}", "bold"))
        self._paragraph(f"{shown['started']}, commit {shown['commit']}. {shown['machine']}.")
        self._section("Ledgers", _ledgers(shown))

    def _measures(self, receipt: RecordFields, shown: Worded) -> None:
        self._section(words.STATUSES, _statuses(shown["statuses"]))
        if receipt["latency_ms"] is not None:
            self._section("Times of answered requests, ms", _latencies(shown))
            if shown["explained"]:
                self._paragraph(shown["explained"])
            self._paragraph(words.TIMES)
        if shown["causes"]:
            self._section(words.CAUSES, _statuses(shown["causes"]))
        if receipt["timeline"]:
            step = receipt["timeline"][0]["length_s"]
            title = f"Over time, {step:g} s a column, each line up to the figure before it"
            self._section(title, drawings.over_time(receipt))
        if receipt["histogram"]:
            title = "How long requests took: ms, requests"
            self._section(title, drawings.histogram(receipt["histogram"], self._width - _INDENT))

    def _slowest(self, receipt: RecordFields, shown: Worded) -> None:
        if shown["slowest"]:
            self._section(words.SLOWEST, ())
        for slow, found in zip(shown["slowest"], receipt["slowest"], strict=True):
            self._lines([Text(f"{slow['took']}, {slow['request']}, {slow['id']}", "bold")])
            if found["trace"] is None:
                self._lines([words.NOT_KEPT], _INDENT)
            else:
                room = self._width - 2 * _INDENT
                self._lines(drawings.waterfall(found["trace"]["spans"], room), _INDENT)

    def _mismatches(self, shown: Worded) -> None:
        found = shown["mismatches"]
        if not found:
            return
        self._section(f"Mismatches: {shown['mismatch_count']}", ())
        for why, entries in groupby(sorted(found, key=_why), _why):
            self._paragraph(why, "bold", _INDENT)
            self._lines((f"{entry['request']:<13} {entry['id']}" for entry in entries), _INDENT)
        self._paragraph(shown["more_mismatches"])
        trouble = self._ending.sent.feed_trouble
        if trouble and any(entry["missing"] == "pushed" for entry in found):
            self._paragraph(f"The live feed had trouble: {trouble.rstrip('.')}.")

    def _verdict(self, receipt: RecordFields, shown: Worded) -> None:
        sent = self._ending.sent
        self._console.print()
        self._paragraph(shown["first_failure"])
        end = sentences.end(len(sent.answers), sent.plan.size.value, sent.stopped, receipt["elapsed_s"])
        self._paragraph(f"{end} {shown['rps']} answered a second. {shown['bytes']} of answers.")
        self._paragraph(shown["pace"])
        self._paragraph(shown["verdict"], "bold green" if receipt["balanced"] else "bold red")

    def _unsaved(self) -> None:
        """Print the sender's own ledger: the others are the site's."""
        sent = self._ending.sent
        answers = {answer.n: answer for answer in sent.answers}
        own = measure(Books(sent.plan.size.value, len(answers), answers, received={}))
        count = own.count
        self._console.print(Text("There is no receipt of this run. What was measured here:", "bold"))
        statuses = (
            {"k": words.status_name(status, ENGLISH), "v": ENGLISH.number(times)}
            for status, times in own.statuses.items()
        )
        self._section(words.STATUSES, _statuses(statuses))
        if own.latency is not None:
            self._section("Times of answered requests, ms", _latencies(_worded(own.latency)))
        self._console.print()
        stopped, size = sent.stopped, sent.plan.size.value
        end = sentences.end(count.sent, size, stopped, own.elapsed_us / 1_000_000)
        self._paragraph(f"{end} {words.sum_of(asdict(count), ENGLISH)}.")

    def _paragraph(self, said: str, style: str = "", indent: int = 0) -> None:
        for line in wrap(said, self._width - indent):
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


def _why(mismatch: Worded) -> str:
    why: str = mismatch["why"]
    return why


def _files(record: str) -> tuple[str, str]:
    return f"{record}?download", f"{record}.html?download"


def _ledgers(shown: Worded) -> Iterator[str]:
    for name, (keeper, note) in words.LEDGERS.items():
        yield f"{name:<9}{shown[name]:>7}  {keeper}: {note or shown['outcomes']}"


def _statuses(statuses: Iterable[Worded]) -> Iterator[str]:
    return (f"{entry['k']:<11}{entry['v']:>6}" for entry in statuses)


def _latencies(shown: Worded) -> Iterator[str]:
    yield "".join(f"{words.label(name):>9}" for name in words.ALL_LATENCIES)
    yield "".join(f"{shown[name]:>9}" for name in words.ALL_LATENCIES)
    if shown.get("intended_p50", words.NONE) != words.NONE:
        yield "From intended start:"
        yield "".join(
            f"{words.label(name)} {shown[f'intended_{name}']}   " for name in words.COMPARED
        ).rstrip()


def _worded(latency: Latency) -> Worded:
    return {name: words.milliseconds(getattr(latency, name) / 1_000, ENGLISH) for name in words.ALL_LATENCIES}
