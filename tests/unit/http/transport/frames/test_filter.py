import json
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.http.transport.frames.events import EventRule
from portfolio_app.http.transport.frames.filter import (
    LONGEST_PATH,
    MAX_FRAME,
    MOST_PARAMETERS,
    FrameFilter,
    Refused,
)

RULES = {
    "state.send": EventRule(frozenset({"body"}), frozenset()),
    "state.need": EventRule(frozenset({"a"}), frozenset({"a"})),
    "state.sign_in": EventRule(frozenset(), frozenset(), paced=True),
}


def filtering(connected: bool = True, **options: Any) -> FrameFilter:
    frames = FrameFilter(RULES, Counter(), **options)
    if connected:
        frames.admit("40/_event,")
    return frames


def event(data: Any) -> str:
    return "42/_event," + json.dumps(data)


def send(payload: Any = None, **more: Any) -> str:
    return event(["event", {"name": "state.send", "payload": payload or {}, **more}])


def test_a_known_event_passes_with_its_payload_and_route() -> None:
    route = {"pathname": "/chat", "asPath": "/chat?x=1", "query": {"x": "1"}}
    passed = filtering().admit(send({"body": "hello ✓"}, router_data=route))
    assert passed is not None
    [kind, data] = json.loads(passed.removeprefix("42/_event,"))
    assert kind == "event"
    assert data == {"name": "state.send", "payload": {"body": "hello ✓"}, "router_data": route}


@pytest.mark.parametrize("name", ["asPath", "pathname"])
def test_the_path_of_a_tab_is_no_longer_than_an_address(name: str) -> None:
    frames = filtering()
    assert frames.admit(send(router_data={name: "/" + "x" * (LONGEST_PATH - 1)}))
    assert frames.admit(send(router_data={name: "/" + "x" * LONGEST_PATH})) is None
    assert frames.refused == {"malformed": 1}


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ({str(number): "" for number in range(MOST_PARAMETERS)}, True),
        ({str(number): "" for number in range(MOST_PARAMETERS + 1)}, False),
        ({"x": [""] * MOST_PARAMETERS}, True),
        ({"x": [""] * 2 * MOST_PARAMETERS}, False),
        ({"x": "é" * LONGEST_PATH}, True),
        ({"x": "é" * 3 * LONGEST_PATH}, False),
        ({"x" * 3 * LONGEST_PATH: ""}, False),
    ],
)
def test_a_query_that_would_be_much_to_keep_is_left_behind(query: dict[str, Any], is_kept: bool) -> None:
    passed = filtering().admit(send(router_data={"pathname": "/", "query": query}))
    assert passed is not None
    assert json.loads(passed.removeprefix("42/_event,"))[1]["router_data"]["query"] == (
        query if is_kept else {}
    )


def test_an_event_that_takes_turns_is_told_from_others() -> None:
    frames = filtering()
    told = []
    for name in ("state.sign_in", "state.send", "state.sign_in"):
        frames.admit(event(["event", {"name": name, "payload": {}}]))
        told.append(frames.paced)
    assert told == [True, False, True]
    assert frames.admit("3") == "3"
    assert not frames.paced


def test_whatever_else_an_event_carries_is_left_behind() -> None:
    frame = send(token="t", traceparent="00-x", router_data={"headers": {"x-portfolio-session": "forged"}})
    passed = filtering().admit(frame)
    assert passed is not None
    assert "forged" not in passed
    assert "traceparent" not in passed
    assert "token" not in passed


def nested(depth: int) -> str:
    return send({"body": "x"}).replace('"x"', "[" * depth + "]" * depth)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (event(["event", {"name": "state.nothing", "payload": {}}]), "unknown_event"),
        (event(["event", {"name": ["state.send"]}]), "unknown_event"),
        (event(["event", {}]), "unknown_event"),
        (event(["event", {"name": "state.send", "payload": []}]), "malformed"),
        (event(["event", {"name": "state.send", "payload": {"other": 1}}]), "malformed"),
        (event(["event", {"name": "state.need"}]), "malformed"),
        (send(router_data=[]), "malformed"),
        (send(router_data={"pathname": 5}), "malformed"),
        (send(router_data={"asPath": "[x"}), "malformed"),
        (send(router_data={"asPath": "@evil.example/"}), "malformed"),
        (send(router_data={"pathname": "//[x"}), "malformed"),
        (send(router_data={"asPath": ""}), "malformed"),
        (send(router_data={"query": "x"}), "malformed"),
        (send(router_data={"query": {"x": {}}}), "malformed"),
        (send({"body": "\ud800"}), "malformed"),
        ('42/_event,["event",{"name":"state.send","payload":{"body":NaN}}]', "malformed"),
        ('42/_event,["event",{"name":"state.send","payload":{"body":1e999}}]', "malformed"),
        (event(["event"]), "packet"),
        (event(["event", "text"]), "packet"),
        (event(["event", {"name": "state.send"}, 1]), "packet"),
        (event(["client_error", {"message": "x"}]), "packet"),
        (event({"name": "state.send"}), "packet"),
        ("42/_event," + "[" * 20_000, "nested"),
        (nested(33), "nested"),
        (nested(955), "nested"),
        ("42/_event,{", "packet"),
        ('42/_event,7["event",{"name":"state.send"}]', "packet"),
        ('42["event",{"name":"state.send"}]', "packet"),
        ('42/other,["event",{"name":"state.send"}]', "packet"),
        ("40", "packet"),
        ("40/other,", "packet"),
        ("43/_event,1[]", "packet"),
        ('451-/_event,["event",{"_placeholder":true,"num":0}]', "packet"),
        ("2probe", "packet"),
        ("5", "packet"),
        ("", "packet"),
        ("3x", "packet"),
    ],
)
def test_what_no_tab_would_send_is_dropped_and_counted(frame: str, reason: str) -> None:
    frames = filtering()
    assert frames.admit(frame) is None
    assert frames.refused == {reason: 1}


