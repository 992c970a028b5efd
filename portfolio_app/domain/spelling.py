"""Words of a text as a search compares them: folded, and characters and pairs where a script has no spaces.

Migration 0021 does the same in SQL, where the messages are written; `tests/contract/test_search_unspaced.py` compares
the two.
"""

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Final

_FULL_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide).isalnum()}
_FOLDS: Final[dict[int, int | str]] = _FULL_WIDTH | str.maketrans(
    {
        "ß": "ss", "ẞ": "ss", "İ": "i", "ı": "i", "ς": "σ", "ſ": "s",
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
        # The dot that is left of an İ in small letters, and the sign that asks for a coloured emoji.
        "\u0307": "", "\ufe0f": "",
    }
)  # fmt: skip
"""Letters that either case leaves apart although readers take them for the same."""
_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF), (0x3005, 0x3007),
    (0x3040, 0x30FF), (0x3105, 0x312F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAA60, 0xAA7F),
    (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
)  # fmt: skip
"""Letters of which a word ends without a space: Thai, Lao, Burmese, Khmer, Tai, kana, ideographs; and Korean, whose
words go on with particles."""
_NUMBERED: Final = (
    (0x2300, 0x23FF), (0x25A0, 0x27BF), (0x2B00, 0x2BFF), (0x1B000, 0x1B16F), (0x1F000, 0x1FAFF), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Emoji, and ideographs that are newer than a database's tables: no letters to it, so their number is the word."""
_JOINERS: Final = "\ufe0f\u200d"


def fold(text: str) -> str:
    """`text` in small letters, with one spelling of what readers take for the same."""
    return text.translate(_FOLDS).lower().translate(_FOLDS)


def respelled(text: str) -> str:
    """`text` with that spelling in the case it has."""
    return text.translate(_FOLDS)


def stands_alone(ch: str) -> bool:
    """Whether a search finds this character by itself."""
    return _is_in(ch, _NUMBERED) or (_is_in(ch, _UNSPACED) and is_of_words(ch))


def is_of_words(ch: str) -> bool:
    """Whether this is a letter, a digit, or a mark on one."""
    return ch.isalnum() or unicodedata.category(ch)[0] == "M"


def words_of(text: str) -> list[str]:
    """The words of a text, in its order: letters, digits and marks, or a run of what stands alone."""
    return [
        "".join(ch for ch, _ in word) for kind, word in groupby(_kinds(text), lambda each: each[1]) if kind
    ]


def terms_of(word: str) -> str:
    """The terms that an index holds for a word, in its case, side by side with spaces.

    A character that stands alone is followed by the pair that it begins. A run is looked for from its first pair to its
    last, as its first and last characters are in those.
    """
    terms = indexed(word).split()
    first = len(terms) > 1 and terms[1] != terms[0] and terms[1].startswith(terms[0])
    last = len(terms) > 1 and terms[-2] != terms[-1] and terms[-2].endswith(terms[-1])
    return " ".join(terms[first : len(terms) - last])


def indexed(text: str) -> str:
    """The terms that an index holds for a whole text, in its case."""
    return " ".join("".join(map(_terms, respelled(text), respelled(text)[1:] + " ")).split())


def _terms(ch: str, following: str) -> str:
    if _is_in(ch, _NUMBERED):
        return f" u{ord(ch):x} "
    if _is_in(ch, _UNSPACED):
        return f" {ch} {ch}{following} " if _is_in(following, _UNSPACED) else f" {ch} "
    return ch if is_of_words(ch) else " "


def _kinds(text: str) -> Iterable[tuple[str, str]]:
    kind = ""
    for ch in text:
        if ch not in _JOINERS or (ch == "\u200d" and kind != "alone"):
            kind = "alone" if stands_alone(ch) else "joined" * is_of_words(ch)
        yield ch, kind


def _is_in(ch: str, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(low <= ord(ch) <= high for low, high in ranges)
