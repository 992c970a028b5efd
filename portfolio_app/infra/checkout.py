"""The checkout that this process runs from."""

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


def commit() -> str | None:
    """The abbreviated commit, or None outside a repository."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, check=True, timeout=5, text=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()
