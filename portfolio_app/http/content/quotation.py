"""Code that an article quotes by its place in the source, so that it can't differ from what runs."""

import re
from pathlib import Path
from typing import Final

from portfolio_app.http.content.passage import REPOSITORY, Passage, QuoteLost, find
from portfolio_app.http.content.quotes import Quote

_PLACE: Final = re.compile(r"(portfolio_app/(?:\w+/)*\w+\.py):(\w+(?:\.\w+)*)( signature)?")
_FENCE: Final = re.compile(r"(?:`{3,}|~{3,}) *python +(portfolio_app/[\w/]+\.py):")


class WrongQuotation(ValueError):
    """There is nothing to quote at that place; the text says why."""


def quoted(place: str) -> Passage:
    """`portfolio_app/app/clock.py:Clock`, `…:Clock.now`, or `…:function signature`. Raises WrongQuotation."""
    if (found := _PLACE.fullmatch(place)) is None:
        raise WrongQuotation(
            f"{place!r} names no place such as portfolio_app/http/transport/errors.py:ERROR_MAP"
        )
    path, symbol, signature = found.groups()
    try:
        return find(Quote(path, symbol, signature=signature is not None), REPOSITORY)
    except QuoteLost:
        raise WrongQuotation(f"{path} has no {symbol} to quote") from None


def quoted_files(folder: Path) -> frozenset[str]:
    """The files that articles below `folder` quote: a change of one changes a page."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.md")))
    return frozenset(file for text in texts for file in _FENCE.findall(text))
