"""Passwords that are guessed first, by the lists of zxcvbn."""

import asyncio
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

from portfolio_app.app.ports.hasher import GuessedFirst
from portfolio_app.domain.account.user import Password

MIN_GUESSES: Final = 10_000_000
"""Guesses that a password needs at least from somebody who knows the lists. Limits leave thirty a day to a network."""
LEFT: Final = 6
"""Characters of a password that are not the account's or the site's own words."""
_SHORTEST_WORD: Final = 3
_OWN_WORDS: Final = "It is made of your name, your address or a word of this site."
LOOKED_AT: Final = 72
"""Characters: what the library takes; a longer one is as good as its beginning."""


class ZxcvbnGuesses(GuessedFirst):
    """Implements `GuessedFirst`: names, words, dates, rows of keys, repeats, each with the usual changes."""

    def __init__(self) -> None:
        self._lock = Lock()

    async def reason(self, password: Password, words: Sequence[str]) -> str | None:
        """Why fewer than `MIN_GUESSES` find it; takes up to 50 ms, on a thread."""
        if _is_made_of(password.value.lower(), words):
            return _OWN_WORDS
        found = await asyncio.to_thread(self._estimate, password.value[:LOOKED_AT], words)
        return _why(found) if int(found["guesses"]) < MIN_GUESSES else None

    def _estimate(self, text: str, words: Sequence[str]) -> dict[str, Any]:
        # Imported here: the lists are 12 MB, and most workers register nobody.
        from zxcvbn import zxcvbn

        # The library keeps the words it was given last in a global.
        with self._lock:
            found: dict[str, Any] = zxcvbn(text, user_inputs=words)
        return found


def _is_made_of(text: str, words: Sequence[str]) -> bool:
    """Whether little is left without `words`: to the library each further one makes a password much stronger."""
    for word in sorted(
        (word.lower() for word in words if len(word) >= _SHORTEST_WORD), key=len, reverse=True
    ):
        text = text.replace(word, "")
    return len(text) < LEFT


def _why(found: dict[str, Any]) -> str:
    parts = (part.get("base_matches") or [part] for part in found["sequence"])
    if any(part.get("dictionary_name") == "user_inputs" for each in parts for part in each):
        return _OWN_WORDS
    return found["feedback"]["warning"] or "It takes few tries to find."
