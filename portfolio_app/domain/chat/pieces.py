"""The pieces of a message: its text, with the links and the code that are in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from portfolio_app.domain.chat.hosts import Hosts
from portfolio_app.domain.text import is_visible

MOST_MARKS: Final = 40
"""Links and pieces of code of one message; what comes after them stays text, for a row has to be drawn."""
_CODE = re.compile(
    r"\n?^```[^\n`]*\n(?P<block>.*?)\n?^```[^\S\n]*$\n?"
    r"|(?<!`)(?P<ticks>`{1,2})(?!`)(?P<code>[^\n]+?)(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_ANY = re.compile(r"`|\w\.\w")


class PieceKind(StrEnum):
    """What a piece is shown as."""

    TEXT = "text"
    LINK = "link"
    CODE = "code"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a message; only a link has an `href`."""

    kind: PieceKind
    text: str
    href: str = ""


def may_have_pieces(text: str) -> bool:
    """Whether `text` could hold more than text: found out without taking it apart."""
    return _ANY.search(text) is not None


@dataclass(frozen=True, slots=True)
class ReadPieces:
    """Takes a message apart: code first, in fences or in a line, then links in what is left; nothing else is marked."""

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

    def _marks(self, text: str) -> Iterator[tuple[int, int, Piece]]:
        at = 0
        for found in _CODE.finditer(text):
            kind = PieceKind.BLOCK if found["ticks"] is None else PieceKind.CODE
            if not is_visible(found[kind.value]):
                continue
            yield from self._links(text, at, found.start())
            yield found.start(), found.end(), Piece(kind, found[kind.value])
            at = found.end()
        yield from self._links(text, at, len(text))

    def _links(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
        for link in self.hosts.links(text[start:end]):
            first, last = start + link.start, start + link.end
            yield first, last, Piece(PieceKind.LINK, text[first:last], link.href)


def _text(text: str) -> Iterator[Piece]:
    if text:
        yield Piece(PieceKind.TEXT, text)
