"""The résumé as a PDF, printed by a Chromium of this machine from the page that the build has of it."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from portfolio_app import folders
from portfolio_app.http.content.loader import content
from portfolio_app.http.content.resume import PDF, printed_from
from portfolio_app.launcher.errors import LaunchError

BROWSERS: Final = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
MOST_SHEETS: Final = 2
WITHIN_S: Final = 60
_OPTIONS: Final = (
    "--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--no-pdf-header-footer",
)  # fmt: skip


class _Files(SimpleHTTPRequestHandler):
    """The files of a build. Their scripts must not run: what they draw belongs to a screen, and they need a server."""

    def end_headers(self) -> None:
        """Add the policy that forbids scripts."""
        self.send_header("content-security-policy", "script-src 'none'")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def find_browser() -> str | None:
    """The Chromium that $CHROMIUM names, or one on the path."""
    named = os.environ.get("CHROMIUM", "").strip()
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def write(built: Path) -> Path:
    """Print the résumé of the pages in `built` into a file beside the profile. Raises LaunchError."""
    if not content().profile.resume:
        raise LaunchError(
            "there is no résumé to print: no [[resume]] in the profile, and no resume.json beside it"
        )
    browser = find_browser()
    if browser is None:
        raise LaunchError(
            "there is no Chromium to print with: install one, or set CHROMIUM to the path of one"
        )
    with _served(built) as address, TemporaryDirectory() as scratch:
        draft = Path(scratch) / PDF
        _print(browser, f"{address}/resume.html", draft)
        pdf = draft.read_bytes()
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    file = folders.content() / PDF
    try:
        file.write_bytes(pdf + printed_from(content().profile))
    except OSError as error:
        raise LaunchError(f"{file} can't be written: {error.strerror}") from None
    print(
        f"wrote {folders.shown(file)}, {sheets} sheet{'s' if sheets > 1 else ''}; the next start links to it"
    )
    if sheets > MOST_SHEETS:
        print(f"warning: a résumé of more than {MOST_SHEETS} sheets is seldom read")
    return file


def _print(browser: str, address: str, file: Path) -> None:
    # Chromium refuses to run as root with its sandbox; what it opens is this site's own page.
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    profile = f"--user-data-dir={file.parent / 'browser'}"
    command = (browser, *_OPTIONS, *as_root, profile, f"--print-to-pdf={file}", address)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"{browser} printed nothing: {error}") from None
    if not file.is_file():
        said = done.stderr.strip().splitlines()
        raise LaunchError(
            f"{browser} printed nothing (exit code {done.returncode}) {said[-1] if said else ''}"
        )


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:  # or its thread would go on asking a closed socket, with all of a processor
            server.shutdown()
