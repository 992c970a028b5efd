"""Answers and reactions, on the fakes and both databases: what stays of what was answered, what counts."""

import asyncio
from collections import Counter

import pytest

from portfolio_app.app.chat.change_message import ChangeMessage
from portfolio_app.app.chat.history import ReadHistory, Toward
from portfolio_app.app.chat.react import ReactToMessage
from portfolio_app.app.chat.read_room import OpenRoom, ReadQuotes
from portfolio_app.app.errors import NotFound, RateLimited, RoomArchived
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.chat.message import Message
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.domain.chat.room import Room, RoomSlug
from tests.contract.conftest import Storage
from tests.fakes.clock import FakeClock
from tests.fakes.limiter import FakeLimiter
from tests.fakes.samples import LOBBY, caller, draft


async def post(storage: Storage, body: str, **given: str | None) -> Message:
    return (await storage.journal.append(draft(storage.clock, body, **given))).message  # type: ignore[arg-type]


async def window(storage: Storage, by: str = "eve") -> tuple[Message, ...]:
    return (await OpenRoom(storage.unit_of_work)(caller(by), "lobby")).messages


async def delete(storage: Storage, message: Message) -> Message:
    work, bus, clock = storage.unit_of_work, storage.bus, storage.clock
    change = ChangeMessage(work, bus, clock, FakeLimiter(), ModerationPolicy())
    return await change.delete(caller("ann"), message.id)


async def test_a_deleted_message_with_an_answer_leaves_a_stub_in_its_place_and_one_without_disappears(
    storage: Storage,
) -> None:
    asked, alone = await post(storage, "asked"), await post(storage, "alone")
    answer = await post(storage, "answer", reply_to=asked.id, by="bob")
    stub = await delete(storage, asked)
    await delete(storage, alone)
    assert (stub.stub, stub.position, stub.revision) == (True, asked.position, 4)
    assert await window(storage) == (stub, answer)
    assert answer.reply_to == asked.id
    page = await ReadHistory(storage.unit_of_work)("lobby", Toward.MESSAGE, None, message=asked.id)  # type: ignore[arg-type]
    assert page.at == stub
    assert await ReadQuotes(storage.unit_of_work)("lobby", [asked.id, "nothing", "\0"]) == [stub]


async def test_what_is_not_shown_in_the_room_can_not_be_answered(storage: Storage) -> None:
    elsewhere = Room(RoomSlug("cellar"), "Cellar")
    await storage.unit_of_work.run(lambda r: r.rooms.add(elsewhere))
    other = (await storage.journal.append(draft(storage.clock, room=elsewhere.slug))).message
    held = (await storage.journal.append(draft(storage.clock, held=True))).message
    for reply_to in (other.id, held.id, "nothing"):
        with pytest.raises(NotFound):
            await post(storage, "answer", reply_to=reply_to)
    assert await window(storage) == ()


async def test_an_answer_to_a_message_that_went_meanwhile_is_posted_and_brings_nothing_back(
    storage: Storage,
) -> None:
    asked = await post(storage, "asked")
    await delete(storage, asked)
    answer = await post(storage, "answer", reply_to=asked.id)
    assert await window(storage) == (answer,)


async def test_a_reaction_counts_once_a_reader_and_each_change_is_one_revision(storage: Storage) -> None:
    react = ReactToMessage(storage.unit_of_work, storage.bus, FakeClock(), FakeLimiter())
    message = await post(storage, "hello")
    steps = [
        ("ann", Sign.LIKE, True),
        ("ann", Sign.LIKE, True),
        ("bob", Sign.LIKE, True),
        ("bob", Sign.EYES, True),
        ("ann", Sign.HEART, False),
    ]
    for by, sign, given in steps:
        await react(caller(by), message.id, sign, given=given)
    (now,) = await window(storage)
    assert (now.reactions.counts, now.revision, now.position) == (((Sign.LIKE, 2), (Sign.EYES, 1)), 4, 1)
    await react(caller("bob"), message.id, Sign.LIKE, given=False)
    opened = await OpenRoom(storage.unit_of_work)(caller("bob"), "lobby")
    assert dict(opened.own) == {message.id: (Sign.EYES,)}
    assert opened.messages[0].reactions.counts == ((Sign.LIKE, 1), (Sign.EYES, 1))


async def test_reactions_at_the_same_time_are_all_counted(storage: Storage) -> None:
    react = ReactToMessage(storage.unit_of_work, storage.bus, FakeClock(), FakeLimiter())
    message = await post(storage, "hello")
    readers = [f"reader-{number}" for number in range(8)]
    await asyncio.gather(*(react(caller(by), message.id, Sign.PARTY, given=True) for by in readers * 2))
    (now,) = await window(storage)
    assert now.reactions.counts == ((Sign.PARTY, 8),)
    assert now.revision == 9
    published = [m.revision for event in storage.bus.events for m in getattr(event, "messages", ())]
    assert Counter(published) == Counter(range(1, 10))


async def test_what_is_not_shown_takes_no_reaction_and_too_many_are_refused(storage: Storage) -> None:
    react = ReactToMessage(storage.unit_of_work, storage.bus, FakeClock(), FakeLimiter())
    gone = await post(storage, "gone")
    await delete(storage, gone)
    held = (await storage.journal.append(draft(storage.clock, held=True))).message
    for message_id in (gone.id, held.id, "nothing", "\0", "\ud800"):
        with pytest.raises(NotFound):
            await react(caller(), message_id, Sign.LIKE, given=True)
    message = await post(storage, "hello")
    limited = ReactToMessage(
        storage.unit_of_work, storage.bus, FakeClock(), FakeLimiter({Rates.REACT_SESSION: 1})
    )
    await limited(caller("bob"), message.id, Sign.LIKE, given=True)
    with pytest.raises(RateLimited):
        await limited(caller("bob"), message.id, Sign.LIKE, given=False)
    await storage.unit_of_work.run(lambda r: r.rooms.save(Room(LOBBY, "Lobby", archived=True)))
    with pytest.raises(RoomArchived):
        await react(caller("eve"), message.id, Sign.LIKE, given=True)
