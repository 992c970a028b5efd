"""Text from outside, made safe to store and to show without changing what it says."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Final, Self

_KEPT_CONTROLS = frozenset("\n\t")
# Bidirectional overrides and isolates can make a line read as something it is not.
_DECEPTIVE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
_BLANK_START = re.compile(r"\A(?:[^\S\n]*\n)+")
_BLANK_RUN = re.compile(r"\n(?:[^\S\n]*\n){3,}")
BLANK_LINES: Final = 2
"""Blank lines in a row that are kept: more of them say nothing and push other messages away."""
_DRAWS_NOTHING: Final = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp", "Zs"})
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
"""Letters and symbols by their category that are drawn as nothing."""
_IGNORABLE = re.compile(
    "[\u034f\u17b4\u17b5\u180b-\u180f\u2060-\u206f\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Marks and unassigned characters that Unicode has drawn as nothing: joiners of graphemes, selectors of variants."""


class Stored:
    """A text value with rules for what is new: what is stored keeps the rules of its day, or of a newer version."""

    __slots__ = ()

    @classmethod
    def stored(cls, value: str) -> Self:
        """The value as it was accepted once: a rule made since, or not yet known here, takes no page away."""
        made = object.__new__(cls)
        object.__setattr__(made, "value", value)
        return made


def clean_text(raw: str) -> str:
    """Return `raw` in NFC, newlines as LF, without control characters, blank lines around it or many in a row.

    Emoji joiners, every script and the indent of the first of several lines stay intact; lone surrogates are
    dropped, since no database can store them.
    """
    unified = _LINE_BREAKS.sub("\n", raw)
    kept = "".join(ch for ch in unified if _is_printable(ch))
    trimmed = _BLANK_START.sub("", unicodedata.normalize("NFC", kept)).rstrip()
    folded = _BLANK_RUN.sub("\n" * (BLANK_LINES + 1), trimmed)
    return folded if "\n" in folded else folded.strip()


def full_minute(at: datetime) -> str:
    """The first full minute that is not before `at`, for a sentence.

    It names its zone, UTC, in one notation for all languages: pages find it by that and put it into the reader's.
    """
    return f"{at.astimezone(UTC) + timedelta(minutes=1, microseconds=-1):%Y-%m-%d %H:%M} UTC"


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of `text`: spaces, joiners, fillers and marks without a letter draw nothing."""
    return any(unicodedata.category(ch) not in _DRAWS_NOTHING and not is_blank(ch) for ch in text)


def is_blank(ch: str) -> bool:
    """Whether `ch` is drawn as nothing although its category has characters that are seen."""
    return ch in _FILLERS or _IGNORABLE.match(ch) is not None


def plain_text(text: str) -> str:
    """`text` as a filter has to read it: compatibility forms folded, without characters that draw nothing."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(ch for ch in folded if unicodedata.category(ch) != "Cf" and not is_blank(ch))


def _is_printable(ch: str) -> bool:
    if ch in _KEPT_CONTROLS:
        return True
    return ch not in _DECEPTIVE and unicodedata.category(ch) not in {"Cc", "Cs"}
