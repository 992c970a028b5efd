"""A search query for the messages of a room."""

import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.text import clean_text

QUERY_LIMIT: Final = 100
MOST_WORDS: Final = 8
BEGINNING: Final = 3
"""From so many characters on, a word also finds those that begin with it: shorter ones begin half of all words."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words that a message has to hold, all of them, in any order and in either case.

    A word is letters, digits and the marks on them, so that nothing of a query language is left in it.
    """

    words: tuple[str, ...]

    @classmethod
    def parse(cls, raw: str) -> Self:
        """The words of `raw`; `InvalidValue` when there is none, or too much of it."""
        if len(raw) > QUERY_LIMIT:
            raise InvalidValue("query", f"Look for at most {QUERY_LIMIT} characters.")
        words = tuple(dict.fromkeys(words_of(clean_text(raw))))
        if not words:
            raise InvalidValue("query", "Write a word to look for: letters or digits.")
        if len(words) > MOST_WORDS:
            raise InvalidValue("query", f"Look for at most {MOST_WORDS} words.")
        return cls(words)

    def place_in(self, text: str) -> int:
        """Where the first of the words begins in `text`; 0 when only the database can tell."""
        folded = text.lower()
        found = [at for word in self.words if (at := folded.find(word.lower())) >= 0]
        return min(found, default=0)


def is_beginning(word: str) -> bool:
    """Whether it also finds longer words."""
    return len(word) >= BEGINNING


def words_of(text: str) -> list[str]:
    """The words of a text, in its order."""
    return "".join(ch if ch.isalnum() or unicodedata.category(ch)[0] == "M" else " " for ch in text).split()
