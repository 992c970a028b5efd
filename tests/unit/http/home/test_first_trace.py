"""A visitor's arrival: what the browser measured and what the server did, on one axis."""

import time
from dataclasses import replace

import pytest
from pydantic import ValidationError

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.home.first_trace import ClocksDTO, arrival_view
from portfolio_app.http.log import TraceView
from portfolio_app.http.transport.arrivals import MOST, MOST_DOCUMENTS, NEWS_NS, Answered, Arrivals

EPOCH_US = 1_700_000_000_000_000
OPENED = "b" * 32


def answered(session_id: str, request_id: str, start_us: int, took_us: int) -> Answered:
    start_ns = (EPOCH_US + start_us) * 1000
    return Answered(session_id, request_id, start_ns, start_ns + took_us * 1000, 200, "/", 14_000)


def clocks(**changed: int) -> ClocksDTO:
    measured = {
        "heard": 90_000, "requested": 2_000, "answered": 10_000, "received": 11_000, "scripts": 3,
        "scripts_from": 12_000, "scripts_to": 30_000, "painted": 40_000, "largest": 45_000,
    }  # fmt: skip
    return ClocksDTO(document="a" * 32, opened=OPENED, **(measured | changed))


def reads(start_us: int) -> Trace:
    spans = (
        SpanView("1", "", "Opening.read", "http", "", 0, 8_000, ()),
        SpanView("2", "1", "SELECT 1", "infra", "", 1_000, 500, ()),
    )
    return Trace(OPENED, "Opening.read", (EPOCH_US + start_us) / 1000, 8_000, spans)


def placed(view: TraceView | None) -> dict[str, tuple[int, int]]:
    assert view is not None
    return {row.name: (row.start_us, row.duration_us) for row in view.spans}


@pytest.mark.parametrize("skew_us", [0, -3_600_000_000, 42_000_000])
def test_the_servers_clock_is_set_by_the_document_whatever_it_says(skew_us: int) -> None:
    document = answered("ann", "a" * 32, skew_us, 4_000)
    handshake = replace(answered("ann", "h", skew_us + 46_000, 3_000), status=101, path="/_event")
    found = placed(arrival_view(clocks(), document, handshake, reads(skew_us + 60_000)))
    # 8 ms of waiting around 4 ms of work: 2 ms each way.
    assert found["GET /"] == (4_000, 4_000)
    assert found["websocket handshake"] == (50_000, 3_000)
    assert found["Opening.read"][0] == pytest.approx(64_000, abs=1)
    assert found["waiting for the document"] == (2_000, 8_000)


def test_without_the_documents_answer_the_reads_end_when_the_browser_heard_of_them() -> None:
    found = placed(arrival_view(clocks(), None, None, reads(5_000_000)))
    assert found["Opening.read"][0] == pytest.approx(82_000, abs=1)
    assert "GET /" not in found


def test_nothing_is_shown_that_was_not_measured() -> None:
    view = arrival_view(ClocksDTO(document="", opened=OPENED, heard=0), None, None, reads(0))
    assert set(placed(view)) == {"Opening.read", "SELECT 1"}
    assert arrival_view(ClocksDTO(document="", opened=OPENED, heard=0), None, None, None) is None


def test_a_paint_is_a_moment_and_the_summary_counts_the_servers_part() -> None:
    view = arrival_view(clocks(), answered("ann", "a" * 32, 0, 4_000), None, reads(60_000))
    assert view is not None
    assert next(row.took for row in view.spans if row.name == "first paint") == "at 40.0 ms"
    assert view.name == "12.0 ms on the server, 500 µs of it in 1 SQL statement"
    assert [mark.label for mark in view.way] == ["document", "first paint", "page read"]


def test_a_page_that_got_its_websocket_after_an_hour_shows_so() -> None:
    view = arrival_view(clocks(heard=3_600_000_000, painted=0, largest=0), None, None, reads(0))
    found = placed(view)
    assert found["Opening.read"] == (3_599_992_000, 8_000)
    assert "first paint" not in found  # it was in the background


@pytest.mark.parametrize("wrong", [{"requested": -1}, {"painted": 10**12}, {"scripts": 10**6}])
def test_clocks_that_no_browser_has_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        clocks(**wrong)


def test_an_arrival_is_its_own_sessions_only_and_the_oldest_is_evicted() -> None:
    arrivals = Arrivals()
    for number in range(MOST + 1):
        arrivals.add_document(answered("ann", f"{number}", 0, 1))
    assert arrivals.document("ann", f"{MOST}") is not None
    assert arrivals.document("bob", f"{MOST}") is None
    assert arrivals.document("ann", "0") is None
    arrivals.add_handshake("tab", answered("ann", "h", 0, 1))
    assert arrivals.handshake("ann", "tab") is not None
    assert arrivals.handshake("bob", "tab") is None


def test_an_arrival_is_news_once_for_a_minute_and_to_its_own_tab_only() -> None:
    arrivals, now_us = Arrivals(), time.time_ns() // 1000 - EPOCH_US
    for number in range(MOST_DOCUMENTS + 1):
        arrivals.add_document(answered("ann", f"{number}", now_us, 1))
    arrivals.add_handshake("tab", answered("ann", "h", now_us, 1))
    assert arrivals.has_arrived("tab")
    assert not arrivals.has_arrived("other")
    assert arrivals.take("bob", "other") == []
    assert [found.request_id for found in arrivals.take("ann", "tab")] == ["1", "2", "3", "4", "h"]
    assert arrivals.take("ann", "tab") == []
    assert not arrivals.has_arrived("tab")
    arrivals.add_handshake("late", answered("ann", "h", now_us - NEWS_NS // 1000, 1))
    assert not arrivals.has_arrived("late")
    assert arrivals.take("ann", "late") == []
