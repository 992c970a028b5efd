"""Markdown and code into HTML that holds text and nothing that runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import chain, count
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from portfolio_app.http.content.model import ContentError, Reference
from portfolio_app.http.content.pictures import Picture, WrongPicture, locate, words_for
from portfolio_app.http.content.quotes import WrongQuotation, quotation
from portfolio_app.http.content.source import Passage

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


_PARSER: Final = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_BREAKS: Final = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of a text, where it links to, and the pictures in it."""

    html: str
    links: tuple[Reference, ...]
    pictures: tuple[Picture, ...] = ()


def render(
    text: str,
    path: Path,
    first_line: int = 1,
    *,
    hides: Callable[[str], bool] = lambda _: False,
    root: Path | None = None,
) -> Rendered:
    """`text`, which begins at `first_line` of `path`; of a link that `hides` knows only the words stay.

    Its pictures lie somewhere in `root`, by default the folder of the file. Raises ContentError.
    """
    tokens = _PARSER.parse(text)
    links: list[Reference] = []
    pictures: list[Picture] = []
    anchors: set[str] = set()
    for at, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open" and token.tag == "h1":
            raise ContentError(path, line, "the page's title is its only h1: begin sections with ##")
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[at + 1].content, anchors))
        if token.type in ("fence", "code_block"):
            _highlight(token, path, line)
        token.children = token.children and _without_links(token.children, hides)
        links += _links(token, line)
        pictures += _show_pictures(tokens, at, path, line, root or path.parent)
    html = str(_RENDERER.render(tokens, _PARSER.options, {}))
    return Rendered(html, tuple(links), tuple(pictures))


def _show_pictures(tokens: list[Token], at: int, path: Path, line: int, root: Path) -> Iterator[Picture]:
    """Puts each picture of the block at `at` in its place, with its caption if nothing stands beside it."""
    children = tokens[at].children or []
    for child in children:
        line += child.type in _BREAKS
        if child.type != "image":
            continue
        name = unquote(str(child.attrGet("src")))
        try:
            alt = words_for(child.content, name)
            picture = locate(name, path, root)
        except WrongPicture as error:
            raise ContentError(path, line, str(error)) from None
        yield picture
        child.type, child.content = "html_inline", picture.html(alt)
        if len(children) == 1 and tokens[at - 1].type == "paragraph_open":
            caption = child.attrGet("title")
            said = f"<figcaption>{escape(str(caption))}</figcaption>" if caption else ""
            child.content = f'<figure data-picture>{child.content}{said}</figure>\n'
            tokens[at - 1].hidden = tokens[at + 1].hidden = True
        elif child.attrGet("title"):
            raise ContentError(path, line, f"{name} has a caption, so it stands in a paragraph of its own")


def _anchor(heading: str, taken: set[str]) -> str:
    """The address of a heading on its page, made of its words; a number tells it from an earlier one of the same."""
    words = "-".join(re.findall(r"[a-z0-9]+", heading.lower())) or "section"
    name = next(name for name in chain((words,), (f"{words}-{n}" for n in count(2))) if name not in taken)
    taken.add(name)
    return name


def _without_links(children: list[Token], hides: Callable[[str], bool]) -> list[Token]:
    kept: list[Token] = []
    hidden = False
    for child in children:
        if child.type == "link_open":
            hidden = hides(str(child.attrGet("href")))
        if not (hidden and child.type in ("link_open", "link_close")):
            kept.append(child)
    return kept


def _links(token: Token, line: int) -> Iterator[Reference]:
    for child in token.children or ():
        line += child.type in _BREAKS
        if child.type == "link_open":
            yield Reference(line, str(child.attrGet("href")))


def _highlight(token: Token, path: Path, line: int) -> None:
    language, _, place = token.info.strip().partition(" ")
    try:
        html = _quotation(token, language, place) if place else _code(token.content, language or "text")
    except (UnknownLanguage, WrongQuotation) as error:
        raise ContentError(path, line, str(error)) from None
    token.type = "html_block"
    token.content = f"{html}\n"


def _quotation(block: Token, language: str, place: str) -> str:
    if language != "python":
        raise WrongQuotation(f"only Python can be quoted, not {language}")
    if block.content.strip():
        raise WrongQuotation(f"the code block quotes {place} and holds code of its own")
    passage = quotation(place.strip())
    shown = f"{passage.path}:{passage.line}".replace("/", "/<wbr>")
    return (
        f'<figure class="snippet"{_layer(passage)}><figcaption class="snippet-place">{shown}</figcaption>'
        f"{_code(passage.text, 'python', label=f'Source of {passage.symbol}')}</figure>"
    )


def _layer(passage: Passage) -> str:
    return f' data-layer="{passage.layer}"' if passage.layer else ""


def _code(text: str, language: str, label: str = "") -> str:
    named = f' role="group" aria-label="{escape(label)}"' if label else ""
    # A keyboard scrolls only what it can focus.
    return f'<pre data-code tabindex="0"{named}><code>{highlighted(text, language)}</code></pre>'


class _Renderer(RendererHTML):
    def table_open(self, *_: object) -> str:
        return '<div data-wide tabindex="0">\n<table>\n'

    def table_close(self, *_: object) -> str:
        return "</table>\n</div>\n"


_RENDERER: Final = _Renderer(_PARSER)
