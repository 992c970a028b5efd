"""A moderator mutes and bans authors, and lets them write again."""

import pytest

from portfolio_app.app.account.sign_in import SignInCommand
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import Muted, NotAllowed, NotFound
from portfolio_app.app.events import QueueChanged, RoomChanged
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.ports.audit import Action
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.chat.mute import MuteLength
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.errors import AlreadyDecided
from tests.fakes.samples import caller
from tests.unit.app.conftest import PASSWORD, Site

UNTIL = r"A moderator has muted you until \d{4}-\d\d-\d\d \d\d:\d\d UTC\."


async def bodies(site: Site) -> list[str]:
    return [str(message.body) for message in (await site.open_room(caller("eve"), "lobby")).messages]


@pytest.mark.parametrize("length", MuteLength)
async def test_a_muted_guest_reads_until_when_and_writes_again_after_that(
    site: Site, length: MuteLength
) -> None:
    moderator = await site.moderator()
    message = (await site.post()).message
    mute = await site.mute_authors.mute(moderator, message.id, length)
    assert mute.until == mute.since + length.duration
    with pytest.raises(Muted, match=UNTIL):
        await site.post("again")
    with pytest.raises(Muted, match=UNTIL):
        await site.change_message.edit(caller(), message.id, "another text")
    with pytest.raises(Muted, match=UNTIL):
        await site.react(caller(), message.id, Sign.LIKE, given=True)
    await site.post("of somebody else", by=caller("bob"))
    await site.change_message.delete(caller(), message.id)
    site.clock.advance(seconds=length.duration.total_seconds())
    await site.post("at last")
    assert await bodies(site) == ["of somebody else", "at last"]
    assert (await site.review_queue(moderator)).muted == ()


async def test_a_muted_member_is_muted_in_every_session_and_without_an_origin(site: Site) -> None:
    moderator, member = await site.moderator(), await site.member()
    message = (await site.post(by=member)).message
    await site.mute_authors.mute(moderator, message.id, MuteLength.HOUR)
    ticket = await site.sign_in(caller("phone"), SignInCommand("ann-1", PASSWORD))
    phone = Caller((await site.redeem(caller("phone"), ticket)).secret.session_id, "198.51.100.1", "r")
    untrusted = Caller(member.session_id, member.network, "r", trusted=False)
    for session in (member, phone, untrusted):
        with pytest.raises(Muted):
            await site.post(by=session)
    await site.post(by=caller("a guest of the same network"))


async def test_a_mute_is_on_record_and_lifted_by_a_moderator(site: Site) -> None:
    moderator = await site.moderator()
    message = (await site.post()).message
    mute = await site.mute_authors.mute(moderator, message.id, MuteLength.DAY)
    assert (await site.review_queue(moderator)).muted == (mute,)
    assert site.bus.events[-1] == QueueChanged()
    await site.mute_authors.lift(moderator, mute.handle)
    await site.post("again")
    made, lifted = [entry for entry in site.store.audit.values() if entry.action.startswith("author.")]
    assert (made.actor, made.action, made.subject, made.detail) == (
        "mod-1",
        Action.MUTED,
        message.author.label,
        "1 day",
    )
    assert (lifted.actor, lifted.action) == ("mod-1", Action.UNMUTED)
    with pytest.raises(NotFound):
        await site.mute_authors.lift(moderator, mute.handle)


async def test_a_ban_hides_all_that_is_shown_in_one_run_of_revisions_and_its_end_shows_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio_app.app.moderation.mute.AT_ONCE", 2)
    moderator = await site.moderator()
    own = [(await site.post(f"spam {number}")).message for number in range(3)]
    await site.post("of somebody else", by=caller("bob"))
    await site.decide(moderator, own[1].id, Decision.REMOVE)
    await site.post("spam 3")
    banned = await site.mute_authors.ban(moderator, own[0].id)
    assert (banned.hidden, banned.mute.until) == (3, None)
    assert await bodies(site) == ["of somebody else"]
    with pytest.raises(Muted, match="banned"):
        await site.post("again")
    with pytest.raises(AlreadyDecided, match="mod-1 has banned"):
        await site.mute_authors.mute(moderator, own[0].id, MuteLength.HOUR)
    await site.mute_authors.lift(moderator, banned.mute.handle)
    assert await bodies(site) == ["spam 0", "spam 2", "of somebody else", "spam 3"]
    assert site.store.messages[own[1].id].status is MessageStatus.REMOVED, "removed by itself, before"
    frames = [event for event in site.bus.events if isinstance(event, RoomChanged)]
    assert [m.revision for frame in frames for m in frame.messages] == list(range(1, 13))
    assert site.store.hidden == {}


async def test_a_frame_of_messages_that_come_back_is_no_longer_than_a_page(site: Site) -> None:
    moderator = await site.moderator()
    posted = [(await site.post("x" * 590)).message for _ in range(60)]
    banned = await site.mute_authors.ban(moderator, posted[0].id)
    before = len(site.bus.events)
    await site.mute_authors.lift(moderator, banned.mute.handle)
    frames = [event for event in site.bus.events[before:] if isinstance(event, RoomChanged)]
    assert sum(len(frame.messages) for frame in frames) == 60
    assert all(sum(len(str(m.body)) for m in frame.messages) <= 16_000 for frame in frames)


async def test_nobody_else_mutes_and_no_moderator_is_muted(site: Site) -> None:
    moderator = await site.moderator()
    message = (await site.post(by=moderator)).message
    with pytest.raises(NotAllowed, match="A moderator can't be muted"):
        await site.mute_authors.mute(moderator, message.id, MuteLength.HOUR)
    with pytest.raises(NotFound):
        await site.mute_authors.mute(moderator, "no-such-message", MuteLength.HOUR)
    before = site.store.copy()
    untrusted = Caller(moderator.session_id, moderator.network, "r", trusted=False)
    for somebody in (caller(), untrusted):
        for asked in (
            site.mute_authors.mute(somebody, message.id, MuteLength.HOUR),
            site.mute_authors.ban(somebody, message.id),
            site.mute_authors.lift(somebody, "0" * 16),
        ):
            with pytest.raises(NotAllowed):
                await asked
    assert site.store == before
