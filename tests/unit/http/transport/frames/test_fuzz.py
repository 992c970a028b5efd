"""What passes the filter is an event that a browser may send, whatever was sent."""

import json
from collections import Counter
from urllib.parse import urlsplit

import portfolio_app.portfolio_app  # noqa: F401 (makes the states that events belong to)
from portfolio_app.http.transport.frames.events import allowed_events
from portfolio_app.http.transport.frames.filter import FrameFilter, Refused
from tests.fuzz.mutations import CONNECT, EVENT, Mutations

FRAMES = 10_000


def test_mutated_frames_pass_as_events_that_are_allowed_or_not_at_all() -> None:
    events, refused = allowed_events(), Counter[str]()
    mutations, passed = Mutations(seed=3), 0
    frames = FrameFilter(events, refused)
    frames.admit(f"{CONNECT}{{}}")
    for _ in range(FRAMES):
        sent = mutations.frame()
        try:
            admitted = frames.admit(sent if isinstance(sent, str) else None)
        except Refused:
            frames = FrameFilter(events, refused)
            frames.admit(f"{CONNECT}{{}}")
            continue
        if admitted is not None and admitted.startswith(EVENT):
            passed += 1
            _, event = json.loads(admitted.removeprefix(EVENT))
            assert set(event) == {"name", "payload", "router_data"}
            assert set(event["payload"]) <= events[event["name"]].arguments
            for path in ("pathname", "asPath"):
                assert urlsplit("http://x" + event["router_data"].get(path, "/")).netloc == "x"
    assert passed > FRAMES / 50
    assert {"unknown_event", "malformed", "packet", "nested"} <= set(refused)
