"""What is kept of many sessions stays bounded."""

from dataclasses import replace

import pytest

from portfolio_app.app.ports.step import Step
from portfolio_app.infra.tracing import sessions
from portfolio_app.infra.tracing.sessions import WINDOW, SessionFeeds

STEP = Step(1, 1, 0, "COMMIT", "infra", "demo.db", 1, 2, (), "", 0, None)


def busy(kept: SessionFeeds, number: int, steps: int = WINDOW) -> None:
    kept.bind(number, f"session {number}")
    kept.add(f"session {number}", [replace(STEP, trace_id=number)] * steps)


def counted(kept: SessionFeeds) -> int:
    feeds = [feed for name in kept.known() if (feed := kept.get(name))]
    rows = sum(len(feed.log.window) + len(feed.network.window) for feed in feeds)
    return rows + sum(len(steps) for feed in feeds for steps in feed.traces.values())


def test_no_more_is_kept_than_the_limit_for_all_sessions_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_KEPT", 9_000)
    kept, each = SessionFeeds(), 2 * WINDOW  # a row, and a step of its trace
    for number in range(9_000 // each + 3):
        busy(kept, number)

    assert counted(kept) == kept.kept == 9_000
    emptied, last = kept.get("session 2"), kept.get("session 3")
    assert emptied is not None
    assert last is not None
    assert (emptied.kept, last.kept) == (0, each)
    assert kept.of_trace(2) is None


def test_steps_of_traces_without_rows_count_and_one_session_loses_its_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MAX_KEPT", 1_000)
    kept = SessionFeeds()
    for number in range(1, 31):
        kept.bind(number, "ann", quiet=True)
        kept.add("ann", [replace(STEP, trace_id=number, target="")] * 100)

    ann = kept.get("ann")
    assert ann is not None
    assert list(ann.traces) == list(range(21, 31))
    assert counted(kept) == kept.kept == 1_000


def test_a_session_that_stays_busy_outlives_those_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_KEPT", 9_000)
    kept = SessionFeeds()
    for number in range(1, 30):
        busy(kept, 0)
        busy(kept, number)

    oldest = kept.get("session 0")
    assert oldest is not None
    assert oldest.log.count > WINDOW
    assert oldest.kept


def test_counting_agrees_with_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    monkeypatch.setattr(sessions, "MAX_TRACES", 2)
    kept = SessionFeeds()
    for number in range(6):
        busy(kept, number)

    assert kept.kept == counted(kept) == 3 * WINDOW + 2 * WINDOW


def test_what_idle_sessions_have_is_forgotten_but_for_the_newest_and_their_numbers_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MAX_IDLE", 50)
    now = [0.0]
    kept = SessionFeeds(lambda: now[0])
    for number in range(9):
        busy(kept, number, 20)
    assert kept.release(), "nobody is idle yet"
    assert kept.kept == counted(kept) == 9 * 40

    now[0] = sessions.IDLE_S
    busy(kept, 0, 20)
    assert kept.release(), "one that is busy now may be idle later"

    assert kept.kept == counted(kept) == 80 + 40
    assert [len(feed.log.window) for name in kept.known() if (feed := kept.get(name))] == [0] * 7 + [20, 40]
    kept.bind(99, "session 1")
    assert [row.seq for row in kept.add("session 1", [replace(STEP, trace_id=99)]).rows] == [21]
    left = kept.get("session 1")
    assert left is not None
    assert left.after(20) is not None
    assert left.after(19) is None, "the tab reads its log anew"


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
