"""The hashed files of the builds that were served from this data directory, for tabs older than a deployment."""

import contextlib
import logging
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)
FOLDERS: Final = ("assets", "pictures")
"""Folders of a build whose files have a digest in their names: the same name is the same content in any build."""
KEPT_S: Final = 30 * 24 * 3600
"""Since a process last served a build with the file. A tab that has slept for longer loads its page anew."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of files that are no longer served: those of some thirty builds."""
DRAFT_S: Final = 3600
"""Seconds after which the unfinished copy of a killed process is deleted."""
KEEP_EVERY_S: Final = 3600
_NAME: Final = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w-][\w.-]{{0,200}}", re.ASCII)
_DRAFT: Final = "."
_UNUSED: Final = ".br"
"""Copies that are not kept: every browser takes gzip."""


class BuildFiles:
    """Files by name below one folder; any number of processes may keep and read the same one at once.

    A file's time of change is when it was last known to be served.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, build: Path) -> None:
        """Mark what `build` holds as served now, copy what is new, and evict what is too old or too much.

        What the disk refuses is left to the next time: pages are served all the same.
        """
        try:
            served = dict(_hashed(build))
            for name, file in served.items():
                self._keep(file, self._folder / name)
            self._evict(set(served))
        except OSError as error:
            _log.warning("files of this build can't be kept for its tabs: %s", error.strerror)

    def read(self, name: str) -> bytes | None:
        """The file that is kept as `name`, which is the path of a request without its first slash; else None."""
        if not _NAME.fullmatch(name):
            return None
        try:
            opened = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                return None
            with os.fdopen(opened, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(opened)

    def _keep(self, file: Path, kept: Path) -> None:
        if kept.is_file() and kept.stat().st_size == file.stat().st_size:
            with contextlib.suppress(
                FileNotFoundError
            ):  # evicted just now, by a process that serves another build
                os.utime(kept)
                return
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = kept.with_name(f"{_DRAFT}{secrets.token_hex(8)}")
        try:
            shutil.copyfile(file, draft)
            draft.replace(kept)  # atomic: a concurrent reader or writer sees a complete file
        finally:
            draft.unlink(missing_ok=True)

    def _evict(self, served: set[str]) -> None:
        now, unserved = time.time(), 0
        for changed, size, file in sorted(self._kept(), reverse=True):
            age = now - changed
            if file.name.startswith(_DRAFT):
                gone = age > DRAFT_S
            elif file.relative_to(self._folder).as_posix() in served:
                gone = False
            else:
                unserved += size
                gone = age > KEPT_S or unserved > MOST_BYTES
            if gone:
                file.unlink(missing_ok=True)

    def _kept(self) -> Iterator[tuple[float, int, Path]]:
        for folder in FOLDERS:
            for file in (self._folder / folder).glob("*"):
                with contextlib.suppress(FileNotFoundError):
                    known = file.lstat()
                    yield known.st_mtime, known.st_size, file


def _hashed(build: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for file in sorted((build / folder).glob("*")):
            name = f"{folder}/{file.name}"
            if _NAME.fullmatch(name) and file.suffix != _UNUSED and file.is_file() and not file.is_symlink():
                yield name, file
