"""What is read from a report of Lighthouse, and the verdicts."""

from typing import Any

import pytest

from benchmarks.lighthouse import ONE_PAGE, PRESETS, PROMISED, SCORES, UNITS, losses, report, values_of
from benchmarks.rows import Row, Sheet

TIMINGS = {"cumulative-layout-shift": 0.004, "largest-contentful-paint": 1234.5, "total-blocking-time": 12.0}
PERFECT = dict.fromkeys(SCORES, 100.0) | {"cls": 0.0, "lcp_ms": 900.0, "tbt_ms": 0.0}


def found(**scores: float | None) -> dict[str, Any]:
    """A report in which each category has one audit, called like it, and one that does not count."""
    every = dict.fromkeys(SCORES, 1.0) | {name.replace("_", "-"): score for name, score in scores.items()}
    return {
        "categories": {
            name: {"score": score, "auditRefs": [{"id": name, "weight": 1}, {"id": "advice", "weight": 0}]}
            for name, score in every.items()
        },
        "audits": {name: {"score": score} for name, score in every.items()}
        | {name: {"score": 1, "numericValue": value} for name, value in TIMINGS.items()}
        | {"advice": {"score": 0}},
    }


def rows(**changed: float) -> list[Row]:
    """One round of both presets."""
    values = PERFECT | changed
    return [row for preset in PRESETS for row in Sheet("lighthouse", preset, ONE_PAGE, 1, UNITS).rows(values)]


def verdicts(measured: list[Row]) -> list[str]:
    """The lines of the report that judge."""
    return [
        line.strip() for line in report(measured) if line.startswith(("  pass", "  FAIL", "  no verdict"))
    ]


def test_scores_are_of_a_hundred_and_timings_as_they_are() -> None:
    assert values_of(found(performance=0.97, best_practices=0.58)) == {
        "performance": 97.0,
        "accessibility": 100.0,
        "best-practices": 58.0,
        "seo": 100.0,
        "cls": 0.004,
        "lcp_ms": 1234.5,
        "tbt_ms": 12.0,
    }


def test_a_report_without_a_result_is_an_error_that_says_why() -> None:
    with pytest.raises(ConnectionError, match="the page did not load"):
        values_of(found() | {"runtimeError": {"message": "the page did not load"}})
    with pytest.raises(ConnectionError, match="no score for seo"):
        values_of(found(seo=None))


def test_what_cost_a_score_something_is_named_and_advice_is_not() -> None:
    assert list(losses(found(performance=0.97, seo=None))) == ["performance performance 0.97"]


def test_a_perfect_page_keeps_every_promise() -> None:
    assert [line[:4] for line in verdicts(rows())] == ["pass"] * len(PROMISED)


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"performance": 98.0}, ["desktop performance", "article performance"]),
        ({"performance": 94.0}, ["mobile performance", "desktop performance", "article performance"]),
        ({"accessibility": 99.0}, ["mobile accessibility", "desktop accessibility", "article accessibility"]),
        (
            {"best-practices": 96.0},
            ["mobile best-practices", "desktop best-practices", "article best-practices"],
        ),
        ({"seo": 99.0}, ["mobile seo", "desktop seo", "article seo"]),
        ({"cls": 0.011}, ["mobile cls", "desktop cls", "article cls"]),
    ],
)
def test_a_broken_promise_is_told(changed: dict[str, float], broken: list[str]) -> None:
    failed = [line for line in verdicts(rows(**changed)) if line.startswith("FAIL")]
    assert [" ".join(line.split()[1:3]) for line in failed] == broken


def test_without_a_number_there_is_no_verdict() -> None:
    lost = Sheet("lighthouse", "mobile", ONE_PAGE, 2, UNITS).missing("no report within 180 s")
    lines = list(report(rows() + lost))
    assert any("mobile" in line and "no report within 180 s" in line for line in lines)
    assert sum("no verdict" in line for line in lines) == sum(p.preset == "mobile" for p in PROMISED)
