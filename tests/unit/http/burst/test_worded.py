"""A record in words: one wording, and the same figures in the HTML file and on a terminal as on the page."""

import json
import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from portfolio_app.app.burst import charts, words
from portfolio_app.app.burst.record import summary_of
from portfolio_app.app.burst.worded import compared, with_words, worded, worded_summaries, worded_summary
from portfolio_app.app.ports.language import ENGLISH, Language
from portfolio_app.app.ports.runs import Record
from portfolio_app.domain.burst.plan import Plan
from portfolio_app.http.burst.run_document import run_page
from portfolio_app.http.burst.specimens import RECORDS
from portfolio_app.language import SHIPPED, read
from portfolio_app.launcher.burst.ending import Ending
from portfolio_app.launcher.burst.paper import print_ending
from portfolio_app.launcher.burst.sender import Sent
from portfolio_app.words import site_words

FIGURES = ("sent", "received", "stored", "pushed", *words.LATENCIES, "rps")
SENTENCES = ("title", "started", "machine", "verdict", "outcomes", "more_mismatches", "first_failure")
ONE = [{"from_ms": 5.2, "to_ms": 5.2, "count": 1}]
FROM_ZERO = [{"from_ms": 0, "to_ms": 4, "count": 1}, {"from_ms": 4, "to_ms": 8, "count": 1}]
GROWING = [{"from_ms": 1, "to_ms": 10, "count": 1}, {"from_ms": 10, "to_ms": 100, "count": 1}]


def big(record: Record) -> Record:
    """The same with figures of more than three digits."""
    ledgers = {name: None if count is None else count * 120 for name, count in record["ledgers"].items()}
    latency = record["latency_ms"] and {name: ms * 400 for name, ms in record["latency_ms"].items()}
    changed = {"ledgers": ledgers, "latency_ms": latency, "rps": record["rps"] * 31.7, "size": 4_800}
    return {**record, **changed}


GERMAN = read(SHIPPED / "de.toml")
RUNS = {**RECORDS, "with thousands": big(RECORDS["with mismatches"])}
every_run = pytest.mark.parametrize("record", RUNS.values(), ids=RUNS.keys())


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page)).split())


def on_a_terminal(record: Record) -> str:
    file = StringIO()
    plan = Plan.parse(record["size"], record["workers"], record["mode"])
    print_ending(Console(file=file, width=120), Ending(Sent(plan, ()), dict(record)), "http://site.test")
    return " ".join(file.getvalue().split())


def sayings(shown: dict[str, Any]) -> Iterator[str]:
    yield from (shown[name] for name in SENTENCES)
    for entry in shown["statuses"]:
        yield f"{entry['k']} {entry['v']}"
    for slow in shown["slowest"]:
        yield f"{slow['took']}, {slow['request']}, {slow['id']}"
    for mismatch in shown["mismatches"]:
        yield mismatch["why"]
        yield mismatch["id"]


@every_run
def test_file_and_terminal_say_what_the_page_is_given(record: Record) -> None:
    shown = worded(record)
    for said in (text(run_page(record)), on_a_terminal(record)):
        for sentence in sayings(shown):
            assert sentence in said
        for name in ("sent", "received", "stored", "pushed"):
            keeper, _ = words.LEDGERS[name]
            assert re.search(rf"(?i){name}\b.*{re.escape(keeper)}", said)
            assert shown[name] in said.split()


@every_run
def test_latencies_and_rate_are_the_same_figures_everywhere(record: Record) -> None:
    shown = worded(record)
    file, terminal = text(run_page(record)), on_a_terminal(record)
    for name in words.LATENCIES:
        assert f"{words.label(name)} {shown[name]} ms" in file
    assert f"Rate {shown['rps']} /s" in file
    assert f"{shown['rps']} answered a second." in terminal
    if record["latency_ms"]:
        row = " ".join(shown[name] for name in words.ALL_LATENCIES)
        assert f"{' '.join(map(words.label, words.ALL_LATENCIES))} {row}" in terminal


@every_run
def test_the_charts_of_the_file_have_the_shapes_that_the_page_is_given(record: Record) -> None:
    shown, page = worded(record), run_page(record)
    for plot in (*shown["timeline"]["plots"], *shown["histogram"]["plots"]):
        shapes = [plot["area"], *(line["d"] for line in plot["lines"])]
        assert all(f'd="{shape}"' in page for shape in shapes if shape)
        assert all(f'height="{bar["height"]}"' in page for bar in plot["bars"])
        assert plot["label"] in unescape(page)


