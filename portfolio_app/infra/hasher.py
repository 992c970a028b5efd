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
"""Of its thread, where the system has that: on one processor, whoever does not hash goes first."""
MAX_WAITING: Final = 64
_SALT_BYTES, _DIGEST_BYTES = 16, 32


class Argon2Hasher(PasswordHasher):
    """Implements `PasswordHasher`; `Unavailable` when `MAX_WAITING` passwords wait already, and once it is closed."""

    def __init__(self, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST) -> None:
        self._context = _context(memory_kib, time_cost)
        # Compared with when there is no account, so that its absence does not show in the time.
        self._nobody = _hash_of_nothing(memory_kib, time_cost)
        self._threads = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="hash", initializer=_give_way)
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Passwords being hashed, or waiting for it."""
        return self._waiting

    async def hash(self, password: Password) -> str:
        """A new salt and hash."""
        return await self._run(partial(self._context.hash, _bytes(password.value)))

    async def verify(self, password: str, stored: str | None) -> Verification:
        """Compare the password as typed; see the port."""
        normalised = unicodedata.normalize("NFKC", password)
        known = stored if len(normalised) <= PASSWORD_LONGEST else None
        secret = _bytes(normalised[:PASSWORD_LONGEST])
        ok, rehash = await self._run(partial(self._context.verify_and_update, secret, known or self._nobody))
        return Verification(ok, rehash) if ok and known else Verification(False)

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
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_SALT_BYTES, _DIGEST_BYTES)
    )
    return f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${digest}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
