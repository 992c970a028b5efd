"""Prints the path of a Chromium for the browser tests, installing one when the machine has none.

In this order: $CHROMIUM, Chromium's headless shell (installed as root where Debian's packages can be had), a browser
of the machine, Playwright's own. The shell is the same engine without the windows around it: the same tests take it
little more than half the processor time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main() -> int:
    """Print the path found to standard output, everything else to standard error."""
    for find in (_chosen, _shell, _installed, _from_playwright):
        if browser := find():
            print(browser)
            return 0
    print("error: no Chromium found or installable; set CHROMIUM to the path of one", file=sys.stderr)
    return 1


def _chosen() -> str | None:
    return os.environ.get("CHROMIUM") or None


def _shell() -> str | None:
    if shutil.which(SHELL) is None and os.geteuid() == 0 and shutil.which("apt-get") is not None:
        _run("apt-get", "update", "--quiet")
        _run("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", SHELL)
    return shutil.which(SHELL)


def _installed() -> str | None:
    return next((path for name in ON_PATH if (path := shutil.which(name))), None)


def _from_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not _starts(path):
        _run(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    return path if _starts(path) else None


def _starts(path: str) -> bool:
    return Path(path).exists() and _run(path, "--version") == 0


def _run(*command: str) -> int:
    print("+", *command, file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(
            command, stdout=sys.stderr, env=environment, timeout=900, check=False
        ).returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