@pytest.mark.parametrize("frame", ["3", "1", "41/_event,", "41/_event"])
def test_the_frames_of_a_living_connection_pass_as_they_are(frame: str) -> None:
    assert filtering().admit(frame) == frame


def test_brackets_in_what_somebody_writes_nest_nothing() -> None:
    text = "[" * 500 + '\\"' + "{" * 500
    passed = filtering().admit(send({"body": text}))
    assert passed is not None
    assert json.loads(passed.removeprefix("42/_event,"))[1]["payload"] == {"body": text}


@pytest.mark.parametrize("text", ['"' * 60_000, '\\"' * 30_000, '"' + '\\"' * 30_000, "[" * 60_000])
def test_looking_for_brackets_takes_a_moment_whatever_is_in_the_text(text: str) -> None:
    started = time.process_time()
    filtering().admit("42/_event," + "[" * 40 + text)
    assert time.process_time() - started < 2


def test_nothing_is_heard_before_the_connect() -> None:
    frames = filtering(connected=False)
    assert frames.admit(send()) is None
    assert frames.refused == {"before_connect": 1}


def test_the_first_event_in_the_connect_is_checked_like_any_other() -> None:
    auth = {"event": {"name": "state.send", "payload": {"body": "x"}, "evil": 1}, "state_schema": "ab12"}
    passed = filtering(connected=False).admit("40/_event," + json.dumps(auth))
    assert passed is not None
    assert json.loads(passed.removeprefix("40/_event,")) == {
        "state_schema": "ab12",
        "event": {"name": "state.send", "payload": {"body": "x"}, "router_data": {"query": {}}},
    }


@pytest.mark.parametrize(
    "auth", ['{"event":{"name":"state.nothing"}}', '{"event":"text"}', "[]", '"x"', "{", '{"event":[1]}']
)
def test_a_connect_with_an_improper_first_event_ends_the_connection(auth: str) -> None:
    with pytest.raises(Refused) as refused:
        filtering(connected=False).admit("40/_event," + auth)
    assert refused.value.code == 1008


def test_a_schema_that_is_no_hash_does_not_reach_the_log_of_the_framework() -> None:
    passed = filtering(connected=False).admit('40/_event,{"state_schema":"line\\nbreak"}')
    assert passed == "40/_event,{}"


def test_a_second_connect_on_one_connection_ends_it() -> None:
    with pytest.raises(Refused):
        filtering().admit("40/_event,")


def test_a_tab_may_leave_and_come_back_on_one_connection() -> None:
    frames = filtering()
    frames.admit("41/_event,")
    assert frames.admit("40/_event,") == "40/_event,{}"


@pytest.mark.parametrize(
    ("text", "code"), [(None, 1003), ("4" * (MAX_FRAME + 1), 1009), ("2" * (MAX_FRAME + 1), 1009)]
)
def test_binary_and_oversized_frames_end_the_connection(text: str | None, code: int) -> None:
    with pytest.raises(Refused) as refused:
        filtering().admit(text)
    assert refused.value.code == code


def test_a_flood_ends_the_connection_whatever_is_in_it() -> None:
    frames = filtering(connected=False, allowances=(TokenBucket(1, 3, lambda: 0.0),))
    for _ in range(3):
        frames.admit("3")
    with pytest.raises(Refused, match="flood"):
        frames.admit("3")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.text()
    | st.builds(
        lambda v: "42/_event," + json.dumps(v), json_values | st.tuples(st.just("event"), json_values)
    )
)
def test_no_text_from_outside_gets_an_answer_other_than_pass_drop_or_refuse(text: str) -> None:
    frames = filtering()
    try:
        passed = frames.admit(text)
    except Refused:
        return
    assert passed is None or passed.startswith(('42/_event,["event",{"name":"state.', "3", "1", "41/_event"))
