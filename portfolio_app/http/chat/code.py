"""Code that stands in fences of a message, in the looks of the site's own highlighter."""

import hashlib
from collections import OrderedDict
from itertools import accumulate
from typing import Final

from portfolio_app.http.content.code_blocks import runs

LANGUAGES: Final = frozenset(
    {
        "bash", "c", "cpp", "css", "diff", "go", "html", "java", "javascript", "js", "json", "py", "python", "rs",
        "rust", "sh", "sql", "toml", "ts", "typescript",
    }
)  # fmt: skip
"""What a fence may name: lexers that were tried with a whole message of anything. Other code is shown as it is."""
MOST_RUNS: Final = 120
"""Of one message; what comes after them has no colour. They are part of every frame that carries it."""
_KEPT: Final = 1_000

_known: "OrderedDict[bytes, tuple[tuple[str, int], ...]]" = OrderedDict()
"""Where the looks of a code begin, by a hash of it: a text that is erased must not live on here."""


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
    found = runs(code, language)
    starts = accumulate((len(text) for _, text in found), initial=0)
    whole = "".join(text for _, text in found) == code  # a lexer may leave something out
    _known[key] = (
        tuple((look, start) for (look, _), start in zip(found, starts, strict=False)) if whole else ()
    )
    if len(_known) > _KEPT:
        _known.popitem(last=False)
    return _known[key]
