"""Contract of `RoomRepository`."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from portfolio_app.app.chat.rooms import KeepArticleRooms, ManageRooms, RoomChange
from portfolio_app.app.errors import NotFound, RoomArchived, RoomExists, RoomTitleTaken, SlowMode
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.contract.conftest import Storage
from tests.fakes.bus import FakeBus
from tests.fakes.samples import LOBBY, draft, session_id, user

T = TypeVar("T")


async def test_a_new_site_has_the_lobby_at_revision_zero(storage: Storage) -> None:
    rooms = await storage.unit_of_work.run(lambda repositories: repositories.rooms.all())

    assert rooms == [Room(LOBBY, "Lobby", 0)]


async def test_an_unknown_room_is_none(storage: Storage) -> None:
    assert await storage.unit_of_work.run(lambda r: r.rooms.get(RoomSlug("cellar"))) is None


async def test_revisions_are_taken_one_by_one_and_seen_by_the_same_transaction(storage: Storage) -> None:
    def take_two(repositories: Repositories) -> tuple[int, int, Room | None]:
        assert repositories.rooms.get(LOBBY) is not None
        first, second = repositories.rooms.next_revision(LOBBY), repositories.rooms.next_revision(LOBBY)
        return first, second, repositories.rooms.get(LOBBY)

    assert await storage.unit_of_work.run(take_two) == (1, 2, Room(LOBBY, "Lobby", 2))


async def test_a_revision_taken_by_a_transaction_that_failed_is_given_out_again(storage: Storage) -> None:
    def take_and_fail(repositories: Repositories) -> None:
        repositories.rooms.next_revision(LOBBY)
        raise LookupError

    with pytest.raises(LookupError):
        await storage.unit_of_work.run(take_and_fail)

    assert await storage.unit_of_work.run(lambda r: r.rooms.next_revision(LOBBY)) == 1


async def test_an_unknown_room_has_no_revisions(storage: Storage) -> None:
    with pytest.raises(NotFound):
        await storage.unit_of_work.run(lambda r: r.rooms.next_revision(RoomSlug("cellar")))


async def test_the_revisions_of_several_rooms_are_read_at_once(storage: Storage) -> None:
    await storage.unit_of_work.run(lambda r: r.rooms.next_revision(LOBBY))
    asked = [LOBBY, RoomSlug("cellar")]

    assert await storage.unit_of_work.run(lambda r: r.rooms.revisions(asked)) == {"lobby": 1}
    assert await storage.unit_of_work.run(lambda r: r.rooms.revisions([])) == {}


async def test_a_room_is_added_once_and_keeps_its_revision_when_it_is_changed(storage: Storage) -> None:
    async def run(work: Callable[[Repositories], T]) -> T:
        return await storage.unit_of_work.run(work)

    room = Room(RoomSlug("deploys"), "Deploys", place=3)
    await run(lambda r: r.rooms.add(room))
    with pytest.raises(RoomExists):
        await run(lambda r: r.rooms.add(room))
    await run(lambda r: r.rooms.next_revision(room.slug))
    await run(lambda r: r.rooms.save(replace(room, title="Releases", place=-1, archived=True)))
    changed = replace(room, title="Releases", place=-1, archived=True, revision=1)
    assert await run(lambda r: r.rooms.get(room.slug)) == changed
    assert [each.title for each in await run(lambda r: r.rooms.all())] == ["Releases", "Lobby"]


async def test_nobody_writes_into_an_archived_room_but_a_repeated_post_is_still_confirmed(
    storage: Storage,
) -> None:
    posted = draft(storage.clock, client_id="client-once")
    first = await storage.journal.append(posted)
    lobby = first.message.room
    await storage.unit_of_work.run(lambda r: r.rooms.save(Room(lobby, "Lobby", archived=True)))
    with pytest.raises(RoomArchived):
        await storage.journal.append(draft(storage.clock))
    assert (await storage.journal.append(posted)).repeated


async def test_what_a_reader_has_not_seen_is_counted_without_changes_that_are_no_messages(
    storage: Storage,
) -> None:
    async def unseen(reader: str = "ann") -> dict[str, int]:
        return dict(await storage.unit_of_work.run(lambda r: r.rooms.unseen(reader, [LOBBY])))

    await storage.journal.append(draft(storage.clock))
    assert await unseen() == {}, "who never was in a room has missed nothing"
    for revision in (1, 0):
        await storage.unit_of_work.run(lambda r, at=revision: r.rooms.see("ann", LOBBY, at))
    assert await unseen() == {"lobby": 0}
    for _ in range(2):
        await storage.journal.append(draft(storage.clock))
    await storage.unit_of_work.run(lambda r: r.rooms.next_revision(LOBBY))
    assert await unseen() == {"lobby": 2}
    assert await unseen("bob") == {}


async def test_in_slow_mode_posts_of_one_author_are_apart_in_one_transaction_and_across_sessions(
    storage: Storage,
) -> None:
    member = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    for name in ("laptop", "phone"):
        session = Session.start(session_id(name), storage.clock(), member.id)
        await storage.unit_of_work.run(lambda r, session=session: r.sessions.add(session))
    other = Room(RoomSlug("deploys"), "Deploys", place=3)
    await storage.unit_of_work.run(lambda r: r.rooms.save(Room(LOBBY, "Lobby", slow_s=30)))
    await storage.unit_of_work.run(lambda r: r.rooms.add(other))
    fields = {"posted_at": storage.clock()}
    at_once = [
        replace(draft(storage.clock, by=name), **fields) for name in ("ann", "ann", "laptop", "phone", "bob")
    ]
    answers = await asyncio.gather(*map(storage.journal.append, at_once), return_exceptions=True)
    assert [isinstance(answer, SlowMode) for answer in answers] == [False, True, False, True, False]
    assert (await storage.journal.append(at_once[0])).repeated
    elsewhere = replace(draft(storage.clock), **fields, room=other.slug)
    assert (await storage.journal.append(elsewhere)).message.revision == 1
    later = fields["posted_at"] + timedelta(seconds=29.5)
    for name in ("ann", "phone"):
        with pytest.raises(SlowMode) as slow:
            await storage.journal.append(replace(draft(storage.clock, by=name), posted_at=later))
        assert slow.value.retry_after == 1
    later += timedelta(seconds=0.5)
    storage.clock.advance(seconds=30)
    for name in ("ann", "phone"):
        await storage.journal.append(replace(draft(storage.clock, by=name), posted_at=later))


async def test_workers_that_start_at_once_make_the_room_of_an_article_once(storage: Storage) -> None:
    keep = KeepArticleRooms(storage.unit_of_work, FakeBus(), storage.clock)
    await asyncio.gather(*(keep({"writing--queries": "What I learned"}) for _ in range(4)))
    rooms = await storage.unit_of_work.run(lambda repositories: repositories.rooms.all())
    assert [(str(room.slug), room.title) for room in rooms if room.is_of_article] == [
        ("writing--queries", "What I learned")
    ]
    await keep({})
    assert [room.archived for room in await storage.unit_of_work.run(lambda r: r.rooms.all())] == [
        False,
        True,
    ]


async def test_of_rooms_that_are_given_one_title_at_once_one_is_made(storage: Storage) -> None:
    manage = ManageRooms(storage.unit_of_work, FakeBus(), storage.clock)
    titles = ("Deploys", " deploys", "DEPLOYS ", "Deploys", "deploys", "dePloys")
    made = (manage(None, RoomChange.MAKE, f"room-{at}", title) for at, title in enumerate(titles))
    answers = await asyncio.gather(*made, return_exceptions=True)
    assert [answer for answer in answers if not isinstance(answer, RoomTitleTaken)] == [None]
    rooms = await storage.unit_of_work.run(lambda repositories: repositories.rooms.all())
    assert len(rooms) == 2
    assert [room.place for room in rooms] == [0, 1]
