"""This project's own source: code located by its symbol, by the line that ran, or by the error that it raised."""

import ast
import linecache
import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[3]
_PACKAGE: Final = REPOSITORY / "portfolio_app"
LONGEST: Final = 12
"""Lines of one excerpt."""
_Block = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Symbol:
    """A class, function or constant by its name in `path`; `Class.method` for a method.

    `signature` leaves out the body of a function.
    """

    path: str
    name: str
    signature: bool = False


class SymbolLost(LookupError):
    """The source does not have a symbol that a page shows."""

    def __init__(self, symbol: Symbol) -> None:
        super().__init__(
            f"{symbol.path} has no {symbol.name}, which a page quotes: name the symbol it is called now."
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` without the indentation it has in `path`, where it starts at `line`; `symbol` is empty for a mere line."""

    path: str
    line: int
    symbol: str
    text: str

    @property
    def layer(self) -> str:
        """The layer that the file belongs to; empty for what stands above the four."""
        package, place, *_ = self.path.split("/")
        return place if package == _PACKAGE.name and not place.endswith(".py") else ""

    @property
    def head(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@lru_cache(maxsize=256)
def find(symbol: Symbol, root: Path = REPOSITORY) -> Passage:
    """The code of a symbol below `root`, read without importing anything. Raises SymbolLost."""
    try:
        text = (root / symbol.path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SymbolLost(symbol) from None
    node: ast.AST = ast.parse(text)
    for name in symbol.name.split("."):
        node = _named(node, name, symbol)
    first, last = _lines(node, signature=symbol.signature)
    return Passage(symbol.path, first, symbol.name, _cut(text.splitlines(), first, last))


def where_raised(error: BaseException) -> Passage | None:
    """The innermost line of this package that the error passed, which is the one that raised it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path, line = Path(frame.filename).resolve(), frame.lineno or 0
        if path.is_relative_to(_PACKAGE):
            code = linecache.getline(str(path), line).strip()
            return Passage(path.relative_to(REPOSITORY).as_posix(), line, "", code)
    return None


@lru_cache(maxsize=512)
def excerpt(file: str, line: int) -> str:
    """The function of this package that `line` of `file` is in, from that line on; empty when there is none.

    `file` is relative to the repository. Read once: what is on disk is what this process runs.
    """
    path = (REPOSITORY / file).resolve()
    if not path.is_relative_to(_PACKAGE) or path.suffix != ".py" or not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    around = [lines for lines in _blocks(ast.parse(text)) if lines[0] <= line <= lines[1]]
    _, last = max(around, default=(line, line))
    return _cut(text.splitlines(), line, min(last, line + LONGEST - 1)).strip("\n")


def _blocks(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """First and last line of every function and class."""
    return (_lines(node) for node in ast.walk(tree) if isinstance(node, _Block))


def _named(scope: ast.AST, name: str, symbol: Symbol) -> ast.stmt:
    for node in getattr(scope, "body", ()):
        if name in _names(node):
            found: ast.stmt = node
            return found
    raise SymbolLost(symbol)


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return {name}
        case _:
            return set()


def _lines(node: ast.AST, *, signature: bool = False) -> tuple[int, int]:
    assert isinstance(node, ast.stmt)  # noqa: S101 (what `_named` and `_blocks` give)
    decorators = node.decorator_list if isinstance(node, _Block) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    if signature and isinstance(node, _Block):
        return first, node.body[0].lineno - 1
    return first, node.end_lineno or node.lineno


def _cut(lines: list[str], first: int, last: int) -> str:
    return textwrap.dedent("\n".join(lines[first - 1 : last]))
