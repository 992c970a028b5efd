"""What Redis keeps of a visitor, where several workers share it."""

from pathlib import Path

import pytest
import redis

from tests.socket.conftest import backend
from tests.socket.visitor import Visitor, ticket_for

pytestmark = pytest.mark.server


def everything_in(redis_url: str) -> bytes:
    with redis.Redis.from_url(redis_url) as client:
        return repr([(key, content(client, key)) for key in client.scan_iter("*")]).encode()


def content(client: redis.Redis, key: bytes) -> object:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"zset":
            return client.zrange(key, 0, -1)
        case b"stream":
            return client.xrange(key)
        case b"hash":
            return client.hgetall(key)
        case other:
            raise AssertionError(f"look into a {other!r}, too")


async def test_no_cookie_password_or_ticket_is_kept_in_redis(tmp_path: Path, redis_url: str) -> None:
    password = "canary-password-4712"
    form = {"email": "canary@example.org", "username": "canary-user", "password": password}
    with backend(tmp_path, REDIS_URL=redis_url, TRUSTED_PROXY_HOPS="1") as site:
        async with Visitor(site) as visitor:
            cookies = [visitor.cookie]
            async with visitor.tab() as tab:
                await tab.boot("/register")
                ticket = await ticket_for(tab, "register_state", "submit", {"form": form}, path="/register")
            async with visitor.tab() as tab:
                await tab.boot("/chat")
                payload = {"client_id": "canary-client-id", "body": "canary in a bus"}
                await tab.call(f"{tab.find('chat_state')}.send", payload, path="/chat")
                await tab.until(lambda: tab.value("chat_state", "outcome")["cid"])
                kept = everything_in(redis_url)
            await visitor.exchange(ticket)
            cookies.append(visitor.cookie)
            async with visitor.tab() as tab:
                await tab.boot("/sign-in")
                wrong = {"email": "canary-user", "password": password + "-wrong"}
                await tab.call(f"{tab.find('sign_in_state')}.submit", {"form": wrong}, path="/sign-in")
                await tab.until(lambda: tab.value("sign_in_state", "error"))
                kept += everything_in(redis_url)
    assert b"canary in a bus" in kept, "the test looks in the wrong place"
    assert b"LIMITS" in kept, "the test looks in the wrong place"
    for secret in (
        password,
        ticket,
        form["email"],
        *(cookie.partition("=")[2] for cookie in cookies if cookie),
    ):
        assert secret.encode() not in kept
