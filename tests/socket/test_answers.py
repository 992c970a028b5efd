"""Malformed and endless requests: the answer names its request, and nothing of what has no end is kept."""

import contextlib
import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.site import Site
from tests.waiting import until

pytestmark = pytest.mark.server

UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
HOST = b"Host: localhost\r\n"
HANDSHAKE = b"GET /_event/?EIO=4&transport=websocket&token=0123456789abcdef HTTP/1.1\r\nHost: localhost\r\n"


def connected(site: Site) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(site.url).port or 0), timeout=60)


def answer_to(site: Site, request: bytes) -> tuple[int, str]:
    """The status and the head of whatever comes back."""
    with connected(site) as client:
        client.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65_536) or b"\r\n\r\n"
    text = head.partition(b"\r\n\r\n")[0].decode("latin-1")
    return int(text.split()[1]), text.lower()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400),
        (b"BREW /api/live HTTP/1.1\r\n\r\n", 400),
        (b"GET /api/live HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (
            b"POST /api/live HTTP/1.1\r\n"
            + HOST
            + b"Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
            403,
        ),
        (b"GET /session/exchange HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (b"GET /session/exchange HTTP/1.0\r\n\r\n", 405),
        (b"GET /api/live HTTP/1.1\r\n\r\n", 400),
        (b"GET /api/live HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"GET /api/live HTTP/1.1\r\nHost: localhost/x\r\n\r\n", 400),
        (b"GET /api/live HTTP/1.1\r\nHost:\r\n\r\n", 400),
        (HANDSHAKE + UPGRADE + KEY + b"Origin: https://evil.example\r\n\r\n", 403),
        (HANDSHAKE.replace(b"token", b"word") + UPGRADE + KEY + b"\r\n", 400),
        (HANDSHAKE.replace(b"_event", b"chat") + UPGRADE + KEY + b"\r\n", 400),
        (HANDSHAKE + UPGRADE + b"\r\n", 400),
        (HANDSHAKE + UPGRADE.replace(b"13", b"12") + KEY + b"\r\n", 400),
    ],
)
def test_every_refusal_names_its_request(site: Site, request_: bytes, status: int) -> None:
    got, head = answer_to(site, request_)
    assert got == status
    assert len(re.findall(r"\r\nx-request-id: [0-9a-f]{32}(?:\r|$)", head)) == 1


SMUGGLED = b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nX-Request: smuggled\r\n\r\n"


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 0\r\n",
        b"Content-Length: +5\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: 5\r\n Transfer-Encoding: chunked\r\n",
    ],
)
def test_a_request_of_two_lengths_is_refused_and_nothing_after_it_is_read(site: Site, lengths: bytes) -> None:
    with connected(site) as client:
        client.sendall(b"POST /unsent/sign-in HTTP/1.1\r\n" + HOST + lengths + b"\r\n0\r\n\r\n" + SMUGGLED)
        client.settimeout(30)
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(65_536):
                said += piece
    assert said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1 ") == 1


async def test_a_refused_handshake_has_policy_reason_and_a_line_in_the_log(site: Site) -> None:
    foreign = HANDSHAKE + UPGRADE + KEY + b"Origin: https://evil.example\r\n\r\n"
    for request_, status, why in (
        (foreign, 403, "Not from this origin: see PUBLIC_URL."),
        (
            HANDSHAKE.replace(b"token", b"word") + UPGRADE + KEY + b"\r\n",
            400,
            "Not a handshake of this site.",
        ),
    ):
        before = site.output().count(f"GET /_event {status} in")
        with connected(site) as client:
            client.sendall(request_)
            answer = b"".join(iter(lambda client=client: client.recv(65_536), b"")).decode()
        head, _, body = answer.lower().partition("\r\n\r\n")
        assert head.startswith(f"http/1.1 {status} ")
        assert body == f"{why}\n".lower()
        assert f"\r\ncontent-length: {len(body)}\r\n" in f"{head}\r\n"
        assert "\r\ncontent-security-policy: default-src 'none'" in head
        await until(
            lambda before=before, status=status: site.output().count(f"GET /_event {status} in") > before
        )
    assert "without completing handshake" not in site.output()


PREFLIGHT = b"Access-Control-Request-Method: POST\r\n\r\n"


def lines_of_requests(site: Site) -> int:
    return site.output().count("INFO portfolio_app.http.transport.middleware.measured")


async def test_what_the_framework_answers_itself_has_id_policy_and_a_line_in_the_log(site: Site) -> None:
    own = f"Origin: {site.url}\r\n".encode()
    for request_, status in (
        (b"GET /x%0ay HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"OPTIONS / HTTP/1.1\r\n" + HOST + own + PREFLIGHT, 200),
        (b"OPTIONS / HTTP/1.1\r\n" + HOST + b"Origin: https://evil.example\r\n" + PREFLIGHT, 400),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 404),
    ):
        before = lines_of_requests(site)
        got, head = answer_to(site, request_)
        assert got == status
        assert re.search(r"\r\nx-request-id: [0-9a-f]{32}(?:\r|$)", head)
        assert "\r\ncontent-security-policy: default-src 'none'" in head
        await until(lambda before=before: lines_of_requests(site) > before)


@pytest.mark.parametrize("beginning", [b"GET /", b"GET / HTTP/1.1\r\nX: ", b"GET / HTTP/1.1\r\n"])
def test_a_head_without_an_end_is_cut_off(site: Site, beginning: bytes) -> None:
    more = b"X: y\r\n" * 40_000 if beginning.endswith(b"\r\n") else b"a" * 240_000
    with connected(site) as client, contextlib.suppress(ConnectionError):
        client.sendall(beginning)
        for sent in range(100):
            client.sendall(more)
            assert sent < 50, "the server goes on listening"


def test_long_headers_that_do_end_are_read(site: Site) -> None:
    with connected(site) as client:
        client.sendall(b"GET /api/live HTTP/1.1\r\n" + HOST + b"X: ")
        client.sendall(b"a" * 30_000)
        client.sendall(b"\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
