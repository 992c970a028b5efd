"""A ramp against servers of a known capacity."""

import heapq
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.burst.ledger import Answer, Cause
from portfolio_app.domain.burst.ramp import STEPS, Knee, Ramp, knee

SIZE, TOP = 400, 160
RATES = [TOP * step / STEPS for step in range(1, STEPS + 1)]
LATEST_S = 2.0


def answered(n: int, sent_s: float, ended_s: float, due_s: float) -> Answer:
    late, took, started = (
        round(1_000_000 * seconds) for seconds in (sent_s - due_s, ended_s - sent_s, sent_s)
    )
    return Answer(n, f"{n:032x}", 200, started, took, pushed=True, late_us=late)


def served(
    ramp: Ramp, servers: int, service_s: float, *, far_s: float = 0.0, stall: range = range(0)
) -> list[Answer]:
    """What a sender sees of `servers` that take `service_s` for each request, `far_s` away, one after another.

    It waits for one of 64 connections, and leaves out what was due for too long. From the first request of `stall` on,
    all servers stand still for 300 ms.
    """
    free, connections = [0.0] * servers, [0.0] * 64
    found = []
    for n in range(ramp.size):
        due = ramp.due_s(n)
        sent = max(due, heapq.heappop(connections))
        if sent - due > LATEST_S:
            heapq.heappush(connections, sent)
            continue
        if stall and n == stall[0]:
            free = [max(each, sent) + 0.3 for each in free]
        begun = max(sent, heapq.heappop(free))
        ended = begun + service_s
        heapq.heappush(free, ended)
        heapq.heappush(connections, ended + far_s)
        found.append(answered(n, sent, ended + far_s, due))
    return found


def found_by(capacity: float, **more: object) -> Knee:
    """The knee of a server that answers `capacity` requests a second."""
    ramp = Ramp(SIZE, TOP)
    return knee(ramp, served(ramp, 4, 4 / capacity, **more), is_whole=True)  # type: ignore[arg-type] (as named there)


@pytest.mark.parametrize("capacity", [21, 27, 39, 41, 62, 79, 88, 100, 119, 139])
def test_the_knee_is_the_capacity_to_a_step(capacity: float) -> None:
    found = found_by(capacity)
    assert found.kept <= capacity + TOP / STEPS
    assert found.lost >= capacity
    assert found.lost - found.kept == pytest.approx(TOP / STEPS)


@pytest.mark.parametrize("far_s", [0.0, 0.3, 1.0])
def test_a_long_line_moves_it_by_a_step_at_most(far_s: float) -> None:
    # One connection carries a request at a time: 64 of them are no limit here.
    ramp = Ramp(200, 40)
    found = knee(ramp, served(ramp, 1, 1 / 22, far_s=far_s), is_whole=True)
    assert found.kept in ((20, 25) if far_s else (20,))


def test_a_server_that_keeps_up_has_no_knee() -> None:
    found = found_by(2_000)
    assert (found.kept, found.lost) == (TOP, 0)
    assert [step.due for step in found.steps] == [len(Ramp(SIZE, TOP).numbers(step)) for step in range(1, 9)]


def test_a_server_that_is_too_slow_from_the_start_keeps_up_with_nothing() -> None:
    found = found_by(10)
    assert (found.kept, found.lost) == (0, RATES[0])


def test_a_stumble_is_no_knee() -> None:
    third = Ramp(SIZE, TOP).numbers(3)
    early = third[len(third) // 2 :]
    found = found_by(2_000, stall=early)
    assert not found.steps[2].kept_up
    assert (found.kept, found.lost) == (TOP, 0)


def test_a_few_that_are_late_for_another_reason_are_no_knee() -> None:
    ramp = Ramp(SIZE, TOP)
    disturbed = [
        answer if answer.n % 4 else replace(answer, duration_us=answer.duration_us + 200_000)
        for answer in served(ramp, 4, 0.001)
    ]
    assert knee(ramp, disturbed, is_whole=True).lost == 0


def test_a_ramp_that_was_stopped_is_judged_by_its_whole_steps() -> None:
    ramp = Ramp(SIZE, TOP)
    answers = served(ramp, 4, 0.001)
    reached = knee(ramp, answers[: ramp.numbers(5).start + 3], is_whole=False)
    assert [step.per_s for step in reached.steps] == RATES[:4]
    assert knee(ramp, answers[:3], is_whole=False) == Knee((), 0)
    assert knee(ramp, [], is_whole=False).lost == 0


def test_what_is_refused_or_fails_is_not_answered_in_time() -> None:
    ramp = Ramp(SIZE, TOP)
    from_sixth = ramp.numbers(6).start
    answers = [
        answer
        if answer.n < from_sixth
        else Answer(answer.n, None, 429 if answer.n % 2 else 0, 0, 1, pushed=False, cause=Cause.NETWORK)
        for answer in served(ramp, 4, 0.001)
    ]
    found = knee(ramp, answers, is_whole=True)
    assert (found.kept, found.lost) == (RATES[4], RATES[5])


@given(st.integers(10, 5_000), st.integers(1, 2_000))
def test_requests_are_due_in_order_each_in_its_step(size: int, top: int) -> None:
    ramp = Ramp(size, top)
    due = [ramp.due_s(n) for n in range(size)]
    assert due[0] >= 0
    assert all(before < after for before, after in pairwise(due))
    assert due[-1] <= size * STEPS / (36 * top) * STEPS
    numbers = [n for step in range(1, STEPS + 1) for n in ramp.numbers(step)]
    assert numbers == list(range(size))
    assert all(ramp.step_of(n) == step for step in range(1, STEPS + 1) for n in ramp.numbers(step))
