"""Change of username, on fakes and both databases: references are updated, and the former name stays reserved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portfolio_app.app.account import names
from portfolio_app.app.account.leave import ExportAccount
from portfolio_app.app.account.names import NAME_KEPT, RENAME_EVERY, ChangeUsername, FollowNames
from portfolio_app.app.account.purge import PurgeRows
from portfolio_app.app.chat.read_room import CatchUp, OpenRoom
from portfolio_app.app.chat.search import SearchRoom
from portfolio_app.app.errors import AlreadyTaken
from portfolio_app.app.events import QueueChanged, RoomChanged
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.user import Username
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.chat.message import MessageBody, member_key
from portfolio_app.domain.chat.mute import Mute
from portfolio_app.domain.chat.pieces import ReadPieces
from portfolio_app.domain.errors import InvalidValue
from tests.contract.conftest import Storage
from tests.contract.members import Member, left, member, purged
from tests.contract.test_messages import post
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, user


def changing(storage: Storage) -> ChangeUsername:
    follow = FollowNames(storage.unit_of_work, storage.bus, storage.clock, ReadPieces(Hosts()))
    return ChangeUsername(storage.unit_of_work, FakeLimiter(), storage.bus, storage.clock, follow)


async def renamed(storage: Storage, who: Member, to: str) -> None:
    """Change the name, having typed the password just now, and let everything follow."""
    change, session, now = changing(storage), who.caller.session_id, storage.clock()
    await storage.unit_of_work.run(lambda r: r.sessions.see(session, now, now + 2 * RENAME_EVERY))
    await storage.unit_of_work.run(lambda r: r.sessions.prove(session, now))
    await change(who.caller, to)
    await change.names.aside.done()


async def test_messages_mentions_trail_and_mutes_follow_a_change_of_username(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "LOOKED_THROUGH_AT_ONCE", 3)
    monkeypatch.setattr(names, "ERASED_AT_ONCE", 1)
    ann, bob = await member(storage, "ann"), await member(storage, "bob")
    run, now = storage.unit_of_work.run, storage.clock()
    mine, gone = await post(storage, "hello from me", "my own @ann-1")
    (waiting,) = await post(storage, "please", held=True)
    said = "hello @Ann-1, `@ann-1` @ann-10 ann-1 x@ann-1.example @ann-1."
    theirs, other = await post(storage, said, "hello nobody", by="bob")
    (held,) = await post(storage, "for @ann-1", by="bob", held=True)

    def scatter(repositories: Repositories) -> None:
        repositories.messages.save(gone.remove(repositories.rooms.next_revision(LOBBY)))
        repositories.mutes.put(Mute(member_key(ann.user.id), "ann-1", "mod-1", now, None))
        repositories.mutes.put(Mute("somebody", "x", "ann-1", now, None))
        repositories.audit.add(AuditEntry(now, "mod-1", Action.MUTED, "ann-1", "r", "hour"))
        repositories.audit.add(AuditEntry(now, "ann-1", Action.EDITED, mine.id, "r"))
        repositories.audit.add(AuditEntry(now, "bob-1", Action.EDITED, theirs.id, "r"))

    await run(scatter)
    before = (await OpenRoom(storage.unit_of_work)(caller("eve"), "lobby")).room.revision
    storage.bus.events.clear()

    await renamed(storage, ann, "zoe")

    ids = [mine.id, gone.id, waiting.id, theirs.id, other.id, held.id]
    found = {m.id: m for m in await run(lambda r: r.messages.named(ids))}
    assert [found[each].author.name for each in ids] == ["zoe", "zoe", "zoe", "bob-1", "bob-1", "bob-1"]
    assert {found[each].author.user_id for each in ids} == {ann.user.id, bob.user.id}
    bodies = [str(found[each].body) for each in ids]
    follows = "hello @zoe, `@ann-1` @ann-10 ann-1 x@ann-1.example @zoe."
    assert bodies == ["hello from me", "my own @zoe", "please", follows, "hello nobody", "for @zoe"]
    assert {found[each].edited_at for each in ids} == {None}, "nobody edited them"
    assert found[other.id] == other
    hits = await SearchRoom(storage.unit_of_work)("lobby", "zoe")
    assert [m.id for m in hits.messages] == [theirs.id]

    changed = await CatchUp(storage.unit_of_work)("lobby", before)
    assert changed is not None
    pushed = [m for event in storage.bus.events if isinstance(event, RoomChanged) for m in event.messages]
    assert sorted(m.revision for m in pushed) == [before + 1, before + 2, before + 3], "gapless"
    assert {m.id: m for m in pushed} == {m.id: m for m in changed.messages}, "open tabs see what is stored"
    assert QueueChanged() in storage.bus.events
    mutes = await run(lambda r: r.mutes.all(now, 9))
    assert {(mute.label, mute.moderator) for mute in mutes} == {("zoe", "mod-1"), ("x", "zoe")}
    trail = [(line.actor, line.action, line.subject) for line in await run(lambda r: r.audit.recent(9))]
    assert trail[:4] == [
        ("zoe", Action.RENAMED, "ann-1"),
        ("bob-1", Action.EDITED, theirs.id),
        ("zoe", Action.EDITED, mine.id),
        ("mod-1", Action.MUTED, "zoe"),
    ]
    export = ExportAccount(storage.unit_of_work, FakeLimiter(), storage.clock)
    taken = await export(ann.caller)
    assert (str(taken.user.username), [str(each.name) for each in taken.former_names]) == ("zoe", ["ann-1"])


async def test_moderators_read_again_when_a_member_with_nothing_that_waits_has_another_name(
    storage: Storage,
) -> None:
    ann = await member(storage, "ann")
    storage.bus.events.clear()
    await renamed(storage, ann, "zoe")
    assert storage.bus.events[-1] == QueueChanged(), "once everything has followed"


async def test_a_name_that_was_given_up_is_nobody_elses_for_a_while_and_its_owners_at_any_time(
    storage: Storage,
) -> None:
    ann, bob = await member(storage, "ann"), await member(storage, "bob")
    await renamed(storage, ann, "zoe")
    with pytest.raises(AlreadyTaken):
        await renamed(storage, bob, "ann-1")
    storage.clock.advance(seconds=(RENAME_EVERY - timedelta(seconds=9)).total_seconds())
    with pytest.raises(InvalidValue, match="You can take another username from"):
        await renamed(storage, ann, "ann-1")
    storage.clock.advance(seconds=10)
    await renamed(storage, ann, "ann-1")
    former = await storage.unit_of_work.run(lambda r: r.users.former_names(ann.user.id))
    assert [str(each.name) for each in former] == ["zoe"], "a name that one has again is no former one"
    with pytest.raises(AlreadyTaken):
        await renamed(storage, bob, "zoe")


async def test_after_that_it_is_free_and_may_be_given_up_by_somebody_else(storage: Storage) -> None:
    run = storage.unit_of_work.run
    ann = await member(storage, "ann")
    await renamed(storage, ann, "zoe")
    storage.clock.advance(seconds=(NAME_KEPT + timedelta(seconds=1)).total_seconds())
    bob = await member(storage, "bob")
    await renamed(storage, bob, "ann-1")
    assert await run(lambda r: r.users.former_names(ann.user.id)) == []
    storage.clock.advance(seconds=(NAME_KEPT + timedelta(seconds=1)).total_seconds())
    eve = await member(storage, "eve")
    await renamed(storage, eve, "bob-1")
    await PurgeRows(storage.unit_of_work, storage.clock)()
    assert [await run(lambda r, of=each: r.users.former_names(of.user.id)) for each in (ann, bob)] == [[], []]
    assert [str(each.name) for each in await run(lambda r: r.users.former_names(eve.user.id))] == ["eve-1"]


async def test_of_two_who_want_a_name_one_gets_it(storage: Storage) -> None:
    ann, bob = await member(storage, "ann"), await member(storage, "bob")
    run, now = storage.unit_of_work.run, storage.clock()
    await run(lambda r: r.users.rename(ann.user.id, Username("zoe"), now))
    with pytest.raises(AlreadyTaken):
        await run(lambda r: r.users.rename(bob.user.id, Username("zoe"), now))
    assert await run(lambda r: r.users.get(bob.user.id)) == bob.user


async def test_what_was_interrupted_or_being_posted_meanwhile_follows_later(storage: Storage) -> None:
    ann, run = await member(storage, "ann"), storage.unit_of_work.run
    await member(storage, "bob")
    (early,) = await post(storage, "early")
    change = changing(storage)
    storage.bus.events.clear()
    await run(lambda r: r.users.rename(ann.user.id, Username("zoe"), storage.clock()))
    (late,) = await post(storage, "@ann-1, are you there?", by="bob")

    def in_flight(repositories: Repositories) -> None:  # its author was read before the change
        own = repositories.messages.lock(early.id)
        assert own is not None
        author = replace(own.author, name="ann-1")
        repositories.messages.save_authors([replace(own, author=author)])

    await run(in_flight)
    assert await change.names() == 0, "what is being posted is not stored yet"
    storage.clock.advance(minutes=2)
    assert await change.names() == 1
    found = {m.id: m for m in await run(lambda r: r.messages.named([early.id, late.id]))}
    assert found[early.id].author.name == "zoe"
    assert found[late.id].body == MessageBody("@zoe, are you there?")
    assert await change.names() == 0, "and that is that"


async def test_a_purged_account_leaves_none_of_its_names_behind(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, run = await member(storage, "ann"), storage.unit_of_work.run
    await post(storage, "mine")
    await renamed(storage, ann, "zoe")
    await left(storage, ann, takes_messages=False)
    assert await purged(storage, monkeypatch) == 1
    trail = repr(await run(lambda r: r.audit.recent(99)))
    assert Action.RENAMED in trail
    assert not any(name in trail for name in ("ann-1", "zoe"))
    again = await run(lambda r: r.users.add(user(storage.clock, "ann-1")))
    assert await run(lambda r: r.users.former_names(again.id)) == []
    assert await run(lambda r: r.users.formerly(Username("zoe"), storage.clock() - NAME_KEPT)) is None
