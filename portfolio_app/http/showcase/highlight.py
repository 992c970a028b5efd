"""Python source as HTML, coloured when the page is built: no highlighter goes to the browser."""

from html import escape
from itertools import groupby
from typing import Final

from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

_KINDS: Final = (
    (Comment, "comment"),
    (String.Doc, "comment"),
    (String, "string"),
    (Number, "string"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (Name.Decorator, "keyword"),
    (Name.Class, "name"),
    (Name.Function, "name"),
)
"""The first that fits counts; whatever fits none keeps the ink of the text."""


def highlighted(source: str) -> str:
    """`source` escaped, with `<span data-token="…">` around what has a kind."""
    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens(source)
    return "".join(
        _marked(kind, "".join(text for _, text in run))
        for kind, run in groupby(tokens, key=lambda token: _kind(token[0]))
    )


def _kind(token: _TokenType) -> str:
    return next((kind for family, kind in _KINDS if token in family), "")


def _marked(kind: str, text: str) -> str:
    return (
        f'<span data-token="{kind}">{escape(text, quote=False)}</span>' if kind else escape(text, quote=False)
    )
