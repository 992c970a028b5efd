"""Contract of `MessageJournal`."""

import asyncio

import pytest

from portfolio_app.app.errors import Conflict, NotFound, SessionEnded, WrittenAsAnother
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.ports.audit import Action, AuditEntry
from portfolio_app.app.ports.journal import Stored
from portfolio_app.domain.account.session import SESSION_IDLE, Session, visitor_tag
from portfolio_app.domain.account.user import User
from portfolio_app.domain.chat.message import Author, Message, MessageStatus
from portfolio_app.domain.chat.room import RoomSlug
from tests.contract.conftest import Storage
from tests.fakes.samples import LOBBY, draft, session_id, user

ANN = session_id("ann")
SAME = "client-of-both"


async def sign_in(storage: Storage, name: str = "ann") -> User:
    member = await storage.unit_of_work.run(lambda r: r.users.add(user(storage.clock, f"{name}-1")))
    session = Session.start(session_id(name), storage.clock(), member.id)
    await storage.unit_of_work.run(lambda r: r.sessions.add(session))
    return member


async def window(storage: Storage) -> list[Message]:
    return await storage.unit_of_work.run(lambda r: r.messages.window(LOBBY, 100))


async def trail(storage: Storage) -> list[AuditEntry]:
    return await storage.unit_of_work.run(lambda r: r.audit.recent(100))


async def test_a_guest_posts_as_the_demo_user_with_a_tag(storage: Storage) -> None:
    posted = draft(storage.clock)

    receipt = await storage.journal.append(posted)

    message = receipt.message
    assert receipt == Stored(message, repeated=False)
    assert message.author == Author("demo", visitor_tag(ANN), ANN, None)
    assert (message.body, message.status, message.revision) == (posted.body, MessageStatus.VISIBLE, 1)
    assert message.posted_at == posted.posted_at
    assert await window(storage) == [message]


async def test_the_first_message_stores_the_session(storage: Storage) -> None:
    assert await storage.unit_of_work.run(lambda r: r.sessions.get(ANN)) is None

    await storage.journal.append(draft(storage.clock))

    session = await storage.unit_of_work.run(lambda r: r.sessions.get(ANN))
    assert session is not None
    assert session.user_id is None
    assert session.expires_at - session.created_at == SESSION_IDLE


async def test_a_member_posts_under_the_own_name(storage: Storage) -> None:
    member = await sign_in(storage)

    receipt = await storage.journal.append(draft(storage.clock))

    assert receipt.message.author == Author("ann-1", "", ANN, member.id)
    assert [entry.actor for entry in await trail(storage)] == ["ann-1"]


async def test_a_draft_marked_as_a_guests_does_not_use_the_account(storage: Storage) -> None:
    await sign_in(storage)

    receipt = await storage.journal.append(draft(storage.clock, guest=True))

    assert receipt.message.author == Author("demo", visitor_tag(ANN), ANN, None)


async def test_what_was_written_under_another_name_is_not_posted_under_this_one(storage: Storage) -> None:
    """A tab keeps what has not gone out over a sign-in or sign-out: another session sends it then."""
    await sign_in(storage)
    first = await storage.journal.append(draft(storage.clock, client_id=SAME, written_as="ann-1"))
    assert first.message.author.name == "ann-1"

    with pytest.raises(WrittenAsAnother, match="You wrote this as demo ab12"):
        await storage.journal.append(draft(storage.clock, written_as="demo ab12"))

    stored = await storage.journal.append(draft(storage.clock, client_id=SAME, written_as="ann-0"))
    assert stored == Stored(first.message, repeated=True), "the member's name before they changed it"
    assert await window(storage) == [first.message]


async def test_a_visible_message_is_announced_with_its_request_after_it_is_stored(storage: Storage) -> None:
    receipt = await storage.journal.append(draft(storage.clock, request_id="r1"))

    assert await storage.bus.seen(2) == [
        RoomChanged("lobby", (receipt.message,), ("r1",)),
        QueueChanged(),
    ]


