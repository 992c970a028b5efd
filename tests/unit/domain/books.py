"""What the parties of a burst wrote down, for tests to change."""

import hashlib
from typing import Any

from portfolio_app.domain.burst.ledger import Answer, Books, Ledger, Mismatch

SIZE = 12


def request_id(n: int, salt: str = "") -> str:
    return hashlib.sha256(f"{n}{salt}".encode()).hexdigest()[:32]


def answer(n: int, status: int = 200, *, pushed: bool = True, took: int = 1_000, at: int = 0) -> Answer:
    return Answer(n, request_id(n) if status else None, status, at, took, pushed)


def books(count: int = SIZE, *, written: bool = False, **changed: Any) -> Books:
    """A run in which everything went well."""
    every = {request_id(n): n for n in range(count)}
    given = {
        "size": SIZE,
        "sent": count,
        "answers": {n: answer(n) for n in range(count)},
        "received": every,
        "stored": dict(every) if written else None,
    }
    return Books(**{**given, **changed})


def missing(found: tuple[Mismatch, ...]) -> list[tuple[int, str | None, Ledger]]:
    return [(mismatch.n, mismatch.request_id, mismatch.missing) for mismatch in found]
