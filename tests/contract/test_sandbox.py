"""Contract of `SandboxRows`."""

from dataclasses import replace

from sqlalchemy import text

from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.sandbox import RowCounts, Sandbox
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.fakes.clock import START
from tests.fakes.samples import draft, session_id

ROOM = RoomSlug("sandbox-00000000ff-abc")
MALLORY = Sandbox(ROOM, session_id("mallory"), "attack")
NOTHING = RowCounts(messages=0, moderation_queue=0, audit=0, sessions=0, rooms=1)


async def opened(storage: Storage) -> Sandbox:
    return replace(MALLORY, audited=await storage.unit_of_work.run(lambda r: r.sandbox.open(MALLORY)))


async def counts(storage: Storage, sandbox: Sandbox) -> RowCounts:
    return await storage.unit_of_work.run(lambda r: r.sandbox.counts(sandbox))


async def post(storage: Storage, *, held: bool = False, by: str = "mallory") -> None:
    room, request = (ROOM, "attack") if by == "mallory" else (RoomSlug("lobby"), "another request")
    await storage.journal.append(draft(storage.clock, by=by, room=room, held=held, request_id=request))


async def test_a_new_sandbox_is_empty(storage: Storage) -> None:
    assert await counts(storage, await opened(storage)) == NOTHING


async def test_rows_of_the_sandbox_are_counted_and_no_others(storage: Storage) -> None:
    sandbox = await opened(storage)
    await post(storage)
    await post(storage, held=True)
    await post(storage, by="ann")

    assert await counts(storage, sandbox) == RowCounts(2, 1, 2, 1, 1)


async def test_a_purge_removes_the_sandbox_and_nothing_else(storage: Storage) -> None:
    await post(storage, by="ann")
    sandbox = await opened(storage)
    await post(storage)
    await post(storage, held=True)

    removed = await storage.unit_of_work.run(lambda r: r.sandbox.purge(sandbox))

    assert removed == 2 + 1 + 2 + 1 + 1
    assert await counts(storage, sandbox) == NOTHING
    assert await storage.unit_of_work.run(lambda r: r.rooms.get(ROOM)) is None
    assert len(await storage.unit_of_work.run(lambda r: r.messages.window(RoomSlug("lobby"), 10))) == 1
    assert len(await storage.unit_of_work.run(lambda r: r.audit.recent(10))) == 1
    assert await storage.unit_of_work.run(lambda r: r.sessions.get(session_id("ann"))) is not None


async def test_audit_lines_from_before_the_sandbox_stay_whatever_request_they_name(storage: Storage) -> None:
    line = AuditEntry(storage.clock(), "root", Action.PROMOTED, "ann", "attack")
    await storage.unit_of_work.run(lambda r: r.audit.add(line))
    sandbox = await opened(storage)

    await storage.unit_of_work.run(lambda r: r.sandbox.purge(sandbox))

    assert await storage.unit_of_work.run(lambda r: r.audit.recent(10)) == [line]


async def test_abandoned_sandboxes_go_with_all_they_held_and_younger_ones_stay(storage: Storage) -> None:
    await post(storage, by="ann")
    abandoned = await opened(storage)
    await post(storage, held=True)
    younger = RoomSlug("sandbox-0000000100-abc")
    await storage.unit_of_work.run(lambda r: r.sandbox.open(replace(MALLORY, room=younger)))

    await storage.unit_of_work.run(lambda r: r.sandbox.discard_abandoned(RoomSlug("sandbox-0000000100-0")))

    rooms = await storage.unit_of_work.run(lambda r: r.rooms.all())
    assert [str(room.slug) for room in rooms] == ["lobby", str(younger)]
    assert await storage.unit_of_work.run(lambda r: r.queue.length()) == 0
    assert await counts(storage, abandoned) == NOTHING
    assert len(await storage.unit_of_work.run(lambda r: r.audit.recent(10))) == 1
    assert await storage.unit_of_work.run(lambda r: r.sessions.get(session_id("ann"))) is not None


async def test_of_a_room_that_tells_nothing_only_its_contents_go(database: Database) -> None:
    def abandon(repositories: Repositories) -> None:
        repositories.sandbox.open(replace(MALLORY, session_id="Sandbox", request_id=""))
        repositories.audit.add(AuditEntry(START, "operator", Action.PROMOTED, "ann", ""))

    await database.unit_of_work.run(abandon)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE rooms SET title = 'Sandbox' WHERE slug = :slug"), {"slug": str(ROOM)})

    await database.unit_of_work.run(lambda r: r.sandbox.discard_abandoned(RoomSlug("sandbox-0000000100-0")))

    assert await database.unit_of_work.run(lambda r: r.rooms.get(ROOM)) is None
    assert len(await database.unit_of_work.run(lambda r: r.audit.recent(10))) == 1
