"""The running source, for a waterfall to show beside the step that it timed."""

import ast
import textwrap
from functools import lru_cache
from pathlib import Path
from typing import Final

_REPOSITORY: Final = Path(__file__).resolve().parents[3]
_PACKAGE: Final = _REPOSITORY / "portfolio_app"
LONGEST: Final = 12
"""Lines of one excerpt."""


@lru_cache(maxsize=512)
def excerpt(file: str, line: int) -> str:
    """The function of this package that `line` of `file` is in, from that line on; empty when there is none.

    `file` is relative to the repository. Read once: what is on disk is what this process runs.
    """
    path = (_REPOSITORY / file).resolve()
    if not path.is_relative_to(_PACKAGE) or path.suffix != ".py" or not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    last = min(_end(ast.parse("\n".join(lines)), line), line + LONGEST - 1)
    return textwrap.dedent("\n".join(lines[line - 1 : last])).strip("\n")


def _end(tree: ast.Module, line: int) -> int:
    """The last line of the innermost function around `line`, or the line itself."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and _start(node) <= line <= (node.end_lineno or 0)
    ]
    innermost = max(around, key=_start, default=None)
    return innermost.end_lineno or line if innermost else line


def _start(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
