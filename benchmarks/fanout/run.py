"""The whole fan-out measure: every system at every size, rounds interleaved."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fanout.acceptance import verdicts
from benchmarks.fanout.cell import Cell, Plan, error_rows
from benchmarks.fanout.systems import SharedStateRival, Site, SocketioRival, System, build_site
from benchmarks.fanout.table import lines
from benchmarks.rows import Row, first_error
from benchmarks.server import CLIENT_CORE, StartError, pin


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure."""

    sizes: tuple[int, ...]
    rounds: int
    plan: Plan


FULL = Scope((20, 100, 500), 3, Plan(samples=150, gap_s=0.04, burst_s=4.0))
QUICK = Scope((20, 100), 1, Plan(samples=60, gap_s=0.04, burst_s=2.0))


async def run(*, quick: bool) -> list[Row]:
    """Measure, telling the terminal how far it is. Takes about 20 minutes, or 3 when quick."""
    build_site()
    pin(CLIENT_CORE)
    scope = QUICK if quick else FULL
    systems: list[System] = [Site(), SharedStateRival(), SocketioRival()]
    rows: list[Row] = []
    for round_ in range(1, scope.rounds + 1):
        for n in scope.sizes:
            for system in systems:
                rows += await _cell(system, n, round_, scope.plan, rows)
    return rows


def report(rows: list[Row]) -> Iterable[str]:
    """The report's text, line by line."""
    return lines(rows, verdicts(rows))


async def _cell(system: System, n: int, round_: int, plan: Plan, before: list[Row]) -> list[Row]:
    failed = first_error(before, system.name, n, "deliveries_per_s")
    if failed:
        return error_rows(system.name, n, round_, f"not repeated, round 1: {failed}")
    print(f"fanout round {round_}: {system.name}, {n} tabs", flush=True)
    with tempfile.TemporaryDirectory(prefix="fanout-") as scratch:
        try:
            return await Cell(system, n, round_, plan).run(Path(scratch))
        except StartError as error:
            return error_rows(system.name, n, round_, str(error))
