"""Passwords that are guessed first, by the lists of zxcvbn."""

import asyncio
from collections.abc import Sequence
from threading import Lock
from typing import Final

from portfolio_app.app.ports.hasher import GuessedFirst
from portfolio_app.domain.account.user import Password

MIN_GUESSES: Final = 10_000_000
"""Of somebody who knows the lists. Thirty a day from each network is what the limits of signing in leave them."""
LOOKED_AT: Final = 72
"""Characters: what the library takes; a longer one is as good as its beginning."""


class ZxcvbnGuesses(GuessedFirst):
    """Implements `GuessedFirst`: names, words, dates, rows of keys, repeats, each with the usual changes."""

    def __init__(self) -> None:
        self._lock = Lock()

    async def holds(self, password: Password, words: Sequence[str]) -> bool:
        """Whether fewer than `MIN_GUESSES` find it; takes up to 50 ms, on a thread."""
        return await asyncio.to_thread(self._guesses, password.value[:LOOKED_AT], words) < MIN_GUESSES

    def _guesses(self, text: str, words: Sequence[str]) -> int:
        # Imported here: the lists are 12 MB, and most workers register nobody.
        from zxcvbn import zxcvbn

        # The library keeps the words it was given last in a global.
        with self._lock:
            return int(zxcvbn(text, user_inputs=words)["guesses"])
