"""The whole site in a process of its own, started the way `make run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import psutil

from portfolio_app.settings import VARIABLES, Settings

ROOT = Path(__file__).resolve().parent.parent
READY_S = 240
T = TypeVar("T")
OWN = {"CONTENT_DIR": "", "DEMOS_DIR": ""}
"""For a copy of the checkout, which has the words and demos that ship."""
UNSET = {name: "" for name in VARIABLES if name not in OWN} | {"SELF_CHECK": "off"}
"""Empty counts as absent, and keeps a developer's own .env out of the tests, all but the folders of the site."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: where it answers, its data, and everything it has printed."""

    url: str
    data_dir: Path
    log: Path
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def output(self) -> str:
        """What the server wrote to its terminal so far."""
        return self.log.read_text(errors="replace")

    def run(self, *arguments: str) -> str:
        """Run a management command against the same data; returns what it prints."""
        command = [sys.executable, "-m", "portfolio_app", *arguments]
        done = subprocess.run(
            command, check=True, cwd=ROOT, env=dict(self.environment), stdout=subprocess.PIPE, text=True
        )
        return done.stdout.strip()

    def promote(self, username: str) -> None:
        """Make a member a moderator."""
        from portfolio_app import maintenance

        self._as_the_command(maintenance.promote, username)

    def reset_link(self, username: str) -> str:
        """A link that lets a member choose another password."""
        from portfolio_app import maintenance

        return self._as_the_command(maintenance.reset_link, username)

    def _as_the_command(self, change: Callable[[Settings, str], T], username: str) -> T:
        """What a management command does, which takes a Python of its own to import the site."""
        settings = Settings.from_env(self.environment)
        with ThreadPoolExecutor(1) as apart:  # the caller's thread may have an event loop already
            return apart.submit(change, settings, username).result()


def workers_of(launcher: int) -> set[int]:
    """The server processes under a launcher."""
    return {child.pid for child in psutil.Process(launcher).children() if _is_worker(child)}


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("spawn_main" in word for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def peers_of(pid: int) -> set[int]:
    """The ports at the other end of a process's connections."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return set()
    return {connection.raddr.port for connection in connections if connection.raddr}


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> range:
    """So many in a row that nobody listens on right now."""
    while True:
        first = free_port()
        try:
            with ExitStack() as claimed:
                for port in range(first, first + count):
                    claimed.enter_context(socket.create_server(("127.0.0.1", port)))
        except (OSError, OverflowError):
            continue
        return range(first, first + count)


def unready(site: Site) -> tuple[int, dict[str, str]]:
    """The answer of readiness as soon as it is not 200."""
    while (answer := httpx.get(f"{site.url}/api/ready", timeout=60)).status_code == httpx.codes.OK:
        time.sleep(0.1)
    return answer.status_code, answer.json()["reasons"]


@contextmanager
def running_site(
    data_dir: Path,
    *,
    port: int | None = None,
    awaited: str = "/api/ready",
    command: Sequence[str] = ("portfolio_app", "serve"),
    root: Path = ROOT,
    **environment: str,
) -> Iterator[Site]:
    """Serve with `data_dir` until the block ends, from when `awaited` answers 200; sites share the built pages.

    `command` is a module of Python and its arguments, in the checkout at `root`.
    """
    port = port or free_port()
    variables = os.environ | UNSET | {"PORT": str(port), "DATA_DIR": str(data_dir)} | environment
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=root,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    site = Site(f"http://localhost:{port}", data_dir, log, process, variables)
    try:
        _wait_for(site, awaited)
        yield site
    finally:
        _stop(process)


def _wait_for(site: Site, path: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            break
        with suppress(httpx.HTTPError):
            if httpx.get(f"{site.url}{path}", timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the site did not start:\n{site.output()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # unlike SIGTERM it asks for no notice to proxies
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
