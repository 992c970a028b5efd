import json
from collections.abc import AsyncIterator

import pytest

from portfolio_app.http.log.stream import (
    Ending,
    Gap,
    Start,
    Stream,
    events,
    last_event_id,
    row_event,
    start_of,
)
from tests.fakes.live_feed import KEPT, FakeLiveFeed, row, rows


async def texts(events_of_stream: AsyncIterator[bytes], count: int) -> list[str]:
    """The first chunks after the greeting."""
    found = [(await anext(events_of_stream)).decode() for _ in range(count + 1)]
    return found[1:]


def ids(text: str) -> list[int]:
    return [int(line.removeprefix("id: ")) for line in text.splitlines() if line.startswith("id: ")]


def test_a_row_is_one_event_with_its_number_as_id() -> None:
    text = row_event(row(7, "SELECT 'é'\n")).decode()
    assert text.startswith("id: 7\ndata: {")
    assert text.endswith("}\n\n")
    shown = json.loads(text.splitlines()[1].removeprefix("data: "))
    assert shown == {
        "seq": 7,
        "at": "22:13:20.007",
        "ms": "1.25",
        "target": "demo.db",
        "layer": "infra",
        "message": "SELECT 'é'\n",
        "request_id": "ab" * 16,
        "pills": {"rows": "1", "batch": "2"},
        "level": "info",
    }


async def test_rows_that_come_both_with_the_start_and_live_are_sent_once() -> None:
    stream = Stream("ann", "203.0.113.7")
    stream.offer(rows(2, 4))
    found = await texts(events(stream, Start(rows(1, 3))), 2)
    assert [ids(text) for text in found] == [[1, 2, 3], [4]]
    assert stream.sent == 4


async def test_a_batch_is_one_chunk() -> None:
    stream = Stream("ann", "203.0.113.7")
    stream.offer(rows(1, 100))
    [text] = await texts(events(stream, Start(())), 1)
    assert ids(text) == list(range(1, 101))


async def test_a_gap_comes_before_the_rows_that_are_left() -> None:
    stream = Stream("ann", "203.0.113.7")
    gap, left = await texts(events(stream, Start(rows(7, 9), 2, Gap(2, 7))), 2)
    assert gap == 'event: gap\ndata: {"after":2,"next":7}\n\n'
    assert ids(left) == [7, 8, 9]


async def test_rows_counted_anew_are_sent_although_their_numbers_are_smaller() -> None:
    stream = Stream("ann", "203.0.113.7")
    stream.offer(rows(3, 3))
    found = await texts(events(stream, Start(rows(1, 2), 500, Gap(500, 1))), 3)
    assert [ids(text) for text in found] == [[], [1, 2], [3]]


@pytest.mark.parametrize("reason", list(Ending))
async def test_the_last_event_says_why(reason: Ending) -> None:
    stream = Stream("ann", "203.0.113.7")
    chunks = events(stream, Start(()))
    await anext(chunks)
    stream.end(reason)
    assert (await anext(chunks)).decode() == f'event: end\ndata: {{"reason":"{reason}"}}\n\n'
    with pytest.raises(StopAsyncIteration):
        await anext(chunks)


@pytest.mark.parametrize(
    ("header", "number"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        ("42", 42),
        ("-1", None),
        ("4.2", None),
        ("٤٢", None),
        ("9" * 16, None),
        ("abc", None),
    ],
)
def test_a_last_event_id_is_a_number_or_nothing(header: str | None, number: int | None) -> None:
    assert last_event_id(header) == number


def feed_with(first: int, last: int) -> FakeLiveFeed:
    feed = FakeLiveFeed()
    feed.keep("ann", rows(first, last))
    return feed


def test_a_new_reader_begins_with_what_a_page_would_show() -> None:
    assert start_of(feed_with(1, 9), "ann", None) == Start(rows(10 - KEPT, 9))


def test_a_reader_that_comes_back_gets_what_it_missed() -> None:
    assert start_of(feed_with(1, 9), "ann", 7) == Start(rows(8, 9), 7)
    assert start_of(feed_with(1, 9), "ann", 9) == Start((), 9)


def test_a_reader_that_was_away_too_long_is_told_what_is_missing() -> None:
    assert start_of(feed_with(1, 9), "ann", 2) == Start(rows(5, 9), 2, Gap(2, 5))


def test_a_reader_of_an_earlier_count_is_told_that_it_began_anew() -> None:
    assert start_of(feed_with(1, 2), "ann", 500) == Start(rows(1, 2), 500, Gap(500, 1))
    assert start_of(FakeLiveFeed(), "ann", 500) == Start((), 500, Gap(500, None))
