"""What only the real journal can show: batches, and many authors at once."""

import asyncio
import contextvars
import threading
from collections.abc import Sequence

import pytest

from portfolio_app.app.errors import Busy, Unavailable
from portfolio_app.app.events import Event, QueueChanged, RoomChanged
from portfolio_app.app.ports.journal import Stored
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.infra.bus.memory import MemoryBus
from portfolio_app.infra.db import journal
from portfolio_app.infra.db.batch import Entry
from portfolio_app.infra.db.commit import Committed
from portfolio_app.infra.db.database import Database
from portfolio_app.infra.db.timings import BatchTimings
from tests.contract.conftest import Storage
from tests.contract.test_journal import window
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.samples import LOBBY, draft

AUTHORS, EACH = 24, 50


async def test_many_authors_at_once_leave_no_gap_and_no_double(sql_storage: Storage) -> None:
    async def write(author: int) -> list[Stored]:
        return [
            await sql_storage.journal.append(draft(sql_storage.clock, f"{number}", by=f"author-{author}"))
            for number in range(EACH)
        ]

    receipts = [r for batch in await asyncio.gather(*map(write, range(AUTHORS))) for r in batch]

    total = AUTHORS * EACH
    assert sorted(receipt.message.revision for receipt in receipts) == list(range(1, total + 1))
    stored = await sql_storage.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, 0, 2 * total))
    assert stored == sorted((r.message for r in receipts), key=lambda message: message.revision)
    events = [e for e in sql_storage.bus.events if isinstance(e, RoomChanged)]
    assert [message for e in events for message in e.messages] == stored
    room = await sql_storage.unit_of_work.run(lambda r: r.rooms.get(LOBBY))
    assert room is not None
    assert room.revision == total


async def test_two_journals_on_one_database_share_the_revisions(
    database: Database, sql_storage: Storage
) -> None:
    other = database.journal(FakeBus())
    await other.start()
    journals = (sql_storage.journal, other)

    receipts = await asyncio.gather(
        *(journals[number % 2].append(draft(sql_storage.clock, by=f"v{number}")) for number in range(60))
    )
    await other.stop()

    assert sorted(receipt.message.revision for receipt in receipts) == list(range(1, 61))


async def test_two_workers_given_the_same_draft_store_it_once(
    database: Database, sql_storage: Storage
) -> None:
    other = database.journal(FakeBus())
    await other.start()

    for number in range(20):
        drafts = [draft(sql_storage.clock, client_id=f"double-{number:03d}") for _ in range(2)]
        first, second = await asyncio.gather(sql_storage.journal.append(drafts[0]), other.append(drafts[1]))
        assert first.message.id == second.message.id
    await other.stop()

    assert [message.revision for message in await window(sql_storage)] == list(range(1, 21))


async def test_drafts_that_wait_together_share_a_commit_and_an_event(
    sql_storage: Storage, batches: list[BatchTimings]
) -> None:
    drafts = [draft(sql_storage.clock, request_id=f"r{number}") for number in range(10)]

    receipts = await asyncio.gather(*map(sql_storage.journal.append, drafts))

    messages = tuple(receipt.message for receipt in receipts)
    requests = tuple(f"r{number}" for number in range(10))
    assert await sql_storage.bus.seen(2) == [RoomChanged("lobby", messages, requests), QueueChanged()]
    assert [len(batch.drafts) for batch in batches] == [10]


async def test_a_moderators_changes_and_new_posts_never_take_the_same_revision(sql_storage: Storage) -> None:
    def take(repositories: Repositories) -> int:
        return repositories.rooms.next_revision(LOBBY)

    async def post() -> int:
        return (await sql_storage.journal.append(draft(sql_storage.clock))).message.revision

    work = [sql_storage.unit_of_work.run(take) if number % 3 else post() for number in range(60)]

    assert sorted(await asyncio.gather(*work)) == list(range(1, 61))