async def test_a_held_message_is_queued_audited_and_announced_to_its_author_alone(storage: Storage) -> None:
    receipt = await storage.journal.append(draft(storage.clock, held=True, request_id="r1"))

    message = receipt.message
    assert (message.status, message.revision) == (MessageStatus.PENDING, 0)
    assert await storage.bus.seen(2) == [HeldChanged(ANN, message, "r1"), QueueChanged()]
    waiting = await storage.unit_of_work.run(lambda r: r.queue.waiting(9))
    assert [entry.message for entry in waiting] == [message]
    assert await window(storage) == []


async def test_each_message_leaves_one_line_on_the_trail(storage: Storage) -> None:
    visible = (await storage.journal.append(draft(storage.clock, request_id="r1"))).message
    held = (await storage.journal.append(draft(storage.clock, held=True, request_id="r2"))).message
    actor = f"demo#{visitor_tag(ANN)}"

    assert await trail(storage) == [
        AuditEntry(held.posted_at, actor, Action.HELD, held.id, "r2"),
        AuditEntry(visible.posted_at, actor, Action.POSTED, visible.id, "r1"),
    ]


async def test_a_retry_gets_the_first_message_and_changes_nothing(storage: Storage) -> None:
    first = await storage.journal.append(draft(storage.clock, client_id=SAME))
    again = await storage.journal.append(draft(storage.clock, client_id=SAME))
    marker = await storage.journal.append(draft(storage.clock))

    assert again == Stored(first.message, repeated=True)
    assert await window(storage) == [first.message, marker.message]
    assert len(await trail(storage)) == 2
    assert len(await storage.bus.seen(4)) == 4


async def test_a_double_click_gives_one_message(storage: Storage) -> None:
    drafts = [draft(storage.clock, client_id=SAME) for _ in range(2)]

    receipts = await asyncio.gather(*map(storage.journal.append, drafts))

    assert [receipt.repeated for receipt in receipts] == [False, True]
    assert receipts[0].message == receipts[1].message
    assert await window(storage) == [receipts[0].message]


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_same_client_id_with_another_body_is_a_conflict(storage: Storage, at_once: bool) -> None:
    drafts = [draft(storage.clock, body, client_id=SAME) for body in ("one", "two")]

    if at_once:
        first, second = await asyncio.gather(*map(storage.journal.append, drafts), return_exceptions=True)
    else:
        first = await storage.journal.append(drafts[0])
        (second,) = await asyncio.gather(storage.journal.append(drafts[1]), return_exceptions=True)

    assert isinstance(first, Stored)
    assert isinstance(second, Conflict)
    assert await window(storage) == [first.message]


async def test_two_visitors_may_use_the_same_client_id(storage: Storage) -> None:
    drafts = [draft(storage.clock, by=name, client_id=SAME) for name in ("ann", "bob")]

    receipts = await asyncio.gather(*map(storage.journal.append, drafts))

    assert [receipt.repeated for receipt in receipts] == [False, False]


async def test_a_room_that_does_not_exist_is_not_found(storage: Storage) -> None:
    with pytest.raises(NotFound):
        await storage.journal.append(draft(storage.clock, room=RoomSlug("cellar")))

    assert await storage.unit_of_work.run(lambda r: r.sessions.get(ANN)) is None


async def test_a_revoked_session_can_not_post(storage: Storage) -> None:
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(ANN, storage.clock()))

    with pytest.raises(SessionEnded):
        await storage.journal.append(draft(storage.clock))

    assert await window(storage) == []


async def test_an_expired_session_can_not_post(storage: Storage) -> None:
    await sign_in(storage)
    storage.clock.advance(days=31)

    with pytest.raises(SessionEnded):
        await storage.journal.append(draft(storage.clock))


async def test_bad_drafts_do_not_take_good_ones_down_with_them(storage: Storage) -> None:
    await storage.unit_of_work.run(lambda r: r.sessions.revoke(session_id("gone"), storage.clock()))
    drafts = [
        draft(storage.clock, "one"),
        draft(storage.clock, room=RoomSlug("cellar")),
        draft(storage.clock, by="gone"),
        draft(storage.clock, "two"),
    ]

    first, *refused, last = await asyncio.gather(*map(storage.journal.append, drafts), return_exceptions=True)

    assert isinstance(first, Stored)
    assert isinstance(last, Stored)
    assert [type(error) for error in refused] == [NotFound, SessionEnded]
    assert [message.revision for message in await window(storage)] == [1, 2]
