"""The files that the frontend is compiled from, as one short digest: also backend code that its pages quote."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from portfolio_app import folders
from portfolio_app.http.content.source import QUOTED_FILES, quoted_files

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
_DAY: Final = re.compile(rb"""^[ \t]*["']?date["']?[ \t]*=[ \t]*(\d{4}-\d\d-\d\d)""", re.MULTILINE)
PACKAGE_LOCK: Final = ("reflex.lock",)


def source_digest(root: Path, outside: Iterable[Path] | None = None) -> str:
    """Names and contents of everything the compiler reads; the same in every checkout.

    Also of what the owner has `outside` of it, by default where the settings say.
    """
    outside = folders.outside() if outside is None else tuple(outside)
    later = "".join(_later((root / "portfolio_app/content", *outside)))
    found = _digest(root, SOURCES, outside)
    return hashlib.sha256(f"{found}{later}".encode()).hexdigest()[:16] if later else found


def _later(places: Iterable[Path]) -> Iterator[str]:
    """The texts that wait for their day: on that day the pages are other ones."""
    if (on := folders.shown_on()) is None:
        return
    for file in sorted(file for folder in places for file in folder.glob("*/*.md") if file.is_file()):
        day = _DAY.search(file.read_bytes())
        if day and day[1].decode() > on.isoformat():
            yield file.name


def lock_digest(root: Path) -> str:
    """The locked npm packages, apart from the sources because a compile may add to the lock."""
    return _digest(root, PACKAGE_LOCK)


def _digest(root: Path, names: tuple[str, ...], outside: Iterable[Path] = ()) -> str:
    digest = hashlib.sha256()
    quoted = QUOTED_FILES.union(*map(quoted_files, (root / "portfolio_app/content", *outside)))
    for path in _files(root, names, quoted):
        _add(digest, path.relative_to(root), path)
    for number, folder in enumerate(outside):
        for path in sorted(folder.rglob("*")):
            local = path.relative_to(folder)
            # A repository of the owner's own, and what editors keep.
            if _is_written(path) and not any(part.startswith(".") for part in local.parts):
                _add(digest, Path(str(number)) / local, path)
    return digest.hexdigest()[:16]


def _add(digest: "hashlib._Hash", name: Path, path: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
    digest.update(content)


def _files(root: Path, names: tuple[str, ...], quoted: frozenset[str]) -> Iterator[Path]:
    for top in (root / name for name in names):
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            local = path.relative_to(root).as_posix()
            if _is_written(path) and _is_read(local, quoted):
                yield path


def _is_written(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _is_read(local: str, quoted: frozenset[str]) -> bool:
    return local in quoted or not local.startswith(BACKEND_ONLY + DEVELOPMENT_ONLY + MADE_BY_THE_COMPILER)
