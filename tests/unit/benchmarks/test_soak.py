"""The soak's verdicts, and what it takes for a line that belongs in the log."""

import json
from dataclasses import replace

import pytest

from benchmarks.rows import Row
from benchmarks.soak import SITE, report
from benchmarks.soak_log import unexpected

GOOD = {
    ("rss_mb", 0): 100.0,
    ("rss_mb", 2): 104.0,
    ("rows_of_writes", 2): 40.0,
    ("runs_under_way", 2): 0.0,
    ("rss_mb_after_purge", 2): 105.0,
    ("rows_of_writes_after_purge", 2): 0.0,
    ("runs_under_way_after_purge", 2): 0.0,
    ("balanced", 1): 1.0,
    ("balanced", 2): 1.0,
    ("log_lines", 2): 30.0,
    ("unexpected_log_lines", 2): 0.0,
}


def lines(changed: dict[tuple[str, int], float], error: str | None = None) -> list[str]:
    rows = [
        Row("soak", SITE, 5_000, round_, metric, value, "")
        for (metric, round_), value in (GOOD | changed).items()
    ]
    return list(report([replace(row, error=error) if "unexpected" in row.metric else row for row in rows]))


def test_a_soak_that_leaves_nothing_passes_four_times() -> None:
    assert [line[:6] for line in lines({})[-4:]] == ["  pass"] * 4


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({("balanced", 2): 0.0}, "every receipt balances: 1 of 2"),
        ({("rss_mb_after_purge", 2): 105.1}, "x1.051"),
        ({("rows_of_writes_after_purge", 2): 1.0}, "40 rows of writes before the purge, 1 after it"),
        ({("runs_under_way_after_purge", 2): 1.0}, "1 runs under way"),
        ({("unexpected_log_lines", 2): 3.0}, "what belongs there, except 3 x error"),
    ],
)
def test_whatever_is_left_fails(changed: dict[tuple[str, int], float], words: str) -> None:
    [failed] = [line for line in lines(changed, "3 x error") if line.startswith("  FAIL")]
    assert words in failed


def test_without_rows_there_is_nothing_to_report() -> None:
    assert list(report([])) == []


def line(
    message: str, level: str = "info", logger: str = "portfolio_app.http.transport.middleware.measured"
) -> str:
    return json.dumps({"level": level, "logger": logger, "message": message})


def test_what_a_run_writes_belongs_in_the_log() -> None:
    known = [
        line("POST /api/burst/runs 201 in 3.1 ms"),
        line("POST /api/burst/runs/{run}/finish 200 in 300.0 ms"),
        line("purged 0 runs and 5000 rows of bursts", logger="portfolio_app.app.burst.compose"),
        "Ready on http://localhost:3000",
        "",
    ]
    assert not unexpected(known)


@pytest.mark.parametrize(
    "odd",
    [
        line("POST /api/burst/runs 201 in 3.1 ms", level="warning"),
        line("POST /api/burst/runs 201 in 3.1 ms", logger="uvicorn.error"),
        line("POST /api/burst/runs 429 in 3.1 ms"),
        line("POST /api/burst/runs 201 in 3.1 ms and more"),
        "Traceback (most recent call last):",
        "[]",
    ],
)
def test_anything_else_does_not(odd: str) -> None:
    assert unexpected([odd, odd]).total() == 2
