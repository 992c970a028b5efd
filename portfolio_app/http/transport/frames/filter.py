"""Reads every frame a browser sends before socket.io and Reflex do."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from portfolio_app.app.token_bucket import TokenBucket
from portfolio_app.http.transport.frames.events import EventRule

MAX_FRAME: Final = 64 * 1024
"""Characters; the server refuses more bytes than that before they get here."""
DEEPEST: Final = 32
"""Brackets within brackets; events have five. Python's own limit depends on where in the stack it parses."""
LONGEST_PATH: Final = 2 * 1024
"""Characters of where a tab says it is: as many as an address may have bytes."""
MOST_PARAMETERS: Final = 64
"""Parameters of a socket's query, none of which a page here needs."""
FRAMES_PER_S: Final = 30
FRAME_BURST: Final = 120
POLICY_VIOLATION: Final = 1008
UNSUPPORTED: Final = 1003
TOO_BIG: Final = 1009

_CONNECT: Final = "40/_event,"
_DISCONNECT: Final = ("41/_event,", "41/_event")
_EVENT: Final = "42/_event,"
OPENED: Final = "portfolio.opened"
"""The key in a websocket's scope for the function that `FrameFilter.opened` calls."""
_LOADED: Final = ".hydrate_and_load"
_WALKED: Final = ".on_load_internal"
_ENGINE: Final = frozenset({"3", "1"})
_PROBE = re.compile(r'42/_event,\d{1,9}\["ping"\]')
"""A tab asks whether anybody is there; socket.io acknowledges it under its number."""
_SCHEMA = re.compile(r"[0-9a-zA-Z_-]{1,128}")
_STRINGS = re.compile(r'(?s)"(?:[^"\\]|\\.)*"?')
_BRACKETS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}
_QUERY_TYPES = (str, int, float, bool, type(None))


class Refused(Exception):
    """The frame ends the connection with close code `code`."""

    def __init__(self, reason: str, code: int = POLICY_VIOLATION) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class _Dropped(Exception):
    """The frame goes nowhere; the connection stays."""


def _ignore(_path: str, _loaded: bool) -> None:
    """An observer of loaded pages that does nothing."""


