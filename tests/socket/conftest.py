"""The backend alone, in a process of its own: no built frontend, every line it logs kept."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from portfolio_app.launcher import serving
from portfolio_app.settings import Settings
from tests.site import ROOT, Site, free_port
from tests.socket.visitor import Visitor

START_S = 150
APPLICATION = "portfolio_app.portfolio_app:app"


@contextmanager
def backend(data_dir: Path, *, target: str = APPLICATION, **environment: str) -> Iterator[Site]:
    """Serve the application, as the launcher does but without pages, until the block ends."""
    port = free_port()
    given = {
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
    }
    variables = os.environ | given | environment
    log = data_dir / "server.log"
    site = Site(f"http://localhost:{port}", data_dir, log, _start(variables, log, target), variables)
    try:
        _wait_until_live(site)
        yield site
    finally:
        site.process.send_signal(signal.SIGINT)  # unlike SIGTERM it asks for no notice to proxies
        try:
            site.process.wait(30)
        except subprocess.TimeoutExpired:
            site.process.kill()
            site.process.wait()


def _start(variables: dict[str, str], log: Path, target: str) -> subprocess.Popen[bytes]:
    serving.migrate(Settings.from_env(variables))  # as the command does, without a Python of its own
    command = [sys.executable, "-m", "tests.socket.serve", target]
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT)


def _wait_until_live(site: Site) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and site.process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{site.url}/api/ready", timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the backend did not start:\n{site.output()}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One backend for all tests of this folder that need no other settings, as if behind a proxy."""
    with backend(tmp_path_factory.mktemp("backend"), TRUSTED_PROXY_HOPS="1") as running:
        yield running


@pytest_asyncio.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    """A browser with an empty cookie jar."""
    async with Visitor(site) as somebody:
        yield somebody


@pytest_asyncio.fixture
async def other(site: Site) -> AsyncIterator[Visitor]:
    """Another browser."""
    async with Visitor(site) as somebody:
        yield somebody


@pytest.fixture(scope="session")
def moderators_cookie(site: Site) -> str | None:
    """Registered and promoted once."""

    async def register() -> tuple[str, str | None]:
        async with Visitor(site) as somebody:
            return await somebody.register(), somebody.cookie

    username, cookie = asyncio.run(register())
    site.promote(username)
    return cookie


@pytest_asyncio.fixture
async def moderator(site: Site, moderators_cookie: str | None) -> AsyncIterator[Visitor]:
    """A browser that is signed in as a moderator."""
    async with Visitor(site) as somebody:
        somebody.cookie = moderators_cookie
        yield somebody
