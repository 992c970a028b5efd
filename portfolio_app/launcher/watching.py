"""Makes `make dev` follow the content: the framework reloads for Python files only."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from portfolio_app.http.content.errors import ContentError

EVERY_S: Final = 0.5
Seen = frozenset[tuple[Path, int, int]]


@contextmanager
def following(paths: Iterable[Path], read: Callable[[], object], stamp: Path) -> Iterator[None]:
    """While the block runs, rewrite `stamp`, a Python file, whenever something below `paths` has changed.

    `read` is tried first: what it refuses is printed, and the pages stay as they are until it is mended.
    """
    ended = threading.Event()
    watched = tuple(paths)
    follow = partial(_follow, watched, _state(watched), partial(_tell, read, stamp), ended)
    watcher = threading.Thread(target=follow, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _follow(
    paths: tuple[Path, ...], seen: Seen, tell: Callable[[Seen], None], ended: threading.Event
) -> None:
    while not ended.wait(EVERY_S):
        if (now := _state(paths)) != seen:
            seen = now
            tell(now)


def _tell(read: Callable[[], object], stamp: Path, state: Seen) -> None:
    try:
        read()
    except ContentError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
    else:
        stamp.write_text(f"# {hash(state)}\n", encoding="ascii")


def _state(paths: tuple[Path, ...]) -> Seen:
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else (path,)))
    return frozenset(entry for file in files if (entry := _entry(file)))


def _entry(file: Path) -> tuple[Path, int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:  # an editor replaces files
        return None
    return file, found.st_mtime_ns, found.st_size
