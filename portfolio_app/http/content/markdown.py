"""Markdown into HTML that holds text and nothing that runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import chain, count
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from portfolio_app.http.content.code_blocks import WrongBlock, block
from portfolio_app.http.content.model import ContentError, Heading, Reference
from portfolio_app.http.content.pictures import Picture, WrongPicture, enlargeable, locate, words_for
from portfolio_app.http.content.source import WrongQuotation
from portfolio_app.http.content.toml import unshown
from portfolio_app.words import said, t

_BREAKS: Final = ("softbreak", "hardbreak")
_LINKS: Final = ("link_open", "footnote_ref", "image")
_CALLOUTS: Final = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_FIRST_SCREEN: Final = 500
"""Signs of a text, at most, above a picture that a phone shows without scrolling."""
_MATH: Final = {"math_inline": "inline", "math_block": "block", "math_block_label": "block"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of a text, where it links to, the pictures in it, and its headings."""

    html: str
    links: tuple[Reference, ...]
    pictures: tuple[Picture, ...] = ()
    headings: tuple[Heading, ...] = ()


class _Renderer(RendererHTML):
    def table_open(self, *_: object) -> str:
        return '<div data-wide tabindex="0">\n<table>\n'

    def table_close(self, *_: object) -> str:
        return "</table>\n</div>\n"


def _back(_: RendererHTML, tokens: list[Token], at: int, *__: object) -> str:
    """The way back from a footnote; one that is referred to twice has two."""
    number, again = tokens[at].meta["id"] + 1, tokens[at].meta.get("subId", 0)
    words = t("Back to where footnote {number} is referred to", number=number)
    place = f"fnref{number}" + (f":{again}" if again else "")
    return f' <a href="#{place}" aria-label="{escape(words)}">↩︎</a>'


def _parser(*, math: bool) -> MarkdownIt:
    parser = MarkdownIt(
        "commonmark", {"html": False, "typographer": False, "alerts": True}, renderer_cls=_Renderer
    )
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin, label=True)
    if math:
        parser.use(dollarmath_plugin, allow_space=False, allow_digits=False)
    parser.add_render_rule("footnote_anchor", _back)
    return parser


_PARSERS: Final = {math: _parser(math=math) for math in (False, True)}


def render(
    text: str,
    path: Path,
    first_line: int = 1,
    *,
    hides: Callable[[str], bool] = lambda _: False,
    root: Path | None = None,
    math: bool = False,
) -> Rendered:
    """`text`, which begins at `first_line` of `path`; of a link that `hides` knows only the words stay.

    Its pictures lie somewhere in `root`, by default the folder of the file; with `math`, what stands between dollar
    signs is LaTeX. Raises ContentError.
    """
    parser, known = _PARSERS[math], dict[str, Any]()
    tokens = parser.parse(text, known)
    links: list[Reference] = []
    pictures: list[Picture] = []
    headings: list[Heading] = []
    for at, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        links += _links(token, line)  # one that is hidden may name what never was
        token.children = token.children and _without_links(token.children, hides)
        if token.type == "heading_open":
            headings.append(_anchored(token, tokens[at + 1], {each.anchor for each in headings}, path, line))
        try:
            _refuse_unread(token)
            _draw(token)
            _call_out(tokens, at)
            pictures += _show_pictures(tokens, at, path, root or path.parent, len(pictures))
        except (WrongBlock, WrongQuotation, WrongPicture, _WrongMath, _WrongCallout, _Unread) as error:
            raise ContentError(path, line + getattr(error, "lines", 0), str(error)) from None
    html = str(parser.renderer.render(tokens, parser.options, known))
    return Rendered(html, tuple(links), tuple(pictures), tuple(headings))


class _WrongMath(ValueError):
    """LaTeX that can't be shown."""


class _WrongCallout(ValueError):
    """A quotation that begins like a callout of a kind that there is none of."""


class _Unread(ValueError):
    """A text that no feed may carry, or that looks like a picture or a footnote and is none.

    `lines` is how far into its block it stands.
    """

    lines = 0


def _refuse_unread(token: Token) -> None:
    lines = 0
    for child in token.children or ():
        lines += child.type in _BREAKS
        if reason := unshown(" ".join(map(str, (child.content, *child.attrs.values())))):
            pass  # written as a reference, such as &#12;
        elif child.type != "text":
            continue
        elif found := re.search(r"!\[[^\]]*\]\(([^)<>]+ [^)<>]*)\)", child.content):
            reason = f"{found[1]} is read as text: a picture's name with spaces stands between < and >"
        elif found := re.search(r"\[\^[^\]\s]+\]", child.content):
            reason = f"the footnote {found[0]} has no text: a line that begins with {found[0]}:"
        else:
            continue
        error = _Unread(reason)
        error.lines = lines
        raise error


