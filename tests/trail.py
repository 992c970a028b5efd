"""Trails through the code, walked by "go to definition" from one stop to the next: `python -m tests.trail`.

A stop is a definition; a hop is a name in it that an editor follows. From a port the way goes on to the class
that says in its bases that it implements it, which editors call "go to implementations".
"""

import ast
import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import jedi

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "portfolio_app"
MOST_STOPS: Final = 12
MOST_FILES: Final = 30
_PROJECT: Final = jedi.Project(ROOT)
# A cache of this process's own: in the one they share by default, a process can read what another is still writing.
jedi.settings.cache_directory = tempfile.mkdtemp(prefix="trail-")
atexit.register(shutil.rmtree, jedi.settings.cache_directory, ignore_errors=True)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.AnnAssign | ast.Assign


class Astray(Exception):
    """A name led somewhere else, or nowhere; the text says which and where from."""


@dataclass(frozen=True)
class Stop:
    """A definition, `Class.method` for a method, in `path` relative to the repository."""

    path: str
    symbol: str

    def __str__(self) -> str:
        return f"{self.symbol}  {self.path}:{_node(self).lineno}"


@dataclass(frozen=True)
class Hop:
    """`name` as it stands in the stop before, `lands` the symbol it leads to.

    `anywhere` looks for the name in the whole file of the stop. `implements` goes from a port to its adapter.
    `beside` are names in the new stop that a reader looks up and returns from.
    """

    name: str
    lands: str
    anywhere: bool = False
    implements: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trail:
    """Where a walk begins, and its hops."""

    title: str
    start: Stop
    beside: tuple[str, ...]
    hops: tuple[Hop, ...]


@dataclass(frozen=True)
class Reached:
    """A stop that was reached, by which name, and what lies beside it."""

    stop: Stop
    by: str
    beside: tuple[Stop, ...]


MESSAGE: Final = Trail(
    "A chat message, from its form to its row",
    Stop("portfolio_app/http/chat/page.py", "live_chat"),
    ("chat_panel",),
    (
        Hop("scripts.submit_message", "submit_message"),
        Hop("ChatState.send", "ChatState.send", anywhere=True),
        Hop("services().post_message", "Services.post_message", anywhere=True),
        Hop(
            "PostMessage",
            "PostMessage",
            beside=("MessageBody.parse", "RateLimiter", "ModerationPolicy", "Draft"),
        ),
        Hop("self.journal.append", "MessageJournal.append"),
        Hop("MessageJournal", "GroupCommitJournal", implements=True),
        Hop("self._committer.commit", "BatchCommitter.commit"),
        Hop("batch.write", "Batch.write", anywhere=True),
        Hop("sql.add_messages", "BatchSql.add_messages", anywhere=True),
        Hop("MessageRow", "MessageRow", anywhere=True),
    ),
)

LOG_ROW: Final = Trail(
    "A row of the live log, from what pushes it back to the span it was",
    Stop("portfolio_app/http/log/__init__.py", "_running"),
    ("LogPublisher",),
    (
        Hop("site.services.live_feed.subscribe", "LiveFeed.subscribe"),
        Hop("LiveFeed", "LiveFeedProcessor", implements=True, beside=("step_of",)),
        Hop("self._sessions.add", "SessionFeeds.add"),
        Hop("session.add", "SessionFeed.add"),
        Hop("batch_of", "batch_of"),
        Hop("log_row", "log_row", beside=("LogRow",)),
        Hop("Step", "Step"),
    ),
)

BURST: Final = Trail(
    "A burst request, from its route to its row",
    Stop("portfolio_app/http/burst/load.py", "load_routes"),
    ("Load",),
    (
        Hop("_write", "_write"),
        Hop("burst.write", "Burst.write"),
        Hop("WriteRow", "WriteRow", beside=("RecordRequest",)),
        Hop("self.unit_of_work.run", "UnitOfWork.run"),
        Hop("Repositories", "Repositories"),
        Hop("BurstRowRepository", "BurstRowRepository"),
        Hop("BurstRowRepository", "SqlBurstRows", implements=True),
        Hop("BurstRow", "BurstRow"),
    ),
)

TRAILS: Final = (MESSAGE, LOG_ROW, BURST)


