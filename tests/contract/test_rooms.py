"""Contract of `RoomRepository`."""

import pytest

from portfolio_app.app.errors import NotFound
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.contract.conftest import Storage
from tests.fakes.samples import LOBBY


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