def test_what_is_answered_is_the_record_as_it_was_and_its_words_beside_it() -> None:
    record = RECORDS["balanced"]
    answered = json.loads(json.dumps(with_words(record)))
    assert answered.pop("shown")["verdict"] == words.verdict(record, ENGLISH)
    assert answered == json.loads(json.dumps(record))


def test_figures_are_of_the_record() -> None:
    record = RECORDS["balanced"]
    shown = worded(record)
    for name in ("sent", "received", "stored", "pushed"):
        assert shown[name] == str(record["ledgers"][name])
    assert float(shown["p99"]) == pytest.approx(record["latency_ms"]["p99"], rel=0.01)
    assert float(shown["rps"]) == pytest.approx(record["rps"], rel=0.01)
    assert {entry["k"]: int(entry["v"]) for entry in shown["statuses"]} == record["statuses"]


def test_thousands_are_apart_and_what_is_not_there_is_a_dash() -> None:
    shown = worded(big(RECORDS["balanced"]))
    assert (shown["sent"], shown["title"]) == ("4,800", "Write, 4,800 requests, 8 workers")
    assert worded(RECORDS["nothing answered"])["p50"] == "–"
    assert words.counted(None, ENGLISH) == "–"


def test_a_summary_of_the_list_says_what_the_receipt_says() -> None:
    for record in RUNS.values():
        summary = worded_summary(summary_of(record))
        assert summary.items() <= worded(record).items()


@pytest.mark.parametrize("language", [ENGLISH, site_words()])
def test_a_run_that_a_newer_version_recorded_is_listed_by_its_words_or_left_out(language: Language) -> None:
    first = summary_of(RECORDS["balanced"])
    other = {**first, "mode": "stream"}
    summaries = [{"run": "a shape of tomorrow"}, first, {**first, "size": "huge"}, other]
    found = worded_summaries(summaries, language)
    assert [each["title"].partition(",")[0] for each in found] == ["Write", "stream"]


def test_of_many_mismatches_it_is_said_how_many_are_listed() -> None:
    record = RECORDS["with mismatches"]
    many = {**record, "mismatch_count": 1_499}
    assert words.more_mismatches(many, ENGLISH) == "These are the first 7 by number."
    assert words.more_mismatches(record, ENGLISH) == ""


def test_a_run_shorter_than_a_stretch_of_its_chart_has_a_rate() -> None:
    record = RECORDS["balanced"]
    short = {**record, "elapsed_s": 0.01, "timeline": record["timeline"][:1]}
    [point] = charts.points(short)
    assert point["rate"] == pytest.approx(record["timeline"][0]["answered"] / 0.01)


def test_a_last_stretch_next_to_nothing_has_no_rate() -> None:
    record = RECORDS["balanced"]
    last = record["timeline"][-1]
    ended = {**record, "elapsed_s": last["at_s"] + last["length_s"] / 5}
    assert charts.points(ended)[-1]["rate"] is None


def test_two_runs_are_compared_in_all_ledgers_and_on_one_scale() -> None:
    first, second = RECORDS["balanced"], big(RECORDS["with mismatches"])
    both = compared(first, second)
    rows = {row["label"]: (row["a"], row["b"], row["change"]) for row in both["rows"]}
    for name in ("sent", "answered", "refused", "failed", "received", "stored", "pushed"):
        assert rows[name.capitalize()][:2] == (worded(first)[name], worded(second)[name])
    assert rows["Sent"][2] == "+11,900 %"
    assert rows["Refused"][2] == "differs"
    assert rows["Commit"][2] == "same"
    for one, other in zip(both["first"]["plots"], both["second"]["plots"], strict=True):
        assert one["top"] == other["top"]


def test_what_neither_of_two_runs_has_is_no_row_of_their_comparison() -> None:
    closed, offered = RECORDS["balanced"], {**RECORDS["balanced"], "intended_ms": {"p50": 2.0}}
    label = "p50 from intended start, ms"
    assert not any(row["a"] == row["b"] == "–" for row in compared(closed, closed)["rows"])
    assert label not in {row["label"] for row in compared(closed, closed)["rows"]}
    assert label in {row["label"] for row in compared(closed, offered)["rows"]}


