"""Contract of `SessionRepository`."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import pytest

from portfolio_app.app.account.purge import KEEP_EXPIRED, PurgeRows
from portfolio_app.app.errors import TicketRefused
from portfolio_app.app.ports.page_views import ViewsOfDay
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import LIFETIMES, SESSION_IDLE, SESSION_LIFETIME, Session
from tests.contract.conftest import Storage
from tests.fakes.samples import session_id, user

ANN = session_id("ann")


async def add(storage: Storage, name: str = "ann", user_id: int | None = None) -> Session:
    session = Session.start(session_id(name), storage.clock(), user_id)
    await storage.unit_of_work.run(lambda r: r.sessions.add(session))
    return session


async def state(storage: Storage) -> tuple[Session | None, bool]:
    def read(repositories: Repositories) -> tuple[Session | None, bool]:
        return repositories.sessions.get(ANN), repositories.sessions.has_ended(ANN)

    return await storage.unit_of_work.run(read)


async def test_a_session_never_stored_has_not_ended(storage: Storage) -> None:
    assert await state(storage) == (None, False)


async def test_a_stored_session_is_found_with_its_user(storage: Storage) -> None:
    ann = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    session = await add(storage, user_id=ann.id)

    assert await state(storage) == (session, False)


async def test_a_session_id_is_stored_once(storage: Storage) -> None:
    await add(storage)

    with pytest.raises(TicketRefused):
        await add(storage)


async def test_a_revoked_session_has_ended(storage: Storage) -> None:
    await add(storage)

    await storage.unit_of_work.run(lambda r: r.sessions.revoke(ANN, storage.clock()))

    assert await state(storage) == (None, True)


async def test_a_session_can_be_revoked_before_it_was_ever_stored(storage: Storage) -> None:
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(ANN, storage.clock()))

    assert await state(storage) == (None, True)
    with pytest.raises(TicketRefused):
        await add(storage)


async def test_revoking_twice_is_revoking(storage: Storage) -> None:
    for _ in range(2):
        await storage.unit_of_work.run(lambda r: r.sessions.revoke(ANN, storage.clock()))

    assert await state(storage) == (None, True)


async def test_revoking_and_asking_agree_within_a_transaction(storage: Storage) -> None:
    await add(storage)

    def revoke(repositories: Repositories) -> tuple[bool, bool]:
        before = repositories.sessions.has_ended(ANN)
        repositories.sessions.revoke(ANN, storage.clock())
        return before, repositories.sessions.has_ended(ANN)

    assert await storage.unit_of_work.run(revoke) == (False, True)


async def test_a_session_ends_when_its_time_is_up(storage: Storage) -> None:
    session = await add(storage)

    storage.clock.now = session.expires_at - timedelta(seconds=1)
    assert await state(storage) == (session, False)
    storage.clock.now = session.expires_at
    assert await state(storage) == (None, True)


async def test_purging_deletes_what_expired_before_and_nothing_else(storage: Storage) -> None:
    await add(storage, "old")
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("gone"), storage.clock()))
    storage.clock.advance(days=1)
    kept = await add(storage)
    limit = storage.clock.now - timedelta(hours=12)
    assert await storage.unit_of_work.run(lambda r: r.sessions.purge(limit, 9)) == 0
    storage.clock.now += SESSION_IDLE - timedelta(hours=12)

    assert await storage.unit_of_work.run(lambda r: r.sessions.purge(limit, 1)) == 1
    assert await storage.unit_of_work.run(lambda r: r.sessions.purge(limit, 10)) == 1
    assert await state(storage) == (kept, False)


async def test_a_session_that_is_seen_ends_later_and_one_that_was_revoked_does_not(storage: Storage) -> None:
    session = await add(storage)
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("gone"), storage.clock()))
    storage.clock.advance(days=1)
    later = LIFETIMES.end(session.created_at, storage.clock.now)

    for name in ("ann", "gone", "never stored"):
        await storage.unit_of_work.run(
            lambda r, name=name: r.sessions.see(session_id(name), storage.clock.now, later)
        )
        await storage.unit_of_work.run(
            lambda r, name=name: r.sessions.prove(session_id(name), storage.clock.now)
        )

    seen = replace(session, seen_at=storage.clock.now, proved_at=storage.clock.now, expires_at=later)
    assert await state(storage) == (seen, False)
    assert await storage.unit_of_work.run(lambda r: r.sessions.has_ended(session_id("gone")))
    assert not await storage.unit_of_work.run(lambda r: r.sessions.has_ended(session_id("never stored")))


@pytest.fixture
async def expired(storage: Storage) -> int:
    """So many sessions whose time was up long ago."""
    for number in range(23):
        await add(storage, f"visitor {number}")
    storage.clock.now += SESSION_LIFETIME + KEEP_EXPIRED + timedelta(seconds=1)
    return 23


async def test_workers_that_purge_at_once_delete_each_session_once(storage: Storage, expired: int) -> None:
    kept = await add(storage)
    await storage.unit_of_work.run(lambda r: r.page_views.add([ViewsOfDay(date(2020, 1, 1), "/", 1)]))
    purge = PurgeRows(storage.unit_of_work, storage.clock, at_once=5)

    assert sum(await asyncio.gather(*(purge() for _ in range(3)))) == expired
    assert await state(storage) == (kept, False)
    assert await storage.unit_of_work.run(lambda r: r.page_views.since(date.min)) == []


@pytest.mark.parametrize("storage", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_worker_waits_for_no_other_that_purges(storage: Storage, expired: int) -> None:
    begun, over = Event(), Event()

    def linger(repositories: Repositories) -> int:
        purged = repositories.sessions.purge(storage.clock() - SESSION_LIFETIME, 5)
        begun.set()
        over.wait(10)
        return purged

    lingering = asyncio.create_task(storage.unit_of_work.run(linger))
    await asyncio.to_thread(begun.wait, 10)
    async with asyncio.timeout(5):
        assert await PurgeRows(storage.unit_of_work, storage.clock)() == expired - 5
    over.set()
    assert await lingering == 5


async def test_the_live_sessions_of_a_user_come_newest_first(storage: Storage) -> None:
    ann = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    older = await add(storage, "older", ann.id)
    storage.clock.advance(minutes=1)
    newer = await add(storage, "newer", ann.id)
    await add(storage, "revoked", ann.id)
    await add(storage, "a guest")
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("revoked"), storage.clock()))

    assert await storage.unit_of_work.run(lambda r: r.sessions.of_user(ann.id)) == [newer, older]


async def test_of_many_sessions_those_that_have_ended_are_found_with_when_they_were_replaced(
    storage: Storage,
) -> None:
    expired = await add(storage, "expired")
    storage.clock.now = expired.expires_at - timedelta(minutes=1)
    await add(storage)
    revoked_at = storage.clock.now
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("revoked"), revoked_at))
    await storage.unit_of_work.run(
        lambda r: r.sessions.revoke(session_id("replaced"), revoked_at, replaced=True)
    )
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("replaced"), revoked_at))
    storage.clock.advance(minutes=2)
    asked = [ANN, *map(session_id, ("expired", "revoked", "replaced", "never stored"))]

    assert await storage.unit_of_work.run(lambda r: r.sessions.ended_of(asked)) == {
        session_id("expired"): None,
        session_id("revoked"): None,
        session_id("replaced"): revoked_at,
    }
    assert await storage.unit_of_work.run(lambda r: r.sessions.ended_of([])) == {}


async def test_of_many_sessions_those_that_have_not_ended_are_found(storage: Storage) -> None:
    ann = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    session = await add(storage, user_id=ann.id)
    await add(storage, "revoked")
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("revoked"), storage.clock()))
    asked = [ANN, *map(session_id, ("revoked", "never stored"))]

    assert await storage.unit_of_work.run(lambda r: r.sessions.live_of(asked)) == {ANN: session}
    storage.clock.now = session.expires_at
    assert await storage.unit_of_work.run(lambda r: r.sessions.live_of(asked)) == {}
