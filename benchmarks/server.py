"""One server under test, alone in its own process and, where the system allows it, on its own core."""

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
READY_WITHIN_S = 60.0
STOPPED_WITHIN_S = 15.0
SERVER_CORE, CLIENT_CORE = 0, 1


class StartError(RuntimeError):
    """The server didn't come up; the message ends with its log."""


@contextmanager
def client(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m module` beside this process, with pipes to and from it; ended, and its output read, at the end."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pin(core: int, process: int = 0) -> None:
    """Keep a process (0: this one) on one core, if there are two and the system can."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(process, {core})


class Server:
    """A started server and what its whole process tree uses."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.port = port
        self._process = process
        self._log = log
        self._root = psutil.Process(process.pid)

    @classmethod
    async def start(
        cls, command: Sequence[str], env: Mapping[str, str], cwd: Path, port: int, ready_path: str
    ) -> "Server":
        """Start `command` and wait until `ready_path` answers without a server error. Raises `StartError`."""
        log = cwd / f"server-{port}.log"
        process = _spawn(command, {**os.environ, **env}, cwd, log)
        server = cls(process, port, log)
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not await asyncio.to_thread(_answers, port, ready_path):
                    if process.poll() is not None:
                        raise StartError(f"{command[:4]} ended: {server.log_tail()}")
                    await asyncio.sleep(0.1)
        except BaseException as failure:
            await server.stop()
            if isinstance(failure, TimeoutError):
                raise StartError(f"{command[:4]} isn't ready: {server.log_tail()}") from None
            raise
        return server

    @classmethod
    def spawned(cls, command: Sequence[str], env: Mapping[str, str], cwd: Path, port: int) -> "Server":
        """Start `command` on all cores and wait for nothing."""
        log = cwd.parent / f"server-{port}.log"
        return cls(_spawn(command, env, cwd, log, core=None), port, log)

    def check(self) -> None:
        """Raise `StartError` if it has ended."""
        if self._process.poll() is not None:
            raise StartError(f"it ended: {self.log_tail()}")

    def cpu_s(self) -> float:
        """CPU seconds, user and system, used since the start by all its processes."""
        return sum(map(_cpu_s, self._processes()))

    async def settled_rss(self) -> float:
        """Resident memory in bytes of all its processes: the median of a second of samples."""
        samples: list[int] = []
        for _ in range(9):
            samples.append(sum(process.memory_info().rss for process in self._processes()))
            await asyncio.sleep(0.12)
        return statistics.median(samples)

    async def stop(self) -> None:
        """Ask it to end, insist if it doesn't, and leave no process behind."""
        processes = self._processes()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        _, alive = await asyncio.to_thread(psutil.wait_procs, processes, STOPPED_WITHIN_S)
        for process in alive:
            process.kill()
        self._process.wait()

    def log(self) -> str:
        """All that the server wrote."""
        return self._log.read_text(errors="replace")

    def log_tail(self) -> str:
        """The last words of the server."""
        return self.log()[-2000:]

    def _processes(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _spawn(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, log: Path, core: int | None = SERVER_CORE
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    if core is not None:
        pin(core, process.pid)
    return process


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return bool(answer.status < 500)
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False
