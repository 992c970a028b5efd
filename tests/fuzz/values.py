"""The values that mutated frames and requests are made of: good ones of each field, and odd ones for anywhere."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

JUNK: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 2**53, 2**63, 10**40, 1e308, 0.1, "", " ", "\x00", "\n", "\u202e", "é" * 300),
    *(
        [],
        {},
        [[]],
        {"": {}},
        [None] * 200,
        {"__proto__": {"x": 1}},
        {"$ref": "#"},
        "../../etc/passwd",
        "' OR 1=1--",
    ),
    *("<script>alert(1)</script>", "{{7*7}}", "%s%n", "\x1b[2J", "lobby:0", "x" * 5_000, "\U0001f600" * 200),
)
PATHS: Final = (
    *(
        "/",
        "/chat",
        "/chat/lobby",
        "/account",
        "/moderation",
        "/runs/0123456789abcdef",
        "/writing",
        "/sign-in",
    ),
    *(
        "/api/live",
        "/api/ready",
        "/api/runs",
        "/api/stream",
        "/api/traces/0",
        "/metrics",
        "/robots.txt",
        "/sitemap.xml",
    ),
    *(
        "/session/exchange",
        "/unsent/message",
        "/unsent/sign-in",
        "/api/burst/runs",
        "/api/burst/noop",
        "/_event/",
    ),
    *(
        "/_health",
        "/ping",
        "/_upload",
        "/assets/x.js",
        "/..%2f..%2fetc/passwd",
        "/%00",
        "/x%0ay",
        "/%ff%fe",
        "//x",
    ),
)
PLACES: Final = (
    "/",
    "/chat",
    "/chat/lobby",
    "/chat/nowhere",
    "/chat/lobby:0",
    "/account",
    "/moderation",
    "/x",
)
NAMES: Final = ("setvar", "set_room", "_shut", "__init__", "load.x", "", "hydrate", "on_load_internal")
PREFIXES: Final = (
    "42",
    "42/",
    "42/x,",
    "43/_event,1",
    "45-/_event,",
    "451-/_event,",
    "41/_event,",
    "4",
    "5",
    "6",
    "",
)
FIELDS: Final[Mapping[str, Any]] = {
    "form": {"email": "ann@example.org", "username": "ann-1", "password": "short"},
    "client_id": "client-0001",
    "body": "hello",
    "after": 0,
    "messages": ["0" * 32],
    "message_id": "0" * 32,
    "request_id": "0" * 32,
    "handle": "0" * 16,
    "run": "0" * 16,
    "name": "x",
    "dice": 2,
    "vars": {},
    "hashes": [],
    "info": "Error: x",
    "component_stack": "at x",
    "low": 1,
    "high": 60,
    "at": 1,
    "toward": "older",
}
