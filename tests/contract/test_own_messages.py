"""Taking one's messages along, erasing them, and letting old ones go: on fakes and both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from portfolio_app.app.chat import own_messages
from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.own_messages import ExpireMessages, OwnMessages
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.errors import RateLimited
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.app.ports.messages import Owner
from portfolio_app.app.ports.reports import Report
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.contract.test_history import fill, plans
from tests.contract.test_messages import post
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, draft, session_id, user


def own(storage: Storage, limiter: FakeLimiter | None = None) -> OwnMessages:
    return OwnMessages(storage.unit_of_work, storage.bus, storage.clock, limiter or FakeLimiter())


async def exported(storage: Storage, by: str = "ann") -> list[str]:
    return sorted([str(m.body) async for page in own(storage).export(caller(by)) for m in page])


async def test_an_export_holds_all_own_messages_whatever_became_of_them(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "EXPORTED_AT_ONCE", 2)
    first, *_ = await post(storage, "a", "b", "c", "d")
    await post(storage, "held", held=True)
    await post(storage, "theirs", by="bob")
    await storage.unit_of_work.run(lambda r: r.messages.save(first.remove(r.rooms.next_revision(LOBBY))))
    assert await exported(storage) == ["a", "b", "c", "d", "held"]
    assert await exported(storage, "eve") == []
    limiter = FakeLimiter({Rates.EXPORT_SESSION: 0})
    with pytest.raises(RateLimited):
        [page async for page in own(storage, limiter).export(caller())]


async def test_a_member_owns_what_every_session_wrote_as_the_member(storage: Storage) -> None:
    (message,) = await post(storage, "as a guest")
    ann = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock)))
    found = await storage.unit_of_work.run(lambda r: r.messages.own_of(Owner(session_id("x"), ann.id), "", 9))
    assert found == []
    assert await storage.unit_of_work.run(lambda r: r.messages.own_of(Owner(session_id("ann")), "", 9)) == [
        message
    ]


async def test_erased_texts_are_gone_everywhere_and_each_by_a_revision_of_its_own(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "ERASED_AT_ONCE", 2)
    first, second, third = await post(storage, "secret one", "secret two", "secret three")
    (held,) = await post(storage, "secret held", held=True)
    (theirs,) = await post(storage, "no secret of ann", by="bob")
    work, bus = storage.unit_of_work, storage.bus
    changes = ChangeMessage(work, bus, storage.clock, FakeLimiter(), ModerationPolicy())
    await changes.edit(caller(), first.id, "secret edited")
    await changes.delete(caller(), second.id)
    now = storage.clock()
    for reporter, message in (("bob", third), ("eve", third), ("bob", second), ("eve", theirs)):
        report = Report(message.id, reporter, f"{reporter} reads: {message.body}", now)
        assert await work.run(lambda r, report=report: r.reports.add(report))
    await work.run(lambda r: r.reports.settle(second.id, now))
    before = (await OpenRoom(work)(caller("eve"), "lobby")).room.revision
    bus.events.clear()
    counts = [count async for count in own(storage).erase(caller())]
    assert counts == [2, 4]
    changed = await CatchUp(work)("lobby", before)
    assert changed is not None
    assert sorted(m.id for m in changed.messages) == sorted([first.id, second.id, third.id])
    assert [m.revision for m in changed.messages] == [before + 1, before + 2, before + 3], "gapless"
    assert {(m.status, str(m.body)) for m in changed.messages} == {(MessageStatus.DELETED, "")}
    pushed = [m for event in bus.events if isinstance(event, RoomChanged) for m in event.messages]
    assert sorted(pushed, key=lambda m: m.revision) == list(changed.messages)
    assert [e.message.id for e in bus.events if isinstance(e, HeldChanged)] == [held.id]
    assert QueueChanged() in bus.events
    assert [m.id for m in (await SearchRoom(work)("lobby", "secret")).messages] == [theirs.id]
    assert await work.run(lambda r: r.queue.waiting(9)) == []
    assert await exported(storage) == []
    trail = await work.run(lambda r: r.audit.recent(99))
    assert [line.detail for line in trail if line.detail] == []
    assert [line.action for line in trail[:2]] == [Action.ERASED, Action.ERASED]
    [kept] = await work.run(lambda r: r.reports.open(9))
    assert (kept.message.id, kept.reasons) == (theirs.id, ("eve reads: no secret of ann",))
    for message in (second, third):
        assert not await work.run(lambda r, of=message.id: r.reports.settle(of, now)), "none is open"
        assert not await work.run(lambda r, of=message.id: r.reports.add(Report(of, "bob", "", now)))
    assert [count async for count in own(storage).erase(caller())] == [], "again there is nothing"
    window = await OpenRoom(work)(caller("eve"), "lobby")
    assert [str(m.body) for m in window.messages] == ["no secret of ann"]


async def test_reasons_of_reports_are_emptied_whether_a_moderator_has_decided_or_not(
    database: Database,
) -> None:
    run, now = database.unit_of_work.run, FakeClock()()
    for message_id, reporter in (("m1", "bob"), ("m1", "eve"), ("m2", "bob"), ("m3", "bob")):
        report = Report(message_id, reporter, "it says: secret", now)
        assert await run(lambda r, report=report: r.reports.add(report))
    await run(lambda r: r.reports.settle("m2", now))
    await run(lambda r: r.reports.forget(["m1", "m2"], now + timedelta(hours=1)))
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT message_id, reason FROM reports ORDER BY message_id")).all()
    assert [tuple(row) for row in found] == [("m1", ""), ("m1", ""), ("m2", ""), ("m3", "it says: secret")]
    assert await run(lambda r: r.reports.settle("m3", now)), "another's stays open"


async def test_messages_older_than_the_site_keeps_them_lose_their_text(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "ERASED_AT_ONCE", 2)
    old = await post(storage, "old one", "old two", "old three")
    await post(storage, "old held", held=True)
    await storage.unit_of_work.run(lambda r: r.messages.save(old[0].remove(r.rooms.next_revision(LOBBY))))
    storage.clock.advance(hours=24 * 9)
    (young,) = await post(storage, "young")
    storage.clock.advance(hours=25)
    expire = ExpireMessages(storage.unit_of_work, storage.bus, storage.clock, timedelta(days=10))
    assert await expire() == 4
    assert await expire() == 0
    assert await exported(storage) == ["young"]
    window = await OpenRoom(storage.unit_of_work)(caller("eve"), "lobby")
    assert window.messages == (young,)
    assert window.room.revision == 8, "each that was shown is a change of the room"


async def test_old_messages_that_were_answered_are_emptied_once_and_keep_their_place(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_messages, "ERASED_AT_ONCE", 2)
    asked = await post(storage, "one", "two", "three", "four", "five")
    storage.clock.advance(hours=25)
    for question in asked[:3]:
        await storage.journal.append(draft(storage.clock, "an answer", by="bob", reply_to=question.id))
    expire = ExpireMessages(storage.unit_of_work, storage.bus, storage.clock, timedelta(days=1))
    async with asyncio.timeout(30):
        assert await expire() == 5
        assert await expire() == 0
    window = await OpenRoom(storage.unit_of_work)(caller("eve"), "lobby")
    assert [(message.stub, str(message.body)) for message in window.messages] == [
        *[(True, "")] * 3,
        *[(False, "an answer")] * 3,
    ]
    assert window.room.revision == 5 + 3 + 5, "each was a change of the room once"


async def test_own_and_old_messages_of_a_long_room_are_found_without_a_scan(database: Database) -> None:
    fill(database.engine)
    work = database.unit_of_work
    with plans(database.engine) as found:
        await work.run(lambda r: r.messages.own_of(Owner("session"), "client-5", 50))
        await work.run(lambda r: r.messages.own_of(Owner("session", 7), "", 50))
        await work.run(
            lambda r: r.messages.hidden_before(r.messages.shown_from(LOBBY, 9, 1)[0].posted_at, 50)
        )
    for plan in found:
        assert "SCAN" not in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
