"""Events between workers."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.events import (
    AccountNews,
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
    SessionTraced,
    SharedChanged,
    TracesMissed,
)
from portfolio_app.app.ports.runs import Run
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.app.ports.step import Request, Step
from portfolio_app.domain.burst.ledger import Answer
from portfolio_app.domain.burst.plan import Mode, Plan, Size, Workers
from portfolio_app.domain.chat.message import Author, ClientMessageId, Message, MessageBody, MessageStatus
from portfolio_app.domain.chat.room import RoomSlug
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.infra.bus.codec import UNREADABLE, encode
from portfolio_app.infra.bus.codec import decode as decode_noting
from tests.unit.domain.strategies import ANY_TEXT, SESSION_IDS


def decode(text: str | bytes) -> list[Event]:
    return decode_noting(text, lambda _: None)


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


NEWS = AccountNews(("s",), SecurityEvent.SIGNED_IN, "Firefox")
STEP = Step(
    1,
    2,
    0,
    "name",
    "http",
    "demo.chat",
    3,
    4,
    (("rows", "1"),),
    "a.py",
    5,
    Request("http", "GET", "/", 200, 1),
)
KNOWN: list[Event] = [
    HeldChanged("s", NEW_ROOM, "r"),
    RoomChanged("lobby", (NEW_ROOM,), ("r",)),
    NEWS,
    SharedChanged("t", 1, "2", "r"),
    RunNoted("run", "origin", (("r", 1),), (Answer(1, "r", 200, 3, 4, True),), (5, 6)),
    SessionTraced("s", (STEP,)),
    PresenceChanged("w", (RoomPresence("lobby", ("ann",), (), 1, ("ann",)),)),
    SessionRevoked("s"),
    AuthorMuted("ann"),
    RunEnded("run"),
]


@pytest.mark.parametrize("text", ["", "{}x", "1", "[1]", "null", '{"room": []}', '["room"]'])
def test_what_no_release_writes_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a list of events|Expecting value|Extra data"):
        decode(text)


@pytest.mark.parametrize("kind", [["future", 1], ["future"], [], [7], [None, {}], [["room"]]])
def test_a_kind_that_only_a_newer_release_has_is_left_out_and_nothing_else(kind: list[object]) -> None:
    lists = json.loads(encode(KNOWN))
    lists.insert(3, kind)
    assert decode(json.dumps(lists)) == KNOWN


@pytest.mark.parametrize(
    ("fields", "missed"),
    [
        (["room"], EventsMissed(UNREADABLE)),
        (["room", "l", [1], []], EventsMissed(UNREADABLE)),
        (["missed", 1], EventsMissed(UNREADABLE)),
        (["muted", 1], EventsMissed(UNREADABLE)),
        (["held", "s", {}, "r"], EventsMissed(UNREADABLE)),
        (["held", "s", {"author": 1}, "r"], EventsMissed(UNREADABLE)),
        (["present", "w", [["lobby"]]], TracesMissed()),
        (["traced", "s", [[None, [], 1]]], TracesMissed()),
        (
            ["started", "r", "s", "t", [10, 1, "a mode of tomorrow"], "2026-11-27", "2026-11-27"],
            TracesMissed(),
        ),
    ],
)
def test_where_a_known_kind_can_not_be_read_stands_that_it_was_missed(
    fields: list[object], missed: Event
) -> None:
    lists = json.loads(encode(KNOWN))
    assert decode(json.dumps([*lists, fields])) == [*KNOWN, missed]


def test_a_room_named_as_never_before_is_missed() -> None:
    text = encode([HeldChanged("s", NEW_ROOM)]).replace("a-b", "A room named as never before")
    assert decode(text) == [EventsMissed(UNREADABLE)]


@pytest.mark.parametrize("event", KNOWN, ids=lambda event: type(event).__name__)
def test_fields_that_a_newer_release_adds_are_passed_over(event: Event) -> None:
    assert decode(json.dumps(longer(json.loads(encode([event]))))) == [event]


def longer(found: object) -> object:
    """A field more in every event, object and record of it; lists of whatever length stay as they are."""
    assert isinstance(found, list)
    (fields,) = found
    for each in fields:
        if isinstance(each, dict):
            each["colour"] = "red"
            each["author"].append("a badge")
    match fields:
        case ["room", _, messages, _]:
            messages[0]["colour"] = "red"
        case ["noted", _, _, received, answers, _]:
            received[0].append("x")
            answers[0].append("x")
        case ["traced", _, steps]:
            steps[0][0].append("x")
            steps[0][1][0].append("x")
            steps[0].append("x")
        case ["present", _, rooms]:
            rooms[0].append("x")
    return [[*fields, {"colour": "red"}]]


def test_words_that_only_a_newer_release_has_are_words_here() -> None:
    lists = json.loads(encode([NEWS, RoomChanged("lobby", (NEW_ROOM,), ())]))
    lists[0][2], lists[1][2][0]["status"] = "confirmed with a face", "hidden for now"
    lists[1][2][0]["reactions"] = "like:1 rocket:2"
    news, changed = decode(json.dumps(lists))
    assert isinstance(news, AccountNews)
    assert news.event == "confirmed with a face"
    assert isinstance(changed, RoomChanged)
    assert changed.messages[0].status is MessageStatus.REMOVED
    assert str(changed.messages[0].reactions) == "like:1 rocket:2"
