"""What a burst may be, and what is measured of one."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.burst.latency import histogram, latency, percentile
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.domain.burst.timeline import timeline
from portfolio_app.domain.errors import InvalidValue
from tests.unit.domain.books import SIZE, answer, books

MICROSECONDS = st.integers(0, 60_000_000)


@given(st.lists(MICROSECONDS, min_size=1), st.floats(0, 100))
def test_percentiles_are_numpys(values: list[int], percent: float) -> None:
    ours = percentile(sorted(values), percent)
    assert math.isclose(ours, float(np.percentile(values, percent)), rel_tol=1e-9, abs_tol=1e-6)


@given(st.lists(MICROSECONDS, min_size=1))
def test_a_distribution_is_in_order_and_as_numpy_has_it(values: list[int]) -> None:
    found = latency(values)
    assert found is not None
    assert found.min <= found.p50 <= found.p90 <= found.p95 <= found.p99 <= found.max
    assert math.isclose(found.mean, float(np.mean(values)), rel_tol=1e-9, abs_tol=1e-6)


@given(st.lists(st.integers(1, 60_000_000), min_size=1))
def test_bins_touch_and_hold_every_value_once(values: list[int]) -> None:
    bins = histogram(values)
    assert sum(found.count for found in bins) == len(values)
    assert (bins[0].start, bins[-1].end) == (min(values), max(values))
    assert all(left.end == right.start for left, right in pairwise(bins))


def test_nothing_answered_has_no_distribution() -> None:
    made = receipt(books(0))
    assert (made.latency, made.histogram, made.timeline, made.per_s, made.elapsed_us) == (
        None,
        (),
        (),
        0.0,
        0,
    )


def test_a_timeline_has_a_moment_for_each_tenth_of_a_second() -> None:
    found = timeline([answer(0, at=0), answer(1, at=50_000, took=60_000), answer(2, 503, at=310_000)])
    assert [(m.at_us, m.answered, m.failed) for m in found] == [
        (0, 1, 0),
        (100_000, 1, 0),
        (200_000, 0, 0),
        (300_000, 0, 1),
    ]
    assert [m.latency and m.latency.p50 for m in found] == [1_000, 60_000, None, None]


@given(st.lists(st.builds(answer, st.just(1), at=st.integers(0, 3_600_000_000)), max_size=5))
def test_a_timeline_is_short_however_long_the_run(answers: list[Answer]) -> None:
    assert len(timeline(answers)) <= 61


def test_throughput_is_of_what_was_answered() -> None:
    answers = {n: answer(n, 200 if n % 2 else 429, at=n * 100_000, took=100_000) for n in range(SIZE)}
    made = receipt(books(answers=answers))
    assert (made.elapsed_us, made.per_s) == (1_200_000, pytest.approx(5.0))


def test_the_slowest_come_first() -> None:
    answers = {n: answer(n, took=n * 10) for n in range(SIZE)}
    assert [slow.n for slow in receipt(books(answers=answers)).slowest] == list(range(11, 1, -1))


@pytest.mark.parametrize(
    ("size", "workers", "mode", "field"),
    [
        *((9, 1, "noop", "size"), (5_001, 1, "noop", "size"), (10, 0, "read", "workers")),
        *((10, 65, "read", "workers"), (10, 1, "NOOP", "mode"), (10, 1, "", "mode")),
    ],
)
def test_a_plan_outside_its_ranges_names_the_field(size: int, workers: int, mode: str, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        Plan.parse(size, workers, mode)
    assert refused.value.field == field


def test_a_plan_knows_the_numbers_of_its_requests() -> None:
    plan = Plan.parse(10, 64, "write")
    assert (plan.mode, plan.number(0), plan.number(9)) == (Mode.WRITE, 0, 9)
    for n in (-1, 10):
        with pytest.raises(InvalidValue):
            plan.number(n)
