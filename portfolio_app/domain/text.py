"""Text from outside, made safe to store and to show without changing what it says."""

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")
# Bidirectional overrides and isolates can make a line read as something it is not.
_DECEPTIVE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(raw: str) -> str:
    """Return `raw` in NFC, newlines as LF, without control characters, trimmed.

    Emoji joiners and every script stay intact; lone surrogates are dropped, since no database
    can store them.
    """
    unified = raw.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(ch for ch in unified if _is_printable(ch))
    return unicodedata.normalize("NFC", kept).strip()


def _is_printable(ch: str) -> bool:
    if ch in _KEPT_CONTROLS:
        return True
    return ch not in _DECEPTIVE and unicodedata.category(ch) not in {"Cc", "Cs"}
