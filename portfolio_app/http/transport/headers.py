"""Headers of requests and answers, the session cookie and the key of a stream among them."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portfolio_app.app.errors import StreamKeyInAddress
from portfolio_app.app.ports.sealer import sealed_in
from portfolio_app.domain.account.session import SessionSecret
from portfolio_app.http.transport import runtime

RawHeaders = list[tuple[bytes, bytes]]
CUT_OFF: Final = "portfolio.cut_off"
"""The launcher's extension of ASGI: `call` drops a connection with what was not read of it."""
WRITE_FRAME: Final = "portfolio.write_frame"
"""Another one, of websockets: `call` writes a whole frame, or answers False while the client does not read."""
PARSED: Final = "portfolio.parsed"
"""Another one, of requests: `call` answers the processor time that parsing them took since it was called last."""
ACCEPT_HEADERS: Final = "portfolio.accept_headers"
_LONGEST_ACCEPTED: Final = 200
"""Characters of Accept-Encoding: browsers send some thirty."""
_QUALITY: Final = re.compile(r"q=([01](?:\.\d{0,3})?)")
STARTS: Final = frozenset({"http.response.start", "websocket.http.response.start"})
"""The messages that begin an answer: to a request, and to a handshake that is refused."""


def header(scope: Scope, name: bytes) -> str | None:
    """The first value of a header, or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


def all_values(scope: Scope, name: bytes) -> str:
    """Every value of a header, joined as HTTP joins them."""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def accept_headers(scope: Scope) -> RawHeaders:
    """The headers of the answer to a websocket handshake; middleware adds to them."""
    found: RawHeaders = scope.setdefault(ACCEPT_HEADERS, [])
    return found


def with_headers(message: Message, added: Iterable[tuple[bytes, bytes]]) -> Message:
    """The response start `message` with `added` in place of headers of the same names."""
    extra = list(added)
    names = {name for name, _ in extra if name != b"set-cookie"}
    kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
    return {**message, "headers": kept + extra}


def accepted_encodings(header: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The encodings among `known` that Accept-Encoding allows, in the client's order of preference; at last none."""
    return _accepted(header[:_LONGEST_ACCEPTED], known)


@lru_cache(maxsize=64)
def _accepted(header: str, known: tuple[str, ...]) -> tuple[str, ...]:
    offers = dict(_offer(part) for part in header.lower().split(","))
    likes = {name: offers.get(name, offers.get("*", 0.0)) for name in known}
    return (*sorted(filter(likes.get, likes), key=lambda name: -likes[name]), "")


def _offer(part: str) -> tuple[str, float]:
    """An encoding with its quality, from 0 to 1."""
    name, _, quality = part.partition(";")
    number = _QUALITY.fullmatch(quality.strip())
    return name.strip(), float(number[1]) if number else float(not quality)


async def refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    """Answer a request, or the handshake of a websocket, with an error in plain text.

    Where the server has no answer but one of its own for a handshake, it is that: a 403 without a word.
    """
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    kind = "http"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": text})
            return
        kind = "websocket.http"
        # A refused caller is not given a session.
        headers += [pair for pair in accept_headers(scope) if pair[0] != b"set-cookie"]
    await send({"type": f"{kind}.response.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": f"{text}\n".encode()})


_NAME: Final = "portfolio_session"
_LONGEST: Final = 1024


def cookie_name() -> str:
    """`__Host-` ties the cookie to this very host under https, where browsers enforce it.

    Cookies ignore the port: on one machine each site but the one on the usual port has a name of its own.
    """
    options = runtime.options()
    return f"__Host-{_NAME}" if options.secure_cookies else f"{_NAME}{options.cookie_suffix}"


def set_cookie(secret: SessionSecret) -> str:
    """The value of a Set-Cookie header."""
    return _cookie_of(runtime.services().sealer.seal(json.dumps(["session", secret.value])))


def resealed_cookie(header: str | None) -> str:
    """The value of a Set-Cookie header for a cookie that a former secret has sealed; else empty."""
    sealed = _value(header or "", cookie_name())
    token = runtime.services().sealer.reseal(sealed) if sealed else None
    return _cookie_of(token) if token else ""


def _cookie_of(sealed: str) -> str:
    return "; ".join((f"{cookie_name()}={sealed}", *cookie_flags()))


def cookie_flags() -> tuple[str, ...]:
    """The attributes of the cookie."""
    age = int(runtime.options().session_lifetime.total_seconds())
    secure = ("Secure",) if runtime.options().secure_cookies else ()
    return ("Path=/", f"Max-Age={age}", "HttpOnly", "SameSite=Lax", *secure)


def read_cookie(header: str | None) -> SessionSecret | None:
    """The secret in a Cookie header, or None if there is none, or one that is forged, damaged or too old.

    A cookie without a suffix counts where it opens: it is this site's from before it had one, or a script's.
    """
    # Under https the prefix is what keeps a neighbour's cookie out.
    names = (cookie_name(),) if runtime.options().secure_cookies else (cookie_name(), _NAME)
    for name in dict.fromkeys(names):
        sealed = _value(header or "", name)
        text = runtime.services().sealer.open(sealed, runtime.options().session_lifetime) if sealed else None
        if text is not None:
            return _secret_in(text)
    return None


@lru_cache(maxsize=512)
def _secret_in(text: str) -> SessionSecret | None:
    # Tickets are sealed with the same keys: the first word keeps one from passing as the other.
    match sealed_in(text):
        case ["session", str(secret), *_]:
            return SessionSecret(secret)
        case _:
            return None


def _value(header: str, name: str) -> str | None:
    wanted = f"{name}="
    for part in header.split(";"):
        pair = part.strip()
        if pair.startswith(wanted):
            value = pair.removeprefix(wanted)
            return value if value.isascii() and len(value) <= _LONGEST else None
    return None


STREAM_PATH: Final = "/api/stream"
KEY_PARAMETER: Final = "key"
STREAM_KEY: Final = "portfolio.stream_key"
IN_ADDRESS: Final = "portfolio.stream_key_in_address"
_SCHEME: Final = "bearer"


class StreamKeys:
    """Finds the key of a stream in its header, and takes one out of the address before anybody can write that down.

    The outermost middleware. It changes the scope in place: the server's own access log reads the same one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == STREAM_PATH:
            _take_key(scope)
        await self.app(scope, receive, send)


def stream_key(scope: Scope) -> str | None:
    """The key that came with the request, if any; `StreamKeyInAddress` for one that every proxy has read by now."""
    if scope.get(IN_ADDRESS):
        raise StreamKeyInAddress
    key = scope.get(STREAM_KEY)
    return key if isinstance(key, str) else None


def _take_key(scope: Scope) -> None:
    # Another scheme is a proxy's in front of the site, and no key.
    scheme, _, key = (header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() == _SCHEME:
        scope[STREAM_KEY] = key.strip()
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [pair for pair in query if pair[0] != KEY_PARAMETER]
    scope[IN_ADDRESS] = len(kept) < len(query)
    scope["query_string"] = urlencode(kept).encode("ascii")
