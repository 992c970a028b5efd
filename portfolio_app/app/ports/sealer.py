"""Encryption of what the browser keeps for us."""

import json
from datetime import timedelta
from typing import Protocol


class Sealer(Protocol):
    """Authenticated encryption with key rotation: the first key seals, every key opens."""

    def seal(self, text: str) -> str:
        """An opaque, URL-safe token."""
        ...

    def open(self, token: str, max_age: timedelta) -> str | None:
        """The text, or None if the token is forged, damaged, or older than `max_age`."""
        ...

    def reseal(self, token: str) -> str | None:
        """The token under the first key, as old as it is, if another key opens it; else None."""
        ...


def sealed_in(text: str | None) -> object:
    """The content of a token: a list that begins with its purpose, or None where there is none, or no JSON.

    All purposes are sealed with the same keys. A newer version may put more behind what this one reads.
    """
    try:
        found: object = json.loads(text or "null")
    except ValueError:
        return None
    return found
