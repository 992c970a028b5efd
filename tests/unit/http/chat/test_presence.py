"""What the tabs of a room get of who is in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.presence import Here, Visitor
from portfolio_app.app.errors import Unavailable
from portfolio_app.app.events import AuthorMuted, EventsMissed, PresenceChanged, RoomChanged, SessionRevoked
from portfolio_app.http.chat.presence import PresencePublisher, here_words
from tests.fakes.bus import FakeBus
from tests.fakes.samples import message, session_id
from tests.unit.app.test_presence import Seconds, guest, member


@dataclass
class Recorder:
    """As much of a push as presence uses: the topics of each tab, and what was sent."""

    topics: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def listens(self, sid: str, topic: str) -> bool:
        return self.topics.get(sid) == topic

    async def send(self, topic: str, _state: object, *, here: str, typing: list[str]) -> None:
        self.sent.append((topic, here, typing))

    def taken(self) -> list[tuple[str, str, list[str]]]:
        """What was sent since the last time."""
        sent, self.sent = self.sent, []
        return sent


@dataclass
class Names:
    """Visitors by session; whoever is not among them is a guest."""

    known: dict[str, Visitor | None] = field(default_factory=dict)
    is_up: bool = True
    asked: int = 0

    async def __call__(self, callers: Sequence[Caller]) -> list[Visitor | None]:
        if not self.is_up:
            raise Unavailable
        self.asked += len(callers)
        return [self.known[each.session_id] for each in callers]


class Worker:
    """A publisher with all that it stands on, on a bus that others may share."""

    def __init__(self, clock: Seconds, bus: FakeBus | None = None) -> None:
        self.push, self.names, self.clock, self.bus = Recorder(), Names(), clock, bus or FakeBus()
        self.publisher = PresencePublisher(self.push, self.bus, self.names, clock)  # type: ignore[arg-type]
        self.bus.subscribe(self.publisher.on_event)

    def enter(self, sid: str, visitor: Visitor, room: str = "lobby") -> None:
        self.push.topics[sid] = f"room:{room}"
        self.names.known[visitor.author.session_id] = visitor
        self.publisher.enter(sid, room, Caller(visitor.author.session_id, "203.0.113.7", "r"))

    async def second(self) -> list[tuple[str, str, list[str]]]:
        """What is sent when a second has passed."""
        self.clock.now += 1
        await self.publisher.publish()
        return self.push.taken()


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def worker(clock: Seconds) -> Worker:
    return Worker(clock)


@pytest.mark.parametrize(
    ("here", "words"),
    [
        (Here(), ""),
        (Here(guests=1), "1 guest"),
        (Here(("Ada",)), "Ada"),
        (Here(("Ada", "Ben")), "Ada and Ben"),
        (Here(("Ada", "Ben"), 3), "Ada, Ben and 3 guests"),
        (Here(tuple("abcdef")), "a, b, c, d, e and 1 other"),
        (Here(tuple("abcdefg"), 1), "a, b, c, d, e, 2 others and 1 guest"),
    ],
)
def test_who_is_here_in_words(here: Here, words: str) -> None:
    assert here_words(here) == words


async def test_a_room_gets_one_frame_a_second_whatever_the_crowd_and_none_while_nothing_changes(
    worker: Worker,
) -> None:
    for number in range(200):
        worker.enter(f"tab-{number}", guest(f"guest-{number}"))
    worker.enter("one", member("Ada"), "garden")
    assert await worker.second() == [("room:lobby", "200 guests", []), ("room:garden", "Ada", [])]
    for _ in range(1_000):
        worker.publisher.typed("tab-7")
    assert await worker.second() == [("room:lobby", "200 guests", [guest("guest-7").author.label])]
    later = [sent for _ in range(20) for sent in await worker.second()]
    assert later == [("room:lobby", "200 guests", [])], "the signal has expired"


async def test_a_tab_that_comes_is_told_who_is_here_even_if_nothing_has_changed(worker: Worker) -> None:
    worker.enter("one", member("Ada"))
    assert await worker.second() == [("room:lobby", "Ada", [])]
    assert await worker.second() == []
    worker.enter("two", member("Ada"))
    assert await worker.second() == [("room:lobby", "Ada", [])]


async def test_frames_of_a_room_with_thousands_of_tabs_are_further_apart(worker: Worker) -> None:
    for number in range(2_500):
        worker.enter(f"tab-{number}", guest("eve"))
    seconds = []
    for second in range(12):
        worker.enter("newcomer", member(f"Ada-{second}"))
        seconds.append(len(await worker.second()))
    assert sum(seconds) == 4, seconds


async def test_names_are_read_together_and_a_database_that_is_away_is_asked_again(worker: Worker) -> None:
    worker.names.is_up = False
    for number in range(700):
        worker.enter(f"tab-{number}", guest(f"guest-{number}"))
    assert await worker.second() == [("room:lobby", "", [])]
    worker.names.is_up = True
    assert await worker.second() == [("room:lobby", "500 guests", [])]
    assert await worker.second() == [("room:lobby", "700 guests", [])]
    await worker.second()
    assert worker.names.asked == 700


async def test_who_posts_writes_no_longer_and_an_edit_says_nothing_of_that(worker: Worker) -> None:
    worker.enter("one", guest("ann"))
    worker.publisher.typed("one")
    label = guest("ann").author.label
    assert await worker.second() == [("room:lobby", "1 guest", [label])]
    posted = message(by="ann")
    edited = posted.edit(posted.body, 2, posted.posted_at)
    await worker.publisher.on_event(RoomChanged("lobby", (edited,)))
    assert await worker.second() == []
    await worker.publisher.on_event(RoomChanged("lobby", (posted,)))
    assert await worker.second() == [("room:lobby", "1 guest", [])]


async def test_muted_and_ended_visitors_are_gone_with_the_next_frame(worker: Worker) -> None:
    for name in ("Ada", "Ben", "Cy"):
        worker.enter(name, member(name, ord(name[0])))
        worker.publisher.typed(name)
    assert (await worker.second())[0][1:] == ("Ada, Ben and Cy", ["Ada", "Ben", "Cy"])
    worker.names.known[session_id("Ada")] = member("Ada", ord("A"), muted_s=60)
    await worker.publisher.on_event(AuthorMuted(member("Ada", ord("A")).author.key))
    assert (await worker.second())[0][1:] == ("Ben and Cy", ["Ben", "Cy"])
    await worker.publisher.on_event(SessionRevoked(session_id("Ben")))
    assert (await worker.second())[0][1:] == ("Cy", ["Cy"])
    worker.names.known[session_id("Cy")] = None
    await worker.publisher.on_event(EventsMissed())
    assert (await worker.second())[0][1:] == ("", [])


async def test_workers_show_the_same_room_until_one_of_them_dies_or_stops(clock: Seconds) -> None:
    bus = FakeBus()
    await bus.start()
    near, far, third = Worker(clock, bus), Worker(clock, bus), Worker(clock, bus)
    near.enter("one", member("Ada"))
    far.enter("two", member("Ben", 2))
    third.enter("three", guest("eve"))
    for worker in (far, third, near):
        await worker.second()
    assert (await far.second())[0][1] == "Ada, Ben and 1 guest"
    await third.publisher.stop()
    assert (await near.second())[0][1] == "Ada and Ben"
    for _ in range(8):
        await near.second()
        await far.second()
    assert (near.push.sent, await near.second()) == ([], []), "said again and again, it stays"
    gone = [sent for _ in range(10) for sent in await near.second()]
    assert gone == [("room:lobby", "Ada", [])], "the other one has died"


async def test_a_worker_without_visitors_says_so_once(worker: Worker) -> None:
    worker.enter("one", guest("eve"))
    await worker.second()
    worker.push.topics.clear()
    for _ in range(10):
        await worker.second()
    said = [event.rooms for event in worker.bus.events if isinstance(event, PresenceChanged)]
    assert [len(rooms) for rooms in said] == [1, 0]
    await worker.publisher.stop()
    assert len(worker.bus.events) == len(said)


async def test_a_tab_on_a_page_without_a_room_is_in_none(worker: Worker) -> None:
    worker.enter("one", guest("eve"))
    worker.enter("two", member("Ada"))
    assert (await worker.second())[0][1] == "Ada and 1 guest"
    worker.publisher.leave("one")
    assert (await worker.second())[0][1] == "Ada"
