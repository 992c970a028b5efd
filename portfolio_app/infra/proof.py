"""The record of the last gate: a file beside the builds, good for the very code and tests it was written for."""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from portfolio_app.app.ports.proof import Gate, GateOutcome, Proof

RECORD: Final = Path(".build/proof.json")
_CODE: Final = ("portfolio_app", "assets", "alembic", "rxconfig.py", "requirements.txt")
_TESTS: Final = ("tests", "pyproject.toml", "Makefile", ".ci", "requirements-dev.txt")
"""The tests of a gate, and the files that say how they run."""
_MADE: Final = ("__pycache__", "external")


class ProofFile(Proof):
    """Implements `Proof` for the checkout at `root`, as its files are when this is made.

    With `late` they are as they are at the first question: for a process that a change of the code replaces.
    """

    def __init__(self, root: Path, *, late: bool = False) -> None:
        self._root = root
        self._path = root / RECORD
        if not late:
            _ = self._digests

    @cached_property
    def _digests(self) -> tuple[str, str]:
        """The digests of the code and of its tests."""
        return _digest(self._root, _CODE), _digest(self._root, _TESTS)

    async def last_gate(self) -> Gate | None:
        """Read anew every time: the gate may have run since."""
        return await asyncio.to_thread(self.read)

    def read(self) -> Gate | None:
        """The gate on record for this code; where no tests are installed, the code alone has to be the same."""
        try:
            record = json.loads(self._path.read_text(encoding="utf-8"))
            code, tests = self._digests
            if record["code"] != code or tests not in ("", record["tests"]):
                return None
            outcomes = {test: GateOutcome(outcome) for test, outcome in record["outcomes"].items()}
            return Gate(outcomes, datetime.fromisoformat(record["ended_at"]), str(record["commit"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def add(self, gate: Gate) -> None:
        """Record `gate`, on top of what another run on the same code has found."""
        before = self.read()
        code, tests = self._digests
        record = {
            "code": code,
            "tests": tests,
            "commit": gate.commit,
            "ended_at": gate.ended_at.isoformat(timespec="seconds"),
            "outcomes": dict(before.outcomes if before else {}) | dict(gate.outcomes),
        }
        self._path.parent.mkdir(exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(self._path)


def _digest(root: Path, names: tuple[str, ...]) -> str:
    """The digest of files by name and content; empty when none of them is there."""
    digest = hashlib.sha256()
    for path in (found := sorted(_files(root, names))):
        digest.update(f"{path.relative_to(root).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16] if found else ""


def _files(root: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for top in (root / name for name in names):
        for path in top.rglob("*") if top.is_dir() else (top,):
            if path.is_file() and not set(_MADE) & set(path.relative_to(root).parts):
                yield path
