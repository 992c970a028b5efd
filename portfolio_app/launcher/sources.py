"""Which files the frontend is compiled from, as one short digest: also backend code that its pages quote."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from portfolio_app.http.content.quotes import QUOTED_FILES, quoted_files

SOURCES: Final = (
    "portfolio_app",
    "assets",
    "benchmarks/results/latest.json",
    "rxconfig.py",
    "requirements.txt",
    ".npmrc",
)
BACKEND_ONLY: Final = ("portfolio_app/infra/", "portfolio_app/launcher/", "portfolio_app/__main__.py")
DEVELOPMENT_ONLY: Final = ("portfolio_app/http/styleguide/",)
MADE_BY_THE_COMPILER: Final = ("assets/external/",)
PACKAGE_LOCK: Final = ("reflex.lock",)


def source_digest(root: Path) -> str:
    """Names and contents of everything the compiler reads; the same in every checkout."""
    return _digest(root, SOURCES)


def lock_digest(root: Path) -> str:
    """The locked npm packages, apart from the sources because a compile may add to the lock."""
    return _digest(root, PACKAGE_LOCK)


def _digest(root: Path, names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    quoted = QUOTED_FILES | quoted_files(root / "portfolio_app/content")
    for path in _files(root, names, quoted):
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Path, names: tuple[str, ...], quoted: frozenset[str]) -> Iterator[Path]:
    for top in (root / name for name in names):
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            local = path.relative_to(root).as_posix()
            if path.is_file() and "__pycache__" not in path.parts and _is_read(local, quoted):
                yield path


def _is_read(local: str, quoted: frozenset[str]) -> bool:
    return local in quoted or not local.startswith(BACKEND_ONLY + DEVELOPMENT_ONLY + MADE_BY_THE_COMPILER)
