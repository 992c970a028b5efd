"""Contract of `MessageRepository` and `ModerationQueue`."""

from portfolio_app.app.ports.messages import Held, Owner
from portfolio_app.app.ports.unit_of_work import Repositories
from portfolio_app.domain.account.session import Session
from portfolio_app.domain.chat.message import Message, MessageStatus, member_key
from portfolio_app.domain.chat.moderation import Reason
from tests.contract.conftest import Storage
from tests.fakes.samples import LOBBY, draft, session_id, user


async def post(storage: Storage, *bodies: str, held: bool = False, by: str = "ann") -> list[Message]:
    drafts = [draft(storage.clock, body, held=held, by=by) for body in bodies]
    return [(await storage.journal.append(each)).message for each in drafts]


async def test_the_window_holds_the_newest_visible_messages_oldest_first(storage: Storage) -> None:
    messages = await post(storage, "one", "two", "three")
    await post(storage, "held", held=True)

    assert await storage.unit_of_work.run(lambda r: r.messages.window(LOBBY, 2)) == messages[1:]


async def test_a_stored_message_comes_back_as_it_was_written(storage: Storage) -> None:
    (message,) = await post(storage, "zażółć 👩‍👩‍👧 مرحبا\nsecond line")

    assert await storage.unit_of_work.run(lambda r: r.messages.lock(message.id)) == message


async def test_an_unknown_message_can_not_be_locked(storage: Storage) -> None:
    assert await storage.unit_of_work.run(lambda r: r.messages.lock("no-such-message")) is None


async def test_changes_after_a_revision_come_in_order_and_limited(storage: Storage) -> None:
    messages = await post(storage, "one", "two", "three", "four")

    changes = await storage.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, 1, 2))

    assert changes == messages[1:3]


async def test_changes_after_include_a_removed_message_at_its_new_revision(storage: Storage) -> None:
    first, second = await post(storage, "one", "two")

    def remove(repositories: Repositories) -> Message:
        removed = first.remove(repositories.rooms.next_revision(LOBBY))
        repositories.messages.save(removed)
        return removed

    removed = await storage.unit_of_work.run(remove)

    assert removed.status is MessageStatus.REMOVED
    assert await storage.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, 0, 9)) == [
        second,
        removed,
    ]
    assert await storage.unit_of_work.run(lambda r: r.messages.window(LOBBY, 9)) == [second]


async def test_a_held_message_is_no_change_of_the_room(storage: Storage) -> None:
    await post(storage, "held", held=True)

    assert await storage.unit_of_work.run(lambda r: r.messages.changes_after(LOBBY, -1, 9)) == []
    assert (await storage.unit_of_work.run(lambda r: r.rooms.all()))[0].revision == 0


async def test_pending_messages_are_those_of_the_session_alone(storage: Storage) -> None:
    mine = await post(storage, "one", "two", held=True)
    await post(storage, "theirs", held=True, by="bob")
    await post(storage, "visible")

    pending = await storage.unit_of_work.run(
        lambda r: r.messages.pending_of(Owner(session_id("ann")), LOBBY, 9)
    )
    newest = await storage.unit_of_work.run(
        lambda r: r.messages.pending_of(Owner(session_id("ann")), LOBBY, 1)
    )

    assert pending == Held(2, mine)
    assert newest == Held(2, mine[1:])


async def test_a_members_pending_messages_are_those_of_every_session(storage: Storage) -> None:
    run = storage.unit_of_work.run
    ann = await run(lambda r: r.users.add(user(storage.clock)))
    for name in ("laptop", "phone"):
        session = Session.start(session_id(name), storage.clock(), ann.id)
        await run(lambda r, session=session: r.sessions.add(session))
    mine = [
        message for name in ("laptop", "phone") for message in await post(storage, "a", held=True, by=name)
    ]
    await post(storage, "a guest's", held=True)
    owner = Owner(session_id("phone"), ann.id)
    assert set((await run(lambda r: r.messages.pending_of(owner, LOBBY, 9))).newest) == set(mine)
    assert await run(lambda r: r.messages.pending_of(owner, LOBBY, 1)) == Held(2, mine[1:])
    assert set(await run(lambda r: r.messages.unpublished_of([member_key(ann.id)], 9))) == set(mine)
    assert await run(lambda r: r.messages.unpublished_of([session_id("phone")], 9)) == [], "the member's"


async def test_the_queue_holds_the_oldest_first_with_their_reasons(storage: Storage) -> None:
    messages = await post(storage, "one", "two", "three", held=True)

    waiting = await storage.unit_of_work.run(lambda r: r.queue.waiting(2))

    assert [entry.message for entry in waiting] == messages[:2]
    assert waiting[0].reasons == (Reason.LINK, Reason.WORD)


async def test_a_closed_entry_is_off_the_queue_and_closing_again_does_nothing(storage: Storage) -> None:
    first, second = await post(storage, "one", "two", held=True)

    for _ in range(2):
        await storage.unit_of_work.run(lambda r: r.queue.close(first.id))

    waiting = await storage.unit_of_work.run(lambda r: r.queue.waiting(9))
    assert [entry.message for entry in waiting] == [second]


async def test_the_latest_message_of_a_session_comes_with_its_row(storage: Storage) -> None:
    await storage.journal.append(draft(storage.clock, "first"))
    storage.clock.advance(seconds=1)
    receipt = await storage.journal.append(draft(storage.clock, "second"))
    storage.clock.advance(seconds=1)
    await storage.journal.append(draft(storage.clock, "somebody else's", by="bob"))

    latest = await storage.unit_of_work.run(lambda r: r.messages.latest_of(session_id("ann")))

    assert latest is not None
    assert latest.message == receipt.message
    assert (latest.row["body"], latest.row["id"]) == ("second", receipt.message.id)
    assert list(latest.row) == [
        "id", "room", "client_id", "session_id", "user_id", "author_name", "author_tag", "body", "status",
        "posted_at", "revision", "position", "approved_at", "edited_at", "reply_to",
            "stub", "reactions",
    ]  # fmt: skip


async def test_a_session_that_posted_nothing_has_no_latest_message(storage: Storage) -> None:
    assert await storage.unit_of_work.run(lambda r: r.messages.latest_of(session_id("nobody"))) is None


async def test_what_nobody_but_its_author_ever_saw_is_found_when_it_was_removed_too(storage: Storage) -> None:
    await post(storage, "visible")
    oldest, middle, newest = [message for body in "abc" for message in await post(storage, body, held=True)]
    await post(storage, "a stranger's", held=True, by="bob")
    removed = middle.remove(0)
    await storage.unit_of_work.run(lambda r: r.messages.save(removed))

    async def unpublished(limit: int) -> set[Message]:
        found = await storage.unit_of_work.run(
            lambda r: r.messages.unpublished_of([session_id("ann"), session_id("eve")], limit)
        )
        return set(found)

    assert await unpublished(9) == {oldest, removed, newest}
    assert len(await unpublished(2)) == 2
    both = [session_id("ann"), session_id("bob")]
    of_both = await storage.unit_of_work.run(lambda r: r.messages.unpublished_of(both, 1))
    assert sorted(str(m.author.session_id) for m in of_both) == sorted(both), "so many of each"
    await storage.unit_of_work.run(lambda r: r.messages.save(oldest.approve(r.rooms.next_revision(LOBBY))))
    assert await unpublished(9) == {removed, newest}
