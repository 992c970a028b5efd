"""Measures in turns: whatever changes on the machine meanwhile changes for all that are compared."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from benchmarks.fanout.systems import build_site
from benchmarks.rows import Row
from benchmarks.server import CLIENT_CORE, pin

Subject = TypeVar("Subject")


async def in_turns(
    measure: str,
    rounds: int,
    subjects: Mapping[str, Subject],
    take: Callable[[Subject, int], Awaitable[list[Row]]],
) -> list[Row]:
    """Call `take` for each subject once a round, pinned to one core, and print the progress."""
    build_site()
    pin(CLIENT_CORE)
    rows: list[Row] = []
    for round_ in range(1, rounds + 1):
        for name, subject in subjects.items():
            print(f"{measure} round {round_}: {name}", flush=True)
            rows += await take(subject, round_)
    return rows
