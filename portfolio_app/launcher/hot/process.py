"""A process that imports, forks and calls on command. Run as `python -m portfolio_app.launcher.hot.process SOCKET`.

It has one thread and no state of its own beside what it has imported, so that each fork is a fresh start from
there: nothing is ever reloaded inside a process.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[3]
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
        """What the launcher asks for, until it hangs up."""
        return map(json.loads, self._lines)

    def close(self) -> None:
        """Let go of this end; in a fork that leaves its parent's untouched."""
        self._lines.close()
        self._socket.close()


def main(address: str) -> None:
    """Obey until the other end hangs up."""
    # Files are compared by whole seconds and size before their bytecode is reused: two edits may look like one.
    sys.dont_write_bytecode = True
    name: str | None = FIRST
    while name is not None:
        # Children are reaped by the system.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        link = Link(address)
        name = _obey(link, name)
        link.close()


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
            return {"done": _import(command["modules"], missing=command["missing"])}
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        module, _, function = command["function"].partition(":")
        return {"done": getattr(importlib.import_module(module), function)(link, *command["arguments"])}
    except (Exception, SystemExit) as error:
        from portfolio_app.launcher.hot import problem

        return {"failed": problem.described(error)}


def _import(modules: list[str], *, missing: bool) -> list[str]:
    """Import all of them; returns the files of the project that this process has loaded.

    What is `missing` or broken may be left out where it is only a preparation.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception:
            if not missing:
                raise
    if missing:
        gc.collect()
    gc.freeze()  # Keeps the pages shared that a fork inherits.
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return sorted(file for file in files if file and file.startswith(f"{ROOT}{os.sep}"))


if __name__ == "__main__":
    main(sys.argv[1])
