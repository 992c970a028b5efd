"""Argon2id through passlib, off the event loop and few at a time."""

import base64
import os
import secrets
import sys
import threading
import unicodedata
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from portfolio_app.app.errors import Unavailable
from portfolio_app.app.ports.hasher import PasswordHasher, Verification
from portfolio_app.domain.account.user import PASSWORD_LONGEST, Password
from portfolio_app.infra.threads import submitted

with warnings.catch_warnings():
    # passlib 1.7.4, its last release, imports a deprecated module of the standard library.
    warnings.simplefilter("ignore", DeprecationWarning)
    from passlib.context import CryptContext
    from passlib.hash import argon2

    # Loaded here and not by the first password: it asks argon2-cffi for its version in an old way.
    argon2.set_backend()

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
TIME_COST: Final = 2
CONCURRENCY: Final = 1
"""A lane of its own: of two processors, one is left to everybody else whoever signs in."""
NICENESS: Final = 10
"""Niceness of its thread, where the system has that: on one processor, other work goes first."""
MAX_WAITING: Final = 64
_SALT_BYTES, _DIGEST_BYTES = 16, 32


class Argon2Hasher(PasswordHasher):
    """Implements `PasswordHasher`; `Unavailable` when `MAX_WAITING` passwords wait already, and once it is closed."""

    def __init__(self, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST) -> None:
        self._context = _context(memory_kib, time_cost)
        self._with_salt = partial(
            argon2.using, type="ID", memory_cost=memory_kib, time_cost=time_cost, parallelism=1
        )
        # Compared with when there is no account, so that its absence does not show in the time.
        self._nobody = _hash_of_nothing(memory_kib, time_cost)
        self._threads = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="hash", initializer=_give_way)
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Passwords being hashed, or waiting for it."""
        return self._waiting

    async def hash(self, password: Password, salt: bytes) -> str:
        """See the port."""
        return await self._run(partial(self._hash, _bytes(password.value), salt))

    async def verify(self, password: str, stored: str | None, salt: bytes) -> Verification:
        """Compare the password as typed; see the port."""
        secret, fits = _secret(password)
        known = stored if fits else None
        ok = await self._run(partial(self._context.verify, secret, known or self._nobody))
        if not ok or not known:
            return Verification(False)
        is_current = _salt_of(known) == _salt_text(salt) and not self._context.needs_update(known)
        return Verification(True, None if is_current else await self._run(partial(self._hash, secret, salt)))

    async def hash_typed(self, password: str, salt: bytes) -> str:
        """See the port."""
        secret, fits = _secret(password)
        hashed = await self._run(partial(self._hash, secret, salt))
        return hashed if fits else ""

    def _hash(self, secret: bytes, salt: bytes) -> str:
        return str(self._with_salt(salt=salt).hash(secret))

    def close(self) -> None:
        """Wait for the hashing under way."""
        self._threads.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            return await submitted(self._threads, work)
        finally:
            self._waiting -= 1


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        lowered = min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), lowered)


def _context(memory_kib: int, time_cost: int) -> CryptContext:
    return CryptContext(
        schemes=["argon2"],
        deprecated="auto",
        argon2__type="ID",
        argon2__memory_cost=memory_kib,
        argon2__time_cost=time_cost,
        argon2__parallelism=1,
    )


def _hash_of_nothing(memory_kib: int, time_cost: int) -> str:
    """A hash that costs as much to compare with as any other, made without hashing: no password is known to fit."""
    salt, digest = (_salt_text(secrets.token_bytes(size)) for size in (_SALT_BYTES, _DIGEST_BYTES))
    return f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${digest}"


def _secret(typed: str) -> tuple[bytes, bool]:
    """The password as it is hashed, and whether anybody can have it."""
    normalised = unicodedata.normalize("NFKC", typed)
    return _bytes(normalised[:PASSWORD_LONGEST]), len(normalised) <= PASSWORD_LONGEST


def _salt_text(salt: bytes) -> str:
    return base64.b64encode(salt).decode().rstrip("=")


def _salt_of(stored: str) -> str:
    """The salt in a hash as argon2 writes it: `$argon2id$v=19$m=…,t=…,p=…$salt$digest`."""
    return stored.split("$")[-2]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
