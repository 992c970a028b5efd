"""The measures by name, and reports of the two that compare sites under load and at rest."""

from collections import Counter
from dataclasses import replace
from types import ModuleType

import pytest

from benchmarks import builds, joins, lone, mixed, openloop, posts, tabs
from benchmarks.__main__ import MEASURES
from benchmarks.rows import Row


def rows(measure: str, n: int, values: dict[str, float | None]) -> list[Row]:
    return [
        Row(measure, "portfolio_app", n, 1, metric, value, "x", None if value else "it broke")
        for metric, value in values.items()
    ]


@pytest.mark.parametrize(
    "name", ["abuse", "builds", "fanout", "joins", "lighthouse", "lone", "posts", "probe", "signins", "tabs"]
)
def test_a_measure_that_others_call_by_name_is_there(name: str) -> None:
    assert name in MEASURES


def test_posts_are_reported_with_their_unit_and_a_client_that_was_too_busy_is_told() -> None:
    reported = "\n".join(
        posts.report(rows("posts", posts.AUTHORS, dict.fromkeys(posts.UNITS, 500.0) | {"client_busy": 0.9}))
    )
    assert "posts_per_s      500.00 (500.00-500.00) 1/s" in reported
    assert "warning: portfolio_app: the load client used 90% of a core" in reported
    calm = posts.report(rows("posts", posts.AUTHORS, dict.fromkeys(posts.UNITS, 0.5)))
    assert "warning" not in "\n".join(calm)


@pytest.mark.parametrize(("module", "name", "n"), [(posts, "posts", posts.AUTHORS), (tabs, "tabs", 100)])
def test_a_number_that_is_missing_is_reported_with_the_reason(module: ModuleType, name: str, n: int) -> None:
    reported = "\n".join(module.report(rows(name, n, dict.fromkeys(module.UNITS))))
    assert reported.count("it broke") == len(module.UNITS)


def test_tabs_are_reported_size_by_size() -> None:
    both = [row for n in (100, 1000) for row in rows("tabs", n, dict.fromkeys(tabs.UNITS, 40.0))]
    reported = list(tabs.report(both))
    assert [line.split()[0] for line in reported[1:]] == ["100"] * len(tabs.UNITS) + ["1000"] * len(
        tabs.UNITS
    )


def test_an_open_loop_has_to_agree_with_the_independent_client_and_a_closed_one_must_not() -> None:
    measured = {openloop.OPEN: 260.0, openloop.CLOSED: 8.0, openloop.INDEPENDENT: 250.0}

    def reported() -> list[str]:
        rows = [Row("openloop", name, openloop.SIZE, 1, "p99_ms", ms, "ms") for name, ms in measured.items()]
        return openloop.report(rows)[2:]

    assert [line.endswith("as promised") for line in reported()] == [True, True, False]
    measured |= {openloop.OPEN: 263.0, openloop.CLOSED: 245.0}
    assert [line.endswith("FAIL") for line in reported()] == [True, True, False]


def test_a_lone_message_is_judged_by_its_promises() -> None:
    site = {"last_tab_p50_ms": 12.0, "last_tab_p99_ms": 60.0, "server_cpu_ms": 20.0, "messages_per_s": 299.0}
    reported = "\n".join(
        lone.report(
            [*rows("lone", 1000, dict(site)), Row("lone", "node-ws", 1000, 1, "last_tab_p50_ms", 8.0, "ms")]
        )
    )
    assert "at most 25 ms of processor time: 20.00, kept" in reported
    assert "p99 at most 4x p50: 5.00, NOT kept" in reported
    assert "p50 at most 1.5x node-ws: 1.50, kept" in reported
    assert "authors: 299.00, NOT kept" in reported
    assert "node-ws: not measured" in "\n".join(lone.report(rows("lone", 1000, dict(site))))


def test_a_join_is_judged_against_a_blank_page() -> None:
    blank = Row("joins", "reflex-blank", 1000, 1, "join_cpu_ms", 2.0, "ms")
    site = rows("joins", 1000, {"join_cpu_ms": 3.1, "memory_kb_per_tab": 60.0})
    reported = "\n".join(joins.report([*site, blank]))
    assert "a blank page: 1.55, NOT kept" in reported
    assert "at most 60 KB a tab: 60.00, kept" in reported


def test_a_strangers_build_is_judged_against_the_one_that_ships() -> None:
    def built(shipped: float, own: float) -> str:
        found = zip(builds.SITES, (shipped, own), strict=True)
        return "\n".join(
            builds.report([Row("builds", name, 1, 1, "cpu_s", value, "s") for name, value in found])
        )

    assert "pass  a stranger's site takes at most 1.5 times as long: 1.25" in built(20.0, 25.0)
    assert "FAIL  a stranger's site takes at most 1.5 times as long: 1.55" in built(20.0, 31.0)


def test_mixed_abuse_is_judged_by_four_promises() -> None:
    mb = 2.0**20
    good = mixed.Found(
        [0.01] * 20, [0.02] * 20, 100 * mb, [150 * mb], 105 * mb, ['{"level": "info"}', ""], [], Counter()
    )
    assert [kept for kept, _ in good.verdicts()] == [True] * 4
    bad = replace(good, beside=[0.04] * 20, after=120 * mb, log=["plain", "[1]"], faults=["1 is lost"])
    words = [words for kept, words in bad.verdicts() if not kept]
    assert len(words) == 4
    assert "4.00x (p95 40.0 ms, 10.0 ms idle, p50 40.0 ms, 20 posts)" in words[0]
    assert "1.200x (100 MB before, each kind of request served once, 150 after the first minute" in words[1]
    assert "150 at most, 120 after)" in words[1]
    assert "2 of 2 are not, as 'plain'" in words[2]
    assert "1 is lost" in words[3]
