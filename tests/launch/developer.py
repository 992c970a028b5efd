"""A developer at a copy of the checkout: what is saved, what the open page and the terminal say."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from portfolio_app.launcher.frontend import COMPILED
from portfolio_app.launcher.sources import source_digest
from portfolio_app.launcher.toolchain import ROOT
from tests.checkout import copy_sources

SEEN_MS = 120_000
SETTLED_MS = 300_000
"""Until every page is compiled: that has the lowest priority, beside the other tests."""
STARTED_S = 300
AGAIN_MS = 500
"""Between two looks: what is waited for takes seconds, and each look may send a form."""


@dataclass
class Dev:
    """A running development server, the page that is open, and the folder of the words and demos that are `mine`."""

    root: Path
    mine: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    page: Page

    def open(self, path: str) -> Page:
        """The page at `path`, live."""
        self.page.goto(path, timeout=SEEN_MS)
        expect(self.page.get_by_test_id("connection")).to_have_attribute(
            "data-state", "live", timeout=SEEN_MS
        )
        return self.page

    @contextmanager
    def editing(self) -> Iterator[Callable[[str, str, str], None]]:
        """Save a file with `old` replaced by `new` in what it was at first, again and again while the block runs.

        Afterwards all of them are as they were, and the page is waited for.
        """
        before: dict[Path, str] = {}

        def save(file: str, old: str, new: str) -> None:
            path = self.root / file
            text = before.setdefault(path, path.read_text())
            assert old in text
            path.write_text(text.replace(old, new, 1))

        try:
            yield save
        finally:
            for path, text in before.items():
                path.write_text(text)
            self.expect_settled()

    def expect_settled(self) -> None:
        """Every page is compiled from the files as they are, and the open one is live."""
        digest = source_digest(self.root, (self.mine / "content", self.mine / "demos"))
        until(
            self.page,
            lambda: (self.root / COMPILED).is_file() and (self.root / COMPILED).read_text() == digest,
            within_ms=SETTLED_MS,
        )
        expect(self.page.locator("vite-error-overlay")).to_have_count(0, timeout=SEEN_MS)
        expect(self.page.get_by_test_id("connection")).to_have_attribute(
            "data-state", "live", timeout=SEEN_MS
        )

    def expect_problem(self, *words: str) -> None:
        """The page and then the terminal say all of these."""
        overlay = self.page.locator("vite-error-overlay")
        for word in words:
            expect(overlay).to_contain_text(word, timeout=SEEN_MS)
            assert word in self.said()

    def said(self) -> str:
        """Everything in the terminal so far."""
        return self.log.read_text(errors="replace")

    def running(self) -> list[psutil.Process]:
        """Every process at work in the checkout, whoever started it."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):  # ended meanwhile, or has ended and nobody reaps it
                if Path(process.cwd()).is_relative_to(self.root):
                    found.append(process)
        return found


def copied_checkout(root: Path) -> None:
    copy_sources(root)
    if (ROOT / ".web").is_dir():  # packages that are installed already
        shutil.copytree(ROOT / ".web", root / ".web", symlinks=True)


def wait_for_line(log: Path, process: subprocess.Popen[bytes], line: str) -> None:
    for _ in range(STARTED_S * 10):
        if line in log.read_text(errors="replace"):
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no {line!r}:\n{log.read_text(errors='replace')}")


def until(page: Page, condition: Callable[[], bool], within_ms: int = SEEN_MS) -> None:
    """Ask again and again; the page may be loading anew meanwhile."""
    deadline = time.monotonic() + within_ms / 1000
    while time.monotonic() < deadline:
        with suppress(PlaywrightError):
            if condition():
                return
            page.evaluate("(ms) => new Promise((done) => setTimeout(done, ms))", AGAIN_MS)
    raise AssertionError("it did not come true")
