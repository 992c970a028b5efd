"""Forms that a browser sends by itself, over the wire: well-formed or not, and however slowly."""

import asyncio
import contextlib
import secrets
from urllib.parse import urlencode, urlsplit

import httpx
import psutil
import pytest

from portfolio_app.http.account.confirming import CONFIRM_EMAIL
from portfolio_app.http.account.details import EMAIL, MAKE_CODES, USERNAME
from portfolio_app.http.account.leaving import EXPORT, LEAVE
from portfolio_app.http.account.parts import REGISTER, SIGN_IN
from portfolio_app.http.account.passkeys import ADD_PASSKEY, PROVE_BY_PASSKEY
from portfolio_app.http.account.security_parts import CHANGE_PASSWORD, PROVE, RECOVER, RESET
from portfolio_app.http.chat.composer import MESSAGE
from portfolio_app.http.kit.page import Unsent
from portfolio_app.http.moderation.members import SESSIONS
from portfolio_app.http.site import forms
from tests.site import Site
from tests.socket.visitor import Visitor

pytestmark = pytest.mark.server

FORM = b"content-type: application/x-www-form-urlencoded"
LIMIT = 64 * 1024
EVEN = 16 * 1024 * 1024
each_form = pytest.mark.parametrize("unsent", forms(), ids=lambda unsent: unsent.name)
NOTHING_DONE = {
    **dict.fromkeys(
        (
            each.name
            for each in (MESSAGE, LEAVE, USERNAME, EMAIL, SIGN_IN, REGISTER, RECOVER, CHANGE_PASSWORD, PROVE)
        ),
        422,
    ),
    **dict.fromkeys(
        (each.name for each in (EXPORT, ADD_PASSKEY, PROVE_BY_PASSKEY, MAKE_CODES, SESSIONS, CONFIRM_EMAIL)),
        403,
    ),
    RESET.name: 404,
}
"""What needs no script is refused in words of its own; other forms always answer 409."""


async def send(site: Site, unsent: Unsent, head: list[bytes], body: bytes = b"") -> bytes:
    """Write a POST by hand and read until the server closes."""
    reader, writer = await connect(site)
    lines = [
        f"POST {unsent.path} HTTP/1.1".encode(),
        f"host: {urlsplit(site.url).netloc}".encode(),
        f"origin: {site.url}".encode(),
        b"connection: close",
        *head,
    ]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def connect(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(site.url)
    return await asyncio.open_connection(address.hostname, address.port)


def length(body: bytes) -> bytes:
    return f"content-length: {len(body)}".encode()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@each_form
async def test_no_field_reaches_the_log_or_a_header(site: Site, visitor: Visitor, unsent: Unsent) -> None:
    canary = f"canary-{secrets.token_hex(8)}"
    fields = {name: f"{canary}-{name}" for name in ("body", "email", "username", "password")}
    answer = await visitor.post(unsent.path, fields)
    assert canary not in str(answer.headers)
    for body in (
        urlencode(fields).encode() + b"&x=%ff",
        b"\xff" + canary.encode(),
        b"x" * (LIMIT - len(canary)) + canary.encode(),
    ):
        await send(site, unsent, [FORM, length(body)], body)
    assert canary not in site.output()


@each_form
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_another_site_gets_no_answer_with_a_text_in_it(
    site: Site, visitor: Visitor, unsent: Unsent, origin: str
) -> None:
    answer = await visitor.post(unsent.path, {"body": "planted"}, origin=origin)
    assert answer.status_code == 403
    assert "planted" not in answer.text


@each_form
@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ([FORM], b"", 409),
        ([FORM, b"content-length: 0"], b"", 409),
        ([FORM], b"body=%ff%fe", 400),
        ([FORM], b"\xff\xfe\x00", 400),
        ([FORM], b"&" * LIMIT, 400),
        ([FORM], b"x=1&" * (LIMIT // 4), 400),
        ([FORM], b"body=" + b"%41" * 20_000, 409),
        ([FORM], b"body=" + b"+" * (LIMIT - 5), 409),
        ([], b"body=x", 415),
        ([b"content-type: multipart/form-data; boundary=b"], b"--b\r\n" * 100, 415),
        ([b"content-type: text/plain"], b"body=x", 415),
        ([FORM, f"content-length: {LIMIT + 1}".encode()], b"", 413),  # refused before any of it is sent
        ([FORM, b"content-length: 9999999999999"], b"", 413),
    ],
)
async def test_whatever_is_posted_gets_a_plain_answer(
    site: Site, unsent: Unsent, head: list[bytes], body: bytes, status: int
) -> None:
    announced = any(line.startswith(b"content-length") for line in head)
    answer = await send(site, unsent, head if announced else [*head, length(body)], body)
    assert status_of(answer) == (NOTHING_DONE.get(unsent.name, status) if status == 409 else status)
    assert b"x-request-id: " in answer
    assert b"content-security-policy: default-src 'none'" in answer


@each_form
async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(site: Site, unsent: Unsent) -> None:
    # Nothing after the byte that is too much: a close with bytes unread may overtake the answer.
    body = (b"2000\r\n" + b"x" * 0x2000 + b"\r\n") * 8 + b"1\r\nx\r\n"
    answer = await send(site, unsent, [FORM, b"transfer-encoding: chunked"], body)
    assert status_of(answer) == 413


async def test_posts_that_never_end_and_answers_that_are_never_read_cost_little(site: Site) -> None:
    process = psutil.Process(site.process.pid)
    full = b"body=" + b"%3c" * 20_000
    await send(site, MESSAGE, [FORM, length(full)], full)
    before = process.memory_info().rss
    async with contextlib.AsyncExitStack() as stack:
        for number in range(50):
            _, writer = await connect(site)
            stack.callback(writer.close)
            head = f"POST {MESSAGE.path} HTTP/1.1\r\nhost: x\r\norigin: {site.url}\r\n".encode() + FORM
            if number % 2:
                writer.write(head + b"\r\ncontent-length: 60000\r\n\r\nbody=")  # and no more
            else:
                writer.write((head + b"\r\n" + length(full) + b"\r\n\r\n" + full) * 4)  # and reads nothing
        async with httpx.AsyncClient(base_url=site.url) as client:
            for _ in range(20):
                assert (await client.get("/api/live")).status_code == 200
        assert process.memory_info().rss - before < EVEN


@each_form
async def test_a_get_leads_to_the_form_and_drops_whatever_its_address_held(
    visitor: Visitor, unsent: Unsent
) -> None:
    answer = await visitor.http.get(f"{unsent.path}?email=canary&password=canary")
    assert (answer.status_code, answer.headers["location"]) == (303, unsent.page)
    assert (await visitor.http.put(unsent.path)).status_code == 405
