"""Pages of a room by keyset: what they hold, on fakes and both databases, and how the databases find them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from portfolio_app.app.chat import history
from portfolio_app.app.chat.history import HistoryPage, Part, ReadHistory, Toward
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.messages import END
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.room import Room, RoomSlug
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.contract.test_messages import post
from tests.fakes.samples import caller, draft

ROWS = 20_000
_ONE_A_MINUTE = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, :rows))",
}
_TIME = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 1767225600 + i * 60, 'unixepoch')",
    "postgresql": "to_timestamp(1767225600 + i * 60)",
}
STARTED_MS = 1_767_225_600_000
NOTHING = Part(0, 0)


def fill(engine: Engine, rows: int = ROWS) -> None:
    """Put `rows` messages into the lobby, one a minute, every tenth of them removed."""
    dialect = engine.dialect.name
    with engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO messages (id, room, client_id, session_id, author_name, author_tag, body, status,"
                f" posted_at, revision, position) {_ONE_A_MINUTE[dialect]}"
                f" SELECT 'row-' || i, 'lobby', 'client-' || i, 'session', 'demo', 'ab12', 'text ' || i,"
                f" CASE WHEN i % 10 = 0 THEN 'removed' ELSE 'visible' END, {_TIME[dialect]}, i, i FROM n"
            ),
            {"rows": rows},
        )
        connection.execute(text("UPDATE rooms SET revision = :rows WHERE slug = 'lobby'"), {"rows": rows})
        connection.execute(text("ANALYZE"))


async def posted(storage: Storage, count: int) -> list[Message]:
    return await post(storage, *(f"text {n}" for n in range(count)))


async def pages(read: ReadHistory, start: HistoryPage) -> list[HistoryPage]:
    """From `start` to the first message."""
    found = [start]
    while found[-1].part.low > 0:
        found.append(await read("lobby", Toward.OLDER, found[-1].part))
    return found


async def test_going_back_page_by_page_reaches_the_first_of_120_messages_and_each_once(
    storage: Storage,
) -> None:
    messages = await posted(storage, 120)
    read = ReadHistory(storage.unit_of_work)
    found = await pages(read, await read("lobby", Toward.NEWEST, NOTHING))
    assert [m for page in reversed(found) for m in page.messages] == messages
    assert [page.part for page in found] == [Part(61, END), Part(0, END)]


async def test_going_forward_ends_at_the_end_of_the_room(storage: Storage) -> None:
    messages = await posted(storage, 70)
    read = ReadHistory(storage.unit_of_work)
    first = await read("lobby", Toward.NEWER, Part(0, 0))
    second = await read("lobby", Toward.NEWER, first.part)
    assert [*first.messages, *second.messages] == messages
    assert (first.part, second.part) == (Part(0, 61), Part(0, END))


async def test_a_part_that_grows_too_long_loses_its_other_end(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 70)
    await posted(storage, 150)
    read = ReadHistory(storage.unit_of_work)
    older = await read("lobby", Toward.OLDER, Part(91, END))
    assert (older.part, older.joins) == (Part(31, 101), Part(91, END))
    newer = await read("lobby", Toward.NEWER, older.part)
    assert (newer.part, newer.joins) == (Part(81, END), older.part)


async def test_a_page_ends_where_its_bytes_do(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE_BYTES", 500)
    messages = await posted(storage, 5)
    page = await ReadHistory(storage.unit_of_work)("lobby", Toward.OLDER, Part(END, END))
    assert page.messages == tuple(messages[3:])
    assert page.part.low == 4


async def test_a_page_around_a_time_begins_with_the_first_message_since(storage: Storage) -> None:
    messages = []
    for _ in range(90):
        storage.clock.advance(hours=1)
        messages += await posted(storage, 1)
    wanted = messages[45]
    milliseconds = int((wanted.posted_at - timedelta(minutes=5)).timestamp() * 1000)
    page = await ReadHistory(storage.unit_of_work)("lobby", Toward.TIME, NOTHING, milliseconds)
    assert page.messages == tuple(messages[15:75])
    assert page.part == Part(16, 76)
    nothing_since = await ReadHistory(storage.unit_of_work)("lobby", Toward.TIME, NOTHING, END)
    assert nothing_since.messages == tuple(messages[60:])
    assert nothing_since.part.high == END


async def test_an_empty_room_has_one_page_with_nothing_before_or_after(storage: Storage) -> None:
    for toward in set(Toward) - {Toward.MESSAGE}:
        page = await ReadHistory(storage.unit_of_work)("lobby", toward, Part())
        assert (page.messages, page.part) == ((), Part())


async def test_a_window_says_from_where_on_it_is_whole(storage: Storage) -> None:
    await posted(storage, 60)
    assert (await OpenRoom(storage.unit_of_work)(caller(), "lobby")).low == 0
    await posted(storage, 1)
    opened = await OpenRoom(storage.unit_of_work)(caller(), "lobby")
    assert (len(opened.messages), opened.low) == (60, 2)


@contextmanager
def plans(engine: Engine) -> Iterator[list[str]]:
    """How the database finds the rows of every statement inside the block, but for what is inserted."""
    found: list[str] = []

    def explain(
        connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
            cursor = connection.connection.cursor()  # type: ignore[attr-defined] # SQLAlchemy's Connection
            cursor.execute(word + statement, values[0] if many else values)
            found.append(" / ".join(str(row[-1]) for row in cursor.fetchall()))
            cursor.close()

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


async def test_no_reading_of_a_long_room_scans_or_sorts_it(database: Database) -> None:
    fill(database.engine)
    work = database.unit_of_work
    with plans(database.engine) as found:
        opened = await OpenRoom(work)(caller(), "lobby")
        for toward in (Toward.OLDER, Toward.NEWER, Toward.NEWEST):
            assert (await ReadHistory(work)("lobby", toward, Part(10_000, 11_000))).messages
        page = await ReadHistory(work)("lobby", Toward.TIME, NOTHING, STARTED_MS + 600_000)
        assert await CatchUp(work)("lobby", ROWS - 30)
    assert len(opened.messages) == 60
    assert page.messages[0].position == 1
    assert str(page.messages[9].body) == "text 11", "the tenth is removed"
    about_messages = [plan for plan in found if "messages" in plan]
    assert len(about_messages) > 10
    for plan in about_messages:
        assert "SCAN" not in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "Sort" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan


async def test_a_page_around_a_message_holds_its_neighbours_and_what_is_not_shown_is_not_found(
    storage: Storage,
) -> None:
    messages = await posted(storage, 90)
    held = (await storage.journal.append(draft(storage.clock, held=True))).message
    read, open_room = ReadHistory(storage.unit_of_work), OpenRoom(storage.unit_of_work)
    page = await read("lobby", Toward.MESSAGE, NOTHING, message=messages[45].id)
    assert (page.messages, page.at) == (tuple(messages[15:75]), messages[45])
    window = await open_room(caller("eve"), "lobby", messages[45].id)
    assert (window.messages, window.low, window.high) == (page.messages, page.part.low, page.part.high)
    cellar = Room(RoomSlug("cellar"), "Cellar")
    await storage.unit_of_work.run(lambda r: r.rooms.add(cellar))
    unknown = [("lobby", each) for each in (held.id, "nothing", "\0", "\ud800", "x" * 9_999, "' OR 1=1")]
    for slug, message_id in [*unknown, ("cellar", messages[45].id)]:
        with pytest.raises(NotFound):
            await open_room(caller("eve"), slug, message_id)
        with pytest.raises(NotFound):
            await read(slug, Toward.MESSAGE, NOTHING, message=message_id)
