"""Markdown into HTML that holds text and nothing that runs."""

from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from portfolio_app.http.content.errors import ContentError
from portfolio_app.http.highlighting import UnknownLanguage, highlighted

_PARSER: Final = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


def render(text: str, path: Path, first_line: int = 1) -> str:
    """The HTML of `text`, which begins at `first_line` of `path`. Raises ContentError."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open" and token.tag == "h1":
            raise ContentError(path, line, "the page's title is its only h1: begin sections with ##")
        if token.type in ("fence", "code_block"):
            _highlight(token, path, line)
    return str(_RENDERER.render(tokens, _PARSER.options, {}))


def _highlight(token: Token, path: Path, line: int) -> None:
    language = token.info.strip() or "text"
    try:
        inner = highlighted(token.content, language)
    except UnknownLanguage as error:
        raise ContentError(path, line, str(error)) from None
    # A keyboard scrolls only what it can focus.
    token.type = "html_block"
    token.content = f'<pre data-code tabindex="0"><code>{inner}</code></pre>\n'


class _Renderer(RendererHTML):
    def table_open(self, *_: object) -> str:
        return '<div data-wide tabindex="0">\n<table>\n'

    def table_close(self, *_: object) -> str:
        return "</table>\n</div>\n"


_RENDERER: Final = _Renderer(_PARSER)
