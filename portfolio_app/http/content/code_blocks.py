"""Code in colours: blocks of articles, marked or quoted from this project's own source, and the code in messages."""

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import accumulate, islice
from typing import Final

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from portfolio_app.http.content.source import Passage, WrongQuotation, quotation
from portfolio_app.words import t

_TITLE: Final = re.compile(r'(?:^|\s)title="([^"]*)"')
_MARKS: Final = re.compile(r"(?:^|\s)\{([\d\s,-]*)\}")
_RANGE: Final = re.compile(r"(\d+)(?:-(\d+))?")


class WrongBlock(ValueError):
    """The words behind the language of a block ask for what can't be done; the text says why."""


@dataclass(frozen=True, slots=True)
class _Info:
    language: str
    title: str
    marks: str
    place: str


def highlighted(code: str, language: str, marked: frozenset[int] = frozenset()) -> str:
    """Escaped HTML for the inside of a `<pre>`; assets/css/code.css has the colours.

    A language that Pygments doesn't know is shown as it is.
    """
    return str(highlight(code, _lexer(language), HtmlFormatter(nowrap=True, hl_lines=sorted(marked))))


@cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False)


def block(info: str, code: str) -> str:
    """The element for a block of `code` with what its fence says. Raises WrongBlock and WrongQuotation."""
    said = _read(info)
    if said.place:
        return _quoted(said, code)
    marked = _marked(said.marks, code.rstrip("\n").count("\n") + 1)
    caption = escape(said.title or said.language or "text").replace("/", "/<wbr>")
    return _figure(caption, _pre(highlighted(code, said.language or "text", marked)))


def _read(info: str) -> _Info:
    language, _, rest = info.strip().partition(" ")
    if language.startswith("{"):
        language, rest = "", info
    title, marks = _TITLE.search(rest), _MARKS.search(rest)
    left = _MARKS.sub("", _TITLE.sub("", rest)).strip()
    if left and ".py:" not in left:
        raise WrongBlock(
            f'{left!r} after the language is neither title="a.js", nor lines such as {{1,3-5}}, nor a place to quote'
        )
    return _Info(language, title[1] if title else "", marks[1] if marks else "", left)


def _marked(marks: str, lines: int) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in marks.split(","))):
        if (bounds := _RANGE.fullmatch(part)) is None:
            raise WrongBlock(f"{{{marks}}} are no lines such as {{1,3-5}}")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        if not 1 <= first <= last <= lines:
            raise WrongBlock(f"{{{marks}}} marks lines that the block's {lines} do not have")
        found.update(range(first, last + 1))
    return frozenset(found)


def _quoted(said: _Info, code: str) -> str:
    if said.language != "python":
        raise WrongQuotation(f"only Python can be quoted, not {said.language}")
    if code.strip():
        raise WrongQuotation(f"the code block quotes {said.place} and holds code of its own")
    passage = quotation(said.place)
    shown = f"{passage.path}:{passage.line}".replace("/", "/<wbr>")
    code = _pre(highlighted(passage.text, "python"), label=t("Source of {symbol}", symbol=passage.symbol))
    return _figure(shown, code, passage)


def _figure(caption: str, pre: str, passage: Passage | None = None) -> str:
    layer = f' data-layer="{passage.layer}"' if passage and passage.layer else ""
    return f'<figure class="snippet"{layer}><figcaption class="snippet-place">{caption}</figcaption>{pre}</figure>'


def _pre(html: str, label: str = "") -> str:
    named = f' role="group" aria-label="{escape(label)}"' if label else ""
    # A keyboard scrolls only what it can focus.
    return f'<pre data-code tabindex="0"{named}><code>{html}</code></pre>'


_LOOKS: Final = {
    **dict.fromkeys(("c", "c1", "ch", "cm", "sd"), "c"),
    **dict.fromkeys(("k", "kc", "kd", "kn", "kr", "kt", "ow"), "k"),
    **dict.fromkeys(("fm", "nc", "nd", "nf"), "nf"),
    **dict.fromkeys(("m", "mf", "mh", "mi", "s", "s1", "s2", "sa", "se", "si"), "s"),
}
"""Classes of Pygments that look the same as one that the stylesheet names."""
LANGUAGES: Final = frozenset(
    {
        "bash", "c", "cpp", "css", "diff", "go", "html", "java", "javascript", "js", "json", "py", "python", "rs",
        "rust", "sh", "sql", "toml", "ts", "typescript",
    }
)  # fmt: skip
"""Languages that a fence of a message may name: lexers tried with long messages of anything. Other code is plain."""
MOST_RUNS: Final = 120
"""Coloured runs of one message; the words after them have no colour. They are part of every frame that carries it."""
_KEPT: Final = 1_000
"""Codes whose looks are remembered: 11 MB with `MOST_RUNS` beginnings each; a message may have four times as many."""

_known: "OrderedDict[bytes, tuple[tuple[str, int], ...]]" = OrderedDict()
"""The beginnings of a code's looks, by a hash of it: a text that is erased must not live on here."""


def looks_of(code: str, language: str, most: int = MOST_RUNS) -> list[tuple[str, str]]:
    """`code` in at most so many runs: a class of the stylesheet, or none, and the text; empty where none has one."""
    if language not in LANGUAGES:
        return []
    starts = _starts(code, language)
    if len(starts) > most:
        starts = (*starts[: most - 1], ("", starts[most - 1][1])) if most else ()
    if not any(look for look, _ in starts):
        return []
    ends = (*(start for _, start in starts[1:]), len(code))
    return [(look, code[start:end]) for (look, start), end in zip(starts, ends, strict=True)]


def _starts(code: str, language: str) -> tuple[tuple[str, int], ...]:
    key = hashlib.sha256(f"{language}\0{code}".encode(errors="surrogatepass")).digest()
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    found = _runs(code, language)
    starts = accumulate((len(text) for _, text in found), initial=0)
    whole = "".join(text for _, text in found) == code  # a lexer may leave something out
    # One more than is ever shown tells that there are more.
    first = islice(zip(found, starts, strict=False), MOST_RUNS + 1)
    begin = tuple((look, start) for (look, _), start in first)
    _known[key] = begin if whole else ()
    if len(_known) > _KEPT:
        _known.popitem(last=False)
    return _known[key]


def _runs(code: str, language: str) -> list[tuple[str, str]]:
    """`code` in runs of one look: the class that assets/css/code.css has a colour for, empty for none, and the text.

    Without a known language it is one run.
    """
    found: list[tuple[str, str]] = []
    for _, token, text in _lexer(language).get_tokens_unprocessed(code):
        look = _LOOKS.get(STANDARD_TYPES.get(token, ""), "")
        # Blanks have no colour: they join what is before them.
        if found and (look == found[-1][0] or not text.strip()):
            found[-1] = (found[-1][0], found[-1][1] + text)
        else:
            found.append((look, text))
    return found
