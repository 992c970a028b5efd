"""Visitors report messages, and a moderator keeps or removes them."""

import pytest

from portfolio_app.app.errors import NotAllowed, NotFound, RateLimited
from portfolio_app.app.events import MessageReported, QueueChanged, RoomChanged
from portfolio_app.app.moderation.decide import Decision
from portfolio_app.app.moderation.review import Only
from portfolio_app.app.ports.audit import Action
from portfolio_app.app.ports.limiter import Rate, Rates
from portfolio_app.domain.chat.message import MessageStatus
from portfolio_app.domain.errors import AlreadyDecided, InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site


async def test_reports_count_once_a_visitor_and_reach_the_queue_with_their_reasons(site: Site) -> None:
    moderator = await site.moderator()
    held = (await site.post("see example.com")).message
    message = (await site.post("buy followers")).message
    assert await site.report(caller("bob"), message.id, "  spam,\nagain ")
    assert site.bus.events[-2:] == [MessageReported(message, "request-of-bob"), QueueChanged()]
    assert not await site.report(caller("bob"), message.id, "spam!")
    assert await site.report(caller("eve"), message.id)
    review = await site.review_queue(moderator)
    [reported] = review.reported
    assert (reported.message, reported.count, reported.reasons) == (message, 2, ("spam, again",))
    assert [entry.message for entry in review.waiting] == [held]
    assert review.count == 2
    only = await site.review_queue(moderator, only=Only.REPORTED)
    assert (only.waiting, only.reported, only.count) == ((), (reported,), 1)
    only = await site.review_queue(moderator, only=Only.HELD)
    assert (only.waiting, only.reported, only.count) == (review.waiting, (), 1)
    assert (await site.review_queue(moderator, limit=1)).count == 2
    lines = [entry for entry in site.store.audit.values() if entry.action is Action.REPORTED]
    assert [(entry.subject, entry.detail) for entry in lines] == [
        (message.id, "spam, again"),
        (message.id, ""),
    ]


async def test_a_reported_message_is_kept_without_a_change_or_removed_for_everybody(site: Site) -> None:
    moderator = await site.moderator()
    first, second = (await site.post("first")).message, (await site.post("second")).message
    for message in (first, second):
        await site.report(caller("bob"), message.id)
    before = len(site.bus.events)
    assert await site.decide(moderator, first.id, Decision.KEEP) == first
    assert site.bus.events[before:] == [QueueChanged()]
    with pytest.raises(AlreadyDecided, match="mod-1 kept this message"):
        await site.decide(moderator, first.id, Decision.KEEP)
    assert not await site.report(caller("bob"), first.id), "once a visitor and message, for good"
    removed = await site.decide(moderator, second.id, Decision.REMOVE)
    assert (removed.status, removed.revision) == (MessageStatus.REMOVED, 3)
    assert isinstance(site.bus.events[-2], RoomChanged)
    assert (await site.review_queue(moderator)).reported == ()
    await site.report(caller("eve"), first.id)
    assert [each.count for each in (await site.review_queue(moderator)).reported] == [1]
    await site.change_message.delete(caller(), first.id)
    assert (await site.review_queue(moderator)).count == 0


async def test_what_can_not_be_reported_is_refused_in_words(site: Site) -> None:
    message, held = (await site.post()).message, (await site.post("see example.com")).message
    with pytest.raises(NotAllowed, match="your own message"):
        await site.report(caller(), message.id)
    for unknown in (held.id, "no-such-message"):
        with pytest.raises(NotFound):
            await site.report(caller("bob"), unknown)
    with pytest.raises(InvalidValue, match="200 characters"):
        await site.report(caller("bob"), message.id, "x" * 201)
    assert site.store.reports == {}


@pytest.mark.parametrize("rate", [Rates.REPORT_SESSION, Rates.REPORT_NETWORK])
async def test_a_flood_of_reports_is_cut_off(site: Site, rate: Rate) -> None:
    posted = [(await site.post(str(number))).message for number in range(3)]
    site.limiter.allowed[rate] = 2
    for message in posted[:2]:
        await site.report(caller("bob"), message.id)
    with pytest.raises(RateLimited):
        await site.report(caller("bob"), posted[2].id)
    assert len(site.store.reports) == 2