def _call_out(tokens: list[Token], at: int) -> None:
    """`> [!NOTE]` and the like: a block with its kind above it."""
    token = tokens[at]
    if token.type == "alert_open":
        token.attrs = {"role": "note", "data-callout": str(token.meta["kind"]).lower()}
        tokens[at + 1].attrs = {}
        kind = tokens[at + 2]
        kind.children = [Token("text", "", 0, content=said(kind.content))]
    elif token.type == "blockquote_open" and (found := re.match(r"\[!([A-Z]+)\]", tokens[at + 2].content)):
        if found[1] in _CALLOUTS:
            raise _WrongCallout(f"the text of a callout begins on the line after [!{found[1]}]")
        raise _WrongCallout(f"there is no callout {found[1]}; there are {', '.join(_CALLOUTS)}")


def _draw(token: Token) -> None:
    """Code and formulas, as the HTML that they become."""
    if token.type in ("fence", "code_block"):
        token.content, token.type = f"{block(token.info, token.content)}\n", "html_block"
    for each in (token, *(token.children or ())):
        if display := _MATH.get(each.type):
            formula = _formula(each.content, display)
            wide = f'<div data-wide tabindex="0">{formula}</div>\n'
            each.content = wide if display == "block" else formula
            each.type = "html_block" if display == "block" else "html_inline"


def _formula(latex: str, display: str) -> str:
    try:
        mathml = convert(latex, display=display)
    except Exception as error:
        raise _WrongMath(f"{latex.strip()!r} is no formula: {type(error).__name__}") from None
    try:
        elements = list(ElementTree.fromstring(mathml).iter())  # noqa: S314 (made of the owner's own text)
    except ElementTree.ParseError:
        elements = []
    # The library passes on what stands in \\text and \\href as it is.
    if not elements or any(_runs(element) for element in elements):
        raise _WrongMath(f"{latex.strip()!r} holds what no formula may: a tag, an address or a style")
    if unknown := re.search(r"<m\w+>(\\[A-Za-z]+)</m\w+>", mathml):
        raise _WrongMath(f"{unknown[1]} is no command of LaTeX that can be shown")
    return mathml


def _runs(element: ElementTree.Element) -> bool:
    """Whether it is anything but a plain element of MathML."""
    known = re.fullmatch(r"\{http://www\.w3\.org/1998/Math/MathML\}m[a-z]+", element.tag)
    return known is None or any(
        not re.fullmatch(r"(?!on|href|src|style)[a-z]+", name) for name in element.attrib
    )


def _show_pictures(tokens: list[Token], at: int, path: Path, root: Path, before: int) -> Iterator[Picture]:
    """Puts each picture of the block at `at` in its place, with its caption if nothing stands beside it.

    There are `before` pictures in the text above.
    """
    children = tokens[at].children or []
    lines = 0
    for child in children:
        lines += child.type in _BREAKS
        if child.type != "image":
            continue
        name, caption = unquote(str(child.attrGet("src"))), child.attrGet("title")
        alone = len(children) == 1 and tokens[at + 1].type == "paragraph_close"
        try:
            alt, picture = words_for(_plain(child), name), locate(name, path, root)
            if caption and not alone:
                raise WrongPicture(f"{name} has a caption, so it stands in a paragraph of its own")
        except WrongPicture as error:
            error.lines = lines
            raise
        yield picture
        child.type, child.content = "html_inline", picture.html(alt)
        if alone:
            said = f"<figcaption>{escape(str(caption))}</figcaption>" if caption else ""
            first = not before and sum(len(each.content) for each in tokens[:at]) <= _FIRST_SCREEN
            shown = enlargeable(picture, alt, f"picture_{before + 1}", first=first)
            child.content = f"<figure data-picture>{shown}{said}</figure>\n"
            tokens[at - 1].hidden = tokens[at + 1].hidden = True


def _anchored(opening: Token, inline: Token, taken: set[str], path: Path, line: int) -> Heading:
    """The heading with an address of its own, to which its words lead unless they lead elsewhere."""
    if opening.tag == "h1":
        raise ContentError(path, line, "the page's title is its only h1: begin sections with ##")
    children = inline.children or []
    text = _plain(inline)
    anchor = _anchor(text, taken)
    opening.attrSet("id", anchor)
    if not any(each.type in _LINKS for each in children):
        before, after = Token("html_inline", "", 0), Token("html_inline", "", 0)
        before.content, after.content = f'<a href="#{anchor}">', "</a>"
        inline.children = [before, *children, after]
    return Heading(int(opening.tag[1]), anchor, text)


def _plain(token: Token) -> str:
    """The words of a heading or a picture, without their markup."""
    return "".join(" " if each.type in _BREAKS else each.content for each in token.children or ()).strip()


def _anchor(heading: str, taken: set[str]) -> str:
    """The address of a heading on its page, made of its words; a number tells it from an earlier one of the same."""
    words = "-".join(re.findall(r"[^\W_]+", heading.lower())) or "section"
    return next(name for name in chain((words,), (f"{words}-{n}" for n in count(2))) if name not in taken)


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
