"""Events between workers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.events import (
    AuthorMuted,
    Event,
    EventsMissed,
    HeldChanged,
    MessageReported,
    PresenceChanged,
    QueueChanged,
    RoomChanged,
    RoomPresence,
    RunEnded,
    RunNoted,
    RunStalled,
    RunStarted,
    SessionRevoked,
    TracesMissed,
)
from portfolio_app.app.ports.runs import Run
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode, Plan, Size, Workers
from portfolio_app.domain.chat.message import Author, ClientMessageId, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.bus.codec import decode, encode
from tests.unit.domain.strategies import ANY_TEXT, SESSION_IDS


def body(raw: str) -> MessageBody:
    try:
        return MessageBody.parse(raw)
    except InvalidValue:
        return MessageBody("empty")


MESSAGES = st.builds(
    Message,
    id=SESSION_IDS,
    room=st.sampled_from([RoomSlug("lobby"), RoomSlug("a-b")]),
    client_id=st.from_regex(r"[A-Za-z0-9_-]{8,36}", fullmatch=True).map(ClientMessageId),
    author=st.builds(
        Author, st.just("demo"), st.just("ab12"), SESSION_IDS, st.none() | st.integers(1, 2**60)
    ),
    body=ANY_TEXT.map(body),
    status=st.sampled_from(MessageStatus),
    posted_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    revision=st.integers(0, 2**60),
)
NEW_ROOM = Message(
    id="m1",
    room=RoomSlug("a-b"),
    client_id=ClientMessageId("client-0001"),
    author=Author("demo", "ab12", "s" * 32, None),
    body=MessageBody("hello"),
    status=MessageStatus.VISIBLE,
    posted_at=datetime(2026, 11, 22, tzinfo=UTC),
)
REQUESTS = st.text("0123456789abcdef", max_size=32)
ANSWERS = st.builds(
    Answer,
    st.integers(0, 4_999),
    st.none() | SESSION_IDS,
    st.integers(0, 599),
    st.integers(0, 2**40),
    st.integers(0, 2**40),
    st.booleans(),
)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PLANS = st.builds(
    Plan,
    st.builds(Size, st.integers(10, 5_000)),
    st.builds(Workers, st.integers(1, 64)),
    st.sampled_from(Mode),
)
RUNS = st.builds(Run, SESSION_IDS, SESSION_IDS, SESSION_IDS, PLANS, TIMES, TIMES)
NAMES = st.lists(st.text(max_size=8), max_size=3).map(tuple)
ROOMS = st.lists(
    st.builds(RoomPresence, st.just("lobby"), NAMES, NAMES, st.integers(0, 99), NAMES), max_size=3
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        RoomChanged,
        st.just("lobby"),
        st.lists(MESSAGES, max_size=3).map(tuple),
        st.lists(REQUESTS, max_size=3).map(tuple),
    ),
    st.builds(HeldChanged, SESSION_IDS, MESSAGES, REQUESTS),
    st.just(QueueChanged()),
    st.builds(AuthorMuted, SESSION_IDS),
    st.builds(PresenceChanged, SESSION_IDS, ROOMS.map(tuple)),
    st.builds(MessageReported, MESSAGES, REQUESTS),
    st.builds(SessionRevoked, SESSION_IDS, st.booleans()),
    st.builds(
        RunNoted,
        SESSION_IDS,
        SESSION_IDS,
        st.lists(st.tuples(SESSION_IDS, st.integers(0, 4_999)), max_size=3).map(tuple),
        st.lists(ANSWERS, max_size=3).map(tuple),
        st.none() | st.tuples(st.integers(0, 2**60), st.integers(0, 2**60)),
    ),
    st.builds(RunStarted, RUNS),
    st.builds(RunStalled, SESSION_IDS),
    st.builds(RunEnded, SESSION_IDS),
    st.builds(EventsMissed, st.sampled_from(["", "gap", "started"])),
    st.just(TracesMissed()),
)


@given(st.lists(EVENTS, max_size=4))
def test_events_come_back_as_they_were(events: list[Event]) -> None:
    assert decode(encode(events)) == events
    assert decode(encode(events).encode()) == events


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}x",
        "1",
        "[1]",
        '[["future", 1]]',
        '[["room"]]',
        '[["missed", 1]]',
        '[["muted", 1]]',
        '[["present", "w", [["lobby"]]]]',
        '[["traces missed", 1]]',
        '[["held", "s", {}, "r"]]',
        '[["room","l",[1],[]]]',
        encode([HeldChanged("s", NEW_ROOM)]).replace("a-b", "A room named as never before"),
    ],
)
def test_what_another_release_wrote_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not an event of this release"):
        decode(text)
