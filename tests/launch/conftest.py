"""Starts of the site as a person at a terminal sees them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.site import ROOT, UNSET
from tests.waiting import PATIENCE_S

STOP_WITHIN_S = 10
"""What a container engine gives a process that it has asked to stop."""


class Start:
    """One `python -m portfolio_app serve`; its output is read line by line."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portfolio_app", "serve"],
            cwd=ROOT,
            env=os.environ | UNSET | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []

    def until_ready(self) -> str:
        """The address printed once the site answers."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Ready on "):
                return line.removeprefix("Ready on ").strip()
        raise AssertionError(f"the site did not start:\n{''.join(self.lines)}")

    def stop(self, stop: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop; return the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(stop)
        self.ended()
        return time.monotonic() - began

    def ended(self) -> int:
        """Wait for the end and return the exit code; the rest of the output is in `lines`."""
        self.lines.append(self.process.communicate(timeout=PATIENCE_S)[0])
        return self.process.returncode

    @property
    def output(self) -> str:
        """Everything read so far."""
        return "".join(self.lines)


Starter = Callable[..., Start]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Start the site with a data directory of its own; none outlives the test."""
    starts: list[Start] = []

    def starter(port: int, **environment: str) -> Start:
        variables = {"PORT": str(port), "DATA_DIR": str(tmp_path / "data")} | environment
        starts.append(Start(variables))
        return starts[-1]

    yield starter
    for started in starts:
        if started.process.poll() != 0:  # a killed launcher may have left workers behind
            with suppress(ProcessLookupError):
                os.killpg(started.process.pid, signal.SIGKILL)
        started.process.communicate()
