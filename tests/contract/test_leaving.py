"""Accounts of members who left: what becomes of them and of what they wrote, on fakes and both databases."""

from datetime import timedelta

import pytest

from portfolio_app.app.account import leave
from portfolio_app.app.account.leave import COME_BACK_WITHIN, ExportAccount, LeaveAccount
from portfolio_app.app.account.letters import Letters
from portfolio_app.app.account.redeem import RedeemTicket
from portfolio_app.app.account.tickets import issue
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.errors import NotAllowed, ProofNeeded, SessionEnded, TicketRefused
from portfolio_app.app.events import QueueChanged, RoomChanged, SessionRevoked
from portfolio_app.app.identity import require_member
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.reports import Report
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Email, Username
from portfolio_app.domain.chat.message import FORMER, member_key
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.infra.db.database import Database
from tests.contract.conftest import Storage
from tests.contract.members import left, member, purged, react
from tests.contract.test_history import fill, plans
from tests.contract.test_messages import post
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.mail import FakeMail
from tests.fakes.samples import LOBBY, caller, session_id, user
from tests.fakes.sealer import FakeSealer


async def test_leaving_ends_every_session_at_once_and_asks_for_the_password(storage: Storage) -> None:
    ann = await member(storage, "ann")
    run, going = storage.unit_of_work.run, LeaveAccount(storage.unit_of_work, storage.bus, storage.clock)
    with pytest.raises(NotAllowed):
        await going(caller("guest"), takes_messages=True)
    storage.clock.advance(minutes=11)
    with pytest.raises(ProofNeeded):
        await going(ann.caller, takes_messages=True)
    with pytest.raises(ProofNeeded):
        await export(storage)(ann.caller)
    await run(lambda r: r.sessions.prove(ann.caller.session_id, storage.clock()))
    gone_at = await going(ann.caller, takes_messages=True)
    assert COME_BACK_WITHIN - timedelta(seconds=1) < gone_at - storage.clock() < COME_BACK_WITHIN
    assert SessionRevoked(ann.caller.session_id) in storage.bus.events
    with pytest.raises(SessionEnded):
        await run(lambda r: require_member(r, ann.caller))
    assert await run(lambda r: r.users.add(user(storage.clock, "other"))), "others are as they were"


def redeeming(storage: Storage, sealer: FakeSealer) -> RedeemTicket:
    limiter = FakeLimiter()
    letters = Letters(storage.unit_of_work, FakeMail(), limiter, storage.clock, "https://site.example")
    return RedeemTicket(storage.unit_of_work, storage.bus, limiter, sealer, storage.clock, letters)


