"""What is kept of many sessions stays bounded."""

from dataclasses import replace

from portfolio_app.app.ports.step import Step
from portfolio_app.infra.tracing import sessions
from portfolio_app.infra.tracing.sessions import MAX_ROWS, WINDOW, SessionFeeds

STEP = Step(1, 1, 0, "COMMIT", "infra", "demo.db", 1, 2, (), "", 0, None)


def busy(kept: SessionFeeds, number: int) -> None:
    kept.bind(number, f"session {number}")
    kept.add(f"session {number}", [replace(STEP, trace_id=number)] * WINDOW)


def test_no_more_rows_are_kept_than_the_limit_for_all_sessions_together() -> None:
    kept = SessionFeeds()
    fitting = MAX_ROWS // WINDOW
    for number in range(fitting + 3):
        busy(kept, number)

    assert kept.rows == MAX_ROWS
    assert [kept.get(f"session {number}") is None for number in (2, 3)] == [True, False]
    assert kept.of_trace(2) is None


def test_a_session_that_stays_busy_outlives_those_that_left() -> None:
    kept = SessionFeeds()
    for number in range(1, MAX_ROWS // WINDOW + 50):
        busy(kept, 0)
        busy(kept, number)

    oldest = kept.get("session 0")
    assert oldest is not None
    assert oldest.log.count > WINDOW


def test_counting_rows_agrees_with_what_is_there(monkeypatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    kept = SessionFeeds()
    for number in range(6):
        busy(kept, number)

    assert kept.rows == 3 * WINDOW


def test_a_batch_larger_than_the_window_is_delivered_whole_and_numbered_without_gaps() -> None:
    kept = SessionFeeds()
    kept.bind(1, "ann")
    kept.add("ann", [STEP])
    batch = kept.add("ann", [STEP] * (WINDOW + 7))

    assert [row.seq for row in batch.rows] == list(range(2, WINDOW + 9))
    session = kept.get("ann")
    assert session is not None
    assert session.recent().rows[-1].seq == WINDOW + 8
    assert session.after(7) is None
    assert [row.seq for row in session.after(WINDOW + 6) or ()] == [WINDOW + 7, WINDOW + 8]
