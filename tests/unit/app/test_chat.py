"""Posting, opening a room and catching up with it."""

import pytest

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat import read_room
from portfolio_app.app.chat.post_message import PostCommand
from portfolio_app.app.chat.read_room import RoomChanges
from portfolio_app.app.errors import Conflict, NotFound, RateLimited, Unavailable
from portfolio_app.app.events import HeldChanged, QueueChanged, RoomChanged
from portfolio_app.app.ports.limiter import Rates
from portfolio_app.domain.chat.message import Message, MessageStatus
from portfolio_app.domain.errors import InvalidValue
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site


async def test_a_post_is_cleaned_stored_and_announced(site: Site) -> None:
    receipt = await site.post("  hello\r\nthere\x07 ")

    assert str(receipt.message.body) == "  hello\nthere"
    assert site.bus.events == [
        RoomChanged("lobby", (receipt.message,), (caller().request_id,)),
        QueueChanged(),
    ]


@pytest.mark.parametrize("body", ["a DARN shame", "see example.com", "x" * 601, "WHY ARE YOU SHOUTING"])
async def test_what_the_policy_holds_back_is_announced_to_its_author_alone(site: Site, body: str) -> None:
    receipt = await site.post(body)

    assert receipt.message.status is MessageStatus.PENDING
    assert site.bus.events == [
        HeldChanged(caller().session_id, receipt.message, caller().request_id),
        QueueChanged(),
    ]
    assert list(site.store.queue) == [receipt.message.id]


@pytest.mark.parametrize(
    "command",
    [
        PostCommand("lobby", "client-0001", "  \n "),
        PostCommand("lobby", "client-0001", "x" * 1001),
        PostCommand("lobby", "short", "hello"),
        PostCommand("Lobby!", "client-0001", "hello"),
    ],
)
async def test_a_wrong_value_costs_no_allowance(site: Site, command: PostCommand) -> None:
    with pytest.raises(InvalidValue):
        await site.post_message(caller(), command)

    assert site.limiter.counted.total() == 0
    assert site.store.messages == {}


async def test_a_room_that_does_not_exist_is_not_found(site: Site) -> None:
    with pytest.raises(NotFound):
        await site.post(room="cellar")
    with pytest.raises(NotFound):
        await site.open_room(caller(), "cellar")
    with pytest.raises(NotFound):
        await site.catch_up("cellar", 0)


async def test_a_retry_is_answered_with_the_stored_message(site: Site) -> None:
    command = PostCommand("lobby", "client-0001", "hello")
    first = await site.post_message(caller(), command)

    again = await site.post_message(caller(), command)

    assert (again.message, again.repeated) == (first.message, True)
    assert len(site.store.messages) == 1


async def test_the_same_client_id_with_another_body_is_a_conflict(site: Site) -> None:
    await site.post_message(caller(), PostCommand("lobby", "client-0001", "hello"))

    with pytest.raises(Conflict):
        await site.post_message(caller(), PostCommand("lobby", "client-0001", "goodbye"))


async def test_a_visitor_who_posts_too_fast_is_told_when_to_go_on(site: Site) -> None:
    site.limiter.allowed[Rates.POST_SESSION] = 1
    await site.post()

    with pytest.raises(RateLimited, match="Try again in 7 seconds"):
        await site.post()

    assert len(site.store.messages) == 1


async def test_a_flood_from_one_session_does_not_use_up_the_allowance_of_its_address(site: Site) -> None:
    site.limiter.allowed |= {Rates.POST_SESSION: 1, Rates.POST_NETWORK: 3}
    await site.post(by=caller("flooder"))
    for _ in range(10):
        with pytest.raises(RateLimited):
            await site.post(by=caller("flooder"))

    await site.post(by=caller("neighbour"))

    assert site.limiter.counted[Rates.POST_NETWORK, caller().network] == 2


async def test_a_member_on_an_untrusted_connection_posts_as_a_guest(site: Site) -> None:
    member = await site.member()

    receipt = await site.post(by=Caller(member.session_id, member.network, "r", trusted=False))

    assert receipt.message.author.user_id is None
    assert receipt.message.author.name == "demo"


async def test_a_database_that_is_away_is_unavailable(site: Site) -> None:
    site.unit_of_work.failure = Unavailable()

    with pytest.raises(Unavailable):
        await site.post()

    assert site.bus.events == []


async def test_a_room_opens_with_its_newest_messages_and_the_own_held_ones(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_room, "WINDOW", 2)
    visible = [(await site.post(text)).message for text in ("one", "two", "three")]
    held = (await site.post("see example.com")).message
    await site.post("see example.org", by=caller("bob"))

    window = await site.open_room(caller(), "lobby")

    assert window.messages == tuple(visible[1:])
    assert window.held == (held,)
    assert window.room.revision == 3


async def test_catching_up_gives_what_changed_after_a_revision(site: Site) -> None:
    messages = [(await site.post(text)).message for text in ("one", "two", "three")]

    assert await site.catch_up("lobby", 1) == RoomChanges(3, 3, tuple(messages[1:]))
    assert await site.catch_up("lobby", 3) == RoomChanges(3, 3, ())


async def caught_up(site: Site, after: int) -> tuple[list[int], list[Message]]:
    """Page after page until the room is whole: the rows of each, and all of them."""
    pages, rows = [], []
    while (changes := await site.catch_up("lobby", after)) and changes.messages:
        pages.append(len(changes.messages))
        rows += changes.messages
        after = changes.upto
        assert changes.revision == len(rows) or after < changes.revision
    return pages, rows


@pytest.mark.parametrize(
    ("rows", "size", "pages"), [(3, 10_000, [3, 3, 1]), (50, 450, [2, 2, 2, 1]), (1, 1, [1] * 7)]
)
async def test_catching_up_by_pages_gives_the_same_as_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch, rows: int, size: int, pages: list[int]
) -> None:
    messages = [(await site.post(f"text {n}")).message for n in range(7)]
    at_once = await site.catch_up("lobby", 0)
    monkeypatch.setattr(read_room, "PAGE", rows)
    monkeypatch.setattr(read_room, "PAGE_BYTES", size)
    assert await caught_up(site, 0) == (pages, messages)
    assert at_once == RoomChanges(7, 7, tuple(messages))


async def test_a_window_holds_the_newest_that_fit_and_counts_the_held_messages_before_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visible = [(await site.post("\N{GRINNING FACE}" * 50)).message for _ in range(3)]
    held = [(await site.post(f"see example.com {n}")).message for n in range(4)]
    monkeypatch.setattr(read_room, "WINDOW_BYTES", 850)
    monkeypatch.setattr(read_room, "HELD", 2)
    window = await site.open_room(caller(), "lobby")
    assert window.messages == tuple(visible[1:])
    assert (window.held, window.held_before) == (tuple(held[2:]), 2)


async def test_somebody_too_far_behind_is_told_to_open_the_room_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_room, "CATCH_UP_LIMIT", 2)
    for text in ("one", "two", "three"):
        await site.post(text)

    assert await site.catch_up("lobby", 0) is None
    assert await site.catch_up("lobby", 1) is not None
