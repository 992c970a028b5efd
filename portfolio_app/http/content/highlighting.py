"""Code as HTML with classes for its tokens, made at build time: no highlighter reaches the browser."""

from functools import cache
from typing import Final

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_FORMATTER: Final = HtmlFormatter(nowrap=True)


class UnknownLanguage(ValueError):
    """Nothing here knows how to read the language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"{language!r} is no language that Pygments knows")


def highlighted(code: str, language: str) -> str:
    """Escaped HTML for the inside of a `<pre>`; assets/css/code.css has the colours. Raises UnknownLanguage."""
    return str(highlight(code, _lexer(language), _FORMATTER))


@cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        raise UnknownLanguage(language) from None
