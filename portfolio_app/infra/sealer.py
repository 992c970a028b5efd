"""Fernet tokens under keys derived from the site's secrets."""

import base64
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portfolio_app.app.ports.clock import Clock
from portfolio_app.app.ports.sealer import Sealer

_PURPOSE: Final = b"portfolio_app sealed tokens, version 1"
# A cookie holds at most 4 KB, so a longer token is nobody's.
_MAX_TOKEN: Final = 4096
_REMEMBERED: Final = 512


class FernetSealer(Sealer):
    """Implements `Sealer`; the first secret seals, every secret opens."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        keys = [Fernet(_key(secret)) for secret in secrets]
        self._fernet = MultiFernet(keys)
        self._former = MultiFernet(keys[1:]) if keys[1:] else None
        self._clock = clock
        self._opened: OrderedDict[str, tuple[str, int]] = OrderedDict()
        """The contents of the latest tokens, since a browser shows its cookie with every request."""

    def seal(self, text: str) -> str:
        """Encrypt and authenticate, stamped with the time."""
        token = self._fernet.encrypt_at_time(text.encode(), self._now())
        return token.decode("ascii").rstrip("=")

    def open(self, token: str, max_age: timedelta) -> str | None:
        """Decrypt, or None."""
        if len(token) > _MAX_TOKEN or not token.isascii():
            return None
        if (known := self._opened.get(token)) is None:
            padded = _padded(token)
            try:
                # Fernet's own limit of age refuses what is from the future, too: each visitor of a host whose clock was
                # ahead would be a guest at the others, and here once the clock is put back.
                known = self._fernet.decrypt(padded).decode(), self._fernet.extract_timestamp(padded)
            except InvalidToken:
                return None
            self._opened[token] = known
            if len(self._opened) > _REMEMBERED:
                self._opened.popitem(last=False)
        text, sealed_at = known
        return text if self._now() <= sealed_at + int(max_age.total_seconds()) else None

    def reseal(self, token: str) -> str | None:
        """Decrypt with the former keys alone, and encrypt with the time that the token has."""
        if self._former is None or len(token) > _MAX_TOKEN or not token.isascii():
            return None
        padded = _padded(token)
        try:
            self._former.extract_timestamp(padded)  # which checks the token's signature
            return self._fernet.rotate(padded).decode("ascii").rstrip("=")
        except InvalidToken:
            return None

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _padded(token: str) -> bytes:
    return token.encode("ascii") + b"=" * (-len(token) % 4)


def _key(secret: str) -> bytes:
    # The secret has enough entropy by itself (settings ask for it), so stretching it would add nothing.
    derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
