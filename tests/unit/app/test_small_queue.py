"""Small queues and events behave as asyncio's own do, and are small."""

import asyncio
import sys

import pytest

from portfolio_app.app.small_queue import SmallEvent, SmallQueue


async def test_a_queue_hands_out_what_was_put_in_its_order() -> None:
    queue = SmallQueue[int]()
    for number in range(100):
        queue.put_nowait(number)
    assert queue.qsize() == 100
    assert [queue.get_nowait() for _ in range(100)] == list(range(100))
    assert queue.empty()
    with pytest.raises(asyncio.QueueEmpty):
        queue.get_nowait()


async def test_those_who_wait_are_served_one_by_one_and_one_who_gives_up_is_passed_over() -> None:
    queue = SmallQueue[str]()
    waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    queue.put_nowait("first")
    await queue.put("second")
    assert await asyncio.gather(*waiting[1:]) == ["first", "second"]


async def test_join_waits_until_all_is_done() -> None:
    queue = SmallQueue[int]()
    await queue.join()
    queue.put_nowait(1)
    joined = asyncio.create_task(queue.join())
    await asyncio.sleep(0)
    assert not joined.done()
    await queue.get()
    queue.task_done()
    await joined


async def test_an_event_wakes_everybody_who_waits_and_nobody_after_it_is_cleared() -> None:
    event = SmallEvent()
    waiting = [asyncio.create_task(event.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    assert await asyncio.gather(*waiting) == [True, True]
    late = asyncio.create_task(event.wait())
    await asyncio.sleep(0)
    assert not late.done()
    event.set()
    assert event.is_set()
    assert await late
    assert await event.wait()


async def test_an_empty_queue_is_a_third_of_the_size_of_another() -> None:
    def size(queue: asyncio.Queue[int]) -> int:
        parts = [queue._queue, queue._getters, queue._finished, getattr(queue._finished, "_waiters", ())]  # type: ignore[attr-defined]
        return sum(map(sys.getsizeof, parts))

    assert size(SmallQueue[int]()) * 3 < size(asyncio.Queue[int]())
