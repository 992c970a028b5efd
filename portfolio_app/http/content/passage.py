"""Quoted code as it stands in the source, found by symbol without importing anything."""

import ast
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from portfolio_app.http.content.quotes import Quote, Quoted

REPOSITORY: Final = Path(__file__).resolve().parents[3]
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class QuoteLost(RuntimeError):
    """A page quotes a symbol that the source does not have: the build stops here."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(
            f"{quote.path} has no {quote.symbol}, which a page quotes: "
            "name the symbol it is called now in portfolio_app/http/content/quotes.py."
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` without the indentation it has in `path`, where it starts at `line`."""

    path: str
    line: int
    symbol: str
    text: str

    @property
    def layer(self) -> str:
        """The layer that the file belongs to; empty for what stands above the four."""
        package, place, *_ = self.path.split("/")
        return place if package == "portfolio_app" and not place.endswith(".py") else ""


@lru_cache(maxsize=64)
def passage(quoted: Quoted) -> Passage:
    """The code as it is on disk. Raises QuoteLost."""
    return find(quoted.value, REPOSITORY)


def find(quote: Quote, root: Path) -> Passage:
    """The code below `root`. Raises QuoteLost."""
    try:
        source = (root / quote.path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise QuoteLost(quote) from None
    node: ast.AST = ast.parse(source)
    for name in quote.symbol.split("."):
        node = _named(node, name, quote)
    first, last = _lines(node, signature=quote.signature)
    lines = source.splitlines()[first - 1 : last]
    return Passage(quote.path, first, quote.symbol, textwrap.dedent("\n".join(lines)))


def _named(scope: ast.AST, name: str, quote: Quote) -> ast.stmt:
    for node in getattr(scope, "body", ()):
        if name in _names(node):
            found: ast.stmt = node
            return found
    raise QuoteLost(quote)


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return {name}
        case _:
            return set()


def _lines(node: ast.AST, *, signature: bool) -> tuple[int, int]:
    assert isinstance(node, ast.stmt)  # noqa: S101 (what `_named` returns)
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    if signature and isinstance(node, _Definition):
        return first, node.body[0].lineno - 1
    return first, node.end_lineno or node.lineno
