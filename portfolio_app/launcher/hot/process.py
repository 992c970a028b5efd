"""A process that imports, forks and calls on command. Run as `python -m portfolio_app.launcher.hot.process SOCKET`.

It has one thread and no state of its own beside what it has imported, so that each fork is a fresh start from
there: nothing is ever reloaded inside a process.
"""

import gc
import importlib
import json
import os
import py_compile
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import cache_from_source, source_hash
from pathlib import Path
from types import FrameType
from typing import Any, Final

from portfolio_app import folders, words

_READING: Final = ("open", "os.listdir", "os.scandir")
_read: set[str] = set()
"""Files that were opened and folders that were listed, whether by an import or by what it runs."""
_readers: set[str] = set()
"""Modules that read the content while they are imported."""
ROOT: Final = Path(__file__).resolve().parents[3]
_PACKAGE: Final = ROOT / "portfolio_app"
_CONTENT: Final = str(folders.content())
_OUTSIDE: Final = tuple(f"{folder}{os.sep}" for folder in folders.outside())
_HASH: Final = slice(8, 16)
"""The part of a bytecode file that holds the hash of its source."""
_IMPORT_SYSTEM: Final = "<frozen importlib._bootstrap_external>"
FIRST: Final = "first"


class Link:
    """The connection to the launcher, one JSON object a line."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address)
        self._lines = self._socket.makefile("r", encoding="utf-8")

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def commands(self) -> Iterator[dict[str, Any]]:
        """The commands of the launcher, until it hangs up."""
        return map(json.loads, self._lines)

    def close(self) -> None:
        """Let go of this end; in a fork that leaves its parent's untouched."""
        self._lines.close()
        self._socket.close()


def main(address: str) -> None:
    """Obey until the other end hangs up."""
    # Files are compared by whole seconds and size before their bytecode is reused: two edits may look like one.
    sys.dont_write_bytecode = True
    # Every text of the interface is looked up while its module is imported. Read here, the profile's language makes
    # none of them a reader of the content; another language takes another start.
    words.site_words()
    sys.addaudithook(_note_reading)
    name: str | None = FIRST
    while name is not None:
        # Children are reaped by the system.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with suppress(
            ConnectionError, FileNotFoundError
        ):  # the launcher has ended, also while this was forked
            link = Link(address)
            name = _obey(link, name)
            link.close()
            continue
        return


def _obey(link: Link, name: str) -> str | None:
    """Answer one command after the other; in a fork, return its name."""
    link.tell({"name": name, "pid": os.getpid()})
    for command in link.commands():
        if command["do"] != "fork":
            link.tell({"id": command["id"], **_answer(command, link)})
        elif os.fork() == 0:
            os.environ.update(command["environment"])
            return str(command["name"])
    return None


def _answer(command: Mapping[str, Any], link: Link) -> Mapping[str, Any]:
    try:
        if command["do"] == "import":
            done = _import(command["modules"], missing=command["missing"])
            if command["bytecode"]:
                _keep_bytecode(command["bytecode"])
            return {"done": done}
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        module, _, function = command["function"].partition(":")
        return {"done": getattr(importlib.import_module(module), function)(link, *command["arguments"])}
    except (Exception, SystemExit) as error:
        from portfolio_app.launcher.hot import problem

        return {"failed": problem.described(error)}


def _note_reading(event: str, arguments: tuple[object, ...]) -> None:
    if event in _READING and isinstance(path := arguments[0], str | Path):
        if event == "os.listdir" and sys._getframe(1).f_code.co_filename == _IMPORT_SYSTEM:
            return  # which looks again when it is asked for a module
        _read.add(str(path))
        if str(path).startswith(_CONTENT):
            _note_reader(sys._getframe(1))


def _note_reader(frame: FrameType | None) -> None:
    while frame is not None:
        if frame.f_code.co_name == "<module>" and str(ROOT) in frame.f_code.co_filename:
            _readers.add(frame.f_code.co_filename)
            return
        frame = frame.f_back


def _import(modules: list[str], *, missing: bool) -> dict[str, list[str]]:
    """Import all of them; returns what of the project this process has read, and the modules that read content.

    What is `missing` or broken may be left out where it is only a preparation.
    """
    gc.disable()  # what a module makes while it is imported stays
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception:
            if not missing:
                raise
    gc.enable()
    if missing:
        gc.collect()
    gc.freeze()  # Keeps the pages shared that a fork inherits.
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    read = {str(Path(path).absolute()) for path in _read}
    return {"read": sorted(path for path in files | read if _is_watched(path)), "readers": sorted(_readers)}


def _keep_bytecode(folder: str) -> None:
    """Compile what is not imported here, for the forks to come; they compare it with the source itself."""
    sys.pycache_prefix = folder
    read = _read.copy()
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    for file in map(str, _PACKAGE.rglob("*.py")):
        if file not in imported:
            with suppress(OSError, py_compile.PyCompileError):
                _compile(file)
    _read.intersection_update(read)


def _compile(file: str) -> None:
    kept = Path(cache_from_source(file))
    if not kept.exists() or kept.read_bytes()[_HASH] != source_hash(Path(file).read_bytes()):
        checked = py_compile.PycInvalidationMode.CHECKED_HASH
        py_compile.compile(file, doraise=True, invalidation_mode=checked)


def _is_watched(path: str) -> bool:
    local = path.removeprefix(f"{ROOT}{os.sep}")
    own = local != path and not local.startswith((".venv", ".web", ".git"))
    return own or f"{path}{os.sep}".startswith(_OUTSIDE)


if __name__ == "__main__":
    main(sys.argv[1])
