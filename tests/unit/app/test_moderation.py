"""Who may decide on a message, and what a decision does."""

import pytest

from portfolio_app.app.account.elevate import PROVED_FOR
from portfolio_app.app.account.operate import EndSessions
from portfolio_app.app.caller import Caller
from portfolio_app.app.errors import NotAllowed, NotFound, ProofNeeded, SessionEnded
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged, SessionRevoked
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.account.user import Role
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.chat.moderation import Reason
from portfolio_app.domain.errors import AlreadyDecided
from tests.fakes.samples import caller
from tests.unit.app.conftest import PASSWORD, Site

HELD = "see example.com"


@pytest.fixture
async def held(site: Site) -> Message:
    """A message that waits, posted by a guest."""
    return (await site.post(HELD)).message


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("who", ["guest", "member", "demoted", "untrusted"])
async def test_nobody_but_a_moderator_decides_or_looks(
    site: Site, held: Message, who: str, decision: Decision
) -> None:
    asking = caller()
    if who == "member":
        asking = await site.member()
    elif who != "guest":
        asking = await site.moderator()
    if who == "demoted":
        await site.set_role("mod-1", Role.MEMBER)
    if who == "untrusted":
        asking = Caller(asking.session_id, asking.network, "r", trusted=False)
    before = site.store.copy()

    with pytest.raises(NotAllowed):
        await EndSessions(site.unit_of_work, site.bus, site.clock)(asking, "ann-1")
    with pytest.raises(NotAllowed):
        await site.decide(asking, held.id, decision)
    with pytest.raises(NotAllowed):
        await site.review_queue(asking)

    assert site.store == before


async def test_a_moderator_whose_session_was_revoked_decides_nothing(site: Site, held: Message) -> None:
    moderator = await site.moderator()
    await site.redeem(moderator, await site.sign_out(moderator))

    with pytest.raises(SessionEnded):
        await site.decide(moderator, held.id, Decision.APPROVE)

    assert site.store.messages[held.id] == held


async def test_the_queue_shows_what_waits_and_why_with_the_trail(site: Site, held: Message) -> None:
    review = await site.review_queue(await site.moderator())

    assert [(entry.message, entry.reasons) for entry in review.waiting] == [(held, (Reason.LINK,))]
    assert review.trail[-1].action is Action.HELD
    assert HELD not in repr(review.trail)


async def test_an_approved_message_becomes_the_rooms_next_change(site: Site, held: Message) -> None:
    first = (await site.post("hello")).message
    moderator = await site.moderator()
    site.bus.events.clear()

    approved = await site.decide(moderator, held.id, Decision.APPROVE)

    assert (approved.status, approved.revision) == (MessageStatus.VISIBLE, first.revision + 1)
    assert site.bus.events == [RoomChanged("lobby", (approved,), (moderator.request_id,)), QueueChanged()]
    assert site.store.queue == {}
    last = list(site.store.audit.values())[-1]
    assert (last.actor, last.action, last.subject) == ("mod-1", Action.APPROVED, held.id)


async def test_a_message_removed_before_anyone_saw_it_is_news_for_its_author_alone(
    site: Site, held: Message
) -> None:
    moderator = await site.moderator()
    site.bus.events.clear()

    removed = await site.decide(moderator, held.id, Decision.REMOVE)

    assert (removed.status, removed.revision) == (MessageStatus.REMOVED, 0)
    assert site.bus.events == [
        HeldChanged(held.author.session_id, removed, moderator.request_id),
        QueueChanged(),
    ]
    assert site.store.rooms["lobby"].revision == 0


async def test_a_visible_message_that_is_removed_is_a_change_of_the_room(site: Site) -> None:
    message = (await site.post("hello")).message
    moderator = await site.moderator()
    site.bus.events.clear()

    removed = await site.decide(moderator, message.id, Decision.REMOVE)

    assert removed.revision == 2
    assert site.bus.events[0] == RoomChanged("lobby", (removed,), (moderator.request_id,))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Decision.APPROVE, Decision.APPROVE),
        (Decision.REMOVE, Decision.REMOVE),
        (Decision.REMOVE, Decision.APPROVE),
    ],
)
async def test_a_second_decision_comes_too_late_and_changes_nothing(
    site: Site, held: Message, first: Decision, second: Decision
) -> None:
    moderator = await site.moderator()
    await site.decide(moderator, held.id, first)
    before, events = site.store.copy(), len(site.bus.events)

    with pytest.raises(AlreadyDecided):
        await site.decide(moderator, held.id, second)

    assert (site.store, len(site.bus.events)) == (before, events)


async def test_a_message_that_does_not_exist_is_not_found(site: Site) -> None:
    with pytest.raises(NotFound):
        await site.decide(await site.moderator(), "no-such-message", Decision.APPROVE)


async def test_a_moderator_ends_every_session_of_a_member_having_typed_the_own_password_lately(
    site: Site,
) -> None:
    moderator, member = await site.moderator(), await site.member()
    end_sessions = EndSessions(site.unit_of_work, site.bus, site.clock)
    site.clock.now += PROVED_FOR
    with pytest.raises(ProofNeeded):
        await end_sessions(moderator, "ann-1")
    assert (await site.identify(member)).user is not None
    await site.prove(moderator, PASSWORD)
    with pytest.raises(NotFound, match="no user called nobody"):
        await end_sessions(moderator, "nobody")

    assert await end_sessions(moderator, " Ann-1") == 1

    with pytest.raises(SessionEnded):
        await site.identify(member)
    assert SessionRevoked(member.session_id) in site.bus.events
    assert site.bus.events[-1] == QueueChanged(), "the trail is read again"
    entry = list(site.store.audit.values())[-1]
    assert (entry.actor, entry.action, entry.subject) == ("mod-1", Action.SESSIONS_ENDED, "ann-1")
    assert entry.request_id == moderator.request_id
    line = list(site.store.security.values())[-1]
    assert (line.user_id, line.event, line.about) == (2, SecurityEvent.ALL_SESSIONS_ENDED, "moderator")
    assert moderator.network not in str(line), "which is the moderator's own"
