"""An author edits and deletes own messages, and a moderator takes one down and back."""

import pytest

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.rooms import RoomChange
from portfolio_app.app.errors import NotFound, RateLimited, RoomArchived
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.errors import AlreadyDecided, InvalidValue, NotEditable
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site


async def test_an_edit_is_one_revision_stays_in_its_place_and_keeps_the_earlier_text_on_record(
    site: Site,
) -> None:
    first = (await site.post("helo")).message
    await site.post("another")
    edited = await site.change_message.edit(caller(), first.id, "  hello ")
    assert (str(edited.body), edited.position, edited.revision) == ("hello", 1, 3)
    assert edited.edited_at is not None
    assert site.bus.events[-2:] == [RoomChanged("lobby", (edited,), ("request-of-ann",)), QueueChanged()]
    entry = site.store.audit[3]
    assert (entry.action, entry.subject, entry.detail) == (Action.EDITED, first.id, "helo")
    window = await site.open_room(caller("bob"), "lobby")
    assert [str(m.body) for m in window.messages] == ["hello", "another"]


async def test_an_edit_without_a_change_marks_nothing_and_is_on_no_record(site: Site) -> None:
    message = (await site.post("hello")).message
    published, recorded = list(site.bus.events), dict(site.store.audit)
    same = await site.change_message.edit(caller(), message.id, " hello ")
    assert (same.edited_at, same.revision) == (None, message.revision)
    assert (site.bus.events, site.store.audit) == (published, recorded)
    assert [m.edited_at for m in (await site.open_room(caller("bob"), "lobby")).messages] == [None]


async def test_a_deleted_message_is_gone_from_the_room_and_told_as_one_change(site: Site) -> None:
    message = (await site.post("oops")).message
    deleted = await site.change_message.delete(caller(), message.id)
    assert (deleted.status, deleted.revision) == (MessageStatus.DELETED, 2)
    assert (await site.open_room(caller(), "lobby")).messages == ()
    changes = await site.catch_up("lobby", 1)
    assert changes is not None
    assert changes.messages == (deleted,)
    with pytest.raises(NotEditable):
        await site.change_message.edit(caller(), message.id, "back again")
    with pytest.raises(AlreadyDecided):
        await site.decide(await site.moderator(), message.id, Decision.RESTORE)


async def test_a_held_message_can_be_deleted_by_its_author_and_leaves_the_queue(site: Site) -> None:
    held = (await site.post("see example.com")).message
    with pytest.raises(NotEditable, match="waits for a moderator"):
        await site.change_message.edit(caller(), held.id, "see nothing")
    deleted = await site.change_message.delete(caller(), held.id)
    assert (deleted.revision, site.store.queue) == (0, {})
    assert HeldChanged(caller().session_id, deleted, "request-of-ann") in site.bus.events


async def test_a_message_of_an_archived_room_can_be_deleted_but_says_nothing_else_any_more(
    site: Site,
) -> None:
    moderator = await site.moderator()
    message = (await site.post("as it was")).message
    await site.manage_rooms(moderator, RoomChange.ARCHIVE, "lobby")
    with pytest.raises(RoomArchived):
        await site.change_message.edit(caller(), message.id, "something else")
    assert [str(m.body) for m in (await site.open_room(caller(), "lobby")).messages] == ["as it was"]
    assert (await site.change_message.delete(caller(), message.id)).status is MessageStatus.DELETED


async def test_nobody_else_changes_a_message_and_a_member_does_in_every_session(site: Site) -> None:
    member = await site.member()
    message = (await site.post(by=member)).message
    for somebody in (caller("bob"), Caller(member.session_id, member.network, "r", trusted=False)):
        with pytest.raises(NotFound):
            await site.change_message.edit(somebody, message.id, "mine now")
        with pytest.raises(NotFound):
            await site.change_message.delete(somebody, message.id)
    with pytest.raises(NotFound):
        await site.change_message.delete(member, "no-such-message")
    assert site.store.messages[message.id] == message


async def test_after_a_quarter_of_an_hour_a_message_stays_as_it_is(site: Site) -> None:
    message = (await site.post()).message
    site.clock.advance(minutes=15)
    with pytest.raises(NotEditable, match="15 minutes"):
        await site.change_message.edit(caller(), message.id, "too late")
    with pytest.raises(NotEditable, match="15 minutes"):
        await site.change_message.delete(caller(), message.id)
    assert site.store.rooms["lobby"].revision == 1, "no revision is taken in vain"


@pytest.mark.parametrize(
    ("text", "error"), [(" ", InvalidValue), ("x" * 1001, InvalidValue), ("see example.com", NotEditable)]
)
async def test_a_text_that_could_not_be_posted_at_once_can_not_be_put_in_by_an_edit(
    site: Site, text: str, error: type[Exception]
) -> None:
    message = (await site.post()).message
    with pytest.raises(error):
        await site.change_message.edit(caller(), message.id, text)
    assert site.store.messages[message.id] == message


async def test_edits_cost_what_posts_cost(site: Site) -> None:
    message = (await site.post()).message
    site.limiter.allowed[Rates.POST_SESSION] = 1
    with pytest.raises(RateLimited):
        await site.change_message.edit(caller(), message.id, "again")


async def test_what_a_moderator_took_down_comes_back_to_its_place(site: Site) -> None:
    moderator = await site.moderator()
    first = (await site.post("first")).message
    await site.post("second")
    await site.decide(moderator, first.id, Decision.REMOVE)
    restored = await site.decide(moderator, first.id, Decision.RESTORE)
    assert (restored.status, restored.position, restored.revision) == (MessageStatus.VISIBLE, 1, 4)
    assert [str(m.body) for m in (await site.open_room(caller(), "lobby")).messages] == ["first", "second"]
    with pytest.raises(AlreadyDecided):
        await site.decide(moderator, first.id, Decision.RESTORE)
