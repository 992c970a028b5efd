"""The ledgers of a burst, and what is measured from them."""

import hashlib
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.burst.latency import histogram, latency, percentile
from portfolio_app.domain.burst.ledger import Answer, Books, Ledger, Mismatch, Outcome, join
from portfolio_app.domain.burst.plan import Mode, Plan
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.domain.burst.timeline import timeline
from portfolio_app.domain.errors import InvalidValue

SIZE = 12


def request_id(n: int, salt: str = "") -> str:
    return hashlib.sha256(f"{n}{salt}".encode()).hexdigest()[:32]


def answer(n: int, status: int = 200, *, pushed: bool = True, took: int = 1_000, at: int = 0) -> Answer:
    return Answer(n, request_id(n) if status else None, status, at, took, pushed)


def books(count: int = SIZE, *, written: bool = False, **changed: Any) -> Books:
    """A run in which everything went well."""
    every = {request_id(n): n for n in range(count)}
    given = {
        "size": SIZE,
        "sent": count,
        "answers": {n: answer(n) for n in range(count)},
        "received": every,
        "stored": dict(every) if written else None,
    }
    return Books(**{**given, **changed})


def missing(found: tuple[Mismatch, ...]) -> list[tuple[int, str | None, Ledger]]:
    return [(mismatch.n, mismatch.request_id, mismatch.missing) for mismatch in found]


MICROSECONDS = st.integers(0, 60_000_000)
IDS = st.none() | st.builds(request_id, st.integers(0, SIZE), st.sampled_from(["", "other"]))


@st.composite
def any_books(draw: st.DrawFn) -> Books:
    """Whatever a sender may claim, a worker note or a database hold."""
    fields = (IDS, st.sampled_from([0, 200, 204, 302, 403, 429, 500, 503]), MICROSECONDS, MICROSECONDS)
    numbers = draw(st.sets(st.integers(0, SIZE - 1)))
    answers = {n: Answer(n, *draw(st.tuples(*fields)), draw(st.booleans())) for n in numbers}
    rows = st.dictionaries(st.builds(request_id, st.integers(0, SIZE)), st.integers(0, SIZE - 1))
    sent = draw(st.integers(len(answers), SIZE))
    return Books(SIZE, sent, answers, draw(rows), draw(st.none() | rows))


@given(any_books())
def test_what_was_sent_is_answered_refused_or_failed_always(found: Books) -> None:
    made = receipt(found)
    count = made.count
    assert count.sent == count.answered + count.refused + count.failed == found.sent
    assert sum(made.statuses.values()) == count.sent
    assert made.balanced == (not made.mismatches)
    assert sum(bin_.count for bin_ in made.histogram) == count.answered
    assert sum(m.answered + m.refused + m.failed for m in made.timeline) == len(found.answers)


@given(any_books())
def test_every_request_that_a_ledger_lacks_is_named(found: Books) -> None:
    named = missing(join(found).mismatches)
    for answered in found.answers.values():
        if answered.outcome is Outcome.FAILED or answered.request_id is None:
            continue
        key = answered.n, answered.request_id
        in_edge = found.received.get(answered.request_id) == answered.n
        assert ((*key, Ledger.RECEIVED) in named) == (not in_edge)
        assert ((*key, Ledger.PUSHED) in named) == (not answered.pushed)
        if found.stored is not None and answered.outcome is Outcome.ANSWERED:
            in_rows = found.stored.get(answered.request_id) == answered.n
            assert ((*key, Ledger.STORED) in named) == (not in_rows)


def test_a_run_that_went_well_balances() -> None:
    made = receipt(books(written=True))
    assert made.balanced
    assert (made.count.sent, made.count.received, made.count.stored, made.count.pushed) == (SIZE,) * 4


def test_a_dropped_row_is_named_by_its_id() -> None:
    stored = {request_id(n): n for n in range(SIZE) if n != 7}
    assert missing(receipt(books(stored=stored)).mismatches) == [(7, request_id(7), Ledger.STORED)]


def test_a_dropped_push_is_named_by_its_id() -> None:
    answers = {n: answer(n, pushed=n != 3) for n in range(SIZE)}
    assert missing(receipt(books(answers=answers)).mismatches) == [(3, request_id(3), Ledger.PUSHED)]


def test_a_request_that_the_edge_never_saw_is_named() -> None:
    received = {request_id(n): n for n in range(1, SIZE)}
    assert missing(receipt(books(received=received)).mismatches) == [(0, request_id(0), Ledger.RECEIVED)]


def test_a_request_that_came_without_being_reported_is_named_and_counts_as_failed() -> None:
    answers = {n: answer(n) for n in range(SIZE) if n != 5}
    made = receipt(books(answers=answers))
    assert missing(made.mismatches) == [(5, None, Ledger.ANSWERED)]
    assert (made.count.sent, made.count.failed) == (SIZE, 1)


def test_a_repeat_that_the_edge_refused_is_named() -> None:
    received = {request_id(n): n for n in range(SIZE)} | {request_id(2, "again"): 2}
    made = receipt(books(received=received))
    assert missing(made.mismatches) == [(2, request_id(2, "again"), Ledger.ANSWERED)]


def test_a_refused_request_must_be_received_and_pushed_but_not_stored() -> None:
    answers = {n: answer(n, 429 if n == 1 else 200) for n in range(SIZE)}
    stored = {request_id(n): n for n in range(SIZE) if n != 1}
    made = receipt(books(answers=answers, stored=stored))
    assert made.balanced
    assert (made.count.refused, made.first_failure) == (1, None)


def test_a_request_given_up_half_way_balances_whether_it_arrived_or_not() -> None:
    answers = {n: answer(n, 0 if n > 7 else 200, pushed=n <= 7) for n in range(10)}
    received = {request_id(n): n for n in range(9)}
    made = receipt(books(answers=answers, received=received, sent=10))
    assert made.balanced
    assert (made.count.failed, made.count.received) == (2, 9)
    assert made.first_failure is not None
    assert made.first_failure.n == 8


@pytest.mark.parametrize("sent", [-1, SIZE - 1, SIZE + 1])
def test_a_number_sent_that_fits_neither_run_nor_answers_is_refused(sent: int) -> None:
    with pytest.raises(InvalidValue):
        books(sent=sent)


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
