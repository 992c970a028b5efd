"""Every piece of this project's code that a page or an article quotes.

Listed here because a quoted file is a source of the frontend, whichever layer it is in: the launcher builds
anew when one changes (`launcher/sources.py`).
"""

import re
from collections.abc import Iterator
from enum import Enum, unique
from pathlib import Path
from typing import Final

from portfolio_app.http.content.source import REPOSITORY, Passage, Symbol, SymbolLost, find

_PLACE: Final = re.compile(r"(portfolio_app/(?:\w+/)*\w+\.py):(\w+(?:\.\w+)*)( signature)?")
_FENCE: Final = re.compile(r"(?:`{3,}|~{3,}) *python +(portfolio_app/[\w/]+\.py):")


@unique
class Quoted(Enum):
    """What pages quote."""

    ROOM_REPOSITORY = Symbol("portfolio_app/app/ports/rooms.py", "RoomRepository")
    MESSAGE_STATUS = Symbol("portfolio_app/domain/chat/message.py", "MessageStatus")
    ERROR_MAP = Symbol("portfolio_app/http/transport/errors.py", "ERROR_MAP")
    TARGET = Symbol("portfolio_app/app/ports/trace.py", "Target")
    LOG_ROW = Symbol("portfolio_app/http/log/views.py", "LogRowView")
    WIRING = Symbol("portfolio_app/bootstrap/services.py", "compose_services", signature=True)

    POST_MESSAGE = Symbol("portfolio_app/app/chat/post_message.py", "PostMessage.__call__")
    JOURNAL = Symbol("portfolio_app/app/ports/journal.py", "MessageJournal.append")
    SEALER = Symbol("portfolio_app/infra/sealer.py", "FernetSealer")
    SIGN_IN = Symbol("portfolio_app/app/account/sign_in.py", "SignIn.__call__")
    PILLS = Symbol("portfolio_app/app/ports/trace.py", "PILLS")
    REDACTED = Symbol("portfolio_app/infra/logs/redaction.py", "redacted")


QUOTED_FILES: Final = frozenset(quoted.value.path for quoted in Quoted)


class WrongQuotation(ValueError):
    """There is nothing to quote at that place; the text says why."""


def passage(quoted: Quoted) -> Passage:
    """The code as it is on disk. Raises SymbolLost."""
    return find(quoted.value)


def quotation(place: str) -> Passage:
    """What an article quotes: `portfolio_app/app/clock.py:Clock`, `…:Clock.now`, or `…:function signature`.

    Raises WrongQuotation.
    """
    if (found := _PLACE.fullmatch(place)) is None:
        raise WrongQuotation(
            f"{place!r} names no place such as portfolio_app/http/transport/errors.py:ERROR_MAP"
        )
    path, symbol, signature = found.groups()
    try:
        return find(Symbol(path, symbol, signature=signature is not None))
    except SymbolLost:
        now = f"; it is {here} now" if (here := moved(place)) else ""
        raise WrongQuotation(f"{path} has no {symbol} to quote{now}") from None


def moved(place: str) -> str | None:
    """Where a quoted class, function or constant is now, if it has left its file for just one other."""
    if (found := _PLACE.fullmatch(place)) is None:
        return None
    path, name, signature = found.groups()
    sources = (
        file.relative_to(REPOSITORY).as_posix()
        for file in sorted((REPOSITORY / "portfolio_app").rglob("*.py"))
    )
    now = [source for source in sources if _has(source, name)]
    return f"{now[0]}:{name}{signature or ''}" if len(now) == 1 and path not in now else None


def _has(path: str, name: str) -> bool:
    if name.partition(".")[0] not in (REPOSITORY / path).read_text(encoding="utf-8"):
        return False
    try:
        find(Symbol(path, name))
    except SymbolLost:
        return False
    return True


def places(text: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each quotation in an article."""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := re.match(r"(?:`{3,}|~{3,}) *python +(portfolio_app/\S+\.py:.*?)\s*$", line):
            yield number, found[1]


def quoted_files(folder: Path) -> frozenset[str]:
    """The files that articles below `folder` quote: a change of one changes a page."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.md")))
    return frozenset(file for text in texts for file in _FENCE.findall(text))
