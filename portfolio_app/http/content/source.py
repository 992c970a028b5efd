"""This project's own source: code located by its symbol, line or error, and the pieces that pages quote of it."""

import ast
import linecache
import re
import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique
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
    passed = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    return next((found for place in reversed(passed) if (found := _own_line(*place)) is not None), None)


@lru_cache(maxsize=1024)
def _own_line(filename: str, line: int) -> Passage | None:
    """A line of this package; None for one of others. Read once, as `excerpt` does."""
    path = Path(filename).resolve()
    if not path.is_relative_to(_PACKAGE):
        return None
    code = linecache.getline(str(path), line).strip()
    return Passage(path.relative_to(REPOSITORY).as_posix(), line, "", code)


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


_PLACE: Final = re.compile(r"(portfolio_app/(?:\w+/)*\w+\.py):(\w+(?:\.\w+)*)( signature)?")
_FENCE: Final = re.compile(r"(?:`{3,}|~{3,}) *python +(portfolio_app/[\w/]+\.py):")


@unique
class Quoted(Enum):
    """The pieces of this project's own code that pages quote.

    Listed here because a quoted file is a source of the frontend, whichever layer it is in: the launcher builds
    anew when one changes (`launcher/sources.py`).
    """

    ROOM_REPOSITORY = Symbol("portfolio_app/app/ports/rooms.py", "RoomRepository")
    MESSAGE_STATUS = Symbol("portfolio_app/domain/chat/message.py", "MessageStatus")
    ERROR_MAP = Symbol("portfolio_app/http/transport/errors.py", "ERROR_MAP")
    TARGET = Symbol("portfolio_app/app/ports/trace.py", "Target")
    LOG_ROW = Symbol("portfolio_app/http/log/views.py", "LogRowView")
    WIRING = Symbol("portfolio_app/bootstrap/services.py", "compose_services", signature=True)

    POST_MESSAGE = Symbol("portfolio_app/app/chat/post_message.py", "PostMessage.__call__")
    JOURNAL = Symbol("portfolio_app/app/ports/journal.py", "MessageJournal.append")
    SEALER = Symbol("portfolio_app/infra/sealer.py", "FernetSealer")
    SIGN_IN = Symbol("portfolio_app/app/account/sign_in.py", "SignIn.__call__")
    PILLS = Symbol("portfolio_app/app/ports/trace.py", "PILLS")
    REDACTED = Symbol("portfolio_app/infra/logs/redaction.py", "redacted")


QUOTED_FILES: Final = frozenset(quoted.value.path for quoted in Quoted)


class WrongQuotation(ValueError):
    """A place at which there is nothing to quote; the text says why."""


def passage(quoted: Quoted) -> Passage:
    """The code as it is on disk. Raises SymbolLost."""
    return find(quoted.value)


def quotation(place: str) -> Passage:
    """The code that an article quotes: `portfolio_app/app/clock.py:Clock`, `…:Clock.now`, or `…:function signature`.

    Raises WrongQuotation.
    """
    if (found := _PLACE.fullmatch(place)) is None:
        raise WrongQuotation(
            f"{place!r} names no place such as portfolio_app/http/transport/errors.py:ERROR_MAP"
        )
    path, symbol, signature = found.groups()
    try:
        return find(Symbol(path, symbol, signature=signature is not None))
    except SymbolLost:
        now = f"; it is {here} now" if (here := moved(place)) else ""
        raise WrongQuotation(f"{path} has no {symbol} to quote{now}") from None


def moved(place: str) -> str | None:
    """The present place of a quoted class, function or constant that has left its file for just one other."""
    if (found := _PLACE.fullmatch(place)) is None:
        return None
    path, name, signature = found.groups()
    sources = (
        file.relative_to(REPOSITORY).as_posix()
        for file in sorted((REPOSITORY / "portfolio_app").rglob("*.py"))
        if file.is_file()
    )
    now = [source for source in sources if _has(source, name)]
    return f"{now[0]}:{name}{signature or ''}" if len(now) == 1 and path not in now else None


def _has(path: str, name: str) -> bool:
    if name.partition(".")[0] not in (REPOSITORY / path).read_text(encoding="utf-8"):
        return False
    try:
        find(Symbol(path, name))
    except SymbolLost:
        return False
    return True


def places(text: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each quotation in an article."""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := re.match(r"(?:`{3,}|~{3,}) *python +(portfolio_app/\S+\.py:.*?)\s*$", line):
            yield number, found[1]


def quoted_files(folder: Path) -> frozenset[str]:
    """The files that articles below `folder` quote: a change of one changes a page."""
    # The lock of an editor, `.#name.md`, is a link to nothing.
    files = (path for path in sorted(folder.rglob("*.md")) if path.is_file())
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in files)
    return frozenset(file for text in texts for file in _FENCE.findall(text))
