"""Which steps decided when a trace ended."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.critical_path import WAITING, Difference, critical_path, differences
from portfolio_app.app.ports.live_feed import SpanView


def span(name: str, start_us: int, end_us: int, parent: str = "") -> SpanView:
    return SpanView(name, parent, name, "http", "", start_us, end_us - start_us, ())


def path(*spans: SpanView) -> list[tuple[str, int, int]]:
    return [(part.step, part.start_us, part.end_us) for part in critical_path(spans)]


def test_a_trace_without_any_time_has_none() -> None:
    assert path() == path(span("moment", 5, 5)) == []


def test_a_moment_before_or_after_all_steps_belongs_to_the_whole() -> None:
    found = path(span("first", 1, 1), span("root", 3, 9), span("paint", 12, 12))
    assert found == [(WAITING, 1, 3), ("root", 3, 9), (WAITING, 9, 12)]


def test_a_lone_step_is_all_of_it() -> None:
    assert path(span("root", 3, 9)) == [("root", 3, 9)]


def test_a_step_has_what_lies_between_the_steps_inside_of_it() -> None:
    found = path(
        span("root", 0, 20), span("a", 2, 6, "root"), span("b", 9, 15, "root"), span("c", 10, 14, "b")
    )
    assert found == [
        ("root", 0, 2),
        ("a", 2, 6),
        ("root", 6, 9),
        ("b", 9, 10),
        ("c", 10, 14),
        ("b", 14, 15),
        ("root", 15, 20),
    ]


def test_of_two_at_once_the_one_that_ended_last_counts() -> None:
    found = path(span("root", 0, 10), span("short", 1, 4, "root"), span("long", 1, 9, "root"))
    assert found == [("root", 0, 1), ("long", 1, 9), ("root", 9, 10)]


def test_a_step_that_still_ran_when_the_next_on_the_path_began_did_not_hold_it_up() -> None:
    found = path(
        span("root", 0, 9),
        span("before", 0, 2, "root"),
        span("beside", 1, 7, "root"),
        span("last", 4, 9, "root"),
    )
    assert found == [("before", 0, 2), ("root", 2, 4), ("last", 4, 9)]


def test_a_gap_between_steps_of_no_other_is_waiting() -> None:
    assert path(span("a", 0, 2), span("b", 5, 6)) == [("a", 0, 2), (WAITING, 2, 5), ("b", 5, 6)]


def test_a_step_that_outlives_the_one_it_was_begun_in_counts_beside_it_from_what_began_it() -> None:
    found = path(
        span("send", 0, 6),
        span("commit", 1, 3, "send"),
        span("after", 4, 6, "send"),
        span("push", 4, 9, "send"),
    )
    assert found == [("send", 0, 1), ("commit", 1, 3), ("send", 3, 4), ("push", 4, 9)]


def test_what_still_ran_is_followed_inwards_to_what_began_the_next() -> None:
    found = path(
        span("send", 0, 8), span("post", 1, 7, "send"), span("commit", 2, 4, "post"), span("painted", 5, 20)
    )
    assert found == [
        ("send", 0, 1),
        ("post", 1, 2),
        ("commit", 2, 4),
        ("post", 4, 5),
        ("painted", 5, 20),
    ]


def test_a_step_of_an_unknown_parent_stands_beside_the_others() -> None:
    assert path(span("a", 0, 2, "elsewhere"), span("b", 2, 4)) == [("a", 0, 2), ("b", 2, 4)]


def test_five_hundred_steps_inside_of_each_other_are_no_trouble() -> None:
    deep = [span(str(n), n, 1_000 - n, str(n - 1) if n else "") for n in range(500)]
    found = critical_path(deep)
    assert len(found) == 999
    assert sum(part.duration_us for part in found) == 1_000


def test_of_steps_with_the_same_start_and_no_host_the_longest_began_what_came_next() -> None:
    found = path(span("short", 0, 4), span("long", 0, 8), span("next", 2, 20))
    assert found == [("long", 0, 2), ("next", 2, 20)]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(-1, 12)), min_size=1, max_size=13)
)
def test_its_parts_follow_one_another_and_add_up_to_the_whole(found: list[tuple[int, int, int]]) -> None:
    spans = [
        span(str(n), start, start + length, str(parent) if parent < n else "")
        for n, (start, length, parent) in enumerate(found)
    ]
    parts = critical_path(spans)
    whole = (
        max(each.start_us + each.duration_us for each in spans) - min(each.start_us for each in spans)
        if any(each.duration_us for each in spans)
        else 0
    )
    assert sum(part.duration_us for part in parts) == whole
    assert all(before.end_us == after.start_us for before, after in pairwise(parts))
    by_id = {each.id: each for each in spans}
    for part in parts:
        assert part.duration_us > 0
        if part.step != WAITING:
            step = by_id[part.step]
            assert step.start_us <= part.start_us
            assert part.end_us <= step.start_us + step.duration_us


def test_two_traces_differ_by_what_their_paths_spend_in_each_step() -> None:
    first = [span("root", 0, 10), span("COMMIT", 2, 5, "root")]
    second = [span("root", 0, 19), span("COMMIT", 2, 12, "root"), span("push", 21, 22)]
    found = differences(first, second)
    assert found == (
        Difference("COMMIT", 3, 10),
        Difference("root", 7, 9),
        Difference(WAITING, 0, 2),
        Difference("push", 0, 1),
    )
    assert sum(each.more_us for each in found) == 22 - 10
