"""Frames and HTTP requests as a browser sends them, with something wrong in most; the same ones for the same seed."""

import copy
import json
import random
from typing import Any

from portfolio_app.http.transport.frames.events import allowed_events
from tests.fuzz.values import FIELDS, JUNK, NAMES, PATHS, PLACES, PREFIXES

EVENT, CONNECT = "42/_event,", "40/_event,"


class Mutations:
    """A stream of both, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._events = {name: sorted(rule.arguments) for name, rule in allowed_events().items()}
        self._event_names = sorted(self._events)

    def frame(self) -> str | bytes:
        """One websocket frame; about one in fifty ends the connection by itself."""
        roll = self._random.random()
        if roll < 0.01:
            return self._random.choice((b"\x00\xff", EVENT + "x" * 70_000, CONNECT + "{}", CONNECT + "["))
        if roll < 0.02:
            depth = self._random.randrange(900, 1_000)  # where Python's own limit is
            return f'{EVENT}["event",{"[" * depth}{"]" * depth}]'
        if roll < 0.04:
            return self._random.choice(("3", "2", "1", "41/_event", "2probe", "40", "0{}"))
        text = EVENT + json.dumps(["event", self._event()], ensure_ascii=self._random.random() < 0.5)
        if roll < 0.1:
            text = self._random.choice(PREFIXES) + text.removeprefix(EVENT)
        return self._damaged(text) if roll < 0.6 else text.encode("utf-8", "replace").decode()

    def request(self, host: str) -> bytes:
        """One HTTP request, to be sent on a connection of its own."""
        pick = self._random.choice
        body = self._body()
        headers = [
            f"Host: {host}",
            f"Origin: http://{host}",
            f"Content-Length: {len(body)}",
            "Accept: text/html",
        ]
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 3))):
            self._spoil(headers)
        method = pick(
            ("GET", "GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW", "get")
        )
        version = pick(("1.1",) * 40 + ("1.0", "2.0", "9.9", "1.1 x"))
        target = pick(PATHS) + pick(
            ("", "", "", "?key=x", "?" + "a=b&" * 50, "?%00", "#x", "/" + "y" * 3_000)
        )
        head = "\r\n".join((f"{method} {target} HTTP/{version}", *headers)) + "\r\n\r\n"
        raw = head.encode("utf-8") + body
        return self._damaged_bytes(raw) if self._random.random() < 0.3 else raw

    def _event(self) -> Any:
        name = self._random.choice(self._event_names)
        if "form" in self._events[name] and self._random.random() < 0.9:  # a hash takes 30 ms
            name = self._random.choice(self._event_names)
        payload = {argument: copy.deepcopy(FIELDS.get(argument, "x")) for argument in self._events[name]}
        place = self._random.choice(PLACES)
        route = {"pathname": place, "asPath": place, "query": {}}
        event: Any = {"name": name, "payload": payload, "router_data": route}
        if self._random.random() < 0.1:
            event["name"] = f"{name.rpartition('.')[0]}.{self._random.choice(NAMES)}"
        for _ in range(self._random.choice((0, 1, 1, 2, 2, 3))):
            event = self._changed(event)
        return event

    def _changed(self, value: Any) -> Any:
        """The value with one part of it something else, gone, or twice as deep."""
        if isinstance(value, dict) and value and self._random.random() < 0.8:
            name = self._random.choice(sorted(value))
            match self._random.randrange(8):
                case 0:
                    del value[name]
                case 1:
                    value[str(self._random.choice(("self", "state", "token", "__class__", "x")))] = (
                        self._junk()
                    )
                case _:
                    value[name] = self._changed(value[name])
            return value
        if self._random.random() < 0.05:
            for _ in range(self._random.choice((10, 30, 100))):
                value = [value]
            return value
        return self._junk()

    def _junk(self) -> Any:
        return copy.deepcopy(self._random.choice(JUNK))

    def _damaged(self, text: str) -> str:
        for _ in range(self._random.randrange(1, 4)):
            at = self._random.randrange(len(text) + 1)
            upto = min(len(text), at + self._random.randrange(20))
            text = self._random.choice(
                (
                    text[:at],
                    text[:at] + text[upto:],
                    text[:upto] + text[at:],
                    text[:at] + self._sign() + text[at:],
                )
            )
        return text

    def _sign(self) -> str:
        return self._random.choice(
            ("\x00", "\\ud800", '"', "{", "[", "}", ",", "\u2028", "\ufeff", "NaN", "1e999")
        )

    def _damaged_bytes(self, raw: bytes) -> bytes:
        for _ in range(self._random.randrange(1, 4)):
            at = self._random.randrange(len(raw) + 1)
            noise = bytes(self._random.randrange(256) for _ in range(self._random.randrange(1, 5)))
            raw = self._random.choice(
                (raw[:at], raw[:at] + noise + raw[at:], raw[:at] + raw[at + len(noise) :])
            )
        return raw

    def _body(self) -> bytes:
        return self._random.choice(
            (
                *(
                    b"",
                    b"",
                    b"{}",
                    b"[]",
                    b"null",
                    b"\xff\xfe",
                    b"ticket=x&next=//evil",
                    b"body=hello",
                    b"a=" * 500,
                ),
                *(
                    b'{"size": 10, "workers": 1, "mode": "noop"}',
                    b"[" * 2_000,
                    b"x" * 70_000,
                    b"email=a&password=b",
                ),
            )
        )

    def _spoil(self, headers: list[str]) -> None:
        names = (
            "Cookie",
            "Authorization",
            "X-Forwarded-For",
            "X-Portfolio-Session",
            "Range",
            "If-None-Match",
        )
        values = (
            "x" * 9_000,
            "portfolio_session=x",
            "127.0.0.1",
            "bytes=0-",
            "\x01",
            "é",
            "",
            "*",
            "a,b;c=d",
        )
        match self._random.randrange(6):
            case 0 if headers:
                del headers[self._random.randrange(len(headers))]
            case 1 if headers:
                headers.append(self._random.choice(headers))
            case 2:
                headers.append("Transfer-Encoding: chunked")
            case 3:
                headers.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13")
            case _:
                headers.append(f"{self._random.choice(names)}: {self._random.choice(values)}")
