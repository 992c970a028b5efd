"""A stop signal in the middle of everything."""

import asyncio
import contextlib
import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.faults.crowd import crowd, posted
from tests.faults.stored import in_postgres, in_sqlite
from tests.site import Site, running_site, workers_of
from tests.socket.visitor import Visitor
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.server

STOP_WITHIN_S = 10
"""What a container engine gives a process that it has asked to stop."""
GOING_AWAY = {1001, 1012}


def readiness_until_refused(site: Site) -> dict[str, str]:
    """The last reasons that readiness gave before nobody listened any more."""
    reasons: dict[str, str] = {}
    with contextlib.suppress(httpx.TransportError):
        while True:
            reasons = httpx.get(f"{site.url}/api/ready", timeout=PATIENCE_S).json()["reasons"]
            time.sleep(0.05)
    return reasons


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_stop_under_load_keeps_every_acknowledged_message_and_tells_every_tab(
    workers: str, tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    shared = {"WORKERS": "2", "DATABASE_URL": postgres_url, "REDIS_URL": redis_url} if workers == "2" else {}
    with running_site(tmp_path, RATE_LIMITS="off", **shared) as site:
        async with crowd(site, 12) as authors:
            await posted(authors, 5)
            serving = [psutil.Process(pid) for pid in workers_of(site.process.pid)]
            assert len(serving) == (2 if shared else 0)
            began = time.monotonic()
            site.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(readiness_until_refused, site) == {"server": "is stopping"}
            code = await asyncio.to_thread(site.process.wait, PATIENCE_S)
            took = time.monotonic() - began
            await until(lambda: all(author.close_codes for author in authors))
            close_codes = [author.close_codes for author in authors]
            acknowledged = {body for author in authors for body in author.acknowledged}
        assert code == 0
        assert took < STOP_WITHIN_S
        assert not any(worker.is_running() for worker in serving)
        assert all(codes and set(codes) <= GOING_AWAY for codes in close_codes)
        stored = in_postgres(postgres_url) if shared else in_sqlite(tmp_path)
        assert len(set(stored)) == len(stored)
        assert acknowledged <= set(stored)
        assert "Traceback" not in site.output()
        assert '"level": "error"' not in site.output(), "what was under way ended as it would have"


async def test_an_open_stream_does_not_hold_a_stop_up(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        async with (
            Visitor(site) as visitor,
            visitor.http.stream("GET", "/api/stream", headers=visitor.jar) as rows,
        ):
            assert rows.status_code == httpx.codes.OK
            began = time.monotonic()
            site.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(site.process.wait, PATIENCE_S) == 0
            assert time.monotonic() - began < STOP_WITHIN_S
    assert "Traceback" not in site.output()
