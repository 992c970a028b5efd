"""The compiled frontend: built once per state of its sources, kept under a name that says which.

A build happens in Reflex's own `.web`; only a finished one is copied to `.build/<digest>` and served from
there. So a failed build breaks nothing, and a running server keeps its files while the next one is made.
"""

import contextlib
import fcntl
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from portfolio_app.folders import CONTENT_DIR, DEMOS_DIR
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.launcher.sources import lock_digest, source_digest
from portfolio_app.launcher.toolchain import reflex_environment, run_reflex
from portfolio_app.settings import VARIABLES

EXPORT: Final = ["export", "--frontend-only", "--no-zip"]
SERVED: Final = ("build/client", "backend")
KEPT_BUILDS: Final = 3
COMPILED: Final = ".web/portfolio-compiled"
"""Names the sources that the pages in `.web` were compiled from for development."""
LOG_TAIL_LINES: Final = 15
_WRONG_FILE: Final = re.compile(r"^(?:\S+\.)?ContentError: (.+:\d+: .+)$", re.MULTILINE)
"""A file of the owner's that is wrong, as the compiler's traceback ends."""


@contextlib.contextmanager
def alone_in_web(root: Path) -> Iterator[None]:
    """Hold off every build, and every `make dev`, that would compile into the `.web` of the same checkout meanwhile."""
    (folder := root / ".build").mkdir(exist_ok=True)
    with (folder / "developing").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                f"another make dev, or a build, runs in {root}, and both would compile into its .web: end that one, or"
                " take a copy"
            ) from None
        yield


def export_with_reflex(log: Path) -> None:
    """Compile into `.web`, the whole output in `log`. Raises LaunchError with its end when that fails.

    Nothing of the site's configuration reaches the compiler but where its words are: the same sources give the same
    build everywhere.
    """
    dropped = set(VARIABLES) - {CONTENT_DIR, DEMOS_DIR}
    environment = {name: value for name, value in reflex_environment().items() if name not in dropped}
    with log.open("w") as output:
        code = run_reflex(EXPORT, environment, output.fileno())
    if code:
        if wrong := _WRONG_FILE.search(log.read_text(errors="replace")):
            raise LaunchError(wrong[1])
        tail = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        print(*(f"  {line}" for line in tail), sep="\n", file=sys.stderr)
        raise LaunchError(f"the frontend build failed (exit code {code}); the whole log is {log}")


@dataclass(frozen=True, slots=True)
class Frontend:
    """The builds of one checkout."""

    root: Path
    compile: Callable[[Path], None] = export_with_reflex

    def ensure_built(self, logs: Path) -> Path:
        """Return the directory Reflex serves the frontend from, building it first if any source changed."""
        if (built := self._build_of(source_digest(self.root))).is_dir():
            return built
        with self._one_builder():
            sources = source_digest(self.root)
            if not (built := self._build_of(sources)).is_dir():
                with alone_in_web(self.root):
                    self._compile(logs)
                    self._publish(built := self._build_of(sources))
        return built

    @property
    def _builds(self) -> Path:
        return self.root / ".build"

    def _build_of(self, sources: str) -> Path:
        return self._builds / f"{sources}-{lock_digest(self.root)}"

    @contextlib.contextmanager
    def _one_builder(self) -> Iterator[None]:
        with self._lock() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another start to finish its frontend build", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock(self) -> TextIO:
        try:
            self._builds.mkdir(exist_ok=True)
            return (self._builds / "lock").open("w")
        except OSError as error:
            raise LaunchError(
                f"the frontend has to be built, and {self._builds} can't be written: {error.strerror}"
            ) from None

    def _compile(self, logs: Path) -> None:
        try:
            logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LaunchError(f"DATA_DIR: {logs} can't be made: {error.strerror}") from None
        log = logs / "frontend-build.log"
        print(f"Building the frontend, about half a minute (log: {log})", flush=True)
        began = time.monotonic()
        # Pages are compiled as a site has them: the development server has to compile its own again.
        with contextlib.suppress(OSError):
            (self.root / COMPILED).unlink()
        self.compile(log)
        print(f"Built the frontend in {time.monotonic() - began:.0f} s", flush=True)

    def _publish(self, built: Path) -> None:
        draft = self._builds / f"draft-{os.getpid()}"
        for part in SERVED:
            shutil.copytree(self.root / ".web" / part, draft / part)
        draft.rename(built)
        self._forget_old()

    def _forget_old(self) -> None:
        finished = [path for path in self._builds.iterdir() if path.is_dir()]
        for old in sorted(finished, key=lambda path: path.stat().st_mtime)[:-KEPT_BUILDS]:
            shutil.rmtree(old)
