"""A body that is too large, or that never ends, costs the site nothing."""

from collections.abc import AsyncIterator

import pytest

from tests.site import Site
from tests.socket.burst import burst
from tests.socket.test_answers import answer_to, connected
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server


def test_a_run_is_not_read_where_it_is_started(site: Site) -> None:
    assert answer_to(site, b"GET /api/burst/runs HTTP/1.1\r\nHost: x\r\n\r\n")[0] == 405


async def test_a_body_that_turns_out_too_large_is_refused_by_the_endpoint_that_reads_it(
    site: Site, visitor: Visitor
) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 40_000

    before = len(site.output())
    async with burst(visitor) as sender:
        for end in ("answers", "finish"):
            assert (await sender.post(end, content=body())).status_code == 413
    assert "unforeseen" not in site.output()[before:]


async def test_a_sender_who_leaves_in_the_middle_of_a_body_is_no_error(site: Site, visitor: Visitor) -> None:
    before = len(site.output())
    head = f"POST /api/burst/runs HTTP/1.1\r\nHost: x\r\nOrigin: {site.url}\r\nContent-Length: 99\r\n\r\n"
    with connected(site) as client:
        client.sendall(head.encode() + b'{"size": 10,')
    assert (await visitor.http.get("/api/live")).status_code == 200
    assert "unforeseen" not in site.output()[before:]