async def test_whoever_comes_back_within_seven_days_finds_the_account_as_it_was(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await member(storage, "ann")
    (message,) = await post(storage, "mine")
    going = LeaveAccount(storage.unit_of_work, storage.bus, storage.clock)
    await going(ann.caller, takes_messages=True)
    sealer = FakeSealer(storage.clock)
    redeem = redeeming(storage, sealer)
    storage.clock.advance(days=6, hours=23)
    assert await purged(storage, monkeypatch) == 0
    back = await redeem(caller("new"), issue(sealer, session_id("new"), ann.user.id, "hash"))
    assert back.came_back
    storage.clock.advance(days=30)
    assert await purged(storage, monkeypatch) == 0
    assert await storage.unit_of_work.run(lambda r: r.messages.lock(message.id)) == message
    lines = await storage.unit_of_work.run(lambda r: r.security.of_user(ann.user.id, 9))
    assert [line.event for line in lines] == [
        SecurityEvent.CAME_BACK,
        SecurityEvent.SIGNED_IN,
        SecurityEvent.LEAVING,
    ]


async def test_after_seven_days_nobody_comes_back_even_before_the_purge(storage: Storage) -> None:
    ann = await member(storage, "ann")
    await left(storage, ann, takes_messages=False)
    sealer = FakeSealer(storage.clock)
    redeem = redeeming(storage, sealer)
    with pytest.raises(TicketRefused):
        await redeem(caller("new"), issue(sealer, session_id("new"), ann.user.id, "hash"))
    found = await storage.unit_of_work.run(lambda r: r.users.by_username(ann.user.username))
    assert found is not None
    assert found.disabled


async def test_moderators_read_again_when_a_name_is_gone(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await member(storage, "ann")
    await post(storage, "it stays, and may be reported")
    await left(storage, ann, takes_messages=False)
    storage.bus.events.clear()
    assert await purged(storage, monkeypatch) == 1
    assert storage.bus.events[-1] == QueueChanged()


@pytest.mark.parametrize("takes_messages", [True, False])
async def test_a_purged_account_leaves_no_name_no_row_and_no_word_behind(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, takes_messages: bool
) -> None:
    ann, bob = await member(storage, "ann"), await member(storage, "bob")
    run, now = storage.unit_of_work.run, storage.clock()
    shown, second, third = await post(storage, "hello one", "hello two", "hello three")
    (held,) = await post(storage, "hello held", held=True)
    (theirs,) = await post(storage, "hello from bob", by="bob")
    await react(storage, ann, theirs, Sign.HEART, Sign.LIKE)
    await react(storage, ann, shown, Sign.HEART)
    await react(storage, bob, theirs, Sign.LIKE)

    def scatter(repositories: Repositories) -> None:
        gone = second.remove(repositories.rooms.next_revision(LOBBY))
        repositories.messages.save(gone)
        repositories.mutes.put(Mute(ann.caller.session_id, "x", "ann-1", now, None))
        repositories.mutes.put(Mute(member_key(ann.user.id), "ann-1", "mod-1", now, None))
        repositories.mutes.hide(member_key(ann.user.id), [second.id])
        repositories.reports.add(Report(theirs.id, member_key(ann.user.id), "", now))
        repositories.reports.add(Report(second.id, "eve", "says hello two", now))
        repositories.rooms.see(member_key(ann.user.id), LOBBY, 1)
        repositories.audit.add(AuditEntry(now, "mod-1", Action.MUTED, "ann-1", "r", "hour"))
        repositories.audit.add(AuditEntry(now, "ann-1", Action.EDITED, second.id, "r", "earlier words"))

    await run(scatter)
    before = (await OpenRoom(storage.unit_of_work)(caller("eve"), "lobby")).room.revision
    await left(storage, ann, takes_messages=takes_messages)
    storage.bus.events.clear()

    assert await purged(storage, monkeypatch) == 1

    assert await run(lambda r: r.users.get(ann.user.id)) is None
    assert await run(lambda r: r.credentials.get(ann.user.id)) is None
    assert await run(lambda r: r.recovery.left(ann.user.id)) == 0
    assert await run(lambda r: r.security.of_user(ann.user.id, 9)) == []
    assert await run(lambda r: r.messages.of_member(ann.user.id, 9)) == []
    assert await run(lambda r: r.messages.given(member_key(ann.user.id), None, 9)) == []
    assert await run(lambda r: r.sessions.has_ended(ann.caller.session_id)), "its cookie stays worth nothing"
    mutes = await run(lambda r: r.mutes.all(now, 9))
    assert [(mute.author, mute.moderator) for mute in mutes] == [(ann.caller.session_id, FORMER)]
    assert await run(lambda r: r.mutes.hidden(member_key(ann.user.id), 9)) == []
    trail = await run(lambda r: r.audit.recent(99))
    assert "ann-1" not in repr(trail)
    assert "earlier words" not in repr(trail)
    assert not await run(lambda r: r.reports.settle(second.id, now)), (
        "what quotes an emptied message is closed"
    )
    reported = await run(lambda r: r.reports.open(9))
    assert [(each.message.id, each.count) for each in reported] == [(theirs.id, 1)], "a report stays a report"
    now_there = {
        m.id: m
        for m in await run(lambda r: r.messages.named([m.id for m in (shown, second, third, held, theirs)]))
    }
    assert {m.author.name for m in now_there.values()} == {FORMER, "bob-1"}
    assert dict(now_there[theirs.id].reactions.counts) == {Sign.LIKE: 1}, "bob's own"
    assert [str(now_there[m.id].body) for m in (second, held)] == ["", ""], (
        "what nobody is shown goes in any case"
    )
    kept = [str(now_there[m.id].body) for m in (shown, third)]
    assert kept == (["", ""] if takes_messages else ["hello one", "hello three"])
    found = await SearchRoom(storage.unit_of_work)("lobby", "hello")
    assert {m.id for m in found.messages} == {theirs.id} | (set() if takes_messages else {shown.id, third.id})
    assert await run(lambda r: r.queue.waiting(9)) == []

    changed = await CatchUp(storage.unit_of_work)("lobby", before)
    assert changed is not None
    pushed = [m for event in storage.bus.events if isinstance(event, RoomChanged) for m in event.messages]
    assert [m.revision for m in pushed] == list(range(before + 1, before + 1 + len(pushed))), "gapless"
    assert {m.id: m for m in pushed} == {m.id: m for m in changed.messages}, "open tabs see what is stored"
    assert await run(lambda r: r.users.get(bob.user.id)) == bob.user
    again = await run(lambda r: r.users.add(user(storage.clock, "ann-1")))
    assert await run(lambda r: r.security.of_user(again.id, 9)) == [], "the name is free for somebody new"


async def test_what_is_left_of_an_interrupted_purge_is_done_the_next_time(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await member(storage, "ann")
    await post(storage, "one", "two", "three")
    await left(storage, ann, takes_messages=True)
    monkeypatch.setattr(leave, "_rename", None)
    with pytest.raises(TypeError):
        await purged(storage, monkeypatch)
    assert await storage.unit_of_work.run(lambda r: r.users.get(ann.user.id)) is not None
    monkeypatch.undo()
    assert await purged(storage, monkeypatch) == 1
    assert await storage.unit_of_work.run(lambda r: r.users.get(ann.user.id)) is None


def export(storage: Storage) -> ExportAccount:
    return ExportAccount(storage.unit_of_work, FakeLimiter(), storage.clock)


async def test_an_export_holds_account_sessions_lines_and_every_reaction(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await member(storage, "ann"), await member(storage, "bob")
    first, second = await post(storage, "one", "two", by="bob")
    await react(storage, ann, first, Sign.HEART, Sign.LIKE)
    await react(storage, ann, second, Sign.EYES)
    await react(storage, bob, second, Sign.EYES)
    monkeypatch.setattr(leave, "GIVEN_AT_ONCE", 2)
    found = await export(storage)(ann.caller)
    assert (found.user, found.codes_left) == (ann.user, 1)
    assert [each.device for each in found.sessions] == ["Firefox"]
    assert [line.event for line in found.lines] == [SecurityEvent.EXPORTED]
    given = [each async for page in export(storage).reactions(ann.caller) for each in page]
    assert sorted(given) == sorted([(first.id, Sign.HEART), (first.id, Sign.LIKE), (second.id, Sign.EYES)])


async def test_old_lines_of_the_security_log_go_so_many_at_once(storage: Storage) -> None:
    ann, run = await member(storage, "ann"), storage.unit_of_work.run
    for _ in range(3):
        await export(storage)(ann.caller)
    storage.clock.advance(minutes=1)
    before = storage.clock()
    await export(storage)(ann.caller)
    assert [await run(lambda r: r.security.purge(before, 2)) for _ in range(3)] == [2, 1, 0]
    assert [line.at > before for line in await run(lambda r: r.security.of_user(ann.user.id, 9))] == [True]


async def test_what_is_looked_up_of_an_account_is_found_without_a_scan(
    database: Database, clock: FakeClock
) -> None:
    fill(database.engine)
    work = database.unit_of_work
    with plans(database.engine) as found:
        await work.run(lambda r: r.messages.of_member(7, 50))
        await work.run(lambda r: r.messages.given("member 7", ("m", Sign.LIKE), 50))
        await work.run(lambda r: r.security.of_user(7, 50))
        await work.run(lambda r: r.security.forget(7, 50))
        await work.run(lambda r: r.audit.rename("ann-1", FORMER, 5, 50))
        await work.run(lambda r: r.users.former_names(7))
        await work.run(lambda r: r.users.newest_with(Email("ann@example.org")))
        await work.run(lambda r: r.credentials.owner(Email("ann@example.org"), "hash"))
        await work.run(lambda r: r.messages.naming(user(clock), Username("ann-1"), "row-5", 50, 9))
    for plan in found:
        assert "SCAN" not in plan, plan
