"""Where bodies end: codings that are not read are refused, and a client of HTTP/1.0 gets no chunks."""

import asyncio

import pytest

from tests.unit.launcher.connections.conftest import Site, line_to
from tests.unit.launcher.connections.test_deadlines import POST, answer
from tests.unit.launcher.connections.test_requests import STATUS


@pytest.mark.parametrize(
    ("version", "coding", "status"),
    [
        (b"1.1", b"transfer-encoding: chunked", b"200"),
        (b"1.1", b"transfer-encoding: CHUNKED", b"200"),
        (b"1.1", b"transfer-encoding: gzip, chunked", b"501"),
        (b"1.1", b"transfer-encoding: gzip\r\ntransfer-encoding: chunked", b"501"),
        (b"1.1", b"transfer-encoding: identity, chunked", b"501"),
        (b"1.0", b"transfer-encoding: chunked", b"501"),
    ],
)
async def test_a_body_is_coded_for_its_way_in_chunks_or_not_at_all(
    site: Site, version: bytes, coding: bytes, status: bytes
) -> None:
    head = POST.replace(b"content-length: 10", coding).replace(b"1.1", version)
    async with line_to(site) as (reader, writer):
        writer.write(head + b"5\r\nhello\r\n0\r\n\r\n")
        async with asyncio.timeout(10):
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 " + status)
    assert site.bodies == ([b"hello"] if status == b"200" else [])


async def test_an_answer_to_http_1_0_has_no_chunks(site: Site) -> None:
    """Its client would take their sizes for text."""
    site.may_read.set()
    for path, text in ((b"/parts", b"a part" + b"x" * 1_000_000), (b"/", b"hello")):
        for method, body in ((b"GET", text), (b"HEAD", b"")):
            async with line_to(site) as (reader, writer):
                writer.write(b"%b %b HTTP/1.0\r\n\r\n" % (method, path))
                head, _, rest = (await answer(reader)).partition(b"\r\n\r\n")
            assert (b"transfer-encoding" in head, rest == body) == (False, True), (method, path)


async def test_a_client_of_http_1_0_is_told_nothing_before_its_answer(site: Site) -> None:
    """It would take `100 Continue` for the answer."""
    async with line_to(site) as (reader, writer):
        writer.write(POST.replace(b"HTTP/1.1", b"HTTP/1.0\r\nexpect: 100-continue") + b"0123456789")
        async with asyncio.timeout(10):
            assert STATUS.findall(await reader.read()) == [b"200"]
