"""The code that opens an account whose password is lost, once."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

CODES: Final = 10
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: without the letters that are taken for digits or for each other."""
_LENGTH: Final = 24
_GROUP: Final = 4
_MISREAD: Final = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True, repr=False)
class RecoveryCode:
    """120 random bits, in six groups of four; never printed by itself, and stored as a hash only."""

    value: str

    @classmethod
    def generate(cls) -> "RecoveryCode":
        """A new code from the operating system's random source."""
        return cls("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)))

    @classmethod
    def parse(cls, raw: str) -> "RecoveryCode":
        """The code as somebody typed it, in any case, with or without hyphens and spaces; it may be no code at all."""
        return cls("".join(ch for ch in raw.upper() if ch.isalnum()).translate(_MISREAD))

    @property
    def code_hash(self) -> str:
        """The hash that is stored. The code has 120 random bits, so a plain hash can't be searched."""
        return self._hash("recovery")

    @property
    def confirming_hash(self) -> str:
        """The hash of a code that confirms an address: it opens no account, and a code that does confirms none."""
        return self._hash("confirming")

    def _hash(self, purpose: str) -> str:
        return hashlib.sha256(f"{purpose}:{self.value}".encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def shown(self) -> str:
        """The code as a person reads it."""
        return "-".join(self.value[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))

    def __repr__(self) -> str:
        return "RecoveryCode(***)"