@dataclass(slots=True)
class FrameFilter:
    """One connection's filter. What passes is encoded anew: everyone behind it reads the same thing."""

    events: Mapping[str, EventRule]
    refused: Counter[str]
    allowances: tuple[TokenBucket, ...] = ()
    origin: Callable[[], Mapping[str, str]] = dict
    """Facts about an event that its client did not send."""
    opened: Callable[[str, bool], None] = _ignore
    """Called with the path of each page that the tab opens, and whether it has a document of its own."""
    paced: bool = field(default=False, init=False)
    """Whether the frame that was admitted last is to wait for its turn among those of all visitors."""
    has_connected: bool = field(default=False, init=False)
    """Whether the client has connected the namespace that events belong to, at any time."""
    _connected: bool = field(default=False, init=False)

    def admit(self, text: str | None) -> str | None:
        """The frame to pass on, or None for one that was dropped; raises `Refused`."""
        self.paced = False
        try:
            return self._admit(text)
        except _Dropped as dropped:
            self.refused[str(dropped)] += 1
        except Refused as refused:
            self.refused[refused.reason] += 1
            raise
        return None

    def _admit(self, text: str | None) -> str:
        if text is None:
            raise Refused("binary", UNSUPPORTED)
        if len(text) > MAX_FRAME:
            raise Refused("oversized", TOO_BIG)
        if not all(bucket.take() for bucket in self.allowances):
            raise Refused("flood")
        if text in _ENGINE or (self._connected and _PROBE.fullmatch(text)):
            return text
        if text.startswith(_EVENT):
            return self._event(text)
        if text.startswith(_CONNECT):
            return self._connect(text)
        if text in _DISCONNECT:
            self._connected = False
            return text
        raise _Dropped("packet")

    def _event(self, text: str) -> str:
        origin = self.origin()
        if not self._connected:
            raise _Dropped("before_connect")
        match _parse(text.removeprefix(_EVENT)):
            case ["event", dict(event)]:
                return f'{_EVENT}["event",{_encode({**self._narrow(event), **origin})}]'
            case _:
                raise _Dropped("packet")

    def _connect(self, text: str) -> str:
        """A tab without a proper first event has no use for the connection, so it is closed."""
        if self._connected:
            raise Refused("second_connect")
        try:
            auth = _parse(text.removeprefix(_CONNECT) or "{}")
            passed = self._narrow_auth(auth) if isinstance(auth, dict) else None
        except _Dropped as dropped:
            raise Refused(str(dropped)) from None
        if passed is None:
            raise Refused("malformed")
        self._connected = self.has_connected = True
        return _CONNECT + _encode(passed)

    def _narrow_auth(self, auth: dict[str, Any]) -> dict[str, Any]:
        passed: dict[str, Any] = {}
        schema, event = auth.get("state_schema"), auth.get("event")
        if isinstance(schema, str) and _SCHEMA.fullmatch(schema):
            passed["state_schema"] = schema
        if isinstance(event, dict):
            passed["event"] = self._narrow(event)
        elif event is not None:
            raise _Dropped("malformed")
        return passed

    def _narrow(self, event: dict[str, Any]) -> dict[str, Any]:
        name, payload = event.get("name"), event.get("payload", {})
        if not isinstance(name, str) or (rule := self.events.get(name)) is None:
            raise _Dropped("unknown_event")
        fitting = rule.fit(payload) if isinstance(payload, dict) else None
        if fitting is None:
            raise _Dropped("malformed")
        route = _route(event.get("router_data", {}))
        self.paced = rule.paced
        if name.endswith((_LOADED, _WALKED)):
            self.opened(str(route.get("pathname", "")), name.endswith(_LOADED))
        return {"name": name, "payload": fitting, "router_data": route}


def _route(given: object) -> dict[str, Any]:
    """The place where the tab is: path, address and query. Anything else in there is the server's to say."""
    if not isinstance(given, dict):
        raise _Dropped("malformed")
    route = {name: given[name] for name in ("pathname", "asPath") if name in given}
    query = given.get("query", {})
    if not all(_is_path(value) for value in route.values()) or not isinstance(query, dict):
        raise _Dropped("malformed")
    parts = [part for value in query.values() for part in (value if isinstance(value, list) else [value])]
    if not all(isinstance(part, _QUERY_TYPES) for part in parts):
        raise _Dropped("malformed")
    # The framework keeps it for as long as the tab is open, an object for each parameter.
    is_short = len(query) + len(parts) <= 2 * MOST_PARAMETERS and len(_encode(query)) <= 2 * LONGEST_PATH
    return route | {"query": query if is_short else {}}


def _is_path(value: object) -> bool:
    """Whether an origin with it makes an address of that origin, which Reflex parses with every event."""
    if not isinstance(value, str) or not value.startswith("/") or len(value) > LONGEST_PATH:
        return False
    try:
        urlsplit(value)
    except ValueError:
        return False
    return True


def _parse(text: str) -> Any:  # noqa: ANN401 (JSON from outside has no type yet)
    if _depth(text) > DEEPEST:
        raise _Dropped("nested")
    try:
        return json.loads(text, parse_constant=_not_finite)
    except ValueError:
        raise _Dropped("packet") from None


def _depth(text: str) -> int:
    """How deep brackets are nested, strings aside; 0 for few brackets."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    brackets = accumulate(_BRACKETS.get(sign, 0) for sign in _STRINGS.sub("", text))
    return max(brackets, default=0)


def _not_finite(_constant: str) -> NoReturn:
    raise _Dropped("malformed")


def _encode(value: dict[str, Any]) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        text.encode()  # half a surrogate pair would stop whatever encodes it later
    except ValueError:
        raise _Dropped("malformed") from None
    return text
