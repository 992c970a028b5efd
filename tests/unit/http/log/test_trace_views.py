"""A trace as a waterfall."""

from itertools import pairwise

import pytest

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.log.trace_views import nested, scale_of, ticks, trace_view, way_of
from portfolio_app.http.log.views import spoken


def span(name: str, start_us: int, duration_us: int, parent: str = "") -> SpanView:
    return SpanView(name, parent, name, "http", "", start_us, duration_us, ())


def trace(*spans: SpanView) -> Trace:
    whole = max(found.start_us + found.duration_us for found in spans)
    return Trace("a" * 32, "chat.send", 0.0, whole, spans)


def test_steps_stand_below_the_one_that_waited_for_them() -> None:
    spans = [span("root", 0, 9), span("a", 1, 3, "root"), span("b", 2, 1, "a"), span("c", 5, 1, "root")]
    late = span("push", 12, 1)
    order = [(found.name, depth) for found, depth in nested([*spans, late])]
    assert order == [("root", 0), ("a", 1), ("b", 2), ("c", 1), ("push", 0)]


def test_a_step_whose_parent_is_unknown_stands_at_the_left() -> None:
    assert [(found.name, depth) for found, depth in nested([span("a", 0, 1, "elsewhere")])] == [("a", 0)]


def test_bars_are_parts_of_the_whole() -> None:
    view = trace_view(trace(span("root", 0, 200), span("half", 50, 100, "root")))
    assert [(row.left, row.width, row.cut) for row in view.spans] == [(0, 100, False), (25, 50, False)]


def test_a_step_too_short_to_draw_is_still_seen_within_the_scale() -> None:
    view = trace_view(trace(span("root", 0, 1_000_000), span("end", 1_000_000, 0, "root")))
    assert view.spans[1].width > 0
    assert view.spans[1].left + view.spans[1].width <= 100


@pytest.mark.parametrize("duration", [0, 1, 7, 999, 12_345, 58_200, 1_740_000])
def test_an_axis_has_a_few_round_times_that_leave_room_for_the_last_label(duration: int) -> None:
    found = ticks(duration)
    assert found[0] == 0
    assert 1 <= len(found) <= 6
    assert found[-1] <= duration * 0.92
    assert {str(after - before).rstrip("0") for before, after in pairwise(found)} <= {"1", "2", "5"}


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (0, "0 µs"),
        (640, "640 µs"),
        (1_240, "1.24 ms"),
        (58_200, "58.2 ms"),
        (450_000, "450 ms"),
        (1_740_000, "1.74 s"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_fits(microseconds: int, words: str) -> None:
    assert spoken(microseconds) == words


def test_a_messages_way_names_each_station_and_those_not_reached_yet() -> None:
    way = way_of([span("COMMIT", 10, 5), span("publish", 15, 1), span("push room", 16, 4)], 20)
    assert [(mark.label, mark.at, mark.reached) for mark in way] == [
        ("committed", "15 µs", True),
        ("published", "16 µs", True),
        ("pushed", "20 µs", True),
        ("painted here", "", False),
        ("in your other tab", "", False),
    ]


def test_a_request_that_committed_nothing_has_no_way() -> None:
    assert way_of([span("GET /api/live", 0, 5)], 5) == ()


def test_the_critical_path_is_underlined_and_said_in_a_sum_that_adds_up() -> None:
    view = trace_view(
        trace(
            span("chat.send", 0, 6_004),
            span("a", 1_000, 3_000, "chat.send"),
            span("idle", 1_000, 500, "chat.send"),
            span("push", 7_000, 1_001),
        )
    )
    marked = {row.name: [(part.left, part.width) for part in row.critical] for row in view.spans}
    assert [round(left) for left, _ in marked["chat.send"]] == [0, 50]
    assert (len(marked["a"]), marked["idle"], len(marked["push"])) == (1, [], 1)
    assert [row.decided for row in view.spans] == ["3.00 ms", "3.00 ms", "", "1.00 ms"]
    assert view.path == (
        "Critical path, underlined: 3 of 4 steps decided when it ended. "
        "7.00 ms in them + 1.00 ms in which none ran = 8.00 ms. Longest: chat.send, 3.00 ms."
    )


def test_a_path_without_waiting_or_without_a_choice_says_less() -> None:
    assert "All of its 15 µs are theirs." in trace_view(trace(span("a", 0, 10), span("b", 10, 5))).path
    assert trace_view(trace(span("a", 0, 10))).path == ""
    assert trace_view(trace(span("a", 0, 0), span("b", 0, 0))).path == ""


def test_what_is_cut_off_decides_nothing() -> None:
    view = trace_view(trace(span("root", 0, 4_000), span("painted in another tab", 3_900, 1_700_000)))
    assert [bool(row.critical) for row in view.spans] == [True, False]


def test_two_traces_are_drawn_on_the_longer_scale_each_with_its_own_length() -> None:
    short = trace_view(trace(span("root", 0, 100)), scale_us=400)
    assert (short.spans[0].width, short.took) == (25, "100 µs")
    assert short.axis == trace_view(trace(span("root", 0, 400))).axis


def test_a_tab_that_painted_late_does_not_squeeze_the_servers_work() -> None:
    work, painted = span("root", 0, 4_000), span("painted in another tab", 3_900, 1_700_000)
    assert scale_of([work, painted]) == 4_000
    rows = trace_view(trace(work, painted)).spans
    assert (rows[0].width, rows[0].cut) == (100, False)
    assert rows[1].cut
    assert rows[1].left + rows[1].width <= 100


def test_a_tab_that_painted_soon_is_drawn_to_scale() -> None:
    assert scale_of([span("root", 0, 4_000), span("painted in another tab", 3_900, 2_000)]) == 5_900