async def test_an_author_who_leaves_does_not_lose_the_message(sql_storage: Storage) -> None:
    posting = asyncio.create_task(sql_storage.journal.append(draft(sql_storage.clock, "left")))
    await asyncio.sleep(0)
    posting.cancel()

    receipt = await sql_storage.journal.append(draft(sql_storage.clock, "stayed"))

    assert receipt.message.revision == 2
    assert [str(message.body) for message in await window(sql_storage)] == ["left", "stayed"]


async def test_a_room_does_not_wait_for_the_rest_of_its_authors_event(
    database: Database, clock: FakeClock
) -> None:
    bus, order = MemoryBus(), list[str]()
    writer = database.journal(bus)

    async def push(event: Event) -> None:
        order.append(type(event).__name__)

    async def post() -> None:
        await writer.append(draft(clock))
        order.append("answered")

    bus.subscribe(push)
    await bus.start()
    await writer.start()
    await post()
    await writer.stop()
    await bus.stop()

    assert order == ["RoomChanged", "QueueChanged", "answered"]


async def test_stopping_writes_what_waits_and_refuses_what_comes_later(
    database: Database, clock: FakeClock
) -> None:
    bus = FakeBus()
    journal = database.journal(bus)
    await journal.start()
    waiting = [asyncio.create_task(journal.append(draft(clock))) for _ in range(5)]
    await asyncio.sleep(0)

    await journal.stop()

    assert [(await posted).message.revision for posted in waiting] == [1, 2, 3, 4, 5]
    with pytest.raises(Unavailable):
        await journal.append(draft(clock))
    assert len(bus.events) == 2


async def test_drafts_that_waited_too_long_are_refused_and_can_be_sent_again(
    sql_storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database fails one batch after the other, no author waits for all of those before."""
    writer = sql_storage.journal
    assert isinstance(writer, journal.GroupCommitJournal)
    committer, hanging, writing = writer._committer, threading.Event(), threading.Event()

    class Slow:
        def commit(self, entries: Sequence[Entry]) -> list[Committed]:
            writing.set()
            hanging.wait(10)
            return committer.commit(entries)

    with monkeypatch.context() as slow:
        slow.setattr(writer, "_committer", Slow())
        first = asyncio.create_task(writer.append(draft(sql_storage.clock)))
        await asyncio.to_thread(writing.wait, 10)
        slow.setattr(journal, "MAX_WAIT_S", -1)
        drafts = [draft(sql_storage.clock, client_id=f"too-late-{number}") for number in range(3)]
        late = [asyncio.create_task(writer.append(each)) for each in drafts]
        await asyncio.sleep(0)
        hanging.set()
        outcomes = await asyncio.gather(*late, return_exceptions=True)
    again = [await writer.append(each) for each in drafts]

    assert [type(outcome) for outcome in outcomes] == [Busy] * 3
    assert (await first).message.revision == 1
    assert [(receipt.message.revision, receipt.repeated) for receipt in again] == [
        (2, False),
        (3, False),
        (4, False),
    ]


async def test_the_observer_gets_every_statement_in_order_and_each_drafts_context(
    sql_storage: Storage, batches: list[BatchTimings]
) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    async def post(name: str) -> None:
        variable.set(name)
        await sql_storage.journal.append(draft(sql_storage.clock, by=name, request_id=f"request-{name}"))

    await asyncio.gather(post("ann"), post("bob"))

    (batch,) = batches
    assert [(d.request_id, d.context[variable]) for d in batch.drafts] == [
        ("request-ann", "ann"),
        ("request-bob", "bob"),
    ]
    assert [statement.text.split()[0] for statement in batch.statements] == [
        *["SELECT"] * 3,
        *["INSERT", "UPDATE", "INSERT", "INSERT"],
    ]
    times = [
        batch.start_ns,
        *(t for s in batch.statements for t in (s.start_ns, s.end_ns)),
        batch.commit_start_ns,
        batch.commit_end_ns,
        batch.publish_start_ns,
        batch.publish_end_ns,
    ]
    assert times == sorted(times)
    insert = next(s for s in batch.statements if s.text.startswith("INSERT INTO messages"))
    assert insert.rows == 2
    assert "hello" not in insert.text
