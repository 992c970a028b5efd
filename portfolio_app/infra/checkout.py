"""The checkout that this process runs from."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
STAMP: Final = Path(".build/commit")
"""The file in which the build of an image, which has no repository in it, leaves the commit (see Dockerfile)."""


@cache
def commit(root: Path = ROOT) -> str | None:
    """The abbreviated commit at the first call; None where neither a repository nor the build of an image tells it."""
    return _git(root, "rev-parse", "--short", "HEAD") or _stamped(root)


def commit_and_changes(root: Path = ROOT) -> str:
    """The commit, with `-dirty` behind it when tracked files differ from it; empty outside a repository."""
    return _git(root, "describe", "--always", "--dirty", "--exclude=*") or ""


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    try:
        found = subprocess.run(command, capture_output=True, check=True, timeout=5, text=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def _stamped(root: Path) -> str | None:
    try:
        return (root / STAMP).read_text(encoding="ascii").strip() or None
    except (OSError, ValueError):
        return None