def test_a_percentile_has_a_place_among_one_bin_among_even_ones_and_among_growing_ones() -> None:
    places = [charts.along(bins, ms) for bins, ms in ((ONE, 5.2), (FROM_ZERO, 2), (GROWING, 10))]
    assert places == pytest.approx([50, 25, 50])
    assert [charts.is_logarithmic(bins) for bins in (ONE, FROM_ZERO, GROWING)] == [False, False, True]
    latency = {"p50": 2.0, "p95": 3.0, "p99": 4.0}
    ends = [
        charts.histogram({"histogram": bins, "latency_ms": latency})["plots"][0]["bars"][0]["words"]
        for bins in (ONE, FROM_ZERO)
    ]
    assert ends == ["5.2 ms: 1", "0 to 4 ms: 1"]


def strings(value: Any) -> Iterator[str]:
    """Every text in JSON values, but the names of what is compared by them, shapes and addresses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in ("missing", "href", "run", "id", "commit", "name", "d", "area"):
                yield from strings(each)


def variants() -> Iterator[Record]:
    """Records with every sentence: each pace, a stall, a knee or none, failures by cause, one worker."""
    ramp = {"kept": 480.0, "lost": 560.0, "allowed_ms": 12.5, "steps": [{}]}
    intended = RECORDS["balanced"]["latency_ms"]
    parts = {"server": 0.2, "queue": 1_234.5, "network": 3.1, "count": 3}
    for record in RUNS.values():
        yield record
        yield {**record, "stalled_ms": 400, "workers": 1, "parts_ms": parts, "bytes": 1, "by_site": True}
        paced = {**record, "rate": 1_200, "skipped": 3, "intended_ms": intended, "stalled_ms": 400}
        yield paced
        for knee in (ramp, {**ramp, "lost": 0}, {**ramp, "kept": 0}, {**ramp, "steps": []}):
            yield {**paced, "ramp": knee}
        failure = {"n": 3, "status": 500, "why": "answered with 500"}
        causes = {"500": 1, "network": 1, "timeout": 1, "cut short": 1, "unknown": 1}
        yield {**record, "first_failure": failure, "causes": causes, "listed": False, "mismatch_count": 2_000}
        yield {**record, "balanced": False, "mismatch_count": 0}


ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|a|were|not|every|request|requests|answered|refused|failed|cancelled|worker|workers|second|"
    r"bytes|cores|balanced|sent|over|most|to|no|by|status|first|knee|loop|same|differs|how|long|took)\b"
)


def test_a_german_site_words_a_record_in_german() -> None:
    said = [text for record in variants() for text in strings(worded(record, GERMAN))]
    said += strings(compared(RUNS["balanced"], RUNS["with thousands"], GERMAN))
    assert [text for text in said if ENGLISH_WORDS.search(text)] == []


def test_figures_and_moments_are_written_as_the_language_writes_them() -> None:
    record = RUNS["with thousands"]
    shown = worded({**record, "parts_ms": {"server": 0.2, "queue": 1_234.5, "network": 3.1}}, GERMAN)
    assert shown["title"] == "Schreiben, 4.800 Anfragen, 8 Worker"
    assert shown["started"] == "01.01.2026 12:00:00 UTC"
    assert shown["whole"] == "1.237,80"
    assert shown["verdict"].startswith("Geht nicht auf: 7 der Einträge")
    plain = {charts.plain(value, GERMAN) for value in (0, 0.02, 1.5, 40, 99, 1_234)}
    assert plain == {"0", "0,02", "1,5", "40", "99", "1.234"}
    changes = [row["change"] for row in compared(RUNS["balanced"], record, GERMAN)["rows"]]
    assert "+11.900 %" in changes


def test_a_record_is_kept_in_no_language() -> None:
    """Its waterfalls, too: what they say of their critical path is looked up when the record is read."""
    said = "Critical path, underlined: 2 of 3 steps decided when it ended."
    path = f"{said} All of its 9 µs are theirs. Longest: a, 5 µs."
    slow = {"n": 1, "request_id": "a" * 32, "ms": 1.0, "status": 200, "trace": {"path": path}}
    record = {**RECORDS["balanced"], "slowest": [slow]}
    [read_aloud] = with_words(record, GERMAN)["slowest"]
    assert read_aloud["trace"]["path"].startswith("Kritischer Pfad")
    assert "9 µs" in read_aloud["trace"]["path"]
    assert record["slowest"][0]["trace"]["path"] == path
    assert with_words(record, ENGLISH)["slowest"] == [slow]
