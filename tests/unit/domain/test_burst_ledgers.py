"""The ledgers of a burst: what each must hold, and which request is named when one does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.domain.burst.ledger import Answer, Books, Ledger, Mismatch, Outcome, join
from portfolio_app.domain.burst.receipt import receipt
from portfolio_app.domain.errors import InvalidValue
from tests.unit.domain.books import SIZE, answer, books, missing, request_id

UNREPORTED = "it was sent, but its sender reported no outcome"
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


def lacking(found: Books) -> set[tuple[int, str | None, Ledger]]:
    """What each answer should be found in, and is not."""
    reported = found.answers.values()
    seen = [a for a in reported if a.status != 0 and (a.request_id or a.outcome is not Outcome.FAILED)]
    with_id = [a for a in seen if a.request_id and a.outcome is not Outcome.FAILED]
    written = [] if found.stored is None else [a for a in with_id if a.outcome is Outcome.ANSWERED]
    rows = found.stored or {}
    return {
        *(
            (a.n, a.request_id, Ledger.RECEIVED)
            for a in seen
            if found.received.get(a.request_id or "") != a.n
        ),
        *((a.n, a.request_id, Ledger.PUSHED) for a in with_id if not a.pushed),
        *((a.n, a.request_id, Ledger.STORED) for a in written if rows.get(a.request_id or "") != a.n),
    }


def surplus(found: Books) -> set[tuple[int, str | None, Ledger]]:
    """What edge and database have and should not."""
    rows, unknown = (found.stored or {}).items(), Answer(0, None, 404, 0, 0, pushed=False)
    refused = {a.n: a.request_id for a in found.answers.values() if a.status in (302, 403, 429)}
    of = {n: found.answers.get(n, unknown) for n in range(found.size)}
    return {
        *((n, row, Ledger.RECEIVED) for row, n in rows if found.received.get(row) != n),
        *((n, row, Ledger.ANSWERED) for row, n in rows if refused.get(n) == row),
        *(
            (n, received, Ledger.ANSWERED)
            for received, n in found.received.items()
            if of[n].status != 0 and of[n].request_id != received
        ),
    }


@given(any_books())
def test_every_request_that_a_ledger_lacks_is_named_and_no_other(found: Books) -> None:
    mismatches = join(found).mismatches
    named = missing(mismatches)
    unknown = {n for n, *rest in named if rest == [None, Ledger.ANSWERED]}
    assert len(named) == len(set(named))
    assert set(named) - {(n, None, Ledger.ANSWERED) for n in unknown} == lacking(found) | surplus(found)
    assert not unknown & {*found.received.values(), *found.answers}
    unreported = {mismatch.n for mismatch in mismatches if mismatch.why == UNREPORTED}
    assert len(unreported) == found.sent - len(found.answers)


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


def test_a_request_that_came_without_being_reported_is_named_by_its_id_and_counts_as_failed() -> None:
    answers = {n: answer(n) for n in range(SIZE) if n != 5}
    made = receipt(books(answers=answers))
    assert made.mismatches == (Mismatch(5, request_id(5), Ledger.ANSWERED, UNREPORTED),)
    assert (made.count.sent, made.count.failed) == (SIZE, 1)


def test_a_request_that_nobody_knows_of_is_named_by_its_number() -> None:
    answers = {n: answer(n) for n in range(SIZE) if n != 5}
    received = {request_id(n): n for n in answers}
    made = receipt(books(answers=answers, received=received))
    assert made.mismatches == (Mismatch(5, None, Ledger.ANSWERED, UNREPORTED),)


def test_a_row_that_nobody_asked_for_is_named_by_its_id() -> None:
    stored = {request_id(n): n for n in range(SIZE)} | {request_id(4, "stray"): 4}
    made = receipt(books(stored=stored))
    assert missing(made.mismatches) == [(4, request_id(4, "stray"), Ledger.RECEIVED)]
    assert (made.count.stored, made.balanced) == (SIZE + 1, False)


@pytest.mark.parametrize(
    ("status", "named"), [(0, False), (500, False), (503, False), (429, True), (403, True)]
)
def test_a_row_of_a_request_that_was_refused_is_named_and_of_a_lost_answer_is_not(
    status: int, named: bool
) -> None:
    answers = {n: answer(n, status if n == 2 else 200) for n in range(SIZE)}
    made = receipt(books(answers=answers, written=True))
    assert missing(made.mismatches) == ([(2, request_id(2), Ledger.ANSWERED)] if named else [])


@pytest.mark.parametrize(("by", "named"), [("the site", True), ("a proxy", False)])
def test_a_failure_that_the_edge_never_saw_is_named_if_it_has_a_request_id(by: str, named: bool) -> None:
    failed = replace(answer(6, 502), request_id=request_id(6) if by == "the site" else None)
    answers = {n: answer(n) for n in range(SIZE)} | {6: failed}
    received = {request_id(n): n for n in range(SIZE) if n != 6}
    made = receipt(books(answers=answers, received=received))
    assert missing(made.mismatches) == ([(6, request_id(6), Ledger.RECEIVED)] if named else [])


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
