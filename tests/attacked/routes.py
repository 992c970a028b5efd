"""The table of routes that attacks are made of: what a page or a terminal asks of each.

A route of the site that has no line here fails the test.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from tests.attacked.handlers import HANDLE, ODD_TEXTS, PASSWORD, REQUEST, WRONG_TYPES, wrong

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get")
PARAMETERS: Final = (
    *(
        "x",
        "..",
        "\x00",
        "%2e",
        "é",
        "\U0001f600",
        "x" * 2_000,
        "0" * 16,
        "a\nb",
        "<b>",
        "' OR 1=1--",
        "lobby:0",
    ),
)
QUERIES: Final = (
    *(
        b"",
        b"n=1",
        b"n=-1",
        b"n=%00",
        b"\xff\xfe",
        b"key=x",
        b"a=1&" * 2_000,
        b"n=" + b"9" * 5_000,
        b"%",
        b"with=x",
    ),
)
ODD_HEADERS: Final[tuple[tuple[str, str], ...]] = (
    ("cookie", "portfolio_session=" + "x" * 5_000),
    ("cookie", "=;=;portfolio_session"),
    ("authorization", "Bearer " + "x" * 500),
    ("authorization", "\xff"),
    ("last-event-id", "x" * 900),
    ("last-event-id", "-1"),
    ("x-burst-ticket", "\xff" * 300),
    ("accept-encoding", "gzip;q=x, br;q=-1, *"),
    ("if-none-match", '"' * 500),
    ("if-modified-since", "never"),
    ("range", "bytes=9-1,0-0,-5"),
    ("x-request-id", "a\x00b" * 50),
    ("traceparent", "00-" + "f" * 32 + "-" + "f" * 16 + "-ff"),
    ("x-forwarded-for", "1.2.3.4, " * 200),
    ("content-encoding", "gzip"),
    ("content-length", "-1"),
    ("content-length", "1_0"),
    ("content-length", "9" * 5_000),
    ("expect", "100-continue"),
    ("upgrade", "websocket"),
    ("sec-fetch-dest", "document"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The body that a route takes, as its page sends it."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = FORM

    @property
    def body(self) -> bytes:
        """As it is sent."""
        return self.encoded(self.fields)

    def encoded(self, fields: Mapping[str, Any]) -> bytes:
        """Other fields in the same way."""
        text = json.dumps(fields) if self.content_type == JSON else urlencode(fields, errors="surrogatepass")
        return text.encode()

    def bodies(self) -> list[bytes]:
        """Malformed bodies: not a form, not JSON, values of other types, unknown fields, cut off in the middle."""
        junk = [
            *(
                b"\xff\xfe",
                b"\x00",
                b"{",
                b"[" * 30_000,
                b'{"a":' * 5_000,
                b"a=1&" * 5_000,
                b"=&" * 900,
                b"%zz=%",
            ),
            *(b"null", b"7", b"[]", b'{"sent":1,"sent":2}', b'"\\ud800"', b"\x1f\x8b\x08\x00" + b"x" * 40),
            b"x" * 70_000,
            self.body[: len(self.body) // 2],
        ]
        if self.content_type == JSON:
            return [*junk, *(self.encoded(each) for each in wrong(self.fields))]
        odd = [
            {**self.fields, name: text}
            for name in self.fields
            for text in (*ODD_TEXTS[::4], *WRONG_TYPES[::3])
        ]
        return [*junk, *map(self.encoded, odd)]


def _json(**fields: Any) -> Asked:
    return Asked(fields, JSON)


_READ: Final = Asked()
_NEW: Final = "another horse battery"

ROUTES: Final[Mapping[str, Asked]] = {
    "/api/stream": _READ,
    "/api/traces/{request_id}": _READ,
    "/plain/{room}": _READ,
    "/plain/{room}/{message}": _READ,
    "/api/own/messages.json": _READ,
    "/session/exchange": Asked({"ticket": "x" * 40, "next": "/"}),
    "/api/passkeys/new": _READ,
    "/api/passkeys/sign-in": _READ,
    "/api/passkeys/prove": _READ,
    "/session/passkey": Asked({"answer": "{}", "next": "/"}),
    "/api/burst/noop": _READ,
    "/api/burst/read": _READ,
    "/api/burst/write": _READ,
    "/api/burst/runs/{run}/answers": _json(answers=[[0, REQUEST, 200, 1, 1, 1]]),
    "/api/burst/runs/{run}/finish": _json(sent=1, cancelled=False, rate=0, skipped=0, rising=False),
    "/api/burst/runs/{run}/abandon": _json(),
    "/api/burst/runs/{run}/stall": _json(),
    "/api/burst/runs": _json(size=10, workers=1, mode="noop"),
    "/api/runs": _READ,
    "/api/runs/{run}.html": _READ,
    "/api/runs/{run}": _READ,
    "/feed.xml": _READ,
    "/feed.json": _READ,
    "/work/feed.xml": _READ,
    "/work/feed.json": _READ,
    "/writing/feed.xml": _READ,
    "/writing/feed.json": _READ,
    "/writing/tag/{tag}/feed.xml": _READ,
    "/writing/tag/{tag}/feed.json": _READ,
    "/resume.json": _READ,
    "/second-tab.svg": _READ,
    "/unsent/message": Asked({"body": "hello", "room": "lobby", "client_id": "client-form-1"}),
    "/unsent/day": Asked({"day": "2026-01-01"}),
    "/unsent/edit": Asked({"id": REQUEST, "body": "x"}),
    "/unsent/report": Asked({"id": REQUEST, "reason": "x"}),
    "/unsent/search": Asked({"query": "x"}),
    "/unsent/sign-in": Asked({"email": "the-victim", "password": "wrong horse battery"}),
    "/unsent/register": Asked({"email": "f@example.org", "username": "by-a-form", "password": PASSWORD}),
    "/unsent/change-password": Asked({"old": "wrong horse battery", "new": _NEW}),
    "/unsent/codes": Asked({"password": "wrong horse battery"}),
    "/unsent/member-sessions": Asked({"username": "the-victim", "password": "wrong horse battery"}),
    "/unsent/prove": Asked({"password": "wrong horse battery"}),
    "/unsent/recover": Asked({"login": "the-victim", "code": "x", "password": _NEW}),
    "/unsent/reset": Asked({"account": "the-victim"}),
    "/unsent/username": Asked({"username": "given-by-a-form", "password": "wrong horse battery"}),
    "/unsent/email": Asked({"email": "g@example.org", "password": "wrong horse battery"}),
    "/unsent/confirm-email": Asked({"code": "aaaa-bbbb-cccc"}),
    "/unsent/export": Asked({"password": "wrong horse battery"}),
    "/unsent/leave": Asked({"password": "wrong horse battery", "messages": "erase"}),
    "/unsent/passkey": Asked({"name": "x", "answer": "{}"}),
    "/unsent/passkey-prove": Asked({"answer": "{}"}),
    "/unsent/room": Asked({"slug": "attic", "title": "Attic"}),
    "/unsent/room-title": Asked({"slug": "lobby", "title": "Cellar"}),
    "/unsent/room-slow": Asked({"slug": "lobby", "seconds": "30"}),
    "/api/live": _READ,
    "/api/ready": _READ,
    "/api/connection": _READ,
    "/metrics": _READ,
    "/sitemap.xml": _READ,
    "/robots.txt": _READ,
    "/api/{rest:path}": _READ,
}
"""Passwords are wrong in it: what a right one does is its own test's, and none of it is a guess's."""


def named(path: str, value: str) -> str:
    """The path with a value for each of its parameters."""
    parts = [value if part.startswith("{") and part.endswith("}") else part for part in path.split("/")]
    return "/".join(parts).replace("{run}", value)


GOOD_PARAMETERS: Final = ("lobby", HANDLE, REQUEST)
