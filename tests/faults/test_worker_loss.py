"""Redis is away while a crowd is posting to a site with two workers."""

from typing import Any

import httpx
import pytest

from tests.faults.crowd import crowd, posted, quiet
from tests.faults.stored import everyone_agrees, in_postgres
from tests.servers import PostgresServer, RedisServer
from tests.site import Site
from tests.waiting import until

pytestmark = pytest.mark.server


def readiness(site: Site) -> dict[str, Any]:
    """What a proxy is told, which has to be that visitors may come."""
    answer = httpx.get(f"{site.url}/api/ready", timeout=60)
    assert answer.status_code == httpx.codes.OK
    told: dict[str, Any] = answer.json()
    return told


def is_degraded(told: dict[str, Any]) -> bool:
    """Judges one answer: the next may come from a worker that has not noticed yet."""
    return told["status"] == "degraded" and told["degraded"].keys() == {"redis"}


async def test_posting_goes_on_while_redis_is_away_and_no_tab_misses_anything(
    busy_workers: Site, own_postgres: PostgresServer, own_redis: RedisServer
) -> None:
    since = len(in_postgres(own_postgres.url))
    async with crowd(busy_workers, 10) as authors:
        await posted(authors, 5)
        own_redis.stop()
        await posted(authors, 10)
        await until(lambda: is_degraded(readiness(busy_workers)))
        await until(lambda: httpx.get(f"{busy_workers.url}/chat").status_code == httpx.codes.OK)
        own_redis.start()
        await posted(authors, 10)
        await quiet(authors)
        await everyone_agrees(authors, in_postgres(own_postgres.url), since)
        assert all(author.connections == 1 for author in authors), "a tab had to reconnect"
        assert not any(author.refusals for author in authors)
    await until(lambda: readiness(busy_workers)["status"] == "ready")
    assert "Traceback" not in busy_workers.output()
