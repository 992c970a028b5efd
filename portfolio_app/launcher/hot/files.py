"""The kinds of a changed file under `make dev`, and what each asks for."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from portfolio_app import folders
from portfolio_app.http.build.browser_files import ASSETS, HTTP

ROOT: Final = ASSETS.parent
WEB: Final = ROOT / ".web"
_READ_BY_PYTHON: Final = (ASSETS / "css" / "tokens.css",)
_TEMPORARY: Final = (".", "#", "~")


def watched() -> tuple[Path, ...]:
    """The folders that the running site is made of."""
    return (ROOT / "portfolio_app", ASSETS, ROOT / "benchmarks" / "results", *folders.outside())


def is_source(path: Path) -> bool:
    """Whether it is written by a person: no bytecode, and nothing that an editor keeps beside it."""
    if "__pycache__" in path.parts or (path.parent == ROOT and path.name != "rxconfig.py"):
        return False
    return not (path.name.startswith(_TEMPORARY) or path.name.endswith(_TEMPORARY) or path.name == "4913")


def copies(path: Path) -> list[Path]:
    """The places that Vite reads the file from; none if Python has to read it first."""
    if path.is_relative_to(ASSETS):
        local = path.relative_to(ASSETS)
        styles = [WEB / "styles" / local] if local.parts[0] == "css" else []
        return [*styles, WEB / "public" / local]
    if path.is_relative_to(HTTP) and path.relative_to(HTTP).parts[0] != "styleguide":
        folder = {".css": "styles/css", ".js": "public/js", ".jsx": "public/js"}.get(path.suffix)
        return [WEB / folder / path.name] if folder else []
    return []


def hand_over(paths: Iterable[Path]) -> frozenset[Path]:
    """Copy what the pages take as it is; returns what needs more than that."""
    return frozenset(path for path in paths if not _copied(path))


def _copied(path: Path) -> bool:
    targets = copies(path)
    # A new or removed stylesheet changes the list of them, which is compiled.
    known = path.suffix != ".css" or all(target.exists() for target in targets) == path.exists()
    for target in targets:
        if not path.exists():
            target.unlink(missing_ok=True)
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return bool(targets) and known and path not in _READ_BY_PYTHON
