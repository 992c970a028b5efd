"""Who has a room open and who writes there, as the workers know it."""

import math
from dataclasses import dataclass

import pytest

from portfolio_app.app.caller import Caller
from portfolio_app.app.chat.presence import Here, NameVisitors, Presence, Visitor
from portfolio_app.app.events import AuthorMuted, PresenceChanged, RoomPresence
from portfolio_app.domain.account.session import visitor_tag
from portfolio_app.domain.chat.message import Author
from portfolio_app.domain.chat.mute import MuteLength
from tests.fakes.samples import caller, session_id
from tests.unit.app.conftest import Site


@dataclass
class Seconds:
    """A clock that only the test moves."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def member(name: str, number: int = 1, *, muted_s: float = 0.0) -> Visitor:
    author = Author(name, "", session_id(name), number)
    return Visitor(author, frozenset({author.session_id, author.key}), muted_s)


def guest(name: str) -> Visitor:
    author = Author("demo", visitor_tag(session_id(name)), session_id(name), None)
    return Visitor(author, frozenset({author.key}))


def enter(presence: Presence, tab: str, visitor: Visitor, room: str = "lobby") -> None:
    presence.enter(tab, room, Caller(visitor.author.session_id, "203.0.113.7", "r"))
    presence.name(presence.unnamed(), [visitor])


def here(presence: Presence, room: str = "lobby") -> Here:
    return presence.here(room, {part.room: part for part in presence.own()}.get(room))


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def presence(clock: Seconds) -> Presence:
    return Presence("near", clock)


async def test_a_visitor_is_named_as_rooms_name_them(site: Site) -> None:
    name = NameVisitors(site.unit_of_work, site.clock)
    ann = await site.member("ann-1")
    untrusted = Caller(ann.session_id, ann.network, "r", trusted=False)
    named = await name([ann, untrusted, caller("eve"), ann])
    assert [visitor and visitor.author.label for visitor in named] == [
        "ann-1",
        f"demo {visitor_tag(ann.session_id)}",
        f"demo {visitor_tag(session_id('eve'))}",
        "ann-1",
    ]
    assert await name([]) == []


async def test_nobody_is_named_whose_session_has_ended(site: Site) -> None:
    ann = await site.member("ann-1")
    await site.unit_of_work.run(lambda r: r.sessions.revoke(ann.session_id, site.clock()))
    ended, eve = await NameVisitors(site.unit_of_work, site.clock)([ann, caller("eve")])
    assert ended is None
    assert eve is not None


async def test_what_is_left_of_a_mute_comes_with_the_name_and_a_change_of_it_is_announced(site: Site) -> None:
    name, moderator = NameVisitors(site.unit_of_work, site.clock), await site.moderator()
    ann = await site.member("ann-1")
    message = (await site.post(by=ann)).message
    mute = await site.mute_authors.mute(moderator, message.id, MuteLength.TEN_MINUTES)
    site.clock.advance(seconds=60)
    left = [visitor and visitor.muted_s for visitor in await name([ann, caller("eve")])]
    assert left == [pytest.approx(540, abs=1), 0], "the clock ticks with every look"
    await site.mute_authors.ban(moderator, message.id)
    untrusted = Caller(ann.session_id, ann.network, "r", trusted=False)
    assert [visitor and visitor.muted_s for visitor in await name([ann, untrusted])] == [math.inf] * 2
    await site.mute_authors.lift(moderator, mute.handle)
    assert [visitor and visitor.muted_s for visitor in await name([ann])] == [0]
    announced = [event for event in site.bus.events if isinstance(event, AuthorMuted)]
    assert announced == [AuthorMuted(message.author.key)] * 3


def test_a_visitor_with_several_tabs_is_there_once_until_the_last_is_closed(presence: Presence) -> None:
    for tab in ("one", "two"):
        enter(presence, tab, member("Ann"))
        enter(presence, f"guest {tab}", guest("eve"))
    enter(presence, "three", member("ben", 2))
    assert here(presence) == Here(("Ann", "ben"), 1)
    presence.keep(lambda tab, _room: tab == "two")
    assert here(presence) == Here(("Ann",))
    presence.leave("two")
    assert (here(presence), presence.own()) == (Here(), ())


def test_a_tab_is_in_one_room_and_nobody_is_shown_before_their_name_is_read(presence: Presence) -> None:
    enter(presence, "one", member("Ann"))
    presence.enter("one", "garden", caller("Ann"))
    presence.enter("two", "garden", caller("ben"))
    assert here(presence) == Here()
    assert here(presence, "garden") == Here(("Ann",))
    assert presence.rooms() == {"garden": 2}
    assert [tab for tab, _ in presence.unnamed()] == ["two"]


def test_who_is_on_several_workers_is_there_once(presence: Presence, clock: Seconds) -> None:
    far = Presence("far", clock)
    enter(presence, "one", member("Ann"))
    enter(presence, "two", guest("eve"))
    enter(far, "one", member("Ann"))
    enter(far, "two", guest("eve"))
    enter(far, "three", guest("bob"))
    presence.hear(PresenceChanged("far", far.own()))
    presence.hear(PresenceChanged("near", (RoomPresence("lobby", ("nobody",)),)))
    assert here(presence) == Here(("Ann",), 2)


def test_what_a_worker_said_expires_and_one_that_stops_is_gone_at_once(
    presence: Presence, clock: Seconds
) -> None:
    said = (RoomPresence("lobby", ("Ann",)),)
    presence.hear(PresenceChanged("dies", said))
    presence.hear(PresenceChanged("stops", (RoomPresence("lobby", ("ben",)),)))
    assert here(presence) == Here(("Ann", "ben"))
    presence.hear(PresenceChanged("stops", ()))
    assert here(presence) == Here(("Ann",))
    clock.now += 9.9
    assert here(presence) == Here(("Ann",))
    clock.now += 0.2
    assert here(presence) == Here()


def test_of_a_crowd_three_hundred_are_named_to_other_workers_and_the_others_counted(
    presence: Presence, clock: Seconds
) -> None:
    for number in range(200):
        enter(presence, f"m{number}", member(f"member-{number}", number + 1))
        enter(presence, f"g{number}", guest(f"guest-{number}"))
    (part,) = presence.own()
    assert (len(part.members), len(part.guests), part.more) == (200, 100, 100)
    far = Presence("far", clock)
    far.hear(PresenceChanged("near", (part,)))
    assert (len(here(far).members), here(far).guests) == (200, 200)


def test_who_writes_is_shown_for_six_seconds_or_until_they_have_posted(
    presence: Presence, clock: Seconds
) -> None:
    enter(presence, "one", member("Ann"))
    enter(presence, "two", guest("eve"))
    presence.typed("one")
    presence.typed("two")
    presence.typed("nobody")
    assert here(presence).typing == ("Ann", guest("eve").author.label)
    presence.posted("garden", member("Ann").author.key)
    presence.posted("lobby", guest("eve").author.key)
    assert here(presence).typing == ("Ann",)
    clock.now += 6.1
    assert here(presence).typing == ()


def test_four_of_those_who_write_are_named(presence: Presence, clock: Seconds) -> None:
    far = Presence("far", clock)
    for number, name in enumerate("abcdefg", start=1):
        enter(presence, name, member(name, number))
        presence.typed(name)
    assert here(presence).typing == ("a", "b", "c", "d", "and others")
    far.hear(PresenceChanged("near", presence.own()))
    enter(far, "z", member("Aa", 99))
    far.typed("z")
    assert here(far).typing == ("a", "Aa", "b", "c", "and others")


def test_a_muted_author_leaves_at_once_and_is_back_when_the_mute_ends(
    presence: Presence, clock: Seconds
) -> None:
    enter(presence, "one", member("Ann"))
    enter(presence, "two", guest("eve"))
    presence.typed("one")
    presence.muted(member("Ann").author.key)
    assert here(presence) == Here((), 1), "before anything is read"
    presence.name(presence.unnamed(), [member("Ann", muted_s=600)])
    presence.typed("one")
    clock.now += 599
    assert here(presence) == Here((), 1)
    clock.now += 2
    assert here(presence) == Here(("Ann",), 1)
    presence.muted(guest("eve").author.key)
    assert here(presence) == Here(("Ann",))


def test_an_ended_session_leaves_at_once_and_one_whose_end_was_missed_when_names_are_read_again(
    presence: Presence,
) -> None:
    enter(presence, "one", member("Ann"))
    enter(presence, "two", guest("eve"))
    presence.end(session_id("eve"))
    assert here(presence) == Here(("Ann",))
    presence.check_all()
    assert here(presence) == Here(("Ann",))
    presence.name(presence.unnamed(), [None])
    assert here(presence) == Here()
    assert presence.unnamed() == []
