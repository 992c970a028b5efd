"""The pieces of a message: its text, with the links, the mentions and the code that are in it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from portfolio_app.domain.account.user import Username
from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import is_blank, is_visible

MOST_MARKS: Final = 40
"""Links, mentions and pieces of code of one message; what comes after them stays text, for a row has to be drawn."""
_IN_A_LINE: Final = r"(?<!`)(?P<ticks>`{1,2})(?!`)(?P<code>[^\n]+?)(?<!`)(?P=ticks)(?!`)"
_CODE = re.compile(
    r"\n?^```(?P<language>[\w+#-]{0,20}+)[^\n`]*+\n(?P<block>.*?)\n?^```[^\S\n]*$\n?|" + _IN_A_LINE,
    re.MULTILINE | re.DOTALL,
)
_CODE_IN_A_LINE = re.compile(_IN_A_LINE)
_LAST_FENCE = re.compile(r"(?s:.*)^```[^\S\n]*$\n?", re.MULTILINE)
"""Up to the last line that can end a block: each fence after it would look for its end in all that follows."""
_MENTION = re.compile(r"(?<![\w.@/+=&?#%~\\-])@(?P<name>[A-Za-z0-9_-]+)")
_GOES_ON = re.compile(r"[\w@/\\]|\.\w")
"""The text after a name that makes it a part of something else, as in `@types/node` or `@ann@example.org`."""
_UNSEEN: Final = frozenset({"Cf", "Mc", "Me", "Mn"})
_ANY = re.compile(r"`|\w\.\w|@\w")


class PieceKind(StrEnum):
    """The kind of a piece, by which it is shown."""

    TEXT = "text"
    LINK = "link"
    MENTION = "mention"
    CODE = "code"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a message; only a link has an `href`, only a mention the `member` it names.

    `language` is what a fence says of its code, in lower case.
    """

    kind: PieceKind
    text: str
    href: str = ""
    member: str = ""
    language: str = ""


def may_have_pieces(text: str) -> bool:
    """Whether `text` could hold more than text: found out without taking it apart."""
    return _ANY.search(text) is not None


@dataclass(frozen=True, slots=True)
class ReadPieces:
    """Takes a message apart: code first, in fences or in a line, then links and mentions in what is left.

    A mention is an `@` and a name that an account could have, in either case: whether one has it is not asked.
    """

    hosts: Hosts

    def __call__(self, text: str) -> tuple[Piece, ...]:
        """The pieces from first to last; none for a message that is text alone."""
        if not may_have_pieces(text):
            return ()
        pieces: list[Piece] = []
        at = 0
        for start, end, piece in islice(self._marks(text), MOST_MARKS):
            pieces += [*_text(text[at:start]), piece]
            at = end
        return (*pieces, *_text(text[at:])) if pieces else ()

    def members(self, text: str) -> frozenset[str]:
        """The names that `text` mentions."""
        return frozenset(piece.member for piece in self(text) if piece.member)

    def renamed(self, text: str, old: Username, new: Username) -> str:
        """`text` with its mentions of `old` as mentions of `new`; the name in a link or in code is no mention."""
        written, at = [], 0
        for start, end, piece in islice(self._marks(text), MOST_MARKS):
            if piece.member == str(old):
                written += [text[at:start], f"@{new}"]
                at = end
        return "".join((*written, text[at:]))

    def _marks(self, text: str) -> Iterator[tuple[int, int, Piece]]:
        at = 0
        for found in _codes(text):
            kind = PieceKind.BLOCK if found["ticks"] is None else PieceKind.CODE
            if not is_visible(found[kind.value]):
                continue
            yield from self._in_words(text, at, found.start())
            language = (found.groupdict().get("language") or "").lower()
            yield found.start(), found.end(), Piece(kind, found[kind.value], language=language)
            at = found.end()
        yield from self._in_words(text, at, len(text))

    def _in_words(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
        at = start
        for link in self.hosts.links(text[start:end]):
            first, last = start + link.start, start + link.end
            yield from _mentions(text, at, first)
            yield first, last, Piece(PieceKind.LINK, text[first:last], link.href)
            at = last
        yield from _mentions(text, at, end)


def _codes(text: str) -> Iterator[re.Match[str]]:
    """Code in its order, found in a time that grows as the text does."""
    last = _LAST_FENCE.match(text)
    fenced = last.end() if last else 0
    yield from _CODE.finditer(text, 0, fenced)
    yield from _CODE_IN_A_LINE.finditer(text, fenced)


def _mentions(text: str, start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
    for found in _MENTION.finditer(text, start, end):
        name = found["name"].rstrip("-_")
        last = found.start("name") + len(name)
        try:
            member = str(Username.parse(name))
        except InvalidValue:
            continue
        if not _reads_on(text, found):
            yield found.start(), last, Piece(PieceKind.MENTION, text[found.start() : last], member=member)


def _reads_on(text: str, found: re.Match[str]) -> bool:
    """Whether a reader sees another name than the one that was found, or none."""
    after = text[found.end() : found.end() + 1]
    around = text[: found.start()][-1:] + after
    return _GOES_ON.match(text, found.end()) is not None or any(
        unicodedata.category(ch) in _UNSEEN or is_blank(ch) for ch in around
    )


def _text(text: str) -> Iterator[Piece]:
    if text:
        yield Piece(PieceKind.TEXT, text)