def walk(trail: Trail) -> Iterator[Reached]:
    """Every stop of the trail, each found from the one before; raises Astray."""
    stop = trail.start
    yield Reached(stop, "", _beside(stop, trail.beside))
    for hop in trail.hops:
        stop = _adapter_of(stop) if hop.implements else _follow(stop, hop.name, anywhere=hop.anywhere)
        if stop.symbol != hop.lands:
            raise Astray(f"{hop.name} leads to {stop.symbol}, not to {hop.lands}")
        yield Reached(stop, "implementation" if hop.implements else hop.name, _beside(stop, hop.beside))


def files_of(steps: list[Reached]) -> set[str]:
    """The files that a reader opens."""
    return {stop.path for step in steps for stop in (step.stop, *step.beside)}


def symbols_of(file: str) -> set[str]:
    """Every class, function and declaration of a file, `Class.method` for a method."""
    return {symbol for symbol, _ in _symbols(_tree(file), "")}


def _beside(stop: Stop, names: tuple[str, ...]) -> tuple[Stop, ...]:
    return tuple(_follow(stop, name, anywhere=True) for name in names)


def _follow(stop: Stop, name: str, *, anywhere: bool) -> Stop:
    """Where `name`, as it stands in the definition of the stop, is defined."""
    scope: ast.AST = _tree(stop.path) if anywhere else _node(stop)
    used = next((node for node in ast.walk(scope) if _is_name(node, name)), None)
    if used is None:
        raise Astray(f"{stop.symbol} in {stop.path} names no {name}")
    return _definition(stop.path, *_end_of(used))


def _adapter_of(port: Stop) -> Stop:
    """The class of `infra` that has the port, or the port of this method, among its bases."""
    name = port.symbol.partition(".")[0]
    for path in sorted((PACKAGE / "infra").rglob("*.py")):
        file = path.relative_to(ROOT).as_posix()
        for node in ast.walk(_tree(file)):
            bases = node.bases if isinstance(node, ast.ClassDef) else []
            for base in bases:
                if _is_name(base, name) and _definition(file, *_end_of(base)).path == port.path:
                    return Stop(file, node.name)  # type: ignore[attr-defined] # only a class has bases
    raise Astray(f"no class of infra implements {name}")


def _definition(file: str, line: int, column: int) -> Stop:
    script = jedi.Script(path=ROOT / file, project=_PROJECT)
    found = [each for each in script.goto(line, column, follow_imports=True) if each.module_path]
    if not found:
        raise Astray(f"{file}:{line}: nothing is defined under this name")
    path = Path(found[0].module_path)
    if not path.is_relative_to(PACKAGE):
        raise Astray(f"{file}:{line}: {found[0].full_name} is not this project's")
    return _stop_at(path.relative_to(ROOT).as_posix(), found[0].line)


def _stop_at(file: str, line: int) -> Stop:
    """The innermost class, function or declaration that begins at `line`."""
    for symbol, node in _symbols(_tree(file), ""):
        if node.lineno == line:
            return Stop(file, symbol)
    raise Astray(f"{file}:{line}: no definition begins here")


def _symbols(scope: ast.AST, inside: str) -> Iterator[tuple[str, _Definition]]:
    for node in getattr(scope, "body", ()):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield inside + node.name, node
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                yield inside + name, node
        if isinstance(node, ast.ClassDef):
            yield from _symbols(node, f"{inside}{node.name}.")


def _node(stop: Stop) -> _Definition:
    for symbol, node in _symbols(_tree(stop.path), ""):
        if symbol == stop.symbol:
            return node
    raise Astray(f"{stop.path} has no {stop.symbol}")


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node) == name


def _end_of(node: ast.AST) -> tuple[int, int]:
    """Line and column of the last letter, which is where an editor's cursor would be."""
    assert isinstance(node, ast.Attribute | ast.Name)
    return node.end_lineno or node.lineno, (node.end_col_offset or 1) - 1


def main() -> int:
    """Print every trail; the exit code says whether all could be walked."""
    for trail in TRAILS:
        print(f"{trail.title}\n")
        steps = []
        for number, step in enumerate(walk(trail), start=1):
            print(f"{number:>3}  {f'{step.by} -> ' if step.by else ''}{step.stop}")
            for stop in step.beside:
                print(f"       beside: {stop}")
            steps.append(step)
        print(f"\n     {len(steps)} stops in {len(files_of(steps))} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
