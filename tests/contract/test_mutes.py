"""Contract of `MuteRepository`, and of a journal that asks it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from portfolio_app.app.errors import Muted
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.chat.message import MessageStatus, member_key
from portfolio_app.domain.chat.moderation import Verdict
from portfolio_app.domain.chat.mute import Mute
from tests.contract.conftest import Storage
from tests.fakes.samples import draft, session_id, user

T = TypeVar("T")


async def run(storage: Storage, work: Callable[[Repositories], T]) -> T:
    return await storage.unit_of_work.run(work)


def mute(storage: Storage, author: str, minutes: int | None = 10) -> Mute:
    now = storage.clock()
    return Mute(author, "ann", "mod-1", now, None if minutes is None else now + timedelta(minutes=minutes))


async def test_an_author_has_one_mute_which_is_replaced_found_listed_and_lifted(storage: Storage) -> None:
    first, longer = mute(storage, "ann"), mute(storage, "ann", 60)
    ban = replace(mute(storage, "bob", None), since=storage.clock() + timedelta(seconds=1))
    for each in (first, longer, ban):
        await run(storage, lambda r, each=each: r.mutes.put(each))
    now = storage.clock()
    assert await run(storage, lambda r: r.mutes.all(now, 10)) == [ban, longer]
    assert await run(storage, lambda r: r.mutes.all(now, 1)) == [ban]
    assert await run(storage, lambda r: r.mutes.holding(["eve", "ann", "bob"], now)) == ban
    assert await run(storage, lambda r: r.mutes.holding(["eve"], now)) is None
    assert await run(storage, lambda r: r.mutes.by_handle(longer.handle)) == longer
    storage.clock.advance(minutes=60)
    assert await run(storage, lambda r: r.mutes.all(storage.clock(), 10)) == [ban]
    assert await run(storage, lambda r: r.mutes.holding(["ann"], storage.clock())) is None
    await run(storage, lambda r: r.mutes.lift("bob"))
    assert await run(storage, lambda r: r.mutes.by_handle(ban.handle)) is None


async def test_what_a_ban_hid_is_remembered_by_author_and_may_be_hidden_again(storage: Storage) -> None:
    for ids in (["m1", "m2"], ["m2", "m3"]):
        await run(storage, lambda r, ids=ids: r.mutes.hide("ann", ids))
    assert await run(storage, lambda r: r.mutes.hidden("ann", 10)) == ["m1", "m2", "m3"]
    assert len(await run(storage, lambda r: r.mutes.hidden("ann", 2))) == 2
    assert await run(storage, lambda r: r.mutes.hidden("bob", 10)) == []
    await run(storage, lambda r: r.mutes.unhide(["m1", "m3"]))
    assert await run(storage, lambda r: r.mutes.hidden("ann", 10)) == ["m2"]


async def test_the_journal_refuses_a_muted_session_and_confirms_what_was_stored_before(
    storage: Storage,
) -> None:
    posted = draft(storage.clock)
    await storage.journal.append(posted)
    await run(storage, lambda r: r.mutes.put(mute(storage, session_id("ann"))))
    with pytest.raises(Muted, match="until"):
        await storage.journal.append(draft(storage.clock))
    assert (await storage.journal.append(posted)).repeated
    withdrawn = replace(draft(storage.clock), verdict=Verdict(withdrawn=True))
    assert (await storage.journal.append(withdrawn)).message.status is MessageStatus.REMOVED
    assert (await storage.journal.append(draft(storage.clock, by="bob"))).message.revision == 2
    storage.clock.advance(minutes=10)
    assert (await storage.journal.append(draft(storage.clock))).message.revision == 3


@pytest.mark.parametrize("guest", [False, True])
async def test_the_journal_refuses_every_session_of_a_muted_member(storage: Storage, guest: bool) -> None:
    member = await run(storage, lambda r: r.users.add(user(storage.clock)))
    for name in ("ann", "phone"):
        session = Session.start(session_id(name), storage.clock(), member.id)
        await run(storage, lambda r, session=session: r.sessions.add(session))
    for author in (member_key(member.id), session_id("ann")):
        await run(storage, lambda r, author=author: r.mutes.put(mute(storage, author, None)))
    for name in ("ann", "phone"):
        with pytest.raises(Muted, match="banned"):
            await storage.journal.append(draft(storage.clock, by=name, guest=guest))


async def test_the_shown_messages_of_an_author_are_found_and_changed_together(storage: Storage) -> None:
    member = await run(storage, lambda r: r.users.add(user(storage.clock)))
    guest = [(await storage.journal.append(draft(storage.clock))).message for _ in range(2)]
    await storage.journal.append(draft(storage.clock, held=True))
    session = Session.start(session_id("phone"), storage.clock(), member.id)
    await run(storage, lambda r: r.sessions.add(session))
    own = (await storage.journal.append(draft(storage.clock, by="phone"))).message
    assert await run(storage, lambda r: r.messages.shown_of(own.author, 9)) == [own]
    found = await run(storage, lambda r: r.messages.shown_of(guest[0].author, 9))
    assert {message.id for message in found} == {message.id for message in guest}
    assert len(await run(storage, lambda r: r.messages.shown_of(guest[0].author, 1))) == 1
    gone = [message.remove(revision) for revision, message in enumerate(guest, 4)]
    await run(storage, lambda r: r.messages.save_all(gone))
    await run(storage, lambda r: r.messages.save_all([]))
    assert await run(storage, lambda r: r.messages.shown_of(guest[0].author, 9)) == []
    removed = await run(storage, lambda r: r.messages.removed_among([gone[1].id, own.id]))
    assert removed == [gone[1]]
