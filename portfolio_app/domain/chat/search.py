"""A search query for the messages of a room."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Self

from portfolio_app.domain.errors import InvalidValue
from portfolio_app.domain.spelling import fold, stands_alone, terms_of, words_of
from portfolio_app.domain.text import clean_text

QUERY_LIMIT: Final = 100
MOST_WORDS: Final = 8
BEGINNING: Final = 3
"""Characters from which on a word also finds those that begin with it: shorter ones begin half of all words."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words that a message has to hold, all of them, in any order and in either case.

    A word is letters, digits and the marks on them, or emoji, so that nothing of a query language is left in it. In
    scripts without spaces it is what stands between other signs, and found within longer runs.
    """

    words: tuple[str, ...]

    @classmethod
    def parse(cls, raw: str) -> Self:
        """The words of `raw`; `InvalidValue` when there is none, or too much of it."""
        if len(raw) > QUERY_LIMIT:
            raise InvalidValue("query", f"Look for at most {QUERY_LIMIT} characters.")
        words = tuple(dict.fromkeys(filter(terms_of, words_of(clean_text(raw)))))
        if not words:
            raise InvalidValue("query", "Write a word to look for: letters, digits or emoji.")
        if len(words) > MOST_WORDS:
            raise InvalidValue("query", f"Look for at most {MOST_WORDS} words.")
        return cls(words)

    def place_in(self, text: str) -> int:
        """The place in `text` at which the first of the words begins; 0 when only the database can tell."""
        pieces = [fold(ch) for ch in text]
        folded = "".join(pieces)
        found = [at for word in self.words if (at := folded.find(fold(word))) >= 0]
        ends = accumulate(map(len, pieces))
        return next((place for place, end in enumerate(ends) if end > min(found)), 0) if found else 0


def is_beginning(word: str) -> bool:
    """Whether it also finds longer words."""
    return len(word) >= BEGINNING and not stands_alone(word[0])
